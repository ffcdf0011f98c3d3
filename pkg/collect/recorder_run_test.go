package collect

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	metadatafake "k8s.io/client-go/metadata/fake"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// recording starts a recorder on a cluster of client-go's fakes.
func recording(t *testing.T, path string, once bool, objects ...runtime.Object) (*fake.Clientset, func() *history.Store) {
	t.Helper()
	scheme := metadatafake.NewTestScheme()
	if err := metav1.AddMetaToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	clients := fake.NewClientset(objects...)
	store, err := history.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	r := &Recorder{Live: &Live{typed: clients, metadata: metadatafake.NewSimpleMetadataClient(scheme), now: time.Now}, Keeper: store,
		Scope: cluster.Scope{AllNamespaces: true}, Once: once, Keep: 24 * time.Hour, MaxSize: 1 << 30}
	ready := make(chan struct{})
	r.Note = func(now Recording) {
		if !now.Since.IsZero() && ready != nil {
			close(ready)
			ready = nil
		}
	}
	waiting := ready
	go func() { done <- r.Run(ctx) }()
	if !once {
		select {
		case <-waiting:
		case <-time.After(20 * time.Second):
			t.Fatal("it does not begin to look")
		}
	}
	return clients, func() *history.Store {
		if !once {
			cancel()
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		cancel()
		_ = store.Close()
		again, err := history.OpenRead(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = again.Close() })
		return again
	}
}

func happened(n int, count int32) *corev1.Event {
	return &corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprint("e", n), UID: types.UID(fmt.Sprint("e", n)), ResourceVersion: fmt.Sprint(100 + n)},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "cart"}, Type: "Warning", Reason: "BackOff", Count: count,
		FirstTimestamp: metav1.NewTime(time.Now()), LastTimestamp: metav1.NewTime(time.Now())}
}

func TestARecorderKeepsWhatHappens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	clients, end := recording(t, path, false, podAt("cart", 1), podAt("brief", 2), happened(0, 1))
	began := time.Now()
	for n := range 50 {
		if _, err := clients.CoreV1().Events("shop").Create(t.Context(), happened(n+1, 1), metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := clients.CoreV1().Events("shop").Update(t.Context(), happened(7, 5), metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := clients.CoreV1().Pods("shop").Delete(t.Context(), "brief", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(began.Add(1500 * time.Millisecond))) // at least one batch by the clock
	store := end()
	past, _, err := store.Past(t.Context(), history.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(past.Events) != 52 { // 51 events, one with two counts
		t.Errorf("%d sightings, want 52", len(past.Events))
	}
	if len(past.Watched) != 1 || past.Watched[0].From.After(began.Add(time.Second)) || past.Watched[0].Length() < time.Second {
		t.Errorf("watched %v, began %v", past.Watched, began)
	}
	now, err := store.At(t.Context(), time.Now(), nil)
	if err != nil || len(now.Pods) != 1 || now.Pods[0].Name != "cart" {
		t.Errorf("now: %+v, %v", now.Pods, err)
	}
	then, err := store.At(t.Context(), began, nil)
	if err != nil || len(then.Pods) != 2 {
		t.Errorf("then: %+v, %v", then.Pods, err)
	}
	// What went while nobody looked is gone for the next recorder.
	_, end = recording(t, path, true, happened(7, 5))
	store = end()
	if now, err = store.At(t.Context(), time.Now(), nil); err != nil || len(now.Pods) != 0 {
		t.Errorf("after the second recorder: %+v, %v", now.Pods, err)
	}
	if past, _, err = store.Past(t.Context(), history.Query{}); err != nil || len(past.Events) != 52 {
		t.Errorf("%d sightings after the second recorder, %v", len(past.Events), err)
	}
}

// failing is a disk that is full.
type failing struct{ *history.Store }

func (failing) Keep(context.Context, *history.Batch) (history.Counts, error) {
	return history.Counts{}, fmt.Errorf("the disk is full")
}

func TestARecorderEndsWhenNothingCanBeKept(t *testing.T) {
	store, err := history.Open(t.Context(), filepath.Join(t.TempDir(), "h.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	r := &Recorder{Live: &Live{typed: fake.NewClientset(podAt("cart", 1)), metadata: metadatafake.NewSimpleMetadataClient(metadatafake.NewTestScheme()), now: time.Now},
		Keeper: failing{store}, Scope: cluster.Scope{AllNamespaces: true}, Keep: time.Hour}
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("%v", err)
	}
}
