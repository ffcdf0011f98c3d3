package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Hop is one step of a chain of failures: To depends on From, and failed Lag
// after it (a little before it, as far as means of noticing differ).
type Hop struct {
	From, To cluster.Ref
	Lag      time.Duration
	Class    string // certain, observed or declared
	How      string // what tells of the dependency
	// Hidden is set when no manifest that was read declares the dependency.
	Hidden bool
}

// chain tells of roots from which failures went on to two others or more the
// way that they went, by edges that are certain or that the failing tell
// themselves. What it names are those that the root is told to explain.
func (e *explainer) chain(ps []*Pattern) {
	at := -1
	var origins []origin
	known := byID(ps)
	below := map[string]map[cluster.Ref]bool{} // workloads by root
	for _, p := range ps {
		top := p
		for known[top.ExplainedBy] != nil {
			top = known[top.ExplainedBy]
		}
		if below[top.ID] == nil {
			below[top.ID] = map[cluster.Ref]bool{}
		}
		for _, w := range p.Tally.Workloads {
			below[top.ID][w] = true
		}
	}
	for _, p := range ps {
		p.Counter = slices.Concat(p.Counter, e.hints(p), e.weakly(p), e.keptOut(p))
		if p.ExplainedBy != "" || len(p.Explains) == 0 || len(p.Chain) > 0 || !notMereObservation(e, p, p) {
			continue
		}
		if at++; at == 0 {
			origins = e.dependencies().origins(e.failures(), observed)
		}
		p.Chain = e.hops(p, origins, below[p.ID])
		p.Counter = append(p.Counter, hidden(p.Chain)...)
	}
}

// hops go from the workloads of a pattern that are origins to those below it.
func (e *explainer) hops(p *Pattern, origins []origin, below map[cluster.Ref]bool) []Hop {
	g, failing := e.dependencies(), e.failures()
	var out []Hop
	seen := map[cluster.Ref]bool{}
	for _, o := range origins {
		if len(o.members) > 1 || len(o.reached) < dependants || !slices.Contains(p.Tally.Workloads, o.members[0]) {
			continue
		}
		var hops []Hop
		seen[o.members[0]] = true
		for queue := slices.Clone(o.members); len(queue) > 0; queue = queue[1:] {
			for _, d := range g.serves[queue[0]] {
				if seen[d.From] || !below[d.From] || !d.keeps(failing, observed) {
					continue
				}
				seen[d.From] = true
				queue = append(queue, d.From)
				hops = append(hops, Hop{From: d.To, To: d.From, Lag: failing[d.From].onset.Sub(failing[d.To].onset),
					Class: d.Class.String(), How: d.How, Hidden: d.Declares == ""})
			}
		}
		if len(hops) >= dependants {
			out = append(out, inTreeOrder(o.members[0], hops)...)
		}
	}
	return out
}

// inTreeOrder puts hops depth first, of one origin those that failed first
// before the others.
func inTreeOrder(root cluster.Ref, hops []Hop) []Hop {
	from := map[cluster.Ref][]Hop{}
	for _, h := range hops {
		from[h.From] = append(from[h.From], h)
	}
	var out []Hop
	var walk func(cluster.Ref)
	walk = func(at cluster.Ref) {
		next := from[at]
		slices.SortFunc(next, func(a, b Hop) int { return cmp.Or(cmp.Compare(a.Lag, b.Lag), a.To.Compare(b.To)) })
		for _, h := range next {
			out = append(out, h)
			walk(h.To)
		}
	}
	walk(root)
	return out
}

// hidden says which of the dependencies nobody wrote down.
func hidden(hops []Hop) []string {
	var out []string
	to := map[string][]string{}
	for _, h := range hops {
		if h.Hidden {
			to[h.From.Path()] = append(to[h.From.Path()], h.To.Path())
		}
	}
	for _, h := range hops {
		if who := to[h.From.Path()]; len(who) > 0 {
			slices.Sort(who)
			out = append(out, fmt.Sprintf("no manifest that was read declares the dependency of %s on %s: only their words tell of it", detect.List(who, 4), h.From.Path()))
			delete(to, h.From.Path())
		}
	}
	return out
}
