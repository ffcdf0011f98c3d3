package integration

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// A fault is something that a broken or slow API server does, and what must
// hold then. Whatever it is, nothing may crash or hang, and no part of a list may
// pass for all of it.
type fault struct {
	name    string
	to      []string // lists that it is done to, see of; empty: everything
	do      tamper
	at      func(t *testing.T, c *real) *real // in place of do: another server
	args    []string
	says    string            // of a scan that cannot be: its one error, and exit code 1
	gaps    map[string]string // else, by resource: what is said of each that was not read whole
	partial bool              // what is named in gaps was read all the same
	breaks  bool              // any list may be lost, with a gap
	warns   string            // of standard error, where there is no gap
	lost    []string          // detectors whose patterns cannot be told
}

const (
	eventsPath = "/api/v1/events"
)

// filled is a cluster of an API server alone, with 3,000 pods of which 58 fail in
// three incidents. Nothing runs, so nothing changes.
func filled(t *testing.T) *real {
	t.Helper()
	c := start(t, "", append([]string{"--bare"}, lifetime()...)...)
	tool := os.Getenv("KUBECTL_PATTERNS_CLUSTER")
	if out, err := exec.Command(tool, "fill", "--pods", "3000", "--dir", c.dir).CombinedOutput(); err != nil { //nolint:gosec // our own tool
		t.Fatalf("filling the cluster: %v\n%s", err, out)
	}
	return c
}

// TestHardConditions reads a cluster whose incidents are known while its API server
// does one bad thing after the other, and with less and less rights.
func TestHardConditions(t *testing.T) {
	t.Parallel()
	c := filled(t)
	whole := c.report(t, "-A", "--no-history")
	if all := roots(whole); len(all) != 3 {
		t.Fatalf("want three roots, got %d: %s", len(all), titles(all))
	}
	for i, p := range partialRights() { // the authorizer learns of it while the faults are tried
		p.grant(t, c, fmt.Sprintf("partial-%d", i))
	}
	t.Run("fault", func(t *testing.T) {
		for _, f := range slices.Concat(faults(), hardFaults()) {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				f.check(t, c, whole)
			})
		}
	})
	t.Run("further", func(t *testing.T) {
		for _, f := range furtherFaults() {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				f.check(t, c)
			})
		}
	})
	t.Run("record", func(t *testing.T) {
		for _, f := range recordFaults() {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				f.check(t, c)
			})
		}
	})
	t.Run("interrupted while", func(t *testing.T) { interruptsFurther(t, c) })
	t.Run("rights", func(t *testing.T) {
		for i, p := range partialRights() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				p.check(t, c, fmt.Sprintf("partial-%d", i))
			})
		}
	})
	if isHard() {
		t.Run("interrupted", func(t *testing.T) { interruptedAnywhere(t, c) })
		t.Run("watch", func(t *testing.T) { watchesOn(t, c) })
	}
}

func (f *fault) check(t *testing.T, c *real, whole *report.Report) {
	var done atomic.Int64
	tampering := of(func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		done.Add(1)
		f.do(w, r, real)
	}, f.to...)
	front := c.through(t, tampering)
	if f.at != nil {
		front = f.at(t, c)
		done.Add(1)
	}
	out, errOut, code := front.run(t, append([]string{"-A", "--no-history", "-o", "json"}, f.args...)...)
	if done.Load() == 0 {
		t.Error("nothing was asked for that could be tampered with")
	}
	if strings.Contains(errOut, "goroutine ") {
		t.Fatalf("crashes:\n%s", errOut)
	}
	if f.says != "" {
		failsWith(t, f.says, out, errOut, code)
		return
	}
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	f.checkSources(t, &r, whole)
	f.checkPatterns(t, &r, whole)
	if f.warns != "" && (strings.Count(errOut, "\n") != 1 || !strings.Contains(errOut, f.warns)) {
		t.Errorf("standard error %q, want %q", errOut, f.warns)
	}
	if len(f.gaps) > 0 && !strings.Contains(errOut, "not everything could be read") {
		t.Errorf("standard error does not warn: %q", errOut)
	}
}

// failsWith: a scan that cannot be says why in a line or two, and nothing else.
func failsWith(t *testing.T, says, out, errOut string, code int) {
	t.Helper()
	if code != 1 || out != "" || !strings.Contains(errOut, says) {
		t.Errorf("exit code %d, standard output %q, standard error %q; want it to say %q", code, out, errOut, says)
	}
	if strings.Count(errOut, "\n") > 2 {
		t.Errorf("many lines for one failure:\n%s", errOut)
	}
}

// checkSources: each list is whole and has no object twice, or what is missing of
// it is named and nothing of it was kept.
func (f *fault) checkSources(t *testing.T, r, whole *report.Report) {
	t.Helper()
	named := map[string]bool{}
	for _, s := range r.Sources {
		says, broken := f.gaps[s.Resource]
		broken = broken || f.breaks && s.Gap != ""
		named[s.Resource] = true
		if broken && (s.Gap == "" || !strings.Contains(s.Gap, says)) {
			t.Errorf("%s: gap %q, want %q", s.Resource, s.Gap, says)
		}
		if !broken && s.Gap != "" {
			t.Errorf("%s: a gap %q", s.Resource, s.Gap)
		}
		want := objectsOf(whole, s.Resource)
		if broken && !f.partial && !f.breaks {
			want = 0
		}
		if want >= 0 && s.Objects != want && (!f.breaks || s.Objects > want || s.Gap == "") {
			t.Errorf("%s: %d objects, want %d, gap %q", s.Resource, s.Objects, want, s.Gap)
		}
	}
	for resource := range f.gaps {
		if !named[resource] {
			t.Errorf("%s is not named", resource)
		}
	}
}

func objectsOf(r *report.Report, resource string) int {
	if i := slices.IndexFunc(r.Sources, func(s report.Source) bool { return s.Resource == resource }); i >= 0 {
		return r.Sources[i].Objects
	}
	return -1
}

// checkPatterns: what may be told all the same is told, and nothing else; with a
// gap no verdict sounds whole.
func (f *fault) checkPatterns(t *testing.T, r, whole *report.Report) {
	t.Helper()
	got, want := map[string]bool{}, 0
	for _, p := range roots(r) {
		got[p.ID] = true
	}
	for _, p := range roots(whole) {
		if slices.Contains(f.lost, p.Detector) {
			continue
		}
		want++
		if !got[p.ID] {
			t.Errorf("not told: %s", p.Title)
		}
	}
	if len(got) != want {
		t.Errorf("roots: %s", titles(roots(r)))
	}
	if len(f.gaps) > 0 {
		soundsPartial(t, r)
	}
}

// soundsPartial: of a report with gaps the text says so, and its verdict too.
func soundsPartial(t *testing.T, r *report.Report) {
	t.Helper()
	var text bytes.Buffer
	if err := report.Text(&text, r, report.Style{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "Not seen") || strings.Contains(text.String(), "No failure pattern found:") {
		t.Errorf("the text sounds whole:\n%s", text.String())
	}
}

// faults are all that is tried.
func faults() []fault {
	return slices.Concat(faultsOfAll(), faultsOfOne(), faultsOfPods(), faultsInMidScan(), faultsOfClocks())
}

const loginPage = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>"

// faultsOfAll: everything that is asked for is answered in the same way.
func faultsOfAll() []fault {
	return []fault{
		{name: "everything is reset", do: reset, says: "cannot read the cluster at https://127.0.0.1"},
		{name: "everything is unauthorized", do: status(401, metav1.StatusReasonUnauthorized, "Unauthorized"), says: "log in"},
		{name: "everything is a login page", do: answer(200, "text/html", loginPage), says: "web page"},
		{name: "everything hangs", do: hang, args: []string{"--request-timeout", "1s"}, says: "--request-timeout"},
		{name: "everything is 500", do: status(500, metav1.StatusReasonInternalError, "etcd has no leader"), says: "etcd has no leader"},
		{name: "everything is 503", do: answer(503, "text/plain", "no backend"), says: "503"},
		{name: "nothing listens", at: refused, says: "connection refused"},
		{name: "a certificate of an unknown authority", at: unknownAuthority, says: "certificate-authority"},
		{name: "HTTP where TLS is expected", at: plainHTTP, says: "server gave HTTP response to HTTPS client"},
		{name: "TLS where HTTP is expected", at: needsTLS, says: "HTTP request to an HTTPS server"},
		{name: "everything leads to a login page", do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
			if r.URL.Path == "/login" {
				answer(200, "text/html; charset=utf-8", loginPage)(w, r, nil)
				return
			}
			http.Redirect(w, r, "/login", http.StatusFound)
		}, says: "web page"},
		{name: "everything is 404", do: answer(404, "text/plain", "404 page not found"), says: "see the kubeconfig's server"},
		{name: "everything is throttled", do: status(429, metav1.StatusReasonTooManyRequests, "try again", "Retry-After", "3600"), says: "429"},
	}
}

// faultsOfOne: a list that is not of pods is lost, and all else is told.
func faultsOfOne() []fault {
	events, revisions := []string{"events"}, []string{"controllerrevisions"}
	gap := func(says string) map[string]string { return map[string]string{"events": says} }
	return []fault{
		{name: "events are reset in mid-page", to: events, do: resetAfter(5_000), gaps: gap("broke off")},
		{name: "events are reset in a later page", to: events, do: laterPages(resetAfter(5_000)), gaps: gap("broke off")},
		{name: "events are reset once", to: events, do: after(2, 1, resetAfter(1000))},
		{name: "events are truncated", to: events, do: truncate(5_000), gaps: gap("broke off")},
		{name: "events are truncated in JSON", to: events, do: func(w http.ResponseWriter, r *http.Request, real http.Handler) {
			r.Header.Set("Accept", "application/json")
			truncate(5_000)(w, r, real)
		}, gaps: gap("broke off")},
		{name: "events come in JSON", to: events, do: inJSON},
		{name: "events are 401", to: events, do: status(401, metav1.StatusReasonUnauthorized, "Unauthorized"), gaps: gap("unauthorized")},
		{name: "events are 403", to: events, do: status(403, metav1.StatusReasonForbidden, "no"), gaps: gap("forbidden")},
		{name: "events are 403 everywhere at once", to: []string{eventsPath}, do: status(403, metav1.StatusReasonForbidden, "no")},
		{name: "events are 404", to: events, do: status(404, metav1.StatusReasonNotFound, "the server could not find the requested resource"), gaps: gap("not served")},
		{name: "events expire once", to: events, do: laterPages(after(2, 1, expired))},
		{name: "events expire again and again", to: events, do: laterPages(expired), gaps: gap("410"), partial: true},
		{name: "events are throttled once", to: events, do: after(1, 1, status(429, metav1.StatusReasonTooManyRequests, "wait", "Retry-After", "1"))},
		{name: "events are throttled for long", to: events, do: status(429, metav1.StatusReasonTooManyRequests, "wait", "Retry-After", "3600"), gaps: gap("429")},
		{name: "events are 500", to: events, do: status(500, metav1.StatusReasonInternalError, "boom"), gaps: gap("500")},
		{name: "events are 503", to: events, do: answer(503, "text/plain", "no backend"), gaps: gap("503")},
		{name: "events are 503 once", to: events, do: after(1, 1, status(503, metav1.StatusReasonServiceUnavailable, "starting"))},
		{name: "events are 504", to: events, do: status(504, metav1.StatusReasonTimeout, "etcdserver: request timed out"), gaps: gap("timed out")},
		{name: "events hang", to: events, do: hang, args: []string{"--request-timeout", "8s"}, gaps: gap("timed out after 8s")},
		{name: "events drip", to: events, do: drip(100, 200*time.Millisecond), args: []string{"--request-timeout", "8s"}, gaps: gap("timed out after 8s")},
		{name: "events are a login page", to: events, do: answer(200, "text/html", loginPage), gaps: gap("web page")},
		{name: "events are another JSON", to: events, do: answer(200, "application/json", `{"error": "login_required"}`), gaps: gap("not a list")},
		{name: "events are garbage", to: events, do: answer(200, "application/vnd.kubernetes.protobuf", "k8s\x00\x12\xff\xff\x03garbage"), gaps: gap("")},
		{name: "events are nothing", to: events, do: answer(200, "application/vnd.kubernetes.protobuf", ""), gaps: gap("")},
		{name: "revisions are a login page", to: revisions, do: answer(200, "text/html", loginPage), gaps: map[string]string{"controllerrevisions": "web page"}},
		{name: "revisions are another JSON", to: revisions, do: answer(200, "application/json", `{"error": "login_required"}`), gaps: map[string]string{"controllerrevisions": "not a list"}},
		{name: "revisions are truncated", to: revisions, do: truncate(20), gaps: map[string]string{"controllerrevisions": ""}},
		{name: "revisions are reset once", to: revisions, do: after(0, 1, resetAfter(20))},
		{name: "routes whose API is down", to: []string{"/apis/gateway.networking.k8s.io/v1", "httproutes", "grpcroutes"}, do: answer(503, "text/plain", "service unavailable"),
			gaps: map[string]string{"httproutes": "503", "grpcroutes": "503"}},
		{name: "metrics.k8s.io is down and not all is discovered", at: metricsDown},
		{name: "nodes are 403", to: []string{"nodes"}, do: status(403, metav1.StatusReasonForbidden, "no"), gaps: map[string]string{"nodes": "forbidden"}},
	}
}

// faultsOfPods: without pods nothing can be said.
func faultsOfPods() []fault {
	pods := []string{"pods"}
	return []fault{
		{name: "pods are reset in a later page", to: pods, do: laterPages(resetAfter(5_000)), says: "pods could not be read: the connection broke off"},
		{name: "pods are reset once in a later page", to: pods, do: laterPages(after(3, 1, resetAfter(5_000)))},
		{name: "pods expire once", to: pods, do: laterPages(after(3, 1, expired))},
		{name: "pods hang in a later page", to: pods, do: laterPages(hang), args: []string{"--request-timeout", "8s"}, says: "--request-timeout"},
		{name: "pods expire again and again", to: pods, do: laterPages(expired), gaps: map[string]string{"pods": "410"}, partial: true},
	}
}

// onward is the token with which a list goes on in the state of now, as API
// servers make it (k8s.io/apiserver/pkg/storage: the revision -1).
func onward(token string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", err
	}
	var fields struct {
		Version  string `json:"v"`
		Revision int64  `json:"rv"`
		Start    string `json:"start"`
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return "", err
	}
	fields.Revision = -1
	raw, err = json.Marshal(fields)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// faultsOfClocks: nothing that is told depends on ours.
func faultsOfClocks() []fault {
	return []fault{
		{name: "our clock is five hours behind", do: dated(5 * time.Hour), warns: "the clock of this machine is 5h behind the API server's"},
		{name: "our clock is ten minutes behind", do: dated(10 * time.Minute), warns: "10m behind"},
		{name: "our clock is a few seconds ahead", do: dated(-5 * time.Second)},
		{name: "clocks of nodes are hours ahead and behind", to: []string{"pods"}, do: skewedNodes, gaps: map[string]string{"clocks": "(3h behind)"}},
	}
}

// faultsInMidScan: the API server goes away while lists come.
func faultsInMidScan() []fault {
	return []fault{
		{name: "the API server restarts in mid-scan", at: restarts},
		{name: "the API server ends in mid-scan", do: after(30, always, reset), to: nil, breaks: true},
	}
}

// expired answers as an API server that has forgotten the state which a page is
// of: with a token for going on in the present one.
func expired(w http.ResponseWriter, r *http.Request, real http.Handler) {
	token, err := onward(r.URL.Query().Get("continue"))
	if err != nil || token == r.URL.Query().Get("continue") { // it goes on already
		real.ServeHTTP(w, r)
		return
	}
	writeStatus(w, metav1.Status{ListMeta: metav1.ListMeta{Continue: token}, Code: http.StatusGone, Reason: metav1.StatusReasonExpired,
		Message: fmt.Sprintf("The provided continue parameter is too old to display a consistent list result, asked at %s", time.Now().UTC().Format(time.RFC3339))})
}
