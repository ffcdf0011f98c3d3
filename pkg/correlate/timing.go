package correlate

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// leastBurst is how many workloads and nodes make a burst.
const leastBurst = 4

// beginnings puts bursts under what they are the beginning of, where what is
// left of them is too little to be one by itself.
func (e *explainer) beginnings(ps []*Pattern) {
	for _, p := range ps {
		if p.Detector != "burst" || p.ExplainedBy != "" {
			continue
		}
		var best *Pattern
		most := 0
		touched := map[cluster.Ref]bool{}
		for _, other := range ps {
			if other.Timing != nil || other.Tier == detect.Observation {
				continue
			}
			common := append(byWorkloads(other, p), commonNodes(other.Nodes, p.Nodes)...)
			for _, ref := range common {
				touched[ref] = true
			}
			if len(common) > most || (len(common) == most && most > 0 && compare(other, best) < 0) {
				best, most = other, len(common)
			}
		}
		units := len(p.Tally.Workloads) + len(p.Nodes)
		if best == nil || units-len(touched) >= leastBurst {
			continue
		}
		p.ExplainedBy, p.Following = best.ID, &Following{Unit: "link", Link: "it is the beginning of this and of others that touch what it touches"}
		best.Explains = append(best.Explains, p.ID)
		slices.Sort(best.Explains)
	}
}

// weighTimings gives those patterns in time a severity that carry failures
// which nothing else explains: that of the failures, and a warning at least
// where they are to be expected again.
func (e *explainer) weighTimings(ps []*Pattern) {
	for _, p := range ps {
		if p.Timing == nil || p.ExplainedBy != "" || p.Tier == detect.Observation {
			continue
		}
		own := Warning
		if !isSlow(p) {
			own = severityOfFailures(p, e.s)
		}
		if own == Info && e.expected(p) {
			own = Warning
		}
		if own.Rank() < p.Severity.Rank() {
			p.Severity = own
		}
	}
}

// expected reports whether a pattern in time goes on: it was seen within its
// last two rounds.
func (e *explainer) expected(p *Pattern) bool {
	return p.Timing.Period > 0 && e.s.At.Sub(p.Tally.Last) <= 2*max(p.Timing.Period, time.Hour)
}
