package collect

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// kubelets is an API server that is only a proxy to kubelets: what the real
// one forwards, and what it says itself when it refuses or cannot.
type kubelets struct {
	mu     sync.Mutex
	asked  map[string]int
	now    int // in progress
	most   int // at one time
	answer func(w http.ResponseWriter, node, path string, times int)
}

func (k *kubelets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	node, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v1/nodes/"), "/proxy/")
	k.mu.Lock()
	k.asked[node+" "+path]++
	times := k.asked[node+" "+path]
	k.now++
	k.most = max(k.most, k.now)
	k.mu.Unlock()
	k.answer(w, node, path, times)
	k.mu.Lock()
	k.now--
	k.mu.Unlock()
}

func (k *kubelets) times(question string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.asked[question]
}

func poll(ctx context.Context, t *testing.T, nodes []string, all, between time.Duration, answer func(w http.ResponseWriter, node, path string, times int)) (cluster.Parts, *kubelets, error) {
	t.Helper()
	k := &kubelets{asked: map[string]int{}, answer: answer}
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	l, err := NewLive(&rest.Config{Host: server.URL}, "")
	if err != nil {
		t.Fatal(err)
	}
	p := &polling{l: l, patience: 300 * time.Millisecond, sampler: newSampler(), failed: map[string]error{}}
	err = p.read(ctx, nodes, all, between)
	return p.finish(nodes), k, err
}

// healthy is what a kubelet answers: the second time 20 s later.
func healthy(throttled float64) func(w http.ResponseWriter, node, path string, times int) {
	return func(w http.ResponseWriter, _, path string, times int) {
		switch path {
		case cadvisorPath:
			n := float64(times)
			_, _ = io.WriteString(w, cfs("/a", 200*n, throttled*n, t0+20000*int64(times-1)))
		case statsSummaryPath:
			_, _ = io.WriteString(w, volumes)
		}
	}
}

func status(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":%q,"code":%d}`, message, reason, code)
}

func TestThrottledNodesAreAskedAgain(t *testing.T) {
	parts, k, err := poll(t.Context(), t, []string{"a"}, time.Minute, time.Millisecond, healthy(100))
	if err != nil {
		t.Fatal(err)
	}
	if u := usageOf(t, parts.Usages, "p", "c"); u.Throttled != 100 || u.Periods != 200 || u.Total || u.Node != "a" {
		t.Errorf("%+v", u)
	}
	if len(parts.Filesystems) != 2 || parts.Sources[0] != (cluster.Source{Resource: cluster.Metrics, Objects: 4, From: "live"}) || len(parts.Gaps) > 0 {
		t.Errorf("%+v, %+v", parts.Filesystems, parts.Sources)
	}
	if k.times("a stats/summary") != 1 || k.times("a metrics/resource") != 1 {
		t.Errorf("asked: %v", k.asked)
	}
	_, k, err = poll(t.Context(), t, []string{"a"}, time.Minute, time.Hour, healthy(0))
	if err != nil || k.times("a metrics/cadvisor") != 1 {
		t.Errorf("nothing is throttled, and yet it waits: %v, %v", k.asked, err)
	}
}

func TestRefusedOnceIsRefusedForAll(t *testing.T) {
	var nodes []string
	for i := range 100 {
		nodes = append(nodes, fmt.Sprintf("n%d", i))
	}
	parts, k, err := poll(t.Context(), t, nodes, time.Minute, time.Hour, func(w http.ResponseWriter, node, _ string, _ int) {
		status(w, http.StatusForbidden, "Forbidden", `nodes "`+node+`" is forbidden: User "u" cannot get resource "nodes/proxy" in API group "" at the cluster scope`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(k.asked) > kubeletsAtOnce || k.most > kubeletsAtOnce {
		t.Errorf("%d kubelets asked for nothing, %d at once", len(k.asked), k.most)
	}
	gap := parts.Gaps[0]
	safer, rule, risk := strings.Index(gap.Remedy, "Prometheus"), strings.Index(gap.Remedy, `resources: ["nodes/proxy"], verbs: ["get"]`), strings.Index(gap.Remedy, "run commands in every pod")
	if gap.Reason != "forbidden" || safer < 0 || rule < safer || risk < rule {
		t.Errorf("the gap must name the safer way, then the rule, then its risk: %+v", gap)
	}
	if !strings.Contains(gap.Remedy, "--prometheus URL") {
		t.Errorf("does not name the flag of the safer way: %s", gap.Remedy)
	}
}

func TestKubeletsThatFailLoseNothingElse(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	parts, k, err := poll(t.Context(), t, []string{"broken", "closed", "fine", "slow"}, time.Minute, time.Millisecond, func(w http.ResponseWriter, node, path string, times int) {
		switch {
		case node == "slow":
			<-release
		case node == "closed": // the kubelet does not know the user: the API server asks it
			status(w, http.StatusForbidden, "Forbidden", "Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=metrics)")
		case node == "broken" && path == cadvisorPath:
			_, _ = io.WriteString(w, cfs("/b", 5000, 5000, t0)+"oops")
		default:
			healthy(0)(w, node, path, times)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Filesystems) != 4 {
		t.Errorf("%d filesystems, want two of each node that answers", len(parts.Filesystems))
	}
	if k.most > kubeletsAtOnce || k.times("fine stats/summary") != 1 {
		t.Errorf("asked: %v", k.asked)
	}
	want := "3 of 4 kubelets did not answer in full: broken (/metrics/cadvisor: line 3: it ends in the middle of a line)"
	if got := parts.Sources[0]; got.Gap != want || got.Objects != 5 || got.Remedy != "" {
		t.Errorf("%+v", got)
	}
}

func TestMetricsEndInTime(t *testing.T) {
	endless := func(w http.ResponseWriter, node, path string, times int) { healthy(100)(w, node, path, times) }
	started := time.Now()
	parts, _, err := poll(t.Context(), t, []string{"a"}, 100*time.Millisecond, time.Hour, endless)
	if err != nil || time.Since(started) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(started), err)
	}
	if u := usageOf(t, parts.Usages, "p", "c"); !u.Total || u.Throttled != 100 {
		t.Errorf("the first sample is lost: %+v", u)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, _, err := poll(ctx, t, []string{"a"}, time.Hour, time.Hour, endless); err == nil {
		t.Error("interrupted, and yet it returns as if all was read")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	b := &bounded{r: strings.NewReader(strings.Repeat("x", 100)), left: 64}
	n, err := io.Copy(io.Discard, b)
	if n != 64 || err == nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
}
