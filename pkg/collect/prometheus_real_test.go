package collect

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// planted is a week of a cluster, as kube-state-metrics and cAdvisor told of it
// to a Prometheus that scraped once a minute.
type planted struct {
	out      *bufio.Writer
	from, to time.Time
	cluster  string
}

// series writes what a series was at each scrape, where it was there.
func (p *planted) series(name, labels string, value func(t time.Time) (float64, bool)) {
	for t := p.from; !t.After(p.to); t = t.Add(time.Minute) {
		if t.After(p.at(6, 2, 0)) && t.Before(p.at(6, 4, 0)) {
			continue // nobody looked for two hours
		}
		if v, there := value(t); there {
			_, _ = fmt.Fprintf(p.out, "%s{%s,cluster=%q,instance=\"10.0.0.9:8080\",job=\"kube-state-metrics\"} %v %d\n", name, labels, p.cluster, v, t.Add(7*time.Second).Unix())
		}
	}
}

func (p *planted) constant(name, labels string, value float64) {
	p.series(name, labels, func(time.Time) (float64, bool) { return value, true })
}

// at is a time of the week: day 0 is the first.
func (p *planted) at(day, hour, minute int) time.Time {
	return p.from.Truncate(24 * time.Hour).Add(time.Duration(day)*24*time.Hour + time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// container plants a container that ended at some times and ran again a few
// seconds later.
func (p *planted) container(namespace, pod, node, reason string, code float64, ends []time.Time) {
	labels := fmt.Sprintf(`namespace=%q,pod=%q,uid="uid-%s",container="app"`, namespace, pod, pod)
	before := func(t time.Time) int {
		return len(slices.DeleteFunc(slices.Clone(ends), func(e time.Time) bool { return e.Add(5 * time.Second).After(t.Add(7 * time.Second)) }))
	}
	p.series(restartsMetric, labels, func(t time.Time) (float64, bool) { return float64(before(t)), true })
	p.series(reasonMetric, labels+fmt.Sprintf(",reason=%q", reason), func(t time.Time) (float64, bool) { return 1, before(t) > 0 })
	p.series(exitCodeMetric, labels, func(t time.Time) (float64, bool) { return code, before(t) > 0 })
	p.constant(podInfoMetric, fmt.Sprintf(`namespace=%q,pod=%q,uid="uid-%s",node=%q,created_by_kind="ReplicaSet",created_by_name=%q`,
		namespace, pod, pod, node, pod[:strings.LastIndexByte(pod, '-')]), 1)
	p.constant(containerInfoMetric, labels+`,image="registry.example.com/shop/app:1"`, 1)
}

func (p *planted) nightly() []time.Time {
	var out []time.Time
	for day := range 7 {
		out = append(out, p.at(day, 3, 4+day%3))
	}
	return out
}

func (p *planted) everySixHours() []time.Time {
	var out []time.Time
	for t := p.at(0, 1, 30); t.Before(p.to.Add(-time.Hour)); t = t.Add(6 * time.Hour) {
		out = append(out, t)
	}
	return out
}

// leaks are the times at which memory that climbs for 40 hours is full.
func (p *planted) leaks() []time.Time {
	return []time.Time{p.at(1, 16, 0), p.at(3, 8, 0), p.at(5, 0, 0)}
}

const leakLimit = 256 << 20

func (p *planted) write() {
	p.nodes()
	if p.cluster != "prod" { // of the other cluster only what could be mistaken
		p.container("shop", "report-7c9d8f6b5d-x2x4z", "worker-1-s", "Error", 1, p.everySixHours())
		return
	}
	p.workloads()
}

func (p *planted) nodes() {
	for _, node := range []string{"worker-1", "worker-2", "worker-3"} {
		node += map[bool]string{true: "", false: "-s"}[p.cluster == "prod"]
		p.constant(nodeInfoMetric, fmt.Sprintf("node=%q", node), 1)
		for _, status := range []string{"true", "false", "unknown"} {
			p.series(nodeConditionMetric, fmt.Sprintf(`node=%q,condition="Ready",status=%q`, node, status), func(t time.Time) (float64, bool) {
				lost := strings.HasPrefix(node, "worker-2") && !t.Before(p.at(3, 10, 0)) && t.Before(p.at(3, 10, 15))
				return float64(map[bool]int{true: 1}[status == map[bool]string{true: "unknown", false: "true"}[lost]]), true
			})
		}
	}
}

func (p *planted) workloads() {
	p.container("shop", "report-7c9d8f6b5d-x2x4z", "worker-1", "Error", 1, p.nightly())
	p.container("ops", "sync-5f6d7c8b9c-qq7wq", "worker-2", "Error", 2, p.everySixHours())
	p.container("shop", "cart-6b7c8d9f5b-b4b5c", "worker-3", "OOMKilled", 137, p.leaks())
	p.container("shop", "idle-6b7c8d9f5b-zzzzz", "worker-3", "", 0, nil)
	p.container("shop", "blind-6b7c8d9f5b-bbbbb", "worker-3", "Error", 1, []time.Time{p.at(6, 3, 0)}) // while nobody looked
	p.constant(replicaSetMetric, `namespace="shop",replicaset="cart-6b7c8d9f5b",owner_kind="Deployment",owner_name="cart"`, 1)
	p.leak("shop", "cart-6b7c8d9f5b-b4b5c")
	p.evicted("shop", "batch-1")
	p.jobs()
	p.series(waitingMetric, `namespace="shop",pod="web-1",uid="uid-web-1",container="app",reason="ImagePullBackOff"`, func(t time.Time) (float64, bool) {
		return 1, t.After(p.at(2, 9, 0)) && t.Before(p.at(2, 10, 0))
	})
}

func (p *planted) leak(namespace, pod string) {
	labels := fmt.Sprintf(`namespace=%q,pod=%q,container="app"`, namespace, pod)
	p.constant(limitMetric, labels+`,resource="memory",unit="byte"`, leakLimit)
	p.series(workingSetMetric, labels, func(t time.Time) (float64, bool) {
		began := p.from
		for _, end := range p.leaks() {
			if !end.After(t) {
				began = end
			}
		}
		return 64<<20 + math.Round(192<<20*t.Sub(began).Hours()/40), true
	})
	p.constant(workingSetMetric, `namespace="shop",pod="idle-6b7c8d9f5b-zzzzz",container="app"`, 1<<20)
	p.constant(limitMetric, `namespace="shop",pod="idle-6b7c8d9f5b-zzzzz",container="app",resource="memory",unit="byte"`, leakLimit)
}

func (p *planted) evicted(namespace, pod string) {
	p.series(podReasonMetric, fmt.Sprintf(`namespace=%q,pod=%q,uid="u",reason="Evicted"`, namespace, pod), func(t time.Time) (float64, bool) {
		return float64(map[bool]int{true: 1}[t.After(p.at(4, 12, 0))]), t.Before(p.at(4, 13, 0))
	})
}

func (p *planted) jobs() {
	for day := range 7 {
		job := fmt.Sprintf(`namespace="ops",job_name="backup-%d"`, day)
		ended := p.at(day, 2, 20)
		there := func(t time.Time) bool { return t.After(ended) }
		p.series(jobOwnerMetric, job+`,owner_kind="CronJob",owner_name="backup"`, func(t time.Time) (float64, bool) { return 1, there(t) })
		if day == 5 {
			p.series(jobFailedMetric, job+`,condition="true"`, func(t time.Time) (float64, bool) { return 1, there(t) })
			p.series(jobReasonMetric, job+`,reason="BackoffLimitExceeded"`, func(t time.Time) (float64, bool) { return 1, there(t) })
			continue
		}
		p.series(jobCompletionMetric, job, func(t time.Time) (float64, bool) { return float64(ended.Unix()), there(t) })
	}
}

// startPrometheus back-fills a Prometheus with what was planted, and runs it
// on loopback.
func startPrometheus(t *testing.T, from, to time.Time) string {
	t.Helper()
	program := os.Getenv("KUBECTL_PATTERNS_PROMETHEUS")
	if program == "" {
		t.Skip("SKIPPED: KUBECTL_PATTERNS_PROMETHEUS is not set; `make prometheus` builds one, and then `make test` sets it")
	}
	dir := t.TempDir()
	data, err := os.Create(filepath.Join(dir, "planted.om"))
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(data)
	for _, name := range []string{"prod", "staging"} {
		p := &planted{out: out, from: from, to: to, cluster: name}
		p.write()
	}
	_, _ = out.WriteString("# EOF\n")
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	fill := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(program), "promtool"), //nolint:gosec // built by us
		"tsdb", "create-blocks-from", "openmetrics", "--max-block-duration", "162h", data.Name(), filepath.Join(dir, "data"))
	if said, err := fill.CombinedOutput(); err != nil {
		t.Fatalf("filling: %v\n%s", err, said)
	}
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {scrape_interval: 1m}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freePort(t)
	run := exec.Command(program, "--config.file", config, "--storage.tsdb.path", filepath.Join(dir, "data"), //nolint:gosec // built by us
		"--storage.tsdb.retention.time", "3650d", "--web.listen-address", address, "--log.level", "error")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Kill(); _ = run.Wait() })
	waitReady(t, "http://"+address)
	return "http://" + address
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func waitReady(t *testing.T, address string) {
	t.Helper()
	for range 300 {
		resp, err := http.Get(address + "/-/ready") //nolint:gosec,noctx // loopback
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("Prometheus did not become ready")
}

// TestPastOfRealPrometheus reads planted facts from a real Prometheus.
func TestPastOfRealPrometheus(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	from := at.Add(-7 * 24 * time.Hour)
	address := startPrometheus(t, from.Add(-12*time.Hour), at)
	p := &planted{from: from.Add(-12 * time.Hour), to: at}
	snapshot := weekSnapshot(at)

	past := func(labels map[string]string) cluster.Parts {
		reader, err := NewPrometheus(PrometheusOptions{Address: address}, labels, 8*24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := reader.Past(t.Context(), snapshot)
		if err != nil {
			t.Fatal(err)
		}
		return parts
	}
	refused := past(nil)
	if len(refused.Past.Ends) > 0 || !strings.Contains(refused.Sources[0].Gap, "several clusters") || !strings.Contains(refused.Sources[0].Remedy, "--prometheus-label cluster=prod") {
		t.Errorf("two clusters without a choice: %+v, %d ends", refused.Sources, len(refused.Past.Ends))
	}
	found := past(map[string]string{"cluster": "prod"})
	if gap := found.Sources[0].Gap; gap != "" {
		t.Errorf("gap: %s", gap)
	}
	s := snapshot.WithPast(found)
	t.Run("ends", func(t *testing.T) { checkEnds(t, p, &s.Past) })
	t.Run("turns", func(t *testing.T) { checkTurns(t, p, &s.Past) })
	t.Run("memory", func(t *testing.T) { checkMemory(t, p, &s.Past) })
	t.Run("patterns", func(t *testing.T) { checkPatterns(t, s) })
	t.Run("watched", func(t *testing.T) {
		want := []cluster.Span{{From: p.from.Add(-time.Minute), To: p.at(6, 2, 1)}, {From: p.at(6, 4, 0), To: at}}
		if len(s.Past.Watched) != 2 || s.Past.Watched[0].To.Sub(want[0].To).Abs() > 2*time.Minute || s.Past.Watched[1].From.Sub(want[1].From).Abs() > 2*time.Minute {
			t.Errorf("watched %v, want about %v", s.Past.Watched, want)
		}
	})
	t.Run("evictions", func(t *testing.T) {
		if len(s.Past.Events) != 1 || s.Past.Events[0].Object.Name != "batch-1" || !near(s.Past.Events[0].Last, p.at(4, 12, 0), 3*time.Minute) {
			t.Errorf("evictions: %+v", s.Past.Events)
		}
	})
}

// checkPatterns: what was planted is found by the detectors of time, each by
// its own.
func checkPatterns(t *testing.T, s *cluster.Snapshot) {
	patterns, skipped := detect.Run(detectors.Suite(), s, symptom.Recognise(s))
	var titles []string
	for i := range patterns {
		titles = append(titles, patterns[i].Detector+"/"+patterns[i].Cause+": "+patterns[i].Title)
	}
	all := strings.Join(titles, "\n")
	for _, want := range []string{`(?m)^time-of-day/hour: .*shop/report`, `(?m)^periodic/interval: .*ops/sync.* 6 ?h`, `(?m)^gradual/growth: .*shop/cart`} {
		if !regexp.MustCompile(want).MatchString(all) {
			t.Errorf("no %s in\n%s\nskipped: %+v", want, all, skipped)
		}
	}
	if strings.Contains(all, "idle") || strings.Contains(all, "blind") {
		t.Errorf("a pattern of what did not fail:\n%s", all)
	}
}

func near(a, b time.Time, tolerance time.Duration) bool { return a.Sub(b).Abs() <= tolerance }

// weekSnapshot is what is left at the end of the week: the pod that leaks is
// gone.
func weekSnapshot(at time.Time) *cluster.Snapshot {
	parts := cluster.Parts{At: at, Scope: cluster.Scope{AllNamespaces: true}, Sources: []cluster.Source{{Resource: cluster.Nodes, Objects: 3}, {Resource: cluster.Pods, Objects: 2}}}
	for _, node := range []string{"worker-1", "worker-2", "worker-3"} {
		parts.Nodes = append(parts.Nodes, cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: node}})
	}
	for _, pod := range [][3]string{{"shop", "report-7c9d8f6b5d", "x2x4z"}, {"ops", "sync-5f6d7c8b9c", "qq7wq"}} {
		parts.Pods = append(parts.Pods, cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: pod[0], Name: pod[1] + "-" + pod[2]}, Node: "worker-1",
			Labels: map[string]string{"pod-template-hash": pod[1][strings.LastIndexByte(pod[1], '-')+1:]},
			Owner:  cluster.Ref{Kind: "ReplicaSet", Namespace: pod[0], Name: pod[1]}})
	}
	return cluster.New(parts)
}

func checkEnds(t *testing.T, p *planted, past *cluster.Past) {
	for _, c := range []struct {
		workload, reason, node string
		code                   int32
		at                     []time.Time
	}{
		{"shop/report", "Error", "worker-1", 1, p.nightly()},
		{"ops/sync", "Error", "worker-1", 2, p.everySixHours()},
		{"shop/cart", "OOMKilled", "worker-3", 137, p.leaks()},
	} {
		var ends []cluster.End
		for _, e := range past.Ends {
			if e.Workload.Kind == "Deployment" && e.Workload.Path() == c.workload {
				ends = append(ends, e)
			}
		}
		want := slices.DeleteFunc(slices.Clone(c.at), func(t time.Time) bool { return t.After(p.at(6, 1, 59)) && t.Before(p.at(6, 4, 2)) })
		if len(ends) != len(want) {
			t.Errorf("%s: %d ends, want %d: %+v", c.workload, len(ends), len(want), ends)
			continue
		}
		for i, e := range ends {
			late := e.State.FinishedAt.Sub(want[i])
			if late < 0 || late > e.Within || e.Within > 3*time.Minute || e.State.Reason != c.reason || e.State.ExitCode != c.code || e.Node != c.node {
				t.Errorf("%s ended at %v within %v (%+v on %s), want %v", c.workload, e.State.FinishedAt, e.Within, e.State, e.Node, want[i])
			}
		}
	}
	for _, e := range past.Ends {
		if strings.HasPrefix(e.Pod.Name, "idle") || strings.HasPrefix(e.Pod.Name, "blind") {
			t.Errorf("an end of a container that did not end while somebody looked: %+v", e)
		}
	}
}

func checkTurns(t *testing.T, p *planted, past *cluster.Past) {
	got := map[string][]time.Time{}
	for _, turn := range past.Turns {
		key := fmt.Sprintf("%s %s %s=%s %s", turn.Object.Kind, turn.Object.Path(), turn.Type, turn.Status, turn.Reason)
		if turn.Object.Kind == "Job" {
			key = fmt.Sprintf("%s %s %s", turn.Workload, turn.Type, turn.Reason)
		}
		got[strings.TrimSpace(key)] = append(got[strings.TrimSpace(key)], turn.Transition)
	}
	var completed []time.Time
	for day := range 7 {
		if day != 5 {
			completed = append(completed, p.at(day, 2, 20))
		}
	}
	for key, want := range map[string][]time.Time{
		"Node worker-2 Ready=Unknown":                           {p.at(3, 10, 0)},
		"Node worker-2 Ready=True":                              {p.at(3, 10, 15)},
		"CronJob ops/backup Failed BackoffLimitExceeded":        {p.at(5, 2, 20)},
		"CronJob ops/backup Complete":                           completed,
		"Pod shop/web-1 ContainerWaiting=True ImagePullBackOff": {p.at(2, 9, 0)},
		"Pod shop/web-1 ContainerWaiting=False":                 {p.at(2, 10, 0)},
	} {
		if len(got[key]) != len(want) {
			t.Errorf("%s: %v, want %v", key, got[key], want)
			continue
		}
		for i := range want {
			// What was filled in has no mark where a series ends, as what was
			// scraped has: it shows for another five minutes.
			if !near(got[key][i], want[i], lookback+2*time.Minute) {
				t.Errorf("%s: %v, want %v", key, got[key], want)
			}
		}
	}
	if len(got) != 6 {
		t.Errorf("turns of more than was planted: %v", got)
	}
}

func checkMemory(t *testing.T, p *planted, past *cluster.Past) {
	if len(past.Series) != 1 {
		t.Fatalf("%d series, want only that of the leak", len(past.Series))
	}
	s := past.Series[0]
	if s.Metric != cluster.WorkingSet || s.Workload.Path() != "shop/cart" || s.Limit != leakLimit || len(s.Points) < 400 {
		t.Errorf("series of %s with limit %v and %d points", s.Workload, s.Limit, len(s.Points))
	}
	var life []cluster.Point
	for _, point := range s.Points {
		if point.Time.After(p.leaks()[1]) && point.Time.Before(p.leaks()[2]) {
			life = append(life, point)
		}
	}
	first, last := life[0], life[len(life)-1]
	perHour := (last.Value - first.Value) / last.Time.Sub(first.Time).Hours()
	if want := float64(192<<20) / 40; math.Abs(perHour/want-1) > 0.01 {
		t.Errorf("it climbs by %.0f bytes an hour, want %.0f", perHour, want)
	}
}
