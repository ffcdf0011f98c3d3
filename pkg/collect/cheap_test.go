package collect

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// TestReadingIsCheap keeps what reading from the wire has gained: it takes less
// than half of what decoding alone allocates, however noisy the machine.
func TestReadingIsCheap(t *testing.T) {
	for _, c := range []struct {
		name string
		raw  []byte
		add  func(*bucket, []byte) error
		list interface{ Unmarshal([]byte) error }
		part float64 // of the allocations of decoding
	}{
		{"pods", manyPods(t), (*bucket).wirePod, &corev1.PodList{}, .5},
		{"events", manyEvents(t), object(wantedOfEvent, (*bucket).event), &corev1.EventList{}, .5},
	} {
		read := testing.AllocsPerRun(1, func() {
			into := newBucket()
			if err := wire.List(bytes.NewReader(c.raw), func(wire.Meta) {}, func(item []byte) error { return c.add(into, item) }); err != nil {
				t.Fatal(err)
			}
		})
		decoded := testing.AllocsPerRun(1, func() {
			var unknown runtime.Unknown
			if err := unknown.Unmarshal(c.raw[4:]); err != nil {
				t.Fatal(err)
			}
			if err := c.list.Unmarshal(unknown.Raw); err != nil {
				t.Fatal(err)
			}
		})
		if read > c.part*decoded {
			t.Errorf("%s: %.0f allocations, decoding alone %.0f", c.name, read, decoded)
		}
	}
}

// paged serves 1,200 pods by pages, nothing of all else, and counts.
func paged(t *testing.T) (*httptest.Server, func() map[string]int) {
	var mu sync.Mutex
	asked := map[string]int{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		asked[resource]++
		if resource == "version" {
			_, _ = w.Write([]byte(`{"gitVersion":"v1.36.1"}`))
			return
		}
		list := &corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}}
		if resource == "pods" {
			const all = 1200
			from, _ := strconv.Atoi(r.URL.Query().Get("continue")) // empty on the first page
			limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
			if err != nil {
				t.Errorf("no limit in %s", r.URL)
			}
			for i := from; i < min(from+limit, all); i++ {
				list.Items = append(list.Items, corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("web-%d", i)}})
			}
			if from+limit < all {
				left := int64(all - from - limit)
				list.Continue, list.RemainingItemCount = strconv.Itoa(from+limit), &left
			}
		}
		w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
		_, _ = w.Write(encoded(t, list)) // a page that was asked for beforehand may not be wanted any more
	}))
	t.Cleanup(s.Close)
	return s, func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return asked
	}
}

// TestRequestsAreCounted: one for each page of each kind, and one for the
// version; never one for each object.
func TestRequestsAreCounted(t *testing.T) {
	s, asked := paged(t)
	live, err := NewLive(&rest.Config{Host: s.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := live.Read(t.Context(), cluster.Scope{AllNamespaces: true})
	if err != nil || len(parts.Pods) != 1200 || parts.Pods[1199].Name != "web-1199" {
		t.Fatalf("%d pods, %v", len(parts.Pods), err)
	}
	for resource, n := range asked() {
		want := 1
		if resource == "pods" {
			want = 3
		}
		if n != want {
			t.Errorf("%s: asked %d times, not %d", resource, n, want)
		}
	}
	if n := len(asked()); n != len(liveKinds())+1 {
		t.Errorf("asked for %d things: %v", n, asked())
	}
}
