package cmd

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// faulty are servers that leave a scan in the lurch, each in its own way.
var faulty = map[string]http.HandlerFunc{
	"breaks off": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte("{"))
	},
	"hangs":       func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	"refuses":     func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) },
	"is no API":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello</html>")) },
	"is too busy": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "later", http.StatusTooManyRequests) },
}

// kubeconfigOf names one server.
func kubeconfigOf(t *testing.T, url string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(api.Config{
		Clusters: map[string]*api.Cluster{"x": {Server: url}}, CurrentContext: "x", Contexts: map[string]*api.Context{"x": {Cluster: "x"}},
	}, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNothingIsLeftBehind: when a command has ended, well or badly, no goroutine of
// it goes on and no file or connection of it is open.
func TestNothingIsLeftBehind(t *testing.T) {
	data := recording("rollout-crash")
	for name, handler := range faulty {
		s := httptest.NewServer(handler)
		config := kubeconfigOf(t, s.URL)
		leftBehind(t, "a server that "+name, func() { run(t, "", "-A", "--kubeconfig", config, "--request-timeout", "200ms") })
		s.CloseClientConnections()
		s.Close()
	}
	for _, args := range [][]string{{"-f", data}, {"-f", data, "-o", "html"}, {"timeline", "-f", data}, {"-f", "no-such-file"},
		{"snapshot", filepath.Join(t.TempDir(), "s.tar.gz"), "-f", data}, {"-f", data, "--evidence-dir", filepath.Join(t.TempDir(), "e")}} {
		leftBehind(t, args[0], func() { run(t, "", args...) })
	}
}

// leftBehind does something some times, the first time for what is made once and
// kept, and looks whether the others left something.
func leftBehind(t *testing.T, what string, do func()) {
	t.Helper()
	do()
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	for range 3 {
		do()
	}
	for range 100 {
		if runtime.NumGoroutine() <= goroutines && openFiles(t) <= files {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%s leaves %d goroutines for %d, and %d files for %d:\n%s", what, runtime.NumGoroutine(), goroutines, openFiles(t), files,
		stacks[:runtime.Stack(stacks, true)])
}

// openFiles counts descriptors where the system tells them, connections too.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}
