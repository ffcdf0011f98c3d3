package correlate

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// stratumOf names pods that differ in nothing but their place: one revision of
// one workload. A workload that was seen in one pod only has nothing to be
// compared with but others of its sort; all of these are one stratum, or two,
// for what was made just now may fail for being new. Their workload is zero.
type stratumOf struct {
	workload cluster.Ref
	revision string
}

// ground is where failures of one class could have happened: the pods at risk
// on some nodes, by strata. Within each only the place differs, so that a
// revision that fails wherever it runs says nothing about a node.
type ground struct {
	on     map[string][]sighting
	pods   map[cluster.Ref]int                // sightings of a workload
	totals map[stratumOf]stats.Stratum        // Total and Marked
	ill    map[stratumOf]map[cluster.Ref]bool // workloads that failed
}

func newGround(all []sighting, among func(node string) bool) *ground {
	g := &ground{on: map[string][]sighting{}, pods: map[cluster.Ref]int{}, totals: map[stratumOf]stats.Stratum{}, ill: map[stratumOf]map[cluster.Ref]bool{}}
	for _, s := range all {
		if among(s.node) {
			g.on[s.node] = append(g.on[s.node], s)
			g.pods[s.workload]++
		}
	}
	for _, s := range all {
		if !among(s.node) {
			continue
		}
		key := g.key(&s)
		t := g.totals[key]
		t.Total++
		if s.failed {
			t.Marked++
			if g.ill[key] == nil {
				g.ill[key] = map[cluster.Ref]bool{}
			}
			g.ill[key][s.workload] = true
		}
		g.totals[key] = t
	}
	return g
}

func (g *ground) key(s *sighting) stratumOf {
	switch {
	case g.pods[s.workload] > 1:
		return stratumOf{s.workload, s.revision}
	case s.fresh:
		return stratumOf{revision: "new"}
	}
	return stratumOf{revision: "old"}
}

// counts sets the pods of one node against those of the others, where they can
// be compared.
type counts struct {
	strata    []stats.Stratum
	here, of  int // failed of those at risk, on the node
	there     int // failed of those of the same strata, on the others
	thereOf   int
	workloads int  // that failed on the node, where others of a stratum did not
	all       int  // that failed anywhere, likewise
	singles   bool // workloads of one pod are among them
	broken    int  // pods that failed on the node as all of their revision did
	alone     int  // pods that failed on the node and have no like on the others
}

// against counts what happened on a node and on the others of the ground.
func (g *ground) against(node string) counts {
	var order []stratumOf
	drawn := map[stratumOf]stats.Stratum{}
	ill := map[stratumOf]map[cluster.Ref]bool{}
	for i := range g.on[node] {
		s := &g.on[node][i]
		key := g.key(s)
		d, seen := drawn[key]
		if !seen {
			order = append(order, key)
			d = g.totals[key]
			ill[key] = map[cluster.Ref]bool{}
		}
		d.Drawn++
		if s.failed {
			d.Both++
			ill[key][s.workload] = true
		}
		drawn[key] = d
	}
	var c counts
	for _, key := range order {
		c.add(key, drawn[key], len(ill[key]))
	}
	for key, t := range g.totals {
		if t.Marked > 0 && t.Marked < t.Total {
			c.all += len(g.ill[key])
		}
	}
	return c
}

func (c *counts) add(key stratumOf, s stats.Stratum, workloads int) {
	switch {
	case s.Drawn == s.Total:
		c.alone += s.Both
	case s.Marked == s.Total:
		c.broken += s.Both
	default:
		c.strata = append(c.strata, s)
		c.here, c.of = c.here+s.Both, c.of+s.Drawn
		c.there, c.thereOf = c.there+s.Marked-s.Both, c.thereOf+s.Total-s.Drawn
		c.workloads += workloads
		c.singles = c.singles || key.workload.IsZero()
	}
}
