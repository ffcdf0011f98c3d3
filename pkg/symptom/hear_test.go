package symptom

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var testNow = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

// looping is a pod whose only container is in a crash loop.
func looping(name, message string, change func(*cluster.Pod)) cluster.Pod {
	ago := func(d time.Duration) time.Time { return testNow.Add(-d) }
	p := cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: name}, Phase: "Running", Created: ago(time.Hour),
		Owner:      cluster.Ref{Kind: "StatefulSet", Namespace: "shop", Name: "web"},
		Template:   &cluster.Template{},
		Conditions: []cluster.Condition{{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: ago(time.Hour)}},
		Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "app", Role: cluster.Regular}, Restarts: 9,
			State: cluster.State{Phase: cluster.Waiting, Reason: "CrashLoopBackOff"},
			Ended: &cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 1, Message: message,
				StartedAt: ago(62 * time.Second), FinishedAt: ago(time.Minute)}}}}
	if change != nil {
		change(&p)
	}
	return p
}

func kinds(symptoms []Symptom) string {
	var out []string
	for _, s := range symptoms {
		out = append(out, string(s.Kind)+"/"+s.Cause)
	}
	return strings.Join(out, " ")
}

// TestWordsGiveASymptomOfTheirKind: beside the end, with the same container,
// times and evidence.
func TestWordsGiveASymptomOfTheirKind(t *testing.T) {
	pod := looping("web-0", `FATAL: password authentication failed for user "app"`, func(p *cluster.Pod) {
		p.Template.Endpoints = []cluster.Endpoint{{Host: "redis.shop", Port: "6379", From: "env REDIS_URL"}, {Host: "db.data", Port: "5432", From: "env DATABASE_URL"}}
	})
	found := Recognise(cluster.New(cluster.Parts{At: testNow, Pods: []cluster.Pod{pod}}))
	if got := kinds(found); got != "exit/ credentials/rejected" {
		t.Fatalf("got %s", got)
	}
	exit, s := found[0], found[1]
	if s.Item != "app" || s.Target != (Connection{Class: Rejected, Host: "db.data", Port: "5432"}) {
		t.Errorf("user %q at %+v", s.Item, s.Target)
	}
	if exit.Target.Host != "" {
		t.Errorf("nothing is out of reach: %+v", exit.Target)
	}
	if diff := cmp.Diff([]any{exit.Object, exit.Container, exit.First, exit.Last, exit.Ongoing, exit.Evidence},
		[]any{s.Object, s.Container, s.First, s.Last, s.Ongoing, s.Evidence}); diff != "" {
		t.Error(diff)
	}
}

func TestNoPeerIsGuessed(t *testing.T) {
	for name, endpoints := range map[string][]cluster.Endpoint{
		"none":        nil,
		"another one": {{Host: "payments.shop", Port: "8080", From: "env PAYMENTS_URL"}},
		"two":         {{Host: "db.data", Port: "5432", From: "env A"}, {Host: "db.other", Port: "5432", From: "env B"}},
	} {
		pod := looping("web-0", `pq: password authentication failed for user "app"`, func(p *cluster.Pod) { p.Template.Endpoints = endpoints })
		found := Recognise(cluster.New(cluster.Parts{At: testNow, Pods: []cluster.Pod{pod}}))
		if len(found) != 2 || found[1].Target.Host != "" {
			t.Errorf("%s: %s, %+v", name, kinds(found), found[len(found)-1].Target)
		}
	}
}

func TestReplicasSayTheSame(t *testing.T) {
	var pods []cluster.Pod
	for i := range 3 {
		name := fmt.Sprintf("web-%d", i)
		pods = append(pods, looping(name, fmt.Sprintf("2026-11-22T19:58:5%dZ ERROR %s on worker-%d: shard not found", i, name, i), nil))
	}
	nodes := []cluster.Node{{Ref: cluster.Ref{Kind: "Node", Name: "worker-0"}}, {Ref: cluster.Ref{Kind: "Node", Name: "worker-1"}}, {Ref: cluster.Ref{Kind: "Node", Name: "worker-2"}}}
	for _, s := range Recognise(cluster.New(cluster.Parts{At: testNow, Pods: pods, Nodes: nodes})) {
		if s.Template != "<pod> on <node>: shard not found" {
			t.Errorf("got %q", s.Template)
		}
	}
}

// TestLogsSpeakWhereMessagesDoNot: a message that says it itself outweighs
// the log.
func TestLogsSpeakWhereMessagesDoNot(t *testing.T) {
	log := cluster.Log{LogRef: cluster.LogRef{Pod: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-0"}, Container: "app", Previous: true},
		Lines: []string{"starting", "dial tcp 10.96.4.7:5432: connect: connection refused"}}
	for message, want := range map[string]string{
		"":                                   "exit/ network/connection-refused",
		"see the log":                        "exit/ network/connection-refused",
		"required key DB_URL missing value":  "exit/ environment/missing-variable",
		`panic: runtime error: index out of`: "exit/crash",
	} {
		s := cluster.New(cluster.Parts{At: testNow, Pods: []cluster.Pod{looping("web-0", message, nil)}})
		if got := kinds(Recognise(s)); message == "" && got != "exit/" {
			t.Errorf("without the log: %s", got)
		}
		found := Recognise(s.WithLogs(cluster.Parts{Logs: []cluster.Log{log}}))
		if got := kinds(found); got != want {
			t.Errorf("%q: got %s, want %s", message, got, want)
		}
		last := found[0].Evidence[len(found[0].Evidence)-1]
		if fromLog := last.Source == FromLog && strings.HasSuffix(last.Text, "connection refused"); fromLog != strings.Contains(want, "network") {
			t.Errorf("%q: evidence %+v", message, last)
		}
	}
}

// TestLogsOfRunningContainers: what a container says that runs and does not
// serve counts; what a healthy one says does not.
func TestLogsOfRunningContainers(t *testing.T) {
	running := func(ready bool) cluster.Pod {
		return looping("web-0", "", func(p *cluster.Pod) {
			c := &p.Containers[0]
			c.State, c.Ended, c.Restarts, c.Ready = cluster.State{Phase: cluster.Running, StartedAt: testNow.Add(-time.Hour)}, nil, 0, ready
			if ready {
				p.Conditions[0].Status = "True"
			}
		})
	}
	log := cluster.Log{LogRef: cluster.LogRef{Pod: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-0"}, Container: "app"},
		Lines: []string{"ERROR dial tcp: lookup db.data on 10.96.0.10:53: no such host"}}
	for ready, want := range map[bool]string{false: "unready/ network/dns", true: ""} {
		s := cluster.New(cluster.Parts{At: testNow, Pods: []cluster.Pod{running(ready)}, Logs: []cluster.Log{log}})
		if got := kinds(Recognise(s)); got != want {
			t.Errorf("ready %v: got %q, want %q", ready, got, want)
		}
	}
}

func TestLogsWanted(t *testing.T) {
	var pods []cluster.Pod
	for i := range 60 {
		for _, owner := range []string{"a", "b"} {
			p := looping(fmt.Sprintf("%s-%d-%d", owner, i/5, i%5), "", nil)
			p.Owner.Name = fmt.Sprintf("%s-%d", owner, i/5)
			pods = append(pods, p)
		}
	}
	pods = append(pods, looping("z-0", "", func(p *cluster.Pod) { // ended a moment ago
		p.Owner.Name = "z"
		p.Containers[0].State, p.Containers[0].Ended = *p.Containers[0].Last(), nil
	}), looping("x-0", "", func(p *cluster.Pod) { // a Job's pod that failed for good
		p.Owner, p.Phase = cluster.Ref{Kind: "Job", Namespace: "shop", Name: "x"}, "Failed"
		p.Containers[0].State, p.Containers[0].Ended, p.Containers[0].Restarts = *p.Containers[0].Last(), nil, 0
	}), looping("y-0", "", func(p *cluster.Pod) { // healed
		p.Owner.Name = "y"
		c := &p.Containers[0]
		c.State, c.Ready, p.Conditions[0].Status = cluster.State{Phase: cluster.Running, StartedAt: testNow.Add(-40 * time.Minute)}, true, "True"
		c.Last().FinishedAt = testNow.Add(-41 * time.Minute)
	}))
	s := cluster.New(cluster.Parts{At: testNow, Pods: pods})
	wanted := LogsWanted(s, Recognise(s))
	perWorkload := map[string]int{}
	for _, ref := range wanted {
		owner, _, _ := strings.Cut(ref.Pod.Name[2:], "-")
		perWorkload[ref.Pod.Name[:1]+owner]++
		if want := ref.Pod.Name != "z-0" && ref.Pod.Name != "x-0"; ref.Previous != want {
			t.Errorf("%+v", ref)
		}
	}
	if n := len(wanted); n != 24*3+2 {
		t.Errorf("%d logs", n)
	}
	for w, n := range perWorkload {
		if n > logsOfOneThing {
			t.Errorf("%d logs of %s", n, w)
		}
	}
	if perWorkload["y0"] != 0 || perWorkload["z0"] != 1 || perWorkload["x0"] != 1 {
		t.Errorf("got %v", perWorkload)
	}
}

func BenchmarkListen(b *testing.B) {
	text := strings.Repeat("2026-11-22 19:58:51 something happened to item 4711 of a list of things that nobody knows; value=abc/def?x=1\n", 60)
	for b.Loop() {
		listen(text, 1)
	}
}

// TestReplicasLendTheirWords: three logs of many are read, and say why all
// fail that end in the same way; not if they disagree, and not of another
// revision, container or exit code.
func TestReplicasLendTheirWords(t *testing.T) {
	var pods []cluster.Pod
	for i := range 8 {
		pods = append(pods, looping(fmt.Sprintf("web-%d", i), "", func(p *cluster.Pod) {
			p.Labels = map[string]string{"pod-template-hash": "5b"}
			if i == 6 {
				p.Labels["pod-template-hash"] = "4a"
			}
			if i == 7 {
				p.Containers[0].Last().ExitCode = 2
			}
		}))
	}
	logs := func(words ...string) (out []cluster.Log) {
		for i, w := range words {
			out = append(out, cluster.Log{LogRef: cluster.LogRef{Pod: pods[i].Key(), Container: "app", Previous: true}, Lines: []string{w}})
		}
		return out
	}
	agree := "dial tcp: lookup db.data on 10.96.0.10:53: no such host"
	for name, c := range map[string]struct {
		logs []cluster.Log
		want int
	}{
		"agree":    {logs(agree, agree, agree), 6},
		"disagree": {logs(agree, "panic: boom"), 1},
		"none":     {nil, 0},
	} {
		n := 0
		for _, s := range Recognise(cluster.New(cluster.Parts{At: testNow, Pods: pods, Logs: c.logs})) {
			if s.Kind != Network {
				continue
			}
			n++
			last := s.Evidence[len(s.Evidence)-1]
			if own := s.Object.Name < "web-3"; own != (last.Subject == s.Object.Key()) || own == strings.Contains(last.Text, "in the same way") {
				t.Errorf("%s: evidence of %s: %+v", name, s.Object.Name, last)
			}
		}
		if n != c.want {
			t.Errorf("%s: %d of the network, want %d", name, n, c.want)
		}
	}
}
