package contrast

import (
	"math"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// tally counts one value.
type tally struct {
	pods, failed   int // at risk that hold it, and the failing among them
	units, failing int // units most of whose pods hold it
	workloads      int // with a pod that holds it
	struck         int // with a failing pod that holds it
	strata         []stats.Stratum
}

// counter counts the values of one column.
type counter struct {
	g      *groups
	c      *Column
	out    []tally
	weight []int // pods of the unit at hand that hold a value
	bad    []int
	seen   []uint32
	last   []int32 // workload that was last counted for a value, plus 1
	struck []int32
}

// tallies counts every value of a column, by code.
func (g *groups) tallies(c *Column) []tally {
	n := len(c.names)
	k := &counter{g: g, c: c, out: make([]tally, n), weight: make([]int, n), bad: make([]int, n),
		last: make([]int32, n), struck: make([]int32, n)}
	for i := range g.units {
		k.unit(&g.units[i])
	}
	if c.Placement {
		for _, s := range g.strata(!c.Within) {
			k.stratum(s)
		}
	}
	return k.out
}

func (k *counter) note(codes []uint32, pods, failed int) {
	for _, code := range codes {
		if k.weight[code] == 0 {
			k.seen = append(k.seen, code)
		}
		k.weight[code] += pods
		k.bad[code] += failed
	}
}

// read counts the pods of a revision: all alike in what their template says.
func (k *counter) read(r run) {
	if !k.c.Placement {
		k.note(k.c.row(r.revision), len(r.pods), r.failed)
		return
	}
	for _, pod := range r.pods {
		failed := 0
		if k.g.failing[pod] {
			failed = 1
		}
		k.note(k.c.ofPod(pod), 1, failed)
	}
}

func (k *counter) unit(u *unit) {
	for _, r := range u.runs {
		k.read(r)
	}
	for _, code := range k.seen {
		t := &k.out[code]
		t.pods += k.weight[code]
		t.failed += k.bad[code]
		if 2*k.weight[code] > u.pods {
			t.units++
			if u.failing {
				t.failing++
			}
		}
		if k.last[code] != u.workload+1 {
			k.last[code] = u.workload + 1
			t.workloads++
		}
		if k.bad[code] > 0 && k.struck[code] != u.workload+1 {
			k.struck[code] = u.workload + 1
			t.struck++
		}
	}
	k.clear()
}

func (k *counter) stratum(r run) {
	k.read(r)
	for _, code := range k.seen {
		s := stats.Stratum{Total: len(r.pods), Marked: r.failed, Drawn: k.weight[code], Both: k.bad[code]}
		if s.Mixed() {
			k.out[code].strata = append(k.out[code].strata, s)
		}
	}
	k.clear()
}

func (k *counter) clear() {
	for _, code := range k.seen {
		k.weight[code], k.bad[code] = 0, 0
	}
	k.seen = k.seen[:0]
}

// chance is how likely failures would lie on the value so much by chance: a
// template's value between units, a placement's within revisions as well, and
// then twice the smaller, for two were tried.
func (g *groups) chance(c *Column, t *tally) float64 {
	if c.Within {
		return within(t.strata)
	}
	between := 1.0
	if t.failing > 0 {
		between = stats.Tail(t.failing, t.units, g.broken, len(g.units))
	}
	if !c.Placement {
		return between
	}
	return min(1, 2*min(between, within(t.strata)))
}

// within is the chance of so many failures on a value within the strata. Of no
// more than the mean it is at least a half (Darroch, Annals of Mathematical
// Statistics 35, 1964: the median lies less than one from the mean), which
// nothing is told by: that is most values, and they cost nothing.
func within(strata []stats.Stratum) float64 {
	both, mean := 0, 0.0
	for _, s := range strata {
		both += s.Both
		mean += float64(s.Drawn) * float64(s.Marked) / float64(s.Total)
	}
	if float64(both) <= math.Floor(mean) {
		return 1
	}
	return stats.StratifiedTail(strata)
}

// least is the smallest that chance could become, whatever failed.
func (g *groups) least(c *Column, t *tally) float64 {
	if c.Within {
		return stats.LeastStratified(t.strata)
	}
	between := stats.Least(t.units, g.broken, len(g.units))
	if !c.Placement {
		return between
	}
	return min(1, 2*min(between, stats.LeastStratified(t.strata)))
}

// isHypothesis reports whether a value is tested at all: one that all or only
// one workload has tells nothing apart.
func (g *groups) isHypothesis(t *tally) bool {
	return t.workloads > 1 && t.pods > 1 && t.pods < g.pods
}

// ratio compares those with the value and those without, as RiskRatio does.
func (g *groups) ratio(placement bool, t *tally) (ratio, low, high float64) {
	a, of, b, bOf := g.counts(placement, t)
	if bOf == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	return stats.RiskRatio(a, of, b, bOf)
}

// counts are the affected that hold a value, of how many, and the healthy: by
// pods for a placement, by units for a template.
func (g *groups) counts(placement bool, t *tally) (affected, affectedOf, healthy, healthyOf int) {
	if placement {
		return t.failed, g.failed, t.pods - t.failed, g.pods - g.failed
	}
	return t.failing, g.broken, t.units - t.failing, len(g.units) - g.broken
}
