package collect

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// churn is a server whose events never rest: 5,000 of them, each seen again and
// again, as fast as they are taken.
func churn(t *testing.T) (live *Live, end func()) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		switch {
		case resource == "version":
			_, _ = w.Write([]byte(`{"gitVersion":"v1.36.1"}`))
		case r.URL.Query().Get("watch") == "":
			_, _ = fmt.Fprint(w, emptyList(resource))
		case resource == "events":
			pour(w, r)
		default:
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	live, err := NewLive(&rest.Config{Host: s.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return live, func() { // with the connections that both sides keep for later
		s.CloseClientConnections()
		s.Close()
	}
}

func emptyList(resource string) string {
	if resource == "controllerrevisions" { // is read as metadata alone
		return `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"1"},"items":[]}`
	}
	return `{"metadata":{"resourceVersion":"1"},"items":[]}`
}

// pour writes until nobody reads any more.
func pour(w http.ResponseWriter, r *http.Request) {
	const different = 5000
	began := time.Now().Add(-time.Hour).Truncate(time.Second)
	out := json.NewEncoder(w)
	for n := 0; r.Context().Err() == nil; n++ {
		name := fmt.Sprint("e", n%different)
		e := corev1.Event{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
			ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name), ResourceVersion: fmt.Sprint(n + 2)},
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: fmt.Sprint("web-", n%different)}, Type: "Warning", Reason: "BackOff",
			Message: "Back-off restarting failed container web", Count: int32(n/different + 1), //nolint:gosec // small
			FirstTimestamp: metav1.NewTime(began), LastTimestamp: metav1.NewTime(began.Add(time.Duration(n) * time.Millisecond))}
		if out.Encode(map[string]any{"type": "ADDED", "object": e}) != nil {
			return
		}
	}
}

// TestRecorderUnderChurn: what a recorder holds in memory does not grow with what
// it has seen. The long form is an hour of a thousand changes a second.
func TestRecorderUnderChurn(t *testing.T) {
	changes := 60_000
	if os.Getenv("KUBECTL_PATTERNS_HARD") != "" {
		changes = 3_600_000
	}
	path := filepath.Join(t.TempDir(), "h.db")
	store, err := history.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	early, late := 0, 0
	goroutines := runtime.NumGoroutine()
	live, end := churn(t)
	r := &Recorder{Live: live, Keeper: store, Scope: cluster.Scope{AllNamespaces: true}, Keep: 24 * time.Hour, MaxSize: 1 << 30}
	r.Note = func(now Recording) {
		if len(now.Trouble) > 0 {
			t.Error(now.Trouble)
			cancel()
		}
		if early == 0 && now.Kept.Sightings > changes/3 {
			early = held()
		}
		if now.Kept.Sightings > changes {
			late = held()
			cancel()
		}
	}
	if err := r.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("after %d changes %d KiB, after %d %d KiB", changes/3, early>>10, changes, late>>10)
	if early == 0 || late > early+early/4+2<<20 {
		t.Errorf("held %d bytes after %d changes, %d after %d", early, changes/3, late, changes)
	}
	end()
	settled(t, goroutines)
}

// held are the bytes that are in use.
func held() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc) //nolint:gosec // far less
}

// settled fails when there are more goroutines than there were, some seconds on.
func settled(t *testing.T, before int) {
	t.Helper()
	var now int
	for range 100 {
		if now = runtime.NumGoroutine(); now <= before {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines, there were %d:\n%s", now, before, stacks[:runtime.Stack(stacks, true)])
}
