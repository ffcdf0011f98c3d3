package contrast

import (
	"cmp"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// Finding is a value, or a pair of values together, that failures concentrate
// on.
type Finding struct {
	Values  []Value
	Aliases []Value // held by the same pods: cannot be told apart here
	// Placement is set when pods are counted, else units are; Within when it was
	// compared between replicas of a revision alone.
	Placement, Within    bool
	Affected, AffectedOf int
	Healthy, HealthyOf   int
	Ratio, Low, High     float64
	P, Q                 float64
	Strong               bool
	Struck               int    // workloads with a failing pod that holds it
	Families             int    // of these workloads
	Covered              []bool // by pod: holds it and fails
}

// Answer is what was found, and among how much.
type Answer struct {
	Findings []Finding
	Tested   int // values that were compared
	// Units are the revisions of workloads compared, Broken those that fail;
	// Pods the pods, Failed those that fail.
	Units, Broken, Pods, Failed int
	// Struck are the workloads with a failing pod, Residue those that no
	// finding touches.
	Struck, Residue int
}

// What makes a finding strong, and what at least suggestive.
const (
	// How many of the found may be false.
	StrongShare     = .01
	SuggestiveShare = .05
	// In how many units it must show.
	StrongUnits     = 3
	SuggestiveUnits = 2
	// Of how many families these have to be.
	StrongFamilies = 2
	// How much more often it must show than elsewhere, and how much more often
	// at the least: the lower end of the interval.
	StrongRatio     = 5
	SuggestiveRatio = 2
	StrongLow       = 2
)

// most is how many candidates are followed up.
const most = 64

// candidate is a value that was tested.
type candidate struct {
	id
	tally
	p, least, q float64
	within      bool // q among those that could be significant at all
}

// Ask compares the failing pods with the others at risk. Failing pods have to
// be at risk themselves.
func (t *Table) Ask(atRisk, failing []bool) Answer {
	g := t.group(atRisk, failing)
	out := Answer{Units: len(g.units), Broken: g.broken, Pods: g.pods, Failed: g.failed, Struck: g.struck, Residue: g.struck}
	tested := g.candidates()
	out.Tested = len(tested)
	found := g.significant(tested)
	rest := slices.Clone(atRisk)
	for _, c := range found {
		if len(out.Findings) > 0 && !g.remains(c, rest, len(found)) {
			continue
		}
		f, holds := g.finding(c, found)
		for pod, has := range holds {
			rest[pod] = rest[pod] && !has
		}
		out.Findings = append(out.Findings, f)
	}
	out.Residue = g.residue(out.Findings)
	return out
}

// candidates are all values that can be compared, with their chances.
func (g *groups) candidates() []candidate {
	return slices.Concat(byColumn(g.table, func(i int, c *Column) []candidate {
		var out []candidate
		for code, t := range g.tallies(c) {
			if g.isHypothesis(&t) {
				out = append(out, candidate{id: id{i, uint32(code)}, tally: t, p: g.chance(c, &t), least: g.least(c, &t), q: 1})
			}
		}
		return out
	})...)
}

// byColumn asks something of every column, of several at a time, and returns
// the answers in the order of the columns.
func byColumn[T any](t *Table, ask func(int, *Column) T) []T {
	out := make([]T, len(t.Columns))
	var asking errgroup.Group
	asking.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range t.Columns {
		asking.Go(func() error {
			out[i] = ask(i, c)
			return nil
		})
	}
	_ = asking.Wait() // none of them can fail
	return out
}

// significant are the candidates that are at least suggestive, likeliest
// first.
func (g *groups) significant(tested []candidate) []candidate {
	p, least := make([]float64, len(tested)), make([]float64, len(tested))
	for i := range tested {
		p[i], least[i] = tested[i].p, tested[i].least
	}
	for i, q := range stats.FalseDiscovery(p) {
		tested[i].q = q
	}
	g.suggest(tested, p, stats.Testable(least, g.suggestive()))
	var out []candidate
	for _, c := range tested {
		ratio, _, _ := g.ratio(g.table.Columns[c.column].Placement, &c.tally)
		if c.within && c.struck >= SuggestiveUnits && ratio >= SuggestiveRatio {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, g.table.compare)
	return out[:min(most, len(out))]
}

// suggestive is the share of false ones allowed in each of several answers.
func (g *groups) suggestive() float64 { return SuggestiveShare / float64(max(1, g.table.Tries)) }

// suggest marks what is significant among those that could be.
func (g *groups) suggest(tested []candidate, p []float64, testable []bool) {
	var some []float64
	var at []int
	for i, ok := range testable {
		if ok {
			some, at = append(some, p[i]), append(at, i)
		}
	}
	for i, q := range stats.FalseDiscovery(some) {
		tested[at[i]].within = q <= g.suggestive()
	}
}

func (t *Table) compare(a, b candidate) int {
	va, vb := t.value(a.id), t.value(b.id)
	return cmp.Or(cmp.Compare(a.p, b.p), cmp.Compare(a.pods, b.pods),
		cmp.Compare(t.Columns[a.column].Rank, t.Columns[b.column].Rank),
		cmp.Compare(va.Attribute, vb.Attribute), cmp.Compare(va.Value, vb.Value))
}

// remains reports whether a candidate is still beyond chance when the pods of
// all that was found before are set aside: a faulty node lights up its zone
// and its kernel as well, until its own pods are taken out.
func (g *groups) remains(c candidate, rest []bool, tries int) bool {
	column := g.table.Columns[c.column]
	r := g.table.group(rest, g.failing)
	t := r.tallies(column)[c.code]
	return t.struck >= SuggestiveUnits && r.chance(column, &t) <= SuggestiveShare/float64(tries)
}

// residue counts the workloads with failing pods that no finding covers.
func (g *groups) residue(found []Finding) int {
	left := 0
	last := int32(-1)
	for _, u := range g.units {
		covered := false
		for _, r := range u.runs {
			covered = covered || slices.ContainsFunc(r.pods, func(pod int32) bool {
				return slices.ContainsFunc(found, func(f Finding) bool { return f.Covered[pod] })
			})
		}
		switch {
		case u.failed == 0:
		case !covered && u.workload != last:
			left++
			last = u.workload
		}
	}
	return left
}

// Lacks is how many more failing units would be needed before any value could
// be told from chance, were they alike and all others not: 0 where there are
// enough, or where nothing healthy is there to compare with.
func (a *Answer) Lacks() int {
	healthy := a.Units - a.Broken
	if healthy == 0 {
		return 0
	}
	need := SuggestiveUnits
	for stats.Partings(need+healthy, need)*SuggestiveShare < float64(max(1, a.Tested)) && need < a.Units+most {
		need++
	}
	return max(0, need-a.Broken)
}
