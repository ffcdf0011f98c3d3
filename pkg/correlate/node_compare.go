package correlate

import (
	"math"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Silent is the tier of a comparison that there is too little for.
const Silent detect.Tier = "silent"

// Comparison sets the pods of a node that failed in one way against pods of
// the same revisions on other nodes: what of it is more than chance.
type Comparison struct {
	Class string // image-pull, start, run or removal
	With  string // "pool default", "zone a", "all other nodes"
	// Affected of Of pods failed on the node, PeersAffected of PeersOf on the
	// peers; only those of which there are some on both are counted.
	Affected, Of           int
	PeersAffected, PeersOf int
	Workloads              int     // with failures on the node that can be compared
	RiskRatio, Low, High   float64 // NaN when nothing can be compared
	P                      float64 // exact, one-sided, within the revisions; NaN likewise
	Q                      float64 // that any of so many nodes shows as much by chance
	Nodes                  int
	Tier                   detect.Tier
	Needed                 int      // more workloads, before chance could be ruled out; 0 when enough
	Alike                  []string // peers on which pods fail in the same way, each beyond chance
	Text                   string
}

// compareNode makes the comparisons of a node: of each class of failures that
// it has, with each group of peers.
func compareNode(s *cluster.Snapshot, symptoms []symptom.Symptom, name string, groups []group) []Comparison {
	var out []Comparison
	for _, h := range []harm{pulling, starting, running, removal} {
		risk := atRisk(s, symptoms, h, name)
		if len(risk) == 0 {
			continue
		}
		for i, g := range groups {
			if g.coveredBy(groups[i+1:]) {
				continue
			}
			ground := newGround(risk, func(n string) bool { return n == name || g.has[n] })
			out = append(out, ground.compare(h, name, g.what))
		}
	}
	return out
}

func (g *ground) compare(h harm, node, with string) Comparison {
	c := g.against(node)
	out := Comparison{Class: string(h), With: with, Affected: c.here, Of: c.of, PeersAffected: c.there, PeersOf: c.thereOf,
		Workloads: c.workloads, Nodes: len(g.on), RiskRatio: math.NaN(), Low: math.NaN(), High: math.NaN(), P: math.NaN(), Q: math.NaN()}
	if c.here > 0 {
		out.P = stats.StratifiedTail(c.strata)
		out.Q = math.Min(1, out.P*float64(out.Nodes))
		out.RiskRatio, out.Low, out.High = stats.RiskRatio(c.here, c.here+c.there, c.of-c.here, c.of-c.here+c.thereOf-c.there)
	}
	out.Needed = needed(&c, out.Nodes)
	out.Tier = tierOf(&out, &c)
	out.Alike = g.alike(node)
	out.Text = out.words(h, &c)
	return out
}

// needed is how many more workloads would have to fail on the node, and run
// elsewhere without, before chance could be ruled out at all: one pod of each
// in either place halves the chance. 0 when these are enough.
func needed(c *counts, nodes int) int {
	least := stats.LeastStratified(c.strata)
	more := 0
	for p := least * float64(nodes); p > contrast.SuggestiveShare; p /= 2 {
		more++
	}
	return max(more, contrast.SuggestiveUnits-c.workloads, 0)
}

// tierOf says how well founded it is that the failures belong to the node.
func tierOf(x *Comparison, c *counts) detect.Tier {
	switch {
	case x.Needed > 0 || c.here == 0:
		return Silent
	case x.Q <= contrast.StrongShare && c.workloads >= contrast.StrongUnits && x.RiskRatio >= contrast.StrongRatio && x.Low >= contrast.StrongLow && 2*c.workloads >= c.all:
		return detect.Strong
	case x.Q <= contrast.SuggestiveShare && c.workloads >= contrast.SuggestiveUnits && x.RiskRatio >= contrast.SuggestiveRatio:
		return detect.Suggestive
	}
	return detect.Observation
}

// alike names the other nodes on which more of the same fails than chance
// would do, each by itself.
func (g *ground) alike(node string) []string {
	var out []string
	for other, seen := range g.on {
		failed := map[cluster.Ref]bool{}
		for _, s := range seen {
			if s.failed {
				failed[s.workload] = true
			}
		}
		if other == node || len(failed) < contrast.SuggestiveUnits {
			continue
		}
		if c := g.against(other); c.workloads >= contrast.SuggestiveUnits && stats.StratifiedTail(c.strata) <= contrast.SuggestiveShare {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return out
}
