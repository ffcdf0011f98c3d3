package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// graphOf makes a graph of "from>to" pairs.
func graphOf(class edge, pairs ...[2]string) *graph {
	g := &graph{edges: map[pair]*dependency{}}
	for _, p := range pairs {
		g.add(dependency{From: deployment("x", p[0]), To: deployment("x", p[1]), Class: class})
	}
	g.index()
	return g
}

func failed(seconds map[string]int) map[cluster.Ref]failure {
	out := map[cluster.Ref]failure{}
	for name, s := range seconds {
		out[deployment("x", name)] = failure{onset: noon.Add(time.Duration(s) * time.Second)}
	}
	return out
}

func TestOrigins(t *testing.T) {
	type want struct {
		members string
		reached int
	}
	g := graphOf(observed, [2]string{"web", "cart"}, [2]string{"cart", "db"}, [2]string{"orders", "db"},
		[2]string{"a", "b"}, [2]string{"b", "a"}, [2]string{"c", "a"}, [2]string{"self", "self"})
	for name, c := range map[string]struct {
		failing map[cluster.Ref]failure
		want    []want
	}{
		"the source of all that fails": {failed(map[string]int{"db": 0, "cart": 20, "web": 40, "orders": 30, "lone": -50}),
			[]want{{"[Deployment x/db]", 3}, {"[Deployment x/lone]", 0}}},
		"what failed long after did not carry it": {failed(map[string]int{"db": 300, "cart": 20, "web": 40}),
			[]want{{"[Deployment x/cart]", 1}, {"[Deployment x/db]", 0}}},
		"what is well carries nothing": {failed(map[string]int{"db": 0, "web": 40}),
			[]want{{"[Deployment x/db]", 0}, {"[Deployment x/web]", 0}}},
		"those that need each other are one": {failed(map[string]int{"a": 0, "b": 1, "c": 2}),
			[]want{{"[Deployment x/a Deployment x/b]", 1}}},
	} {
		var got []want
		for _, o := range g.origins(c.failing, observed) {
			got = append(got, want{fmt.Sprint(o.members), len(o.reached)})
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := g.origins(failed(map[string]int{"db": 0, "cart": 9}), certain); len(got) != 2 || len(got[0].reached) != 0 {
		t.Errorf("edges below what is asked for carry: %+v", got)
	}
}

// A detector that notices late does not turn the order around.
func TestOriginsAllowForDelays(t *testing.T) {
	g := graphOf(observed, [2]string{"web", "db"})
	failing := failed(map[string]int{"web": 0, "db": 60})
	if got := g.origins(failing, observed); len(got) != 2 || got[0].members[0].Name != "web" {
		t.Errorf("got %+v", got)
	}
	db := deployment("x", "db")
	failing[db] = failure{onset: noon.Add(-time.Hour), until: noon.Add(-30 * time.Minute)}
	if got := g.origins(failing, observed); len(got) != 2 {
		t.Errorf("it was over for half an hour: %+v", got)
	}
	failing[db] = failure{onset: noon.Add(time.Minute), delay: time.Minute}
	if got := g.origins(failing, observed); len(got) != 1 || got[0].members[0] != db {
		t.Errorf("its probe takes a minute to tell: %+v", got)
	}
	failing[db] = failure{onset: noon.Add(time.Hour), bound: true}
	if got := g.origins(failing, observed); len(got) != 1 {
		t.Errorf("it may have begun before: %+v", got)
	}
}

// incident is a generated cascade.
type incident struct {
	pairs   [][2]string
	failing map[cluster.Ref]failure
	root    cluster.Ref
}

// What generated cascades are like.
const (
	services    = 100
	degree      = 2   // dependencies of one, on average
	propagation = 0.7 // of an edge
	unrelated   = 3   // failures beside
	noise       = 90  // seconds until a failure is seen, at most
)

// generate lets a workload fail on which at least two others come to depend.
func generate(r *rand.Rand) incident {
	name := func(i int) string { return fmt.Sprintf("s%02d", i) }
	for {
		var in incident
		callers := map[int][]int{}
		for i := 1; i < services; i++ {
			for range r.IntN(2*degree-1) + 1 {
				to := r.IntN(i)
				in.pairs = append(in.pairs, [2]string{name(i), name(to)})
				callers[to] = append(callers[to], i)
			}
		}
		root := r.IntN(services)
		began := map[int]int{root: 0}
		for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
			for _, i := range callers[queue[0]] {
				if _, ok := began[i]; !ok && r.Float64() < propagation {
					began[i] = began[queue[0]] + 5 + r.IntN(40)
					queue = append(queue, i)
				}
			}
		}
		if len(began) < 3 {
			continue
		}
		for range unrelated {
			if i := r.IntN(services); began[i] == 0 && i != root {
				began[i] = r.IntN(600) - 300
			}
		}
		in.root, in.failing = deployment("x", name(root)), map[cluster.Ref]failure{}
		for i := range services {
			if at, ok := began[i]; ok {
				in.failing[deployment("x", name(i))] = failure{onset: noon.Add(time.Duration(at+r.IntN(noise)) * time.Second), delay: noise * time.Second}
			}
		}
		return in
	}
}

// known keeps a part of the edges and adds false ones.
func (in *incident) known(r *rand.Rand, recall, wrong float64) [][2]string {
	var out [][2]string
	for _, p := range in.pairs {
		if r.Float64() < recall {
			out = append(out, p)
		}
	}
	for range int(wrong * float64(len(out))) {
		out = append(out, [2]string{fmt.Sprintf("s%02d", r.IntN(services)), fmt.Sprintf("s%02d", r.IntN(services))})
	}
	return out
}

func TestOriginsOfGeneratedCascades(t *testing.T) {
	const runs = 300
	for _, c := range []struct{ recall, wrong, least float64 }{{1, 0, .95}, {.7, .1, .75}, {.4, .3, .45}} {
		right := 0
		r := rand.New(rand.NewPCG(20260302, 4))
		for range runs {
			in := generate(r)
			got := graphOf(observed, in.known(r, c.recall, c.wrong)...).origins(in.failing, observed)
			if slices.Contains(got[0].members, in.root) && len(got[0].members) <= 2 {
				right++
			}
		}
		share := float64(right) / runs
		t.Logf("edge recall %.1f: %.3f", c.recall, share)
		if share < c.least {
			t.Errorf("with %.0f %% of the edges the origin is found in %.3f, want %.2f", 100*c.recall, share, c.least)
		}
	}
}

// Whoever knows fewer edges claims no more: no origin reaches what it did not
// reach before.
func TestFewerEdgesReachNoFurther(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 100 {
		in := generate(r)
		all := graphOf(observed, in.pairs...)
		few := graphOf(observed, in.known(r, .6, 0)...)
		for _, o := range few.origins(in.failing, observed) {
			full := all.reach(o.members, in.failing, observed)
			for _, ref := range o.reached {
				if !slices.Contains(full, ref) && !slices.Contains(o.members, ref) {
					t.Fatalf("%v reaches %s over fewer edges only", o.members, ref)
				}
			}
		}
	}
}
