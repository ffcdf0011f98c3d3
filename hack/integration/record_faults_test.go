package integration

import (
	"net/http"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// A recordFault is a fault of what a recorder lists and follows: it goes on, says
// what it cannot follow and why, and keeps the rest.
type recordFault struct {
	name string
	do   tamper
	args []string
	says string // of what is not followed; "": it recovers, and follows everything
}

// whatRecords is the namespace whose objects are recorded: sixty pods.
const whatRecords = "team-03"

func recordFaults() []recordFault {
	events := func(with tamper) tamper { return of(with, "events") }
	soon := []string{"--request-timeout", "2s"}
	short := []recordFault{
		{name: "lists are reset in mid-page once", do: of(after(0, 1, resetAfter(5_000)), "pods")},
		{name: "lists are other JSON", do: events(answer(200, "application/json", `{"error": "login_required"}`)), says: "no list of Kubernetes objects"},
		{name: "watches are reset in mid-stream", do: watches(after(0, 20, flushed(reset)))},
		{name: "watches expire once", do: watches(after(0, 3, status(410, metav1.StatusReasonExpired, "too old resource version")))},
		{name: "watches are 403", do: events(watches(status(403, metav1.StatusReasonForbidden, "no"))), says: "forbidden"},
		{name: "watches are 500", do: events(watches(status(500, metav1.StatusReasonInternalError, "boom"))), says: "boom"},
	}
	if !isHard() {
		return short
	}
	return append(short, []recordFault{
		{name: "lists are 503 once", do: of(after(0, 1, answer(503, "text/plain", "starting")), "pods")},
		{name: "lists are 403", do: events(status(403, metav1.StatusReasonForbidden, "no")), says: "forbidden"},
		{name: "lists hang", do: events(hang), args: soon, says: "Client.Timeout exceeded"},
		{name: "watches are garbage once", do: watches(after(0, 3, answer(200, "application/json", "{{{")))},
		{name: "watches are 429", do: events(watches(status(429, metav1.StatusReasonTooManyRequests, "wait", "Retry-After", "1"))), says: "wait"},
		{name: "watches hang", do: events(watches(hang)), args: soon, says: "before a watch was answered"},
	}...)
}

// watches tampers with watches alone.
func watches(with tamper) tamper {
	return when(with, func(r *http.Request) bool { return r.URL.Query().Get("watch") != "" })
}

// flushed begins an answer before something happens to it.
func flushed(then tamper) tamper {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush() // what comes next breaks it off
		then(w, r, real)
	}
}

func (f *recordFault) check(t *testing.T, c *real) {
	file := filepath.Join(t.TempDir(), "history.db")
	front := c.through(t, f.do)
	r := &recorder{process: exec.Command(front.plugin, append([]string{"record", "--kubeconfig", front.kubeconfig, "-n", whatRecords, "--history", file}, f.args...)...)} //nolint:gosec // our own binary
	r.process.Stderr = &r.out
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.process.Process.Kill() })
	if f.says == "" {
		r.settled(t)
	} else {
		r.says(t, f.says)
	}
	r.interrupt(t)
	if strings.Contains(r.out.String(), "goroutine ") {
		t.Errorf("crashes:\n%s", r.out.String())
	}
	if n := podsKept(t, file); n != 60 {
		t.Errorf("%d pods were kept, want 60:\n%s", n, r.out.String())
	}
}

// says waits until it is told that something is not followed, and why.
func (r *recorder) says(t *testing.T, why string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		for line := range strings.Lines(r.out.String()) {
			if _, trouble, found := strings.Cut(line, "; not followed: "); found && strings.Contains(trouble, "events") && strings.Contains(trouble, why) {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not say %q:\n%s", why, r.out.String())
		}
	}
}

// podsKept counts the pods that are there by a history that was closed.
func podsKept(t *testing.T, file string) int {
	t.Helper()
	if left, err := filepath.Glob(file + "*"); err != nil || len(left) != 1 {
		t.Errorf("beside the history: %v, %v", left, err)
	}
	store, err := history.OpenRead(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	pods, err := store.Gone(t.Context(), "Pod", nil, func(string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	return len(pods)
}

// watchesOn: --watch says of a reading that failed why it did, and reads again.
func watchesOn(t *testing.T, c *real) {
	var broken atomic.Bool
	read := make(chan struct{}, 1000) // each reading of pods that was whole
	front := c.through(t, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		if broken.Load() {
			reset(w, r, real)
		}
		real.ServeHTTP(w, r)
		if path.Base(r.URL.Path) == "pods" {
			read <- struct{}{}
		}
	})
	r := &recorder{process: exec.Command(front.plugin, "--kubeconfig", front.kubeconfig, "-n", whatRecords, "--no-history", "--watch", "--interval", "10s")} //nolint:gosec // our own binary
	r.process.Stderr = &r.out
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.process.Process.Kill() })
	<-read
	broken.Store(true)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(r.out.String(), "could not read again: cannot read the cluster at https://127.0.0.1"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not say that it could not read: %s", r.out.String())
		}
	}
	broken.Store(false)
	select {
	case <-read:
	case <-time.After(time.Minute):
		t.Fatalf("it does not read again: %s", r.out.String())
	}
	r.interrupt(t)
}
