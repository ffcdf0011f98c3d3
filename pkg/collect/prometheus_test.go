package collect

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// fakeAPI answers as a Prometheus that knows three nodes, and nothing else
// unless a test says so.
type fakeAPI struct {
	mu      sync.Mutex
	asked   []*http.Request
	queries []string
	prefix  string
	answer  func(w http.ResponseWriter, query string) bool // false: as usual
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // of a request of ours
	f.mu.Lock()
	f.asked = append(f.asked, r)
	f.queries = append(f.queries, r.Form.Get("query"))
	f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, f.prefix)
	query := firstOf(r.Form.Get("query"), path)
	if f.answer != nil && f.answer(w, query) {
		return
	}
	switch {
	case path == "/api/v1/label/__name__/values":
		data(w, append([]string{"kube_other"}, wantedMetrics...))
	case path == "/api/v1/labels":
		data(w, []string{"namespace", "node", "pod"})
	case strings.HasPrefix(query, "max_over_time(kube_node_info"):
		vector(w, map[string]string{"node": "worker-1"}, map[string]string{"node": "worker-2"})
	case strings.HasPrefix(query, "max(count_over_time(kube_node_info"):
		matrix(w, r, map[string]string{})
	case path == "/api/v1/query":
		vector(w)
	default:
		data(w, map[string]any{"resultType": "matrix", "result": []any{}})
	}
}

func data(w http.ResponseWriter, v any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": v})
}

func vector(w http.ResponseWriter, metrics ...map[string]string) {
	result := []any{}
	for _, m := range metrics {
		result = append(result, map[string]any{"metric": m, "value": []any{1, "1"}})
	}
	data(w, map[string]any{"resultType": "vector", "result": result})
}

// matrix is 1 at each step that is asked for.
func matrix(w http.ResponseWriter, r *http.Request, metric map[string]string) {
	var start, end, step float64
	for name, into := range map[string]*float64{"start": &start, "end": &end, "step": &step} {
		if _, err := fmt.Sscanf(r.Form.Get(name), "%g", into); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	values := []any{}
	for t := start; t <= end; t += step {
		values = append(values, []any{t, "1"})
	}
	data(w, map[string]any{"resultType": "matrix", "result": []any{map[string]any{"metric": metric, "values": values}}})
}

func fakeSnapshot() *cluster.Snapshot {
	return weekSnapshot(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC))
}

func readFake(t *testing.T, f *fakeAPI, o PrometheusOptions, labels map[string]string) cluster.Parts {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	switch {
	case o.Cluster != nil:
		o.Cluster.Host = server.URL
	default:
		o.Address = server.URL
	}
	p, err := NewPrometheus(o, labels, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	p.patience = time.Second
	parts, err := p.Past(t.Context(), fakeSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Sources) != 1 || parts.Sources[0].Resource != cluster.Prometheus || parts.Sources[0].From != o.Address {
		t.Errorf("sources %+v", parts.Sources)
	}
	return parts
}

func TestPrometheusWithNothingToTell(t *testing.T) {
	f := &fakeAPI{}
	parts := readFake(t, f, PrometheusOptions{}, nil)
	source := parts.Sources[0]
	if source.Gap != "" || source.Objects != 0 || source.Period.Length() < 23*time.Hour || len(parts.Past.Watched) != 1 {
		t.Errorf("source %+v", source)
	}
	if n := len(f.asked); n > 12 {
		t.Errorf("%d queries where nothing happened: %q", n, f.queries)
	}
	for _, r := range f.asked {
		if r.Header.Get("Authorization") != "" {
			t.Error("credentials that nobody gave")
		}
	}
}

// TestPrometheusThatFails has each sort of failure named, with what can be
// done.
func TestPrometheusThatFails(t *testing.T) {
	always := func(code int, body string) func(http.ResponseWriter, string) bool {
		return func(w http.ResponseWriter, _ string) bool {
			w.WriteHeader(code)
			_, _ = fmt.Fprint(w, body)
			return true
		}
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, string) bool
		want   string
	}{
		"unauthorized":  {always(401, "who are you"), "401 Unauthorized"},
		"wrong content": {always(200, "<html>log in</html>"), "the answer is not that of a Prometheus API"},
		"not found":     {always(404, "page not found"), "404 Not Found"},
		"unavailable":   {always(503, `{"status": "error", "errorType": "unavailable", "error": "TSDB not ready"}`), "503 Service Unavailable: TSDB not ready"},
		"redirect": {func(w http.ResponseWriter, _ string) bool {
			w.Header().Set("Location", "https://login.example.com/")
			w.WriteHeader(302)
			return true
		}, "302 Found: it sends on to https://login.example.com/"},
		"truncated": {always(200, `{"status": "success", "data": ["kube_no`), "not that of a Prometheus API"},
		"slow":      {func(http.ResponseWriter, string) bool { time.Sleep(1500 * time.Millisecond); return true }, "did not answer in time"},
		"an other cluster": {func(w http.ResponseWriter, query string) bool {
			if strings.HasPrefix(query, "max_over_time(kube_node_info") {
				vector(w, map[string]string{"node": "elsewhere"})
				return true
			}
			return false
		}, "it knows 1 nodes, none of which is of this cluster"},
		"no kube-state-metrics": {func(w http.ResponseWriter, query string) bool {
			if query == "/api/v1/label/__name__/values" {
				data(w, []string{workingSetMetric})
				return true
			}
			return false
		}, "it holds nothing of kube-state-metrics"},
		"some metrics": {func(w http.ResponseWriter, query string) bool {
			if query == "/api/v1/label/__name__/values" {
				data(w, []string{nodeInfoMetric, podInfoMetric, restartsMetric, workingSetMetric, nodeConditionMetric})
				return true
			}
			return false
		}, "it does not hold " + podReasonMetric},
		"one query": {func(w http.ResponseWriter, query string) bool {
			if strings.Contains(query, restartsMetric) {
				w.WriteHeader(422)
				_, _ = fmt.Fprint(w, `{"status": "error", "errorType": "execution", "error": "query processing would load too many samples into memory in query execution"}`)
				return true
			}
			return false
		}, "restarts: 422 Unprocessable Entity: query processing would load too many samples"},
		"a warning": {func(w http.ResponseWriter, query string) bool {
			if strings.Contains(query, restartsMetric) {
				_, _ = fmt.Fprint(w, `{"status": "success", "data": {"resultType": "vector", "result": []}, "warnings": ["partial response: store-1 is down"]}`)
				return true
			}
			return false
		}, "it warns: partial response: store-1 is down"},
		"partial as VictoriaMetrics says it": {func(w http.ResponseWriter, query string) bool {
			if strings.Contains(query, restartsMetric) {
				_, _ = fmt.Fprint(w, `{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}}`)
				return true
			}
			return false
		}, "its answers are partial"},
	} {
		t.Run(name, func(t *testing.T) {
			parts := readFake(t, &fakeAPI{answer: c.answer}, PrometheusOptions{}, nil)
			if !strings.Contains(parts.Sources[0].Gap, c.want) || len(parts.Gaps) != 1 {
				t.Errorf("gap %q, want %q", parts.Sources[0].Gap, c.want)
			}
		})
	}
}

func TestOneQueryThatFailsLeavesTheOthers(t *testing.T) {
	f := &fakeAPI{answer: func(w http.ResponseWriter, query string) bool {
		if strings.Contains(query, restartsMetric) {
			http.Error(w, "no", http.StatusBadGateway)
			return true
		}
		return false
	}}
	parts := readFake(t, f, PrometheusOptions{}, nil)
	if gap := parts.Sources[0].Gap; gap != "restarts: 502 Bad Gateway" {
		t.Errorf("gap %q", gap)
	}
	if all := strings.Join(f.queries, "\n"); !strings.Contains(all, nodeConditionMetric) || !strings.Contains(all, podReasonMetric) {
		t.Errorf("not all was asked: %s", all)
	}
}

// TestPrometheusBounds: an answer that does not end is cut off.
func TestPrometheusBounds(t *testing.T) {
	f := &fakeAPI{answer: func(w http.ResponseWriter, query string) bool {
		if !strings.Contains(query, podReasonMetric) {
			return false
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[`)
		for range answerLimit>>20 + 1 {
			if _, err := fmt.Fprint(w, strings.Repeat(" ", 1<<20)); err != nil {
				break
			}
		}
		return true
	}}
	server := httptest.NewServer(f)
	defer server.Close()
	p, err := NewPrometheus(PrometheusOptions{Address: server.URL}, nil, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := p.Past(t.Context(), fakeSnapshot())
	if err != nil || !strings.Contains(parts.Sources[0].Gap, "evictions: "+errTooLong.Error()) {
		t.Errorf("error %v, gap %q", err, parts.Sources[0].Gap)
	}
}

func TestPrometheusCredentials(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		o    PrometheusOptions
		want string
	}{
		"token":    {PrometheusOptions{TokenFile: file("token", "secret\n")}, "Bearer secret"},
		"password": {PrometheusOptions{Username: "ada", PasswordFile: file("password", "pass")}, "Basic YWRhOnBhc3M="},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeAPI{}
			c.o.Headers = map[string]string{"X-Scope-OrgID": "team-a"}
			readFake(t, f, c.o, map[string]string{"cluster": "prod"})
			for _, r := range f.asked {
				if r.Header.Get("Authorization") != c.want || r.Header.Get("X-Scope-OrgID") != "team-a" {
					t.Errorf("%s with headers %v", r.URL, r.Header)
				}
			}
			for _, q := range f.queries {
				if strings.Count(q, "{") != strings.Count(q, `cluster="prod"`) {
					t.Errorf("a selector of all clusters: %s", q)
				}
			}
		})
	}
}

// TestPrometheusBehindTheAPIServer needs the right to get alone, and goes with
// the cluster's credentials; a URL never does.
func TestPrometheusBehindTheAPIServer(t *testing.T) {
	f := &fakeAPI{prefix: "/api/v1/namespaces/monitoring/services/prometheus-k8s:web/proxy/prom"}
	config := &rest.Config{BearerToken: "of-the-cluster"}
	parts := readFake(t, f, PrometheusOptions{Address: "service/monitoring/prometheus-k8s:web/prom", Cluster: config}, nil)
	if gap := parts.Sources[0].Gap; gap != "" {
		t.Errorf("gap %q", gap)
	}
	for _, r := range f.asked {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, f.prefix) || r.Header.Get("Authorization") != "Bearer of-the-cluster" {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
		}
	}
	f = &fakeAPI{prefix: f.prefix, answer: func(w http.ResponseWriter, _ string) bool {
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprint(w, `{"kind": "Status", "message": "services \"prometheus-k8s:web\" is forbidden: User \"ada\" cannot get resource \"services/proxy\""}`)
		return true
	}}
	source := readFake(t, f, PrometheusOptions{Address: "service/monitoring/prometheus-k8s:web/prom", Cluster: config}, nil).Sources[0]
	if !strings.Contains(source.Gap, "403 Forbidden") || !strings.Contains(source.Remedy, `resources: ["services/proxy"], resourceNames: ["prometheus-k8s:web"], verbs: ["get"]`) {
		t.Errorf("source %+v", source)
	}
}

func TestLabelsThatTargetsHaveToo(t *testing.T) {
	f := &fakeAPI{answer: func(w http.ResponseWriter, query string) bool {
		switch {
		case query == "/api/v1/labels":
			data(w, []string{"namespace", "exported_namespace", "pod", "exported_pod", "container", "node"})
		case strings.HasPrefix(query, "topk(2001, max by (exported_namespace, exported_pod, uid)"):
			vector(w, map[string]string{"exported_namespace": "shop", "exported_pod": "batch-1"})
		case strings.HasPrefix(query, "min by (exported_namespace, exported_pod, uid)") && strings.Contains(query, `exported_pod=~"batch-1"`):
			at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).Unix()
			data(w, map[string]any{"resultType": "vector", "result": []any{map[string]any{
				"metric": map[string]string{"exported_namespace": "shop", "exported_pod": "batch-1"}, "value": []any{1, fmt.Sprint(at)}}}})
		default:
			return false
		}
		return true
	}}
	parts := readFake(t, f, PrometheusOptions{}, nil)
	if len(parts.Past.Events) != 1 || parts.Past.Events[0].Object.Path() != "shop/batch-1" {
		t.Errorf("events %+v, gap %q", parts.Past.Events, parts.Sources[0].Gap)
	}
}

// TestThrottlingAtPresent is told as kubelets would tell it.
func TestThrottlingAtPresent(t *testing.T) {
	container := map[string]string{"namespace": "ops", "pod": "sync-5f6d7c8b9c-qq7wq", "container": "app"}
	f := &fakeAPI{answer: func(w http.ResponseWriter, query string) bool {
		value := "0.5"
		switch {
		case query == "/api/v1/label/__name__/values":
			data(w, append([]string{throttledMetric, periodsMetric}, wantedMetrics...))
			return true
		case strings.HasPrefix(query, "topk(201, max by (namespace, pod, container) (rate("):
		case strings.HasPrefix(query, "max by (namespace, pod, container) (increase("+throttledMetric):
			value = "3000.4"
		case strings.HasPrefix(query, "max by (namespace, pod, container) (increase("+periodsMetric):
			value = "6000"
		default:
			return false
		}
		data(w, map[string]any{"resultType": "vector", "result": []any{map[string]any{"metric": container, "value": []any{1, value}}}})
		return true
	}}
	server := httptest.NewServer(f)
	defer server.Close()
	p, err := NewPrometheus(PrometheusOptions{Address: server.URL}, nil, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := p.Past(t.Context(), fakeSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	s := fakeSnapshot().WithPast(parts)
	u := s.Usage(cluster.Ref{Kind: "Pod", Namespace: "ops", Name: "sync-5f6d7c8b9c-qq7wq"}, "app")
	if u == nil || u.Periods != 6000 || u.Throttled != 3000 || u.Total || u.At.Sub(u.Since) != recent || !s.Read(cluster.Metrics) {
		t.Errorf("usage %+v, sources %+v", u, s.Sources)
	}
}

func TestStepsKeepTheBoundOfPoints(t *testing.T) {
	for _, days := range []int{1, 7, 13, 14, 30, 365} {
		reach := time.Duration(days) * 24 * time.Hour
		step := stepFor(reach)
		if step < finest || step%time.Minute != 0 || reach/step > 2*pointsAtOnce {
			t.Errorf("%d days in steps of %v are %d points", days, step, reach/step)
		}
	}
	if n := len(chunks(make([]string, 5))); n != 1 {
		t.Errorf("equal names in %d lists", n)
	}
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("pod-%d", i))
	}
	if lists := chunks(names); len(lists) != 4 || len(lists[0]) != namesAtOnce {
		t.Errorf("%d lists", len(lists))
	}
}

func TestMovesOfACounter(t *testing.T) {
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	var seen presence
	for m := range 60 {
		if m < 20 || m > 40 { // nobody looked for twenty minutes
			seen = append(seen, scraped{start.Add(time.Duration(m) * time.Minute), 2})
		}
	}
	r := &promReading{p: &Prometheus{}, s: fakeSnapshot(), step: time.Minute, from: start, seen: seen}
	at := func(m int) time.Time { return start.Add(time.Duration(m) * time.Minute) }
	moves := []sampled{{at: at(5), value: 3}, {at: at(6), value: 5}, {at: at(41), value: 9}, {at: at(50), value: 12}, {at: at(55), value: 2}}
	ends := r.endsOfOne(thing{namespace: "shop", name: "a", container: "app"}, moves, map[moment]cluster.State{
		{thing{namespace: "shop", name: "a", container: "app"}, at(6)}: {Reason: "OOMKilled", ExitCode: 137, FinishedAt: at(5).Add(-20 * time.Second)},
	}, 2)
	got := map[time.Time]int{}
	for _, e := range ends {
		got[e.State.FinishedAt]++
	}
	// 2 → 3 → 5 (of which the last is told exactly), 9 as the first after the gap
	// has no date, three in one step, and two since a reset.
	want := map[time.Time]int{at(5): 1, at(6): 1, at(5).Add(-20 * time.Second): 1, at(50): 3, at(55): 2}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("ends %v, want %v", got, want)
	}
	if e := ends[2]; e.Within != 0 || e.State.ExitCode != 137 || e.Restarts != 5 {
		t.Errorf("the end that was told: %+v", e)
	}
	if e := ends[0]; e.Within != 90*time.Second || e.State.ExitCode != cluster.ExitCodeUntold {
		t.Errorf("an end of which only the counter told: %+v", e)
	}
}
