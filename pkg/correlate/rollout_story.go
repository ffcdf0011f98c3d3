package correlate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// split parts those that fail alike from the bystanders: patterns that hold
// both name the trouble that they share.
func (v *RolloutView) split(ps []*Pattern) {
	all, elsewhere := v.Unrelated, v.Elsewhere
	v.Unrelated, v.Elsewhere = nil, nil
	for _, d := range elsewhere {
		if p := byID(ps)[d.Pattern]; p != nil && slices.Contains(p.Tally.Workloads, v.Workload) {
			v.Alike = append(v.Alike, Bystander{Workload: d.Workload, Lag: d.Lag, Reasons: d.Reasons, Pattern: d.Pattern})
		} else {
			v.Elsewhere = append(v.Elsewhere, d)
		}
	}
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

// incidents says to which incident each symptom belongs, as seen from one
// workload.
type incidents struct {
	holds map[*symptom.Symptom][]*Pattern
	near  map[string]bool // patterns that concern the workload
}

func (s *Story) incidents(workload cluster.Ref) incidents {
	in := incidents{holds: map[*symptom.Symptom][]*Pattern{}, near: s.concerning(workload)}
	for _, p := range s.Patterns {
		for _, sym := range p.Symptoms {
			in.holds[sym] = append(in.holds[sym], p)
		}
	}
	return in
}

// ours reports whether a symptom may be of the workload's own incident: no
// pattern says that it follows from something else.
func (in incidents) ours(s *symptom.Symptom) bool {
	foreign := false
	for _, p := range in.holds[s] {
		if in.near[p.ID] {
			return true
		}
		foreign = foreign || p.ExplainedBy != ""
	}
	return !foreign
}

// of is the pattern that holds most of some symptoms; of equals the first by
// its ID. It is empty when none holds any.
func (in incidents) of(symptoms []*symptom.Symptom) string {
	count := map[string]int{}
	for _, s := range symptoms {
		for _, p := range in.holds[s] {
			count[p.ID]++
		}
	}
	ids := slices.Sorted(maps.Keys(count))
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// Concerning returns the story with the patterns that touch a workload or tell
// of a change of it, and with everything that these follow from or explain.
func (s *Story) Concerning(workload cluster.Ref) *Story {
	keep := s.concerning(workload)
	return s.Only(func(p *Pattern) bool { return keep[p.ID] })
}

func (s *Story) concerning(workload cluster.Ref) map[string]bool {
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
	return keep
}
