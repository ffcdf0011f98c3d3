package stats

import (
	"cmp"
	"slices"
)

// FalseDiscovery makes q values of p values, in their order: the smallest
// share of false ones at which each would be among those that are claimed
// (Benjamini and Hochberg, JRSS-B 57, 1995). All that were tried have to be
// given, not only the small ones.
func FalseDiscovery(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	q := make([]float64, len(p))
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(len(p))/float64(rank))
		q[i] = least
	}
	return q
}

// Testable tells which of several tests could be significant at all, by the
// smallest p that each can reach with its margins: those that cannot need not
// be counted among the tried (Tarone, Biometrics 46, 1990; Gilbert, JRSS-C 54,
// 2005). The margins do not depend on the outcome, so leaving them out is fair.
func Testable(least []float64, alpha float64) []bool {
	sorted := slices.Sorted(slices.Values(least))
	k := 1
	for k < len(sorted) && sorted[k] <= alpha/float64(k) { // more than k are within reach
		k++
	}
	out := make([]bool, len(least))
	for i, p := range least {
		out[i] = p <= alpha/float64(k)
	}
	return out
}
