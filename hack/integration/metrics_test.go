package integration

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// metricsRefused scans with a role that may view, but not reach the kubelets:
// the real authorizer refuses, and the report says what is safer, what would
// grant it, and what that risks.
func metricsRefused(t *testing.T, c *real) {
	bind(t, c, "measurer", "view")
	out, errOut, code := c.run(t, "-A", "--metrics", "--as", "measurer", "-o", "wide")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	text := strings.Join(strings.Fields(out), " ") // without line breaks
	rest := text
	for _, want := range []string{"metrics: safer,", "Prometheus", `resources: ["nodes/proxy"], verbs: ["get"]`, "run commands in every pod"} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Errorf("%q is missing, or not in this order:\n%s", want, out)
		}
		rest = after
	}
	for _, want := range []string{"metrics: forbidden", "detector cpu-throttling could not judge: metrics: forbidden"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	if !strings.Contains(errOut, "metrics (forbidden)") {
		t.Errorf("standard error: %s", errOut)
	}
}

// metricsOfKubelet lets a node's proxy lead to a kubelet of ours, so that the
// API server forwards to it as to a real one. The other nodes have none.
func metricsOfKubelet(t *testing.T, c *real) {
	config, err := clientcmd.BuildConfigFromFlags("", c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client := kubernetes.NewForConfigOrDie(config)
	pod := runningPod(t, client)
	var asked atomic.Int64
	kubelet := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/metrics/cadvisor":
			_, _ = io.WriteString(w, cadvisor(pod, asked.Add(1)))
		case "/stats/summary":
			_, _ = io.WriteString(w, `{"node": {"nodeName": "x"}, "pods": []}`)
		}
	}))
	host, port := listen(t, kubelet)
	if host == "" {
		checkUnreachable(t, c.report(t, "-A", "--metrics"))
		return
	}
	patch := fmt.Sprintf(`{"status": {"addresses": [{"type": "InternalDNS", "address": %q}], "daemonEndpoints": {"kubeletEndpoint": {"Port": %s}}}}`, host, port)
	if _, err := client.CoreV1().Nodes().Patch(t.Context(), pod.Spec.NodeName, types.MergePatchType, []byte(patch), metav1.PatchOptions{}, "status"); err != nil {
		t.Fatal(err)
	}
	checkMeasured(t, c.report(t, "-A", "--metrics"), pod)
	if n := asked.Load(); n != 2 {
		t.Errorf("the kubelet was asked %d times, want 2", n)
	}
}

// listen starts a server where the API server may proxy to: at an address that
// is none of the loopback's. On a machine without such an address it does not.
func listen(t *testing.T, server *httptest.Server) (host, port string) {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		ip, _, err := net.ParseCIDR(a.String())
		if err != nil || !ip.IsGlobalUnicast() || ip.To4() == nil {
			continue
		}
		listener, err := net.Listen("tcp", net.JoinHostPort(ip.String(), "0"))
		if err != nil {
			continue
		}
		_ = server.Listener.Close() // the one on the loopback
		server.Listener = listener
		server.StartTLS()
		t.Cleanup(server.Close)
		_, port, err = net.SplitHostPort(listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return ip.String(), port
	}
	server.Close()
	return "", ""
}

// checkUnreachable: the simulated kubelets sit on the loopback, to which the
// API server refuses to proxy.
func checkUnreachable(t *testing.T, r *report.Report) {
	t.Helper()
	if !slices.ContainsFunc(r.Skipped, func(s report.Skipped) bool {
		return s.Detector == "cpu-throttling" && strings.Contains(s.Why, "8 of 8 kubelets did not answer in full")
	}) {
		t.Errorf("skipped: %+v", r.Skipped)
	}
}

func runningPod(t *testing.T, client kubernetes.Interface) *corev1.Pod {
	t.Helper()
	pods, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{FieldSelector: "status.phase=Running"})
	if err != nil || len(pods.Items) == 0 {
		t.Fatalf("no running pod: %v", err)
	}
	return &pods.Items[0]
}

// cadvisor is what a kubelet answers of a throttled pod, the first and the
// second time.
func cadvisor(pod *corev1.Pod, times int64) string {
	labels := fmt.Sprintf(`{container=%q,id="/kubepods/pod1/c1",image="i",name="c1",namespace=%q,pod=%q}`, pod.Spec.Containers[0].Name, pod.Namespace, pod.Name)
	at := time.Now().Add(time.Duration(times-1) * time.Minute).UnixMilli()
	return fmt.Sprintf("# TYPE container_cpu_cfs_periods_total counter\ncontainer_cpu_cfs_periods_total%s %d %d\n"+
		"# TYPE container_cpu_cfs_throttled_periods_total counter\ncontainer_cpu_cfs_throttled_periods_total%s %d %d\n", labels, 200*times, at, labels, 150*times, at)
}

// lastOf is the last pattern of a detector, nil if there is none.
func lastOf(r *report.Report, detector string) *report.Pattern {
	var found *report.Pattern
	for i := range r.Patterns {
		if r.Patterns[i].Detector == detector {
			found = &r.Patterns[i]
		}
	}
	return found
}

func checkMeasured(t *testing.T, r *report.Report, pod *corev1.Pod) {
	t.Helper()
	found := lastOf(r, "cpu-throttling")
	if found == nil {
		t.Fatalf("no throttling told: %+v", r.Skipped)
	}
	if found.Severity != "info" || found.Affected[0].Name != pod.Name || !strings.Contains(found.Title, "in 75 % of its CPU periods") {
		t.Errorf("%s: %s, of %+v", found.Severity, found.Title, found.Affected)
	}
	if r.Totals.FailingPods != 0 {
		t.Errorf("%d pods fail, and none does: throttled is slow, not failing", r.Totals.FailingPods)
	}
	for _, s := range r.Sources {
		if s.Resource == "metrics" && (s.Objects < 3 || !strings.Contains(s.Gap, "of 8 kubelets did not answer in full")) {
			t.Errorf("source %+v", s)
		}
	}
}
