package correlate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// TestEveryChangeNeedsItsLink: beside each change that is tied to what fails
// stands one of the same kind and time that is not, which is never named.
func TestEveryChangeNeedsItsLink(t *testing.T) {
	at, old := noon.Add(-3*time.Minute), noon.Add(-90*time.Hour)
	web, other := deployment("shop", "web"), deployment("shop", "other")
	service := func(name string) cluster.Service {
		return cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: name}, Created: old,
			Writes: []cluster.Write{{Manager: "kubectl-edit", Time: at, Spec: []string{"ports"}}}}
	}
	scaled := func(ref cluster.Ref) cluster.Workload {
		return cluster.Workload{Ref: ref, Created: old, Desired: 3, Delivery: "Helm release " + ref.Name,
			Writes: []cluster.Write{{Manager: "kubectl", Subresource: "scale", Time: at}}}
	}
	tainted := func(name, key string) cluster.Node {
		return cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: name}, Created: at, Taints: []cluster.Taint{{Key: key, Effect: "NoExecute", Added: at}}}
	}
	release := func(name string) cluster.Config {
		return cluster.Config{Ref: cluster.Ref{Kind: "Secret", Namespace: "shop", Name: "sh.helm.release.v1." + name + ".v2"}, Created: at,
			Release: &cluster.Release{Name: name, Version: 2, Status: "deployed"}}
	}
	pod := cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-1"}, Owner: web, Node: "new", Created: at}
	s := cluster.New(cluster.Parts{At: noon.Add(time.Minute), Pods: []cluster.Pod{pod},
		Workloads: []cluster.Workload{scaled(web), scaled(other)}, Services: []cluster.Service{service("api"), service("mail")},
		Configs: []cluster.Config{release("web"), release("other")},
		Nodes:   []cluster.Node{{Ref: cluster.Ref{Kind: "Node", Name: "first"}, Created: old}, tainted("new", "dedicated"), tainted("newer", "spot")}})
	sym := symptom.Symptom{Kind: symptom.Network, Object: pod.Ref, Pod: s.Pod("shop", "web-1"), Workload: web, Node: "new",
		Message: "untolerated taint {dedicated: gpu}", First: noon, Last: noon, Ongoing: true, Target: symptom.Connection{Host: "api"}}
	e := newExplainer(s, []symptom.Symptom{sym})
	for detector, want := range map[string]string{
		"network": "node-joined Node new, scaling Deployment shop/web, helm-release HelmRelease shop/web, service-write Service shop/api",
		// A machine's trouble does not come of a rollout, nor of what joined.
		"node-pressure": "service-write Service shop/api",
		"scheduling":    "node-tainted Node new, scaling Deployment shop/web, helm-release HelmRelease shop/web, service-write Service shop/api",
	} {
		p := e.explain(detect.Pattern{Detector: detector, Symptoms: []*symptom.Symptom{&sym}})
		var told []string
		for _, c := range p.Changes {
			told = append(told, string(c.Kind)+" "+c.Object.String())
			if c.Link == "" || c.Lead != 3*time.Minute {
				t.Errorf("%s: without link or order in time: %+v", detector, c)
			}
		}
		if got := strings.Join(told, ", "); got != want {
			t.Errorf("%s: got %s, want %s", detector, got, want)
		}
	}
}

// consumersOf is a cluster in which each name is a Deployment of one pod, and
// those of readers refer to the ConfigMap settings, which was written three
// minutes before the failures.
func consumersOf(names, readers []string) *cluster.Snapshot {
	parts := cluster.Parts{At: noon.Add(time.Minute), Configs: []cluster.Config{{
		Ref: cluster.Ref{Kind: "ConfigMap", Namespace: "shop", Name: "settings"}, Created: noon.Add(-90 * time.Hour),
		Writes: []cluster.Write{{Manager: "kubectl-edit", Time: noon.Add(-3 * time.Minute), Data: true, Keys: []string{"level"}}}}}}
	for _, name := range names {
		t := &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "c", Image: name + ":1"}}}
		for _, r := range readers {
			if r == name {
				t.ConfigMaps = []cluster.ConfigRef{{Name: "settings", Via: "volume"}}
			}
		}
		parts.Workloads = append(parts.Workloads, cluster.Workload{Ref: deployment("shop", name), Created: noon.Add(-90 * time.Hour), Template: t, Desired: 1})
		parts.Pods = append(parts.Pods, cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: name + "-1"}, Owner: deployment("shop", name),
			Created: noon.Add(-80 * time.Hour), Template: t, Node: "n", Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}}})
	}
	return cluster.New(parts)
}

func explained(s *cluster.Snapshot, failing []string, ended time.Time) *Pattern {
	var symptoms []symptom.Symptom
	for _, name := range failing {
		sym := symptom.Symptom{Kind: symptom.Exit, Object: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: name}, Pod: s.Pod("shop", name),
			First: noon, Last: s.At, Ongoing: true}
		sym.Workload = s.WorkloadOf(sym.Pod)
		if !ended.IsZero() {
			sym.Ongoing, sym.Last = false, ended
		}
		symptoms = append(symptoms, sym)
	}
	found := detect.Pattern{Detector: "exit-code", Tier: detect.Stated}
	for i := range symptoms {
		found.Symptoms = append(found.Symptoms, &symptoms[i])
	}
	return newExplainer(s, symptoms).explain(found)
}

func TestContrastOfConsumers(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"}
	for name, c := range map[string]struct {
		readers, failing []string
		text             string
		tier             detect.Tier
	}{
		"all of them and nobody else":     {[]string{"a", "b", "c"}, []string{"a-1", "b-1", "c-1"}, "consumers: 3 of 3 workloads fail, others: 0 of 11", detect.Strong},
		"two are at most suggestive":      {[]string{"a", "b"}, []string{"a-1", "b-1"}, "consumers: 2 of 2 workloads fail, others: 0 of 12", detect.Suggestive},
		"one is time and no more":         {[]string{"a"}, []string{"a-1"}, "consumers: 1 of 1 workloads fail, others: 0 of 13", detect.Observation},
		"others fail as often":            {[]string{"a", "b", "c"}, []string{"a-1", "d-1", "e-1", "f-1", "g-1"}, "consumers: 1 of 3 workloads fail, others: 4 of 11", detect.Observation},
		"nobody else to be compared with": {all, []string{"a-1", "b-1"}, "", detect.Observation},
	} {
		t.Run(name, func(t *testing.T) {
			p := explained(consumersOf(all, c.readers), c.failing, time.Time{})
			if len(p.Changes) != 1 || p.Changes[0].Contrast != c.text || p.Changes[0].Tier != c.tier {
				t.Errorf("got %+v", p.Changes)
			}
		})
	}
}

// rolled is a Deployment whose new revision has fresh pods and whose old one
// has the old pods.
func rolled(fresh, old int, change func(*cluster.Parts)) *cluster.Snapshot {
	at, began := noon.Add(-3*time.Minute), noon.Add(-90*time.Hour)
	web := cluster.Workload{Ref: deployment("shop", "web"), Created: began, Desired: int32(fresh + old)}
	parts := cluster.Parts{At: noon.Add(20 * time.Minute)}
	for i, rev := range []string{"old", "new"} {
		t := &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "c", Image: "r/web:" + rev}}}
		parts.Revisions = append(parts.Revisions, cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "web-" + rev}, Owner: web.Ref,
			Number: int64(i + 1), Hash: rev, Created: map[string]time.Time{"old": began, "new": at}[rev], Template: t})
		for n := range map[string]int{"old": old, "new": fresh}[rev] {
			parts.Pods = append(parts.Pods, cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: fmt.Sprintf("web-%s-%d", rev, n)},
				Owner: parts.Revisions[i].Ref, Labels: map[string]string{"pod-template-hash": rev}, Template: t, Created: at,
				Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}}})
		}
	}
	parts.Workloads = []cluster.Workload{web}
	if change != nil {
		change(&parts)
	}
	return cluster.New(parts)
}

// TestContrastOfRevisions: ten times the replicas are no better witness.
func TestContrastOfRevisions(t *testing.T) {
	for name, c := range map[string]struct {
		fresh, old int
		failing    []string
		text       string
		tier       detect.Tier
	}{
		"new fails, old does not":    {2, 4, []string{"web-new-0", "web-new-1"}, "new revision: 2 of 2 pods fail, old revision: 0 of 4", detect.Suggestive},
		"many replicas":              {2, 40, []string{"web-new-0", "web-new-1"}, "new revision: 2 of 2 pods fail, old revision: 0 of 40", detect.Suggestive},
		"the old fails as well":      {1, 1, []string{"web-new-0", "web-old-0"}, "new revision: 1 of 1 pods fail, old revision: 1 of 1", detect.Observation},
		"few of the new fail":        {5, 2, []string{"web-new-0"}, "new revision: 1 of 5 pods fail, old revision: 0 of 2", detect.Observation},
		"nothing is left of the old": {2, 0, []string{"web-new-0", "web-new-1"}, "", detect.Observation},
	} {
		t.Run(name, func(t *testing.T) {
			p := explained(rolled(c.fresh, c.old, nil), c.failing, time.Time{})
			if len(p.Changes) != 1 || p.Changes[0].Contrast != c.text || p.Changes[0].Tier != c.tier {
				t.Errorf("got %+v", p.Changes)
			}
		})
	}
}

func TestReversal(t *testing.T) {
	back := func(p *cluster.Parts) {
		p.Revisions[0].Number, p.Revisions[0].Former, p.Revisions[0].Reused = 3, []int64{1}, true
		p.Workloads[0].Writes = []cluster.Write{{Manager: "kubectl-rollout", Time: noon.Add(5 * time.Minute)}}
	}
	for name, c := range map[string]struct {
		change func(*cluster.Parts)
		ended  time.Time
		want   string
		tier   detect.Tier
	}{
		"ended with it":        {back, noon.Add(6 * time.Minute), "ended with the rollback 8m later", detect.Suggestive},
		"went on all the same": {back, time.Time{}, "", detect.Observation},
		"ended long after":     {back, noon.Add(15 * time.Minute), "", detect.Observation},
		"ended by itself":      {nil, noon.Add(6 * time.Minute), "", detect.Observation},
	} {
		t.Run(name, func(t *testing.T) {
			p := explained(rolled(2, 0, c.change), []string{"web-new-0", "web-new-1"}, c.ended)
			if len(p.Changes) != 1 || p.Changes[0].Reversal != c.want || p.Changes[0].Tier != c.tier {
				t.Errorf("got %+v", p.Changes)
			}
		})
	}
}

func TestRivalsAreAsNear(t *testing.T) {
	web, api := deployment("shop", "web"), deployment("shop", "api")
	config := cluster.Ref{Kind: "ConfigMap", Namespace: "shop", Name: "settings"}
	change := func(kind cluster.ChangeKind, object cluster.Ref, lead time.Duration, by string) LinkedChange {
		return LinkedChange{Change: cluster.Change{Kind: kind, Object: object, Time: noon.Add(-lead), By: by}, Lead: lead}
	}
	p := &Pattern{Tally: detect.Tally{Workloads: []cluster.Ref{web, api}}}
	all := []LinkedChange{change(cluster.ConfigWrite, config, time.Minute, "kubectl-edit"), change(cluster.Rollout, web, 90*time.Second, "helm"),
		change(cluster.Rollout, api, 90*time.Second, "helm"), change(cluster.HelmRelease, cluster.Ref{Kind: "HelmRelease", Namespace: "shop", Name: "web"}, 92*time.Second, "helm"),
		change(cluster.NodeCondition, cluster.Ref{Kind: "Node", Name: "n"}, 5*time.Minute, "")}
	for i, want := range []string{
		"rollout of Deployment shop/web 90s before, rollout of Deployment shop/api 90s before, helm-release of HelmRelease shop/web 92s before",
		"config-write of ConfigMap shop/settings 60s before", // neither another workload's rollout nor the release that made it
	} {
		if got := strings.Join(rivals(p, all, &all[i]), ", "); got != want {
			t.Errorf("of %s: got %q, want %q", all[i].Kind, got, want)
		}
	}
	if got := rivals(p, all, &all[4]); len(got) != 4 {
		t.Errorf("of what lies furthest back: %q", got)
	}
}

func TestNoChangeIsNotNotLooking(t *testing.T) {
	for want, s := range map[string]*cluster.Snapshot{
		"no linked change is known; looked at 2 revisions (10 min before)": rolled(2, 0, func(p *cluster.Parts) {
			p.Revisions[1].Created = noon.Add(-2 * time.Hour)
		}),
		"no linked change is known, but neither revisions nor configuration of theirs were read; 1 ConfigMap or Secret in use could not be looked at": rolled(2, 0, func(p *cluster.Parts) {
			p.Revisions = nil
			for i := range p.Pods {
				p.Pods[i].Owner = deployment("shop", "web")
				p.Pods[i].Template = &cluster.Template{PullSecrets: []string{"regcred"}}
			}
		}),
	} {
		p := explained(s, []string{"web-new-0"}, time.Time{})
		if len(p.Changes) != 0 || len(p.Counter) != 1 || p.Counter[0] != want {
			t.Errorf("got %q, want %q (%+v)", p.Counter, want, p.Changes)
		}
	}
	if p := explained(rolled(2, 0, nil), []string{"web-new-0"}, time.Time{}); len(p.Changes) != 1 || len(p.Counter) != 0 {
		t.Errorf("a change is known: %q", p.Counter)
	}
}
