package integration

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// A furtherFault is a fault of what a scan reads beside the lists: logs, what
// kubelets measure, a Prometheus. Whatever it is, the rest of the report stands.
type furtherFault struct {
	name string
	of   string // the source that is not whole: its resource in the report
	do   tamper
	args []string
	says string // of the gap; "": there is none
}

// The namespace whose pods crash, as the proxy has it; in the filled cluster they
// are well.
const crashing = "team-02"

// The ways to ask for a further reading, and the source that comes of it.
var (
	logsToo       = []string{"--logs"}
	metricsToo    = []string{"--metrics"}
	prometheusToo = []string{"--prometheus", "service/monitoring/prometheus:9090"}
)

const (
	ofLogs       = "pods/log"
	ofMetrics    = "metrics"
	ofPrometheus = "prometheus"
)

func furtherFaults() []furtherFault {
	forbidden := func(resource string) tamper {
		return status(403, metav1.StatusReasonForbidden, resource+" is forbidden: User cannot get resource "+resource)
	}
	soon := func(args []string) []string { return append(slices.Clone(args), "--request-timeout", "2s") }
	return []furtherFault{
		{name: "logs come", of: ofLogs, do: untouched, args: logsToo},
		{name: "logs are reset", of: ofLogs, do: reset, args: logsToo, says: "could not be read"},
		{name: "logs are reset in mid-stream", of: ofLogs, do: resetAfter(40), args: logsToo, says: "could not be read"},
		{name: "logs hang", of: ofLogs, do: hang, args: soon(logsToo), says: "timed out"},
		{name: "logs drip", of: ofLogs, do: drip(1, time.Second), args: soon(logsToo), says: "timed out"},
		{name: "logs are 403", of: ofLogs, do: forbidden("pods/log"), args: logsToo, says: "forbidden"},
		{name: "logs are 404", of: ofLogs, do: status(404, metav1.StatusReasonNotFound, "pods \"x\" not found"), args: logsToo, says: "the pod is gone"},
		{name: "logs are 429", of: ofLogs, do: status(429, metav1.StatusReasonTooManyRequests, "wait", "Retry-After", "3600"), args: logsToo, says: "429"},
		{name: "logs are 500", of: ofLogs, do: status(500, metav1.StatusReasonInternalError, "dial tcp 10.0.0.1:10250: connect: no route to host"), args: logsToo, says: "no route to host"},
		{name: "logs are 503", of: ofLogs, do: answer(503, "text/plain", "no backend"), args: logsToo, says: "could not be read"},
		{name: "logs are a login page", of: ofLogs, do: answer(200, "text/html", loginPage), args: logsToo, says: "web page"},
		{name: "kubelets' measurements come", of: ofMetrics, do: untouched, args: metricsToo},
		{name: "kubelets' measurements are reset in mid-stream", of: ofMetrics, do: resetAfter(40), args: metricsToo, says: "of 2 kubelets did not answer in full"},
		{name: "kubelets' measurements are truncated", of: ofMetrics, do: truncate(40), args: metricsToo, says: "of 2 kubelets did not answer in full"},
		{name: "kubelets hang", of: ofMetrics, do: hang, args: soon(metricsToo), says: "of 2 kubelets did not answer in full"},
		{name: "kubelets are 403", of: ofMetrics, do: forbidden("nodes/proxy"), args: metricsToo, says: "forbidden"},
		{name: "kubelets are 429", of: ofMetrics, do: status(429, metav1.StatusReasonTooManyRequests, "wait", "Retry-After", "3600"), args: metricsToo, says: "of 2 kubelets did not answer in full"},
		{name: "kubelets are 503", of: ofMetrics, do: answer(503, "text/plain", "no route to the node"), args: metricsToo, says: "of 2 kubelets did not answer in full"},
		{name: "kubelets are garbage", of: ofMetrics, do: answer(200, "text/plain", "\x00\xff{{{\n1 2 3 4"), args: metricsToo, says: "of 2 kubelets did not answer in full"},
		{name: "kubelets are a login page", of: ofMetrics, do: answer(200, "text/html", loginPage), args: metricsToo, says: "web page"},
		{name: "Prometheus is reset", of: ofPrometheus, do: reset, args: prometheusToo, says: "stream error"},
		{name: "Prometheus is reset in mid-stream", of: ofPrometheus, do: resetAfter(40), args: prometheusToo, says: "stream error"},
		{name: "Prometheus is truncated", of: ofPrometheus, do: truncate(40), args: prometheusToo, says: "not that of a Prometheus API"},
		{name: "Prometheus hangs", of: ofPrometheus, do: hang, args: soon(prometheusToo), says: "did not answer in time"},
		{name: "Prometheus is 401", of: ofPrometheus, do: answer(401, "text/plain", "who are you"), args: prometheusToo, says: "401 Unauthorized"},
		{name: "Prometheus is 403", of: ofPrometheus, do: forbidden("services/proxy"), args: prometheusToo, says: "403 Forbidden"},
		{name: "Prometheus is 429", of: ofPrometheus, do: answer(429, "text/plain", "wait"), args: prometheusToo, says: "429 Too Many Requests"},
		{name: "Prometheus is 503", of: ofPrometheus, do: answer(503, "text/plain", "no endpoints available"), args: prometheusToo, says: "503 Service Unavailable"},
		{name: "Prometheus is a login page", of: ofPrometheus, do: answer(200, "text/html", loginPage), args: prometheusToo, says: "not that of a Prometheus API"},
		{name: "Prometheus is another JSON", of: ofPrometheus, do: answer(200, "application/json", `{"error": "login_required"}`), args: prometheusToo, says: "decode"},
		{name: "nothing listens where Prometheus was named", of: ofPrometheus, do: untouched, args: []string{"--prometheus", "http://127.0.0.1:9"}, says: "connection refused"},
	}
}

// check: the incident is told, with a gap and its reason or without one.
func (f *furtherFault) check(t *testing.T, c *real) {
	front := c.through(t, f.tampering())
	out, errOut, code := front.run(t, append([]string{"-n", crashing, "--no-history", "-o", "json"}, f.args...)...)
	if code != 0 || strings.Contains(errOut, "goroutine ") {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	if p := roots(&r)[0]; p.Frequency.Pods != crashed || f.of == ofLogs && (p.Detector == "credentials") != f.isWhole() {
		t.Errorf("the first root: %s", p.Title)
	}
	at := slices.IndexFunc(r.Sources, func(s report.Source) bool { return s.Resource == f.of })
	if at < 0 {
		t.Fatalf("%s is no source: %+v", f.of, r.Sources)
	}
	for _, s := range r.Sources {
		gap := s.Resource == f.of && !f.isWhole()
		if gap && !strings.Contains(s.Gap, f.says) || gap != (s.Gap != "") {
			t.Errorf("%s: gap %q, want %q", s.Resource, s.Gap, f.says)
		}
	}
	if gap := !f.isWhole(); gap != strings.Contains(errOut, "not everything could be read: "+f.of) {
		t.Errorf("standard error: %q", errOut)
	}
}

func (f *furtherFault) isWhole() bool { return f.says == "" }

// tampering lets the real API server answer for lists, in which some pods crash,
// and ours for kubelets and Prometheus; the fault is done to the latter.
func (f *furtherFault) tampering() tamper {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		switch {
		case strings.Contains(r.URL.Path, "/proxy/"), path.Base(r.URL.Path) == "log":
			f.do(w, r, http.HandlerFunc(beyond))
		case r.URL.Path == "/api/v1/namespaces/"+crashing+"/pods":
			crash(w, r, real)
		default:
			real.ServeHTTP(w, r)
		}
	}
}

// crashed is how many pods of the list are left, all of which crash, on two nodes.
const crashed = 6

// crash makes a short list of a long one, in which each pod crashes without a word.
func crash(w http.ResponseWriter, r *http.Request, real http.Handler) {
	list := podsOf(r, real)
	list.Items, list.Continue, list.RemainingItemCount = list.Items[:crashed], "", nil
	nodes := []string{list.Items[0].Spec.NodeName, list.Items[1].Spec.NodeName}
	ended := metav1.NewTime(time.Now().Add(-time.Minute))
	for i := range list.Items {
		pod := &list.Items[i]
		pod.Spec.NodeName = nodes[i%2]
		c := &pod.Status.ContainerStatuses[0]
		c.Ready, c.RestartCount = false, 7
		c.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "back-off 5m0s restarting failed container"}}
		c.LastTerminationState = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1, Reason: "Error", StartedAt: ended, FinishedAt: ended}}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list) // whoever asked may have gone
}

// podsOf is a list of the real server.
func podsOf(r *http.Request, real http.Handler) *corev1.PodList {
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Accept-Encoding", "identity")
	whole := httptest.NewRecorder()
	real.ServeHTTP(whole, r)
	var list corev1.PodList
	if err := json.Unmarshal(whole.Body.Bytes(), &list); err != nil {
		panic(err)
	}
	list.TypeMeta = metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}
	return &list
}

// beyond answers for what is behind the API server: a kubelet, or a Prometheus that
// knows nothing.
func beyond(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case "log":
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "starting\nreading the configuration\nFATAL: password authentication failed for user \"app\"\n")
	case "cadvisor", "resource":
		_, _ = io.WriteString(w, "# TYPE container_memory_working_set_bytes gauge\ncontainer_memory_working_set_bytes{container=\"app\",namespace=\"x\",pod=\"y\"} 1\n")
	case "summary":
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"node": {"nodeName": "x", "fs": {"capacityBytes": 100, "availableBytes": 50}}, "pods": []}`)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status": "success", "data": [], "infos": ["this one knows nothing at all of any cluster"]}`)
	}
}
