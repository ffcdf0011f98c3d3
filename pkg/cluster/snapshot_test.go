package cluster

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWindow(t *testing.T) {
	events := func(lasts ...time.Time) []Event {
		var out []Event
		for _, at := range lasts {
			out = append(out, Event{First: ago(100 * time.Hour), Last: at})
		}
		return out
	}
	for name, c := range map[string]struct {
		events []Event
		since  time.Time
		want   time.Time
	}{
		"no events":             {nil, time.Time{}, noon},
		"the oldest last seen":  {events(ago(time.Minute), ago(50*time.Minute), ago(2*time.Minute)), time.Time{}, ago(50 * time.Minute)},
		"events without a time": {events(time.Time{}), time.Time{}, noon},
		"less is asked for":     {events(ago(50 * time.Minute)), ago(10 * time.Minute), ago(10 * time.Minute)},
		"more is asked for":     {events(ago(50 * time.Minute)), ago(10 * time.Hour), ago(50 * time.Minute)},
		"an event of tomorrow":  {events(noon.Add(24 * time.Hour)), time.Time{}, noon},
		"nothing and a --since": {nil, ago(time.Hour), noon},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := New(Parts{At: noon, Events: c.events, Scope: Scope{Since: c.since}}).Window()
			if !from.Equal(c.want) || !to.Equal(noon) {
				t.Errorf("got %v to %v, want %v", from, to, c.want)
			}
		})
	}
}

func TestScopeIncludes(t *testing.T) {
	for _, c := range []struct {
		scope     Scope
		namespace string
		want      bool
	}{
		{Scope{}, "shop", true},
		{Scope{AllNamespaces: true, Namespaces: []string{"x"}}, "shop", true},
		{Scope{Namespaces: []string{"shop"}}, "shop", true},
		{Scope{Namespaces: []string{"shop"}}, "data", false},
		{Scope{Namespaces: []string{"shop"}}, "", true}, // nodes always
	} {
		if got := c.scope.Includes(c.namespace); got != c.want {
			t.Errorf("%+v includes %q: %v", c.scope, c.namespace, got)
		}
	}
}

func TestRead(t *testing.T) {
	s := New(Parts{Sources: []Source{
		{Resource: Pods, Objects: 3}, {Resource: Events}, {Resource: Nodes, Gap: "forbidden"}, {Resource: Jobs, Objects: 2, Gap: "410 expired"},
	}})
	for resource, want := range map[Resource]bool{
		Pods: true, Events: true, // none is an answer as well
		Nodes: false, Jobs: true, // in part
		Secrets: false, // not asked
	} {
		if got := s.Read(resource); got != want {
			t.Errorf("%s: got %v", resource, got)
		}
	}
}

// TestNewIsIndependentOfOrder reads the same in another order.
func TestNewIsIndependentOfOrder(t *testing.T) {
	parts := func() Parts {
		p := Parts{At: noon, Namespaces: []string{"empty", "shop"}}
		for _, ns := range []string{"b", "a", "c"} {
			for _, name := range []string{"y", "x", "z"} {
				p.Pods = append(p.Pods, Pod{Ref: ref("Pod", ns, name), Node: "n-" + name, Owner: ref("Job", ns, "j"), Template: &Template{}})
				p.Nodes = append(p.Nodes, Node{Ref: ref("Node", "", ns+name)})
				p.Workloads = append(p.Workloads, Workload{Ref: ref("Deployment", ns, name), Template: &Template{}}, Workload{Ref: ref("StatefulSet", ns, name), Template: &Template{}})
				p.Revisions = append(p.Revisions, Revision{Ref: ref("ReplicaSet", ns, name), Owner: ref("Deployment", ns, "d"), Number: int64(len(p.Revisions)), Template: &Template{}})
				p.Services = append(p.Services, Service{Ref: ref("Service", ns, name)})
				p.Claims = append(p.Claims, Claim{Ref: ref("PersistentVolumeClaim", ns, name)})
				p.Configs = append(p.Configs, Config{Ref: ref("Secret", ns, name)}, Config{Ref: ref("ConfigMap", ns, name)})
				for i := range 3 {
					p.Events = append(p.Events, Event{Object: ref("Pod", ns, name), Reason: "R", Message: string(rune('a' + i)), Last: ago(time.Duration(len(p.Events)%4) * time.Minute)})
				}
			}
		}
		return p
	}
	first := New(parts())
	for i := 1; i < len(first.Pods); i++ {
		if first.Pods[i-1].Compare(first.Pods[i].Ref) >= 0 {
			t.Errorf("%v stands before %v", first.Pods[i-1].Ref, first.Pods[i].Ref)
		}
	}
	for i := 1; i < len(first.Events); i++ {
		if first.Events[i].Last.Before(first.Events[i-1].Last) {
			t.Errorf("event %d is older than the one before", i)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "empty", "shop"}, first.Namespaces); diff != "" {
		t.Error(diff)
	}
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, seed))
	for range 5 {
		p := parts()
		for _, list := range []any{p.Pods, p.Nodes, p.Workloads, p.Revisions, p.Services, p.Claims, p.Configs, p.Events} {
			rng.Shuffle(reflect.ValueOf(list).Len(), reflect.Swapper(list))
		}
		again := New(p)
		if diff := cmp.Diff(first.Parts, again.Parts); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
		if diff := cmp.Diff(first.RevisionsOf(ref("Deployment", "a", "d")), again.RevisionsOf(ref("Deployment", "a", "d"))); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
		if diff := cmp.Diff(first.PodsOf(ref("Job", "b", "j")), again.PodsOf(ref("Job", "b", "j"))); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
	}
}

// TestEventsWithSameTimeAndText differ in what else they say, and must come
// in one order all the same.
func TestEventsWithSameTimeAndText(t *testing.T) {
	a := Event{Object: ref("Pod", "a", "x"), Reason: "BackOff", Message: "m", Last: noon, Container: "one", Count: 1}
	b := a
	b.Container, b.Count, b.First = "two", 7, ago(time.Hour)
	if diff := cmp.Diff(New(Parts{Events: []Event{a, b}}).Events, New(Parts{Events: []Event{b, a}}).Events); diff != "" {
		t.Error(diff)
	}
}

func TestWithConfigs(t *testing.T) {
	s := New(Parts{Sources: []Source{{Resource: Pods}}, Configs: []Config{{Ref: ref("Secret", "b", "old")}}})
	secret := Config{Ref: ref("Secret", "a", "new"), Created: noon}
	more := s.WithConfigs(Parts{Configs: []Config{secret}, Sources: []Source{{Resource: Secrets}}, Gaps: []Gap{{Resource: ConfigMaps}}})
	if c := more.Config(secret.Ref); c == nil || !c.Created.Equal(noon) {
		t.Errorf("got %+v", c)
	}
	if more.Config(ref("Secret", "b", "old")) == nil || len(more.Sources) != 2 || len(more.Gaps) != 1 || more.Configs[0].Name != "new" {
		t.Errorf("got %+v", more.Parts)
	}
	if s.Config(secret.Ref) != nil || len(s.Configs) != 1 || len(s.Sources) != 1 {
		t.Error("the first snapshot was changed")
	}
}

func TestRevisionsOf(t *testing.T) {
	owner := ref("StatefulSet", "a", "db")
	names := func(revisions ...Revision) (out []string) {
		for i := range revisions {
			revisions[i].Owner = owner
		}
		for _, r := range New(Parts{Revisions: revisions}).RevisionsOf(owner) {
			out = append(out, r.Name)
		}
		return out
	}
	if diff := cmp.Diff([]string{"c", "b", "a"}, names(
		Revision{Ref: ref("R", "a", "a"), Number: 10}, Revision{Ref: ref("R", "a", "b"), Number: 9}, Revision{Ref: ref("R", "a", "c"), Number: 2})); diff != "" {
		t.Errorf("by number: %s", diff)
	}
	if diff := cmp.Diff([]string{"b", "a"}, names(
		Revision{Ref: ref("R", "a", "a"), Created: noon}, Revision{Ref: ref("R", "a", "b"), Created: ago(time.Hour)})); diff != "" {
		t.Errorf("without numbers by creation: %s", diff)
	}
	huge := int64(1) << 40
	if diff := cmp.Diff([]string{"b", "a"}, names(Revision{Ref: ref("R", "a", "a"), Number: huge}, Revision{Ref: ref("R", "a", "b"), Number: 1})); diff != "" {
		t.Errorf("far apart: %s", diff)
	}
}

// Items are moved along the cycles of a permutation: whatever it is, the
// outcome is that of a plain stable sort.
func TestLargeItemsAreSortedStably(t *testing.T) {
	type item struct{ key, place int }
	byKey := func(a, b *item) int { return a.key - b.key }
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		items := make([]item, n)
		for i := range items {
			items[i] = item{rng.IntN(1 + n/3), i}
		}
		want := slices.Clone(items)
		slices.SortStableFunc(want, func(a, b item) int { return byKey(&a, &b) })
		sortLarge(items, byKey)
		if !slices.Equal(items, want) {
			t.Fatalf("got %v, want %v", items, want)
		}
	}
}
