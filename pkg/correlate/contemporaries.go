package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
)

// standsAmongContemporaries reports whether a place is concentrated on among
// pods of the same age too. Where rollouts go to nodes that have just joined,
// whatever new revisions break sits there, and old pods, which do not, say
// nothing of these nodes: only other new pods do. What templates ask for is
// compared with the old, for there the old is the other value.
func (e *explainer) standsAmongContemporaries(f *contrast.Finding, atRisk, failing []bool) bool {
	if !f.Placement || f.Within {
		return true
	}
	since := e.s.At
	for i, covered := range f.Covered {
		if created := e.s.Pods[i].Created; covered && created.Before(since) {
			since = created
		}
	}
	since = since.Add(-beforehand)
	peers, hit := slices.Clone(atRisk), slices.Clone(failing)
	all, kept := 0, 0
	for i := range peers {
		all += number(peers[i])
		if e.s.Pods[i].Created.Before(since) {
			peers[i], hit[i] = false, false
		}
		kept += number(peers[i])
	}
	if 2*kept > all {
		return true // they are as old as the others
	}
	answer := e.attributed().table.Ask(peers, hit)
	return slices.ContainsFunc(answer.Findings, func(o contrast.Finding) bool {
		return slices.ContainsFunc(f.Values, func(v contrast.Value) bool { return slices.Contains(o.Values, v) || slices.Contains(o.Aliases, v) })
	})
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
