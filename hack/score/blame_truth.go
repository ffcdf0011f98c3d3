package main

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// verdict on a claim.
type verdict int

const (
	isWrong verdict = iota
	isNear          // a part of the truth, or what contains it or lies within
	isRight         // the truth, or another name of the same pods
)

// judgeValues holds a claim against the truth: it is right where it names what is to
// blame, or other values of the very same pods; near where it names one value
// of a pair, the zone of the guilty node, a node of the guilty zone.
func judgeValues(made *synthetic.Cluster, values []synthetic.Value) verdict {
	if len(made.Guilty) == 0 {
		return isWrong
	}
	said, guilty := holders(made, values), holders(made, made.Guilty)
	shared := 0
	for ref := range guilty {
		if said[ref] {
			shared++
		}
	}
	switch {
	case shared == 0:
		return isWrong
	case shared == len(guilty) && shared == len(said):
		return isRight
	case shared == len(guilty) || shared == len(said):
		return isNear
	}
	return isWrong
}

// holders are the pods that hold all of some values.
func holders(made *synthetic.Cluster, values []synthetic.Value) map[cluster.Ref]bool {
	out := map[cluster.Ref]bool{}
	nodes := nodesByName(made)
	for i := range made.Pods {
		p := &made.Pods[i]
		have := synthetic.ValuesOf(p, nodes[p.Node])
		if !slices.ContainsFunc(values, func(v synthetic.Value) bool { return !slices.Contains(have, v) }) {
			out[p.Key()] = true
		}
	}
	return out
}

func nodesByName(made *synthetic.Cluster) map[string]*cluster.Node {
	nodes := map[string]*cluster.Node{}
	for i := range made.Nodes {
		nodes[made.Nodes[i].Name] = &made.Nodes[i]
	}
	return nodes
}

// triedValues is among how many values the truth has to stand out: about as
// many as a cluster of this size has.
const triedValues = 300

// isDetectable reports whether the truth stands out at all: whether somebody
// who tried it among all other values, between workloads and within them,
// would have called it strong. A tool that keeps silent where it does not is
// right.
func isDetectable(made *synthetic.Cluster) bool {
	guilty := holders(made, made.Guilty)
	apps := map[string]*stats.Stratum{}
	var order []*stats.Stratum
	for i := range made.Pods {
		p := &made.Pods[i]
		name := p.Namespace + "/" + p.Labels["app"]
		if apps[name] == nil {
			apps[name] = &stats.Stratum{}
			order = append(order, apps[name])
		}
		apps[name].Total++
		countIn(apps[name], !p.Ready(), guilty[p.Key()])
	}
	between, single := stats.Stratum{Total: len(order)}, stats.Stratum{}
	within := make([]stats.Stratum, 0, len(order))
	for _, s := range order {
		countIn(&between, s.Marked > 0, 2*s.Drawn > s.Total)
		if s.Total == 1 { // those of one replica are compared with each other
			single.Total++
			countIn(&single, s.Marked > 0, s.Drawn > 0)
			continue
		}
		within = append(within, *s)
	}
	p := min(stats.Tail(between.Both, between.Drawn, between.Marked, between.Total), stats.StratifiedTail(append(within, single)))
	return between.Marked >= 3 && 2*p*triedValues <= .01
}

func countIn(s *stats.Stratum, failed, holds bool) {
	if failed {
		s.Marked++
	}
	if holds {
		s.Drawn++
	}
	if failed && holds {
		s.Both++
	}
}
