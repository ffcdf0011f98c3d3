package collect

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// answerWith is how the API server says that something went wrong.
func answerWith(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":%q,"code":%d}`, message, reason, code)
}

// logServer answers for logs alone.
func logServer(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, pod string)) *Live {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(r.URL.Path, "/") // /api/v1/namespaces/NS/pods/POD/log
		if len(parts) != 8 || parts[7] != "log" {
			t.Errorf("asked for %s", r.URL.Path)
			return
		}
		answer(w, r, parts[4]+"/"+parts[6])
	}))
	t.Cleanup(s.Close)
	live, err := NewLive(&rest.Config{Host: s.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return live
}

func logRef(namespace, pod string, previous bool) cluster.LogRef {
	return cluster.LogRef{Pod: cluster.Ref{Kind: "Pod", Namespace: namespace, Name: pod}, Container: "app", Previous: previous}
}

// TestLogsAreAskedForInBounds: few lines, of the run that is meant, and never
// more than eight at a time.
func TestLogsAreAskedForInBounds(t *testing.T) {
	var now, most atomic.Int32
	var mu sync.Mutex
	queries := map[string]string{}
	live := logServer(t, func(w http.ResponseWriter, r *http.Request, pod string) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		mu.Lock()
		queries[pod] = r.URL.Query().Encode()
		mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		_, _ = fmt.Fprintln(w, "first\nlast of "+pod)
	})
	var wanted []cluster.LogRef
	for i := range 40 {
		wanted = append(wanted, logRef("shop", fmt.Sprintf("web-%d", i), i == 0))
	}
	parts, err := live.Logs(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	if m := most.Load(); m > logConcurrent || m < 2 {
		t.Errorf("%d at a time", m)
	}
	if want := "container=app&limitBytes=262144&previous=true&tailLines=50"; queries["shop/web-0"] != want {
		t.Errorf("got %s, want %s", queries["shop/web-0"], want)
	}
	if want := "container=app&limitBytes=262144&tailLines=50"; queries["shop/web-1"] != want {
		t.Errorf("got %s, want %s", queries["shop/web-1"], want)
	}
	log := cluster.New(parts).Log(wanted[7].Pod, "app")
	if log == nil || !cmp.Equal(log.Lines, []string{"first", "last of shop/web-7"}) {
		t.Errorf("got %+v", log)
	}
	if diff := cmp.Diff([]cluster.Source{{Resource: cluster.PodLogs, Objects: 40, From: "live"}}, parts.Sources); diff != "" || len(parts.Gaps) > 0 {
		t.Errorf("%s, gaps %v", diff, parts.Gaps)
	}
}

// TestLogsThatCannotBeRead become gaps, and the rest stands.
func TestLogsThatCannotBeRead(t *testing.T) {
	var secret atomic.Int32
	live := logServer(t, func(w http.ResponseWriter, r *http.Request, pod string) {
		switch {
		case strings.HasPrefix(pod, "secret/"):
			secret.Add(1)
			answerWith(w, 403, "Forbidden", `pods "x" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "secret"`)
		case pod == "shop/no-previous" && r.URL.Query().Get("previous") == "true":
			answerWith(w, 400, "BadRequest", `previous terminated container "app" in pod "no-previous" not found`)
		case pod == "shop/never-ran":
			answerWith(w, 400, "BadRequest", `container "app" in pod "never-ran" is waiting to start: ContainerCreating`)
		case pod == "shop/gone":
			answerWith(w, 404, "NotFound", `pods "gone" not found`)
		default:
			_, _ = fmt.Fprint(w, "boom")
		}
	})
	wanted := []cluster.LogRef{logRef("shop", "no-previous", true), logRef("shop", "gone", true), logRef("shop", "never-ran", false)}
	for i := range 30 {
		wanted = append(wanted, logRef("secret", fmt.Sprintf("web-%d", i), true))
	}
	parts, err := live.Logs(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Logs) != 1 || parts.Logs[0].Previous || parts.Logs[0].Pod.Name != "no-previous" {
		t.Errorf("logs %+v", parts.Logs)
	}
	if n := secret.Load(); n > 2*logConcurrent {
		t.Errorf("asked %d times where the answer is known", n)
	}
	if diff := cmp.Diff([]cluster.Gap{
		{Resource: cluster.PodLogs, Namespace: "secret", Reason: "forbidden", Remedy: `{apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}`},
		{Resource: cluster.PodLogs, Reason: "2 of 33 could not be read: the pod is gone"},
	}, parts.Gaps); diff != "" {
		t.Error(diff)
	}
	if s := parts.Sources[0]; s.Gap != "forbidden" || s.Objects != 1 || s.Remedy == "" {
		t.Errorf("source %+v", s)
	}
}

// TestLongLogsAreReadFromTheirEnd: lines of any length do not cost the last
// one, and what is kept is bounded.
func TestLongLogsAreReadFromTheirEnd(t *testing.T) {
	live := logServer(t, func(w http.ResponseWriter, r *http.Request, pod string) {
		text := strings.Repeat(strings.Repeat("x", 9<<10)+"\n", 49) + "panic: the end\n"
		if r.URL.Query().Get("tailLines") == "5" {
			text = "panic: the end\n"
		}
		_, _ = fmt.Fprint(w, text[:min(len(text), logLimit)])
	})
	parts, err := live.Logs(t.Context(), []cluster.LogRef{logRef("shop", "web", false)})
	if err != nil {
		t.Fatal(err)
	}
	lines := parts.Logs[0].Lines
	if last := lines[len(lines)-1]; last != "panic: the end" {
		t.Errorf("ends in %.80s", last)
	}
	if n := len(strings.Join(logTail(strings.Repeat("a line\n", 1<<16)), "\n")); n > logKept {
		t.Errorf("%d bytes kept", n)
	}
	if n := len(logTail(strings.Repeat("\n\xff\n", 1000))); n > logLines {
		t.Errorf("%d lines kept", n)
	}
}

// TestLogsEndWithTheRun: a reader who gives up is not kept waiting, and gets
// an error instead of half an answer.
func TestLogsEndWithTheRun(t *testing.T) {
	release := make(chan struct{})
	live := logServer(t, func(_ http.ResponseWriter, r *http.Request, _ string) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := live.Logs(ctx, []cluster.LogRef{logRef("shop", "a", false), logRef("shop", "b", false)}); err == nil {
		t.Error("no error")
	}
	if parts, err := live.Logs(t.Context(), nil); err != nil || len(parts.Sources) > 0 {
		t.Errorf("nothing wanted: %+v, %v", parts, err)
	}
}

func TestLogsAreMasked(t *testing.T) {
	for in, want := range map[string]string{
		"connecting to postgres://app:hunter2@db:5432/shop": "connecting to postgres://app:***@db:5432/shop",
		"password=hunter2 rejected":                         "password=*** rejected",
		"Authorization: Bearer abcdefgh12345678":            "Authorization: Bearer ***",
		"key Zq7Rk2LmPv9TxWb4YsHd8NcJf3GaEu6KoQi1Mz5B":      "key ***",
		"session q8Zt3LkP0vYx7RnB2mWc refused":              "session *** refused",
		// What is no secret stays.
		"Access denied for user 'shop'@'10.0.0.1' (using password: YES)": "Access denied for user 'shop'@'10.0.0.1' (using password: YES)",
		"DB_PASSWORD: undefined": "DB_PASSWORD: undefined",
		"layer sha256:4bab5c47c640423d4343bbccb340a0ba510072b63c633468ccc3ae54acb3":   "layer sha256:4bab5c47c640423d4343bbccb340a0ba510072b63c633468ccc3ae54acb3",
		"org.springframework.beans.factory.UnsatisfiedDependencyException":            "org.springframework.beans.factory.UnsatisfiedDependencyException",
		"HikariPool1ConnectionIsNotAvailableException":                                "HikariPool1ConnectionIsNotAvailableException",
		"pod web-7c9f8d6b5-x2k4w-abcdefghijk at 3f2504e0-4f89-41d3-9a0c-0305e82c3301": "pod web-7c9f8d6b5-x2k4w-abcdefghijk at 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"open /usr/share/elasticsearch/config/elasticsearch.keystore":                 "open /usr/share/elasticsearch/config/elasticsearch.keystore",
		"https://payments.shop.svc.cluster.local:8443/v1/Charge2":                     "https://payments.shop.svc.cluster.local:8443/v1/Charge2",
	} {
		if got := strings.Join(logTail(in), "\n"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

const crashing = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"shop","creationTimestamp":"2026-01-02T03:04:05Z"},` +
	`"spec":{"containers":[{"name":"app"}]},"status":{"phase":"Running","containerStatuses":[{"name":"app","ready":%v,"restartCount":%d,"image":"","imageID":""}]}}`

// TestLogsOfDumps: the logs in the folders and streams of cluster-info dump
// are kept for containers that fail.
func TestLogsOfDumps(t *testing.T) {
	bad, good := fmt.Sprintf(crashing, "bad", false, 7), fmt.Sprintf(crashing, "good", true, 0)
	text := func(pod string) string {
		return "==== START logs for container app of pod shop/" + pod + " ====\n" + strings.Repeat("noise {\n", 200) +
			strings.Repeat("y", 200<<10) + "\nlogin with password=hunter2\nFATAL the end of " + pod + "\n==== END logs for container app of pod shop/" + pod + " ====\n"
	}
	dir := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("shop/pods.json", list("PodList", bad, good))
	write("shop/bad/logs.txt", text("bad"))
	write("shop/good/logs.txt", text("good"))
	write("shop/notes.txt", "{")
	for name, f := range map[string]*Files{
		"folder": {Paths: []string{dir}},
		"stream": {Paths: []string{"-"}, Stdin: strings.NewReader(text("bad") + list("PodList", bad, good) + "\n" + text("bad") + text("good") + list("PodList"))},
	} {
		parts, err := f.Read(t.Context(), cluster.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		s := cluster.New(parts)
		if len(parts.Pods) != 2 || s.Log(cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "good"}, "app") != nil {
			t.Errorf("%s: %d pods, logs %v", name, len(parts.Pods), parts.Logs)
		}
		log := s.Log(cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "bad"}, "app")
		if log == nil || len(log.Lines) > logLines {
			t.Fatalf("%s: got %v", name, log)
		}
		if diff := cmp.Diff([]string{"login with password=***", "FATAL the end of bad"}, log.Lines[len(log.Lines)-2:]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
