package integration

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// isHard reports whether the long forms are asked for (`make test-hard`). They are
// more rows of the same tables, so that without them no test is skipped.
func isHard() bool { return os.Getenv("KUBECTL_PATTERNS_HARD") != "" }

// lifetime is for how long a cluster stays up that the long forms go on with.
func lifetime() []string {
	if !isHard() {
		return nil
	}
	return []string{"--lifetime", "2h"}
}

// everyList is all that a scan of the filled cluster lists.
var everyList = []string{"pods", "events", "nodes", "replicasets", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs", "services",
	"endpointslices", "persistentvolumeclaims", "controllerrevisions", "configmaps", "secrets", "ingresses"}

// small are the answers of less than 5,000 bytes in the filled cluster, and how many
// of their bytes come before they break off: lists of nothing have some thirty.
var small = map[string]int{"secrets": 100, "statefulsets": 20, "daemonsets": 20, "jobs": 20, "cronjobs": 20, "persistentvolumeclaims": 20,
	"controllerrevisions": 20, "ingresses": 20}

// hardFaults is every fault at every list.
func hardFaults() []fault {
	if !isHard() {
		return nil
	}
	out := []fault{
		{name: "a real API server is killed and started again in mid-scan", at: restartsForReal},
		{name: "a real API server is killed in mid-scan", at: endsForReal, breaks: true},
	}
	for _, list := range everyList {
		midst := cmp.Or(small[list], 5_000)
		for _, f := range []fault{
			{name: "reset", do: reset},
			{name: "reset in mid-page", do: resetAfter(midst)},
			{name: "reset once", do: after(0, 1, resetAfter(midst))},
			{name: "reset in its first bytes once", do: after(0, 1, resetAfter(3))},
			{name: "truncated", do: truncate(midst)},
			{name: "401", do: status(401, metav1.StatusReasonUnauthorized, "Unauthorized")},
			{name: "403", do: status(403, metav1.StatusReasonForbidden, "no")},
			{name: "410", do: status(410, metav1.StatusReasonExpired, "too old")},
			{name: "429", do: status(429, metav1.StatusReasonTooManyRequests, "wait", "Retry-After", "3600")},
			{name: "500", do: status(500, metav1.StatusReasonInternalError, "boom")},
			{name: "502 in HTML", do: answer(502, "text/html", loginPage)},
			{name: "503", do: answer(503, "text/plain", "no backend")},
			{name: "504", do: status(504, metav1.StatusReasonTimeout, "slow")},
			{name: "hanging", do: hang, args: []string{"--request-timeout", "20s"}},
			{name: "dripping", do: drip(1, time.Second), args: []string{"--request-timeout", "20s"}},
			{name: "a login page", do: answer(200, "text/html", loginPage)},
			{name: "another JSON", do: answer(200, "application/json", `{"error": "login_required"}`)},
			{name: "JSON without items", do: answer(200, "application/json", `{"kind": "Status", "apiVersion": "v1", "status": "Success"}`)},
			{name: "garbage", do: answer(200, "application/vnd.kubernetes.protobuf", "k8s\x00\x12\xff\xff\x03garbage")},
			{name: "nothing", do: answer(200, "application/vnd.kubernetes.protobuf", "")},
		} {
			f.name, f.to, f.breaks = list+" "+f.name, []string{list}, true
			f.gaps = map[string]string{list: ""}
			switch {
			case strings.HasSuffix(f.name, "once"):
				f.gaps, f.breaks = nil, false
			case list == "pods":
				f.says = "pods could not be read"
			}
			out = append(out, f)
		}
	}
	return out
}

// interruptedAnywhere: at whichever request an interruption comes, the scan ends
// with exit code 130 and no file, or part of one, is left.
func interruptedAnywhere(t *testing.T, c *real) {
	var asked counter
	if _, errOut, code := c.through(t, asked.count).run(t, "-A", "--no-history"); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	for at := range asked.n {
		t.Run(fmt.Sprintf("at request %d of %d", at+1, asked.n), func(t *testing.T) {
			dir := t.TempDir()
			s := newSlow()
			hold := after(at, always, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
				s.hold()
				hang(w, r, real)
			})
			s.real = c.through(t, hold)
			_, errOut, code := s.interruptedOnce(t, os.Interrupt, "-A", "--no-history", "--save", filepath.Join(dir, "s.tar.gz"), "--evidence-dir", filepath.Join(dir, "evidence"))
			if left, err := os.ReadDir(dir); code != 130 || err != nil || len(left) != 0 || strings.Contains(errOut, "goroutine ") {
				t.Errorf("exit code %d, left behind %v, %v: %s", code, left, err, errOut)
			}
		})
	}
}

// counter counts requests.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) count(w http.ResponseWriter, r *http.Request, real http.Handler) {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	real.ServeHTTP(w, r)
}
