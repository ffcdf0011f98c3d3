package collect

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// TestWhatIsKeptIsSmall keeps what slabs, shared identities and look-ups in what
// is sorted have gained: the live heap of a snapshot, by its pods and its events.
// Bounds are a quarter above what was measured.
func TestWhatIsKeptIsSmall(t *testing.T) {
	pods, events := manyPods(t), manyEvents(t)
	for _, c := range []struct {
		name cluster.Resource
		raw  []byte
		add  func(*bucket, []byte) error
		most uint64 // bytes of each
	}{
		{cluster.Pods, pods, (*bucket).wirePod, 1180},
		{cluster.Events, events, object(wantedOfEvent, (*bucket).event), 700},
	} {
		before := liveHeap()
		s := snapshotOf(t, c.name, c.raw, c.add)
		each := (liveHeap() - before) / copies
		if n := len(s.Pods) + len(s.Events); n != copies {
			t.Fatalf("%s: %d were read", c.name, n)
		}
		t.Logf("%s: %d bytes each", c.name, each)
		if each > c.most {
			t.Errorf("%s: each takes %d bytes, not at most %d", c.name, each, c.most)
		}
		runtime.KeepAlive(s)
	}
}

func snapshotOf(t *testing.T, of cluster.Resource, raw []byte, add func(*bucket, []byte) error) *cluster.Snapshot {
	t.Helper()
	into := newBucket()
	into.expect(of, copies-PageSize) // as the first page says
	if err := wire.List(bytes.NewReader(raw), func(wire.Meta) {}, func(item []byte) error { return add(into, item) }); err != nil {
		t.Fatal(err)
	}
	return cluster.New(into.finish())
}

// liveHeap is what is in use after all garbage is gone, in bytes.
func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one swept late
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestSharedMemoryIsNotMixedUp: pods are decoded into the same memory one after
// the other, and nothing of one may be left in the next.
func TestSharedMemoryIsNotMixedUp(t *testing.T) {
	full := first[corev1.Pod](t, "pods")
	full.Labels, full.Annotations = map[string]string{"app": "web", "only": "here"}, map[string]string{"kubernetes.io/config.mirror": "yes"}
	full.Status.Message, full.Status.Conditions[0].Message = "of the first", "of the first"
	bare := corev1.Pod{}
	bare.Name, bare.Namespace, bare.UID = "bare", "shop", types.UID("u2")
	list := &corev1.PodList{}
	list.Kind, list.APIVersion = "PodList", "v1"
	for i := range 3 {
		again := full.DeepCopy()
		again.Name = fmt.Sprintf("web-%d", i)
		list.Items = append(list.Items, *again, bare)
	}
	into := newBucket()
	if err := wire.List(bytes.NewReader(encoded(t, list)), func(wire.Meta) {}, func(item []byte) error { return into.wirePod(item) }); err != nil {
		t.Fatal(err)
	}
	if len(into.Pods) != len(list.Items) {
		t.Fatalf("%d pods", len(into.Pods))
	}
	for i := range into.Pods {
		p := &into.Pods[i]
		if i%2 == 0 {
			if p.Labels["only"] != "here" || !p.Static || p.Message != "of the first" || len(p.Containers) != len(full.Status.ContainerStatuses)+len(full.Status.InitContainerStatuses) {
				t.Errorf("%d: the full one: %+v", i, p)
			}
			continue
		}
		if p.Name != "bare" || p.UID != "u2" || len(p.Labels) > 0 || p.Static || p.Message != "" || len(p.Conditions) > 0 || len(p.Containers) > 0 || !p.Owner.IsZero() || !p.Started.IsZero() {
			t.Errorf("%d: left in the bare one: %+v", i, p)
		}
	}
}

func TestSlabs(t *testing.T) {
	var texts textSlab
	var lists slab[int]
	var kept []string
	var ints [][]int
	for i := range 2000 {
		kept = append(kept, texts.keep(fmt.Sprintf("%0*d", i%50, i)))
		list := lists.list(i % 4)
		for range i % 4 {
			list = append(list, i)
		}
		ints = append(ints, append(list, -1)) // beyond its room: a list of its own
	}
	for i := range kept {
		if want := fmt.Sprintf("%0*d", i%50, i); kept[i] != want {
			t.Fatalf("%q became %q", want, kept[i])
		}
		for _, n := range ints[i][:i%4] {
			if n != i {
				t.Fatalf("%d: %v", i, ints[i])
			}
		}
	}
	if got := texts.keep(""); got != "" {
		t.Errorf("nothing became %q", got)
	}
}
