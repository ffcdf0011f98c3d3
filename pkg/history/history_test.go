package history

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func minute(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func temporary(t *testing.T) string { return filepath.Join(t.TempDir(), "a folder #1", "h?%41.db") }

func keep(t *testing.T, s *Store, b *Batch) Counts {
	t.Helper()
	n, err := s.Keep(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func object[T kept](t *testing.T, x T, version int64) Object {
	t.Helper()
	o, err := ObjectOf(x, version)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func pod(name, phase string) cluster.Pod {
	return cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: name, UID: "uid-" + name}, Created: noon, Phase: phase,
		Labels: map[string]string{"app": "cart"}, Template: &cluster.Template{ServiceAccount: "cart", Containers: []cluster.ContainerSpec{{Name: "cart", Image: "cart:1"}}},
		Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "cart", Role: cluster.Regular}, Restarts: 2}}}
}

func sighting(uid string, count, last int) Sighting {
	return Sighting{UID: uid, Event: cluster.Event{Object: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "cart-1", UID: "uid-cart-1"},
		Container: "cart", Warning: true, Reason: "BackOff", Message: "Back-off restarting failed container", Component: "kubelet", Host: "node-1",
		First: noon, Last: minute(last), Count: count, Notes: map[string]string{"starved_resource": "memory"}}}
}

// everything is a batch with a fact of each sort.
func everything(t *testing.T) *Batch {
	shop := cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "cart"}
	return &Batch{At: minute(1),
		Objects:   []Object{object(t, pod("cart-1", "Running"), 10)},
		Sightings: []Sighting{sighting("e1", 1, 0), sighting("e1", 4, 1)},
		Ends: []cluster.End{{Pod: pod("cart-1", "").Ref, Workload: shop, Node: "node-1", Container: "cart", Image: "cart:1", Restarts: 1,
			State: cluster.State{Phase: cluster.Terminated, Reason: "OOMKilled", ExitCode: 137, StartedAt: minute(-2), FinishedAt: minute(-1)}}},
		Turns: []cluster.Turn{{Object: pod("cart-1", "").Ref, Workload: shop,
			Condition: cluster.Condition{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: minute(-1)}}},
		Changes: []cluster.Change{{Time: minute(-3), Kind: cluster.Rollout, Object: shop, What: "image cart:1 → cart:2", By: "kubectl"}},
		Watch:   &Watch{Key: "w1", From: noon, To: minute(1), Resources: []cluster.Resource{cluster.Pods, cluster.Events}},
	}
}

func TestWhatIsKeptIsReadBack(t *testing.T) {
	path := temporary(t)
	b := everything(t)
	s := opened(t, path)
	if n := keep(t, s, b); n != (Counts{1, 2, 1, 1, 1}) {
		t.Fatalf("kept %+v", n)
	}
	r, err := OpenRead(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got, cut, err := r.Past(t.Context(), Query{})
	if err != nil || !cut.IsZero() {
		t.Fatal(cut, err)
	}
	want := cluster.Past{Watched: []cluster.Span{{From: noon, To: minute(1)}}, Events: []cluster.Event{b.Sightings[1].Event, b.Sightings[0].Event},
		Ends: b.Ends, Turns: b.Turns, Changes: b.Changes}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back differs:\n%s", diff)
	}
}

func TestWhatIsKnownIsKeptOnce(t *testing.T) {
	s := opened(t, temporary(t))
	keep(t, s, everything(t))
	if n := keep(t, s, everything(t)); n.All() != 0 {
		t.Errorf("the second time %+v were new", n)
	}
	again := opened(t, s.Path())
	if n := keep(t, again, everything(t)); n.All() != 0 {
		t.Errorf("after opening anew %+v were new", n)
	}
}

func TestTwoRecordersOnOneFile(t *testing.T) {
	path := temporary(t)
	var wg sync.WaitGroup
	added := make([]Counts, 2)
	for i := range added {
		wg.Go(func() {
			s, err := Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = s.Close() }()
			for n := range 60 {
				c, err := s.Keep(context.Background(), &Batch{At: minute(n).Add(time.Duration(i) * time.Second),
					Objects:   []Object{object(t, pod("cart-1", fmt.Sprint(n)), int64(n+1))},
					Sightings: []Sighting{sighting(fmt.Sprint("e", n), 1, n)}})
				if err != nil {
					t.Error(err)
				}
				added[i].Add(c)
			}
		})
	}
	wg.Wait()
	s := opened(t, path)
	past, _, err := s.Past(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(past.Events) != 60 || added[0].Sightings+added[1].Sightings != 60 {
		t.Errorf("%d events, added %+v", len(past.Events), added)
	}
	if added[0].Versions+added[1].Versions > 60 {
		t.Errorf("a version was kept twice: %+v", added)
	}
	parts, err := s.At(t.Context(), minute(90), nil)
	if err == nil {
		t.Fatal("without any watch nothing can be said of a moment", parts)
	}
	keep(t, s, &Batch{Watch: &Watch{Key: "w", From: noon, To: minute(90)}})
	if parts, err = s.At(t.Context(), minute(90), nil); err != nil || parts.Pods[0].Phase != "59" {
		t.Errorf("the newest version must win, not %v (%v)", parts.Pods, err)
	}
}

func TestTheClusterAtAMoment(t *testing.T) {
	s := opened(t, temporary(t))
	watch := Watch{Key: "w", From: noon, To: minute(30), Resources: []cluster.Resource{cluster.Pods, cluster.Events, cluster.ReplicaSets}}
	keep(t, s, &Batch{At: noon, Watch: &watch, Objects: []Object{object(t, pod("a", "Pending"), 1), object(t, pod("b", "Running"), 2),
		object(t, cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "cart-5f"}, Owner: cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "cart"}, Number: 3}, 3),
		object(t, cluster.Workload{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "alone"}, Desired: 4}, 4)}})
	keep(t, s, &Batch{At: minute(5), Objects: []Object{object(t, pod("a", "Running"), 5), Gone(pod("b", "").Ref, 6)},
		Sightings: []Sighting{sighting("e", 1, 1), sighting("e", 3, 5), sighting("old", 1, -61)}})
	keep(t, s, &Batch{At: minute(9), Objects: []Object{object(t, pod("a", "Failed"), 7)}, Sightings: []Sighting{sighting("e", 9, 9)}})

	p, err := s.At(t.Context(), minute(6), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := pod("a", "Running")
	if len(p.Pods) != 1 || !reflect.DeepEqual(p.Pods[0], want) {
		t.Errorf("pods at 12:06: %s", cmp.Diff([]cluster.Pod{want}, p.Pods))
	}
	if len(p.Events) != 1 || p.Events[0].Count != 3 {
		t.Errorf("events at 12:06: %+v", p.Events)
	}
	if len(p.Revisions) != 1 || p.Revisions[0].Number != 3 || len(p.Workloads) != 1 || p.Workloads[0].Desired != 4 {
		t.Errorf("ReplicaSets: %+v %+v", p.Revisions, p.Workloads)
	}
	if !slices.ContainsFunc(p.Gaps, func(g cluster.Gap) bool { return g.Resource == cluster.Nodes && g.Reason == "not recorded" }) {
		t.Errorf("nodes were not followed, and that is not said: %+v", p.Gaps)
	}
	if p, err = s.At(t.Context(), minute(2), nil); err != nil || len(p.Pods) != 2 {
		t.Errorf("at 12:02 there were two pods, not %+v (%v)", p.Pods, err)
	}
	if _, err = s.At(t.Context(), minute(-1), nil); err == nil || !strings.Contains(err.Error(), "reaches back to 2026-11-24T12:00:00Z") {
		t.Errorf("before the recording: %v", err)
	}
	if p, err = s.At(t.Context(), minute(40), nil); err != nil || !slices.ContainsFunc(p.Gaps, func(g cluster.Gap) bool { return g.Resource == cluster.History }) {
		t.Errorf("after the recording there is a gap: %+v %v", p.Gaps, err)
	}
}

func TestOnlyWhatChangedIsAVersion(t *testing.T) {
	s := opened(t, temporary(t))
	if n := keep(t, s, &Batch{At: noon, Objects: []Object{object(t, pod("a", "Running"), 1), object(t, pod("a", "Running"), 2)}}); n.Versions != 1 {
		t.Errorf("%d versions of what did not change", n.Versions)
	}
	if n := keep(t, s, &Batch{At: minute(1), Objects: []Object{object(t, pod("a", "Pending"), 1)}}); n.Versions != 0 {
		t.Error("an older version was written over a newer")
	}
	if n := keep(t, s, &Batch{At: minute(1), Objects: []Object{Gone(pod("never seen", "").Ref, 3)}}); n.Versions != 0 {
		t.Error("what was never there cannot go")
	}
}

func TestAQueryNarrows(t *testing.T) {
	s := opened(t, temporary(t))
	var b Batch
	for i := range 10 {
		b.Sightings = append(b.Sightings, sighting(fmt.Sprint("e", i), 1, i))
	}
	node := sighting("n", 1, 3)
	node.Object, node.Reason = cluster.Ref{Kind: "Node", Name: "node-1"}, "NodeNotReady"
	b.Sightings = append(b.Sightings, node)
	b.Watch = &Watch{Key: "w", From: noon, To: minute(10), Namespaces: []string{"shop"}}
	keep(t, s, &b)
	for _, c := range []struct {
		q       Query
		events  int
		cut     time.Time
		watched int
	}{
		{Query{}, 11, time.Time{}, 0}, // one namespace was watched: of all nothing can be said
		{Query{Namespaces: []string{"shop"}}, 11, time.Time{}, 1},
		{Query{Namespaces: []string{"web"}}, 1, time.Time{}, 0},
		{Query{From: minute(2), To: minute(4), Namespaces: []string{"shop"}}, 3, time.Time{}, 1},
		{Query{Limit: 4}, 4, minute(5), 0},
		{Query{Keep: func(e *cluster.Event) bool { return e.Reason == "NodeNotReady" }}, 1, time.Time{}, 0},
	} {
		past, cut, err := s.Past(t.Context(), c.q)
		if err != nil || len(past.Events) != c.events || !cut.Equal(c.cut) || len(past.Watched) != c.watched {
			t.Errorf("%+v: %d events, cut %v, watched %v, %v", c.q, len(past.Events), cut, past.Watched, err)
		}
	}
	past, cut, _ := s.Past(t.Context(), Query{Namespaces: []string{"shop"}, Limit: 4})
	if len(past.Watched) != 1 || !past.Watched[0].From.Equal(cut) {
		t.Errorf("what was cut off was not looked at: %v, cut %v", past.Watched, cut)
	}
}

func TestGoneWhileNobodyLooked(t *testing.T) {
	s := opened(t, temporary(t))
	other := pod("other", "Running")
	other.Namespace = "web"
	keep(t, s, &Batch{At: noon, Objects: []Object{object(t, pod("a", "Running"), 1), object(t, pod("b", "Running"), 2), object(t, other, 3)}})
	gone, err := s.Gone(t.Context(), "Pod", []string{"shop"}, func(uid string) bool { return uid == "uid-a" })
	if err != nil || len(gone) != 1 || gone[0].Ref.Name != "b" {
		t.Fatalf("gone: %+v, %v", gone, err)
	}
	keep(t, s, &Batch{At: minute(1), Objects: gone})
	if gone, err = s.Gone(t.Context(), "Pod", []string{"shop"}, func(uid string) bool { return uid == "uid-a" }); err != nil || len(gone) != 0 {
		t.Errorf("gone twice: %+v, %v", gone, err)
	}
}

func TestPlaces(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/data")
	if dir, err := Folder(); err != nil || dir != filepath.FromSlash("/data/kubectl-patterns/history") {
		t.Error(dir, err)
	}
	t.Setenv("XDG_DATA_HOME", "relative")
	t.Setenv("HOME", "/home/me")
	if dir, _ := Folder(); !strings.HasPrefix(dir, filepath.FromSlash("/home/me/")) {
		t.Error(dir)
	}
	if f := FileOf("d", "ab6f-11"); f != filepath.Join("d", "ab6f-11.db") {
		t.Error(f)
	}
	if f := FileOf("d", "https://10.0.0.1:6443/../x"); strings.Contains(strings.TrimPrefix(f, "d"), "..") || filepath.Dir(f) != "d" {
		t.Error(f)
	}
	if files, err := Files(filepath.Join(t.TempDir(), "none")); err != nil || len(files) != 0 {
		t.Error(files, err)
	}
}

func TestOthersMayNotReadIt(t *testing.T) {
	s := opened(t, temporary(t))
	if info, err := os.Stat(s.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
