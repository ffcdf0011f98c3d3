package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// split parts those that fail alike from the bystanders: patterns that hold
// both name the trouble that they share.
func (v *RolloutView) split(ps []*Pattern) {
	all := v.Unrelated
	v.Unrelated = nil
	for _, b := range all {
		for _, p := range ps {
			if b.Pattern == "" && slices.Contains(p.Tally.Workloads, v.Workload) && slices.Contains(p.Tally.Workloads, b.Workload) {
				b.Pattern = p.ID
			}
		}
		if b.Pattern == "" {
			v.Unrelated = append(v.Unrelated, b)
		} else {
			v.Alike = append(v.Alike, b)
		}
	}
}

// Concerning returns the story with the patterns that touch a workload or tell
// of a change of it, and with everything that these follow from or explain.
func (s *Story) Concerning(workload cluster.Ref) *Story {
	known := byID(s.Patterns)
	keep := map[string]bool{}
	for _, p := range s.Patterns {
		if !slices.Contains(p.Tally.Workloads, workload.Key()) && (p.Change == nil || p.Change.Object.Key() != workload.Key()) {
			continue
		}
		for up := p; up != nil; up = known[up.ExplainedBy] {
			keep[up.ID] = true
		}
		for _, q := range s.Patterns {
			if descends(q, p, known) {
				keep[q.ID] = true
			}
		}
	}
	return s.Only(func(p *Pattern) bool { return keep[p.ID] })
}
