package integration

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// interruptsFurther: an interruption while something beside the lists is read ends
// the scan with what it has, a gap for the rest, and no file.
func interruptsFurther(t *testing.T, c *real) {
	for of, args := range map[string][]string{ofLogs: logsToo, ofMetrics: metricsToo, ofPrometheus: prometheusToo} {
		t.Run(path.Base(of), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			out, errOut, code := held(t, c, nil).interrupted(t, os.Interrupt, append([]string{"-n", crashing, "--no-history", "-o", "json",
				"--save", filepath.Join(dir, "s.tar.gz"), "--evidence-dir", filepath.Join(dir, "evidence")}, args...)...)
			if left, err := os.ReadDir(dir); code != 130 || err != nil || len(left) != 0 {
				t.Errorf("exit code %d, left behind %v, %v: %s", code, left, err, errOut)
			}
			var r report.Report
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if !slices.ContainsFunc(r.Sources, func(s report.Source) bool { return s.Resource == of && s.Gap == "interrupted" }) || len(roots(&r)) == 0 {
				t.Errorf("sources %+v, roots %s", r.Sources, titles(roots(&r)))
			}
		})
	}
	t.Run("record", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "history.db")
		list := "/api/v1/namespaces/" + whatRecords + "/pods"
		_, errOut, code := held(t, c, func(r *http.Request) bool { return r.URL.Path == list }).interrupted(t, os.Interrupt,
			"record", "-n", whatRecords, "--history", file)
		if code != 130 || !strings.Contains(errOut, "kept ") || podsKept(t, file) != 0 {
			t.Errorf("exit code %d: %s", code, errOut)
		}
	})
	t.Run("twice", func(t *testing.T) { t.Parallel(); interruptsTwice(t, c) })
	t.Run("once", func(t *testing.T) { t.Parallel(); interruptsOnce(t, c) })
}

// held is a server that never answers what is behind the API server, or what else
// it is told to hold.
func held(t *testing.T, c *real, what func(*http.Request) bool) *slow {
	t.Helper()
	s := newSlow()
	hold := func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		s.hold()
		hang(w, r, real)
	}
	beyondIt := furtherFault{do: hold}
	tampering := beyondIt.tampering()
	s.real = c.through(t, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		if what != nil && what(r) {
			hold(w, r, real)
			return
		}
		tampering(w, r, real)
	})
	return s
}

// unread starts a scan whose report nobody reads, and waits until it has read what
// it will tell when it is interrupted.
func unread(t *testing.T, c *real) (scan *exec.Cmd, ended <-chan struct{}) {
	t.Helper()
	s := inFront(t, c, podsPath, 100)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })                                                             // nothing was read
	scan = exec.Command(s.plugin, "--kubeconfig", s.kubeconfig, "-A", "--no-history", "-o", "json") //nolint:gosec // our own binary
	scan.Stdout = w
	if err := scan.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close() // the scan has its own
	over := make(chan struct{})
	go func() {
		_ = scan.Wait() // how it ended is looked at
		close(over)
	}()
	<-s.waiting()
	return scan, over
}

// interruptsOnce: a scan that tells what it has to somebody who does not read ends
// by itself.
func interruptsOnce(t *testing.T, c *real) {
	scan, ended := unread(t, c)
	_ = scan.Process.Signal(os.Interrupt) // it may have ended
	select {
	case <-ended:
		if code := scan.ProcessState.ExitCode(); code != 130 {
			t.Errorf("it ended with exit code %d: %v", code, scan.ProcessState)
		}
	case <-time.After(time.Minute):
		_ = scan.Process.Kill()
		t.Fatal("does not end")
	}
}

// interruptsTwice: the second interruption ends it at once.
func interruptsTwice(t *testing.T, c *real) {
	scan, ended := unread(t, c)
	deadline := time.After(time.Minute)
	for {
		_ = scan.Process.Signal(os.Interrupt) // it may have ended
		select {
		case <-ended:
			status, ok := scan.ProcessState.Sys().(syscall.WaitStatus)
			if !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
				t.Errorf("it ended by itself: %v", scan.ProcessState)
			}
			return
		case <-deadline:
			_ = scan.Process.Kill()
			t.Fatal("does not end")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
