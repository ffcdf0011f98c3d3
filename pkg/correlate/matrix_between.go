package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Between sets two patterns against each other: what both touch, and which
// began first.
type Between struct {
	A, B string // IDs, in the order in which the patterns are told
	// Workloads and Pods are how many both touch, of how many each.
	Workloads, WorkloadsOfA, WorkloadsOfB int
	Pods, PodsOfA, PodsOfB                int
	// Jaccard is the share of the workloads of either that both touch.
	Jaccard float64
	// Lag is how long after A's first sign B's came, negative where B came
	// first. It is an order in time, and no more than that.
	Lag      time.Duration
	LagKnown bool
	LagBound LagBound
	// Explains is set where one of the two follows from the other.
	Explains bool
}

// LagBound says what a lag is where a beginning is only known to lie at, or
// before, the oldest time that the data hold.
type LagBound string

// The bounds of a lag.
const (
	LagExact   LagBound = ""
	LagAtLeast LagBound = "at-least" // A began then or earlier
	LagAtMost  LagBound = "at-most"  // B did
	LagUnknown LagBound = "unknown"  // both did: their order cannot be told
)

// between compares the patterns that touch the same pods or workloads, and
// those of which one follows from the other. The others have nothing in
// common but their time.
func between(ps []*Pattern) []Between {
	pods := sharedBy(ps, func(p *Pattern) []cluster.Ref { return p.Tally.Pods })
	workloads := sharedBy(ps, func(p *Pattern) []cluster.Ref { return p.Tally.Workloads })
	at := map[string]int{}
	for i, p := range ps {
		at[p.ID] = i
	}
	pairs := map[couple]bool{}
	for k := range pods {
		pairs[k] = true
	}
	for k := range workloads {
		pairs[k] = true
	}
	for i, p := range ps {
		if j, ok := at[p.ExplainedBy]; ok && i != j {
			pairs[couple{min(i, j), max(i, j)}] = true
		}
	}
	var out []Between
	for _, k := range sortedPairs(pairs) {
		out = append(out, compared(ps[k.a], ps[k.b], workloads[k], pods[k]))
	}
	return out
}

// couple is of two patterns, by where they stand.
type couple struct{ a, b int }

func sortedPairs(pairs map[couple]bool) []couple {
	out := make([]couple, 0, len(pairs))
	for k := range pairs {
		out = append(out, k)
	}
	slices.SortFunc(out, func(x, y couple) int { return cmp.Or(x.a-y.a, x.b-y.b) })
	return out
}

// mostCompared is how many patterns are set against factors, and of those that touch
// one thing against each other, those that are told first: of n patterns there are
// n²/2 pairs, and anybody may write events of a pod in as many words as they like.
const mostCompared = 300

// sharedBy counts for each pair of patterns the refs that both touch. It goes
// by what is touched: most pairs share nothing.
func sharedBy(ps []*Pattern, touched func(*Pattern) []cluster.Ref) map[couple]int {
	by := map[cluster.Ref][]int{}
	for i, p := range ps {
		for _, ref := range touched(p) {
			by[ref] = append(by[ref], i)
		}
	}
	out := map[couple]int{}
	for _, is := range by {
		is = is[:min(len(is), mostCompared)]
		for n, a := range is {
			for _, b := range is[n+1:] {
				out[couple{a, b}]++
			}
		}
	}
	return out
}

func compared(a, b *Pattern, workloads, pods int) Between {
	out := Between{A: a.ID, B: b.ID, Workloads: workloads, Pods: pods,
		WorkloadsOfA: len(a.Tally.Workloads), WorkloadsOfB: len(b.Tally.Workloads),
		PodsOfA: len(a.Tally.Pods), PodsOfB: len(b.Tally.Pods),
		Explains: a.ExplainedBy == b.ID || b.ExplainedBy == a.ID}
	if union := out.WorkloadsOfA + out.WorkloadsOfB - workloads; union > 0 {
		out.Jaccard = float64(workloads) / float64(union)
	}
	if a.Tally.First.IsZero() || b.Tally.First.IsZero() {
		return out
	}
	out.Lag, out.LagKnown = b.Tally.First.Sub(a.Tally.First), true
	out.LagBound = lagBound(a.Tally.SinceBefore, b.Tally.SinceBefore)
	return out
}

func lagBound(a, b bool) LagBound {
	switch {
	case a && b:
		return LagUnknown
	case a:
		return LagAtLeast
	case b:
		return LagAtMost
	}
	return LagExact
}

// keepBetween keeps the pairs of patterns that are shown.
func keepBetween(all []Between, ids map[string]bool) []Between {
	return slices.DeleteFunc(slices.Clone(all), func(b Between) bool { return !ids[b.A] || !ids[b.B] })
}
