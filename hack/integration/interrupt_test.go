package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// slow is a server in front of a real one that cuts lists into small pages and
// never answers a request that it is told to hold.
type slow struct {
	*real

	mu    sync.Mutex
	held  chan struct{} // closed with the first request that is held
	asked int           // pages of the list that is held
}

func newSlow() *slow { return &slow{held: make(chan struct{})} }

// hold notes that a request is held.
func (s *slow) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.held:
	default:
		close(s.held)
	}
}

// again begins anew.
func (s *slow) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.asked = make(chan struct{}), 0
}

// waiting is closed when a request is held.
func (s *slow) waiting() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// passes counts a page, and reports whether it is among the first n.
func (s *slow) passes(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return s.asked <= n
}

// inFront starts one. Held is the path of a list, of whose pages so many pass.
func inFront(t *testing.T, c *real, held string, pass int) *slow {
	t.Helper()
	proxy := c.proxy(t)
	s := newSlow()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == held {
			if !s.passes(pass) {
				s.hold()
				<-r.Context().Done()
				return
			}
			query := r.URL.Query()
			query.Set("limit", strconv.Itoa(page))
			r.URL.RawQuery = query.Encode()
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.real = c.at(t, api.Cluster{Server: server.URL})
	return s
}

// interrupted runs the plugin, interrupts it when a request is held, and waits
// for what comes of that. It is done again where the plugin could not tell in
// time what it had: tests share their processors with others.
func (s *slow) interrupted(t *testing.T, signal os.Signal, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	for range 10 {
		stdout, stderr, code = s.interruptedOnce(t, signal, args...)
		if !strings.Contains(stderr, "left without an answer") {
			break
		}
		s.again()
	}
	return stdout, stderr, code
}

func (s *slow) interruptedOnce(t *testing.T, signal os.Signal, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errOut bytes.Buffer
	c := exec.Command(s.plugin, append([]string{"--kubeconfig", s.kubeconfig}, args...)...) //nolint:gosec // our own binary
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait() // its exit code is looked at
		close(ended)
	}()
	select {
	case <-s.waiting():
	case <-ended:
		t.Fatalf("ended before it was interrupted: %s", errOut.String())
	}
	time.Sleep(time.Second) // other lists come in meanwhile
	at := time.Now()
	if err := c.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
		t.Logf("ended %s after the signal", time.Since(at).Round(time.Millisecond))
	case <-time.After(30 * time.Second):
		_ = c.Process.Kill()
		t.Fatal("does not end")
	}
	return out.String(), errOut.String(), c.ProcessState.ExitCode()
}

const (
	podsPath = "/api/v1/pods"
	page     = 5 // objects
)

// allButOne is how many pages of the list of pods come before the last one.
func allButOne(r *report.Report) int { return (r.Totals.Pods - 1) / page }

// interrupts: a scan that is interrupted tells of the namespaces whose pods it
// has, just as a scan of these does, and names what is missing.
func interrupts(t *testing.T, c *real) {
	whole := c.report(t, "-A", "--no-history")
	pages := allButOne(whole)
	out, errOut, code := inFront(t, c, podsPath, pages).interrupted(t, os.Interrupt, "-A", "--no-history", "-o", "json")
	if code != 130 || !strings.Contains(errOut, "interrupted: the report tells of what had been read") {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if r.Totals.Pods == 0 || r.Totals.Pods >= whole.Totals.Pods || r.Scope.AllNamespaces || len(r.Scope.Namespaces) == 0 {
		t.Errorf("totals %+v, scope %+v", r.Totals, r.Scope)
	}
	gap := slices.IndexFunc(r.Sources, func(s report.Source) bool { return s.Resource == "pods" })
	if s := r.Sources[gap]; s.Objects != r.Totals.Pods || !strings.HasPrefix(s.Gap, fmt.Sprintf("interrupted after %d; all of ", pages*page)) {
		t.Errorf("pods: %+v", s)
	}
	for i := range r.Patterns {
		for _, a := range r.Patterns[i].Affected {
			if a.Namespace != "" && !slices.Contains(r.Scope.Namespaces, a.Namespace) {
				t.Errorf("%s tells of %s/%s, of a namespace that was not read", r.Patterns[i].ID, a.Namespace, a.Name)
			}
		}
		for _, f := range r.Patterns[i].SharedFactors {
			if f.AffectedOf > r.Totals.Pods || f.HealthyOf > r.Totals.Pods {
				t.Errorf("%s compares with more than was read: %+v", r.Patterns[i].ID, f)
			}
		}
	}
	out, errOut, code = inFront(t, c, podsPath, 0).interrupted(t, syscall.SIGTERM, "-A")
	if code != 130 || out != "" || !strings.Contains(errOut, "interrupted: pods could not be read") {
		t.Errorf("exit code %d, %q, %s", code, out, errOut)
	}
	out, _, code = inFront(t, c, "/api/v1/events", 1).interrupted(t, os.Interrupt, "-A", "--no-history")
	if code != 130 || !strings.Contains(out, "Not seen: events") || !strings.Contains(out, "interrupted") || strings.Contains(out, "No failure pattern found:") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	out, errOut, code = inFront(t, c, podsPath, pages).interrupted(t, os.Interrupt, "matrix", "-A")
	if code != 130 || out != "" || errOut != "interrupted\n" {
		t.Errorf("a view of a part: exit code %d, %q, %s", code, out, errOut)
	}
}

// interruptsFiles: what is to be kept is kept whole or not at all.
func interruptsFiles(t *testing.T, c *real) {
	dir := t.TempDir()
	pages := allButOne(c.report(t, "-A", "--no-history"))
	saved, evidence := filepath.Join(dir, "s.tar.gz"), filepath.Join(dir, "evidence")
	out, errOut, code := inFront(t, c, podsPath, pages).interrupted(t, os.Interrupt, "-A", "--save", saved, "--evidence-dir", evidence)
	if code != 130 || out == "" || strings.Count(errOut, "nothing was written to "+dir) != 2 {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	_, _, code = inFront(t, c, podsPath, pages).interrupted(t, os.Interrupt, "snapshot", saved, "-A")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 || code != 130 {
		t.Errorf("exit code %d, left behind: %v, %v", code, left, err)
	}
	if _, errOut, code := c.run(t, "-A", "--save", saved, "--evidence-dir", evidence); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	before := sums(t, dir)
	_, _, code = inFront(t, c, podsPath, pages).interrupted(t, os.Interrupt, "-A", "--save", saved, "--overwrite", "--evidence-dir", evidence)
	if code != 130 || !slices.Equal(before, sums(t, dir)) {
		t.Errorf("exit code %d; what was whole is another now", code)
	}
}

// sums are all files below a folder with what they hold.
func sums(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path) //nolint:gosec // the test's own folder
		out = append(out, path+": "+string(raw))
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%v: %v", out, err)
	}
	return out
}

// twoIntoOne: of several runs into one folder at once each writes whole files or
// says who is in its way.
func twoIntoOne(t *testing.T, c *real) {
	dir := filepath.Join(t.TempDir(), "evidence")
	var wg sync.WaitGroup
	codes, said := make([]int, 4), make([]string, 4)
	for i := range codes {
		wg.Go(func() { _, said[i], codes[i] = c.run(t, "-A", "--no-history", "--evidence-dir", dir) })
	}
	wg.Wait()
	if !slices.Contains(codes, 0) {
		t.Errorf("none of them could write: %q", said)
	}
	for i, code := range codes {
		if code != 0 && !strings.Contains(said[i], "is being written by another run") {
			t.Errorf("exit code %d: %s", code, said[i])
		}
	}
	for _, file := range sums(t, dir) {
		if strings.Contains(file, "/.kubectl-patterns") {
			t.Errorf("left behind: %.80s", file)
		}
	}
	if _, errOut, code := c.run(t, "-A", "--no-history", "--evidence-dir", dir); code != 0 {
		t.Errorf("the folder is not as it was written: exit code %d, %s", code, errOut)
	}
}
