package oom

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// atOnce is how close kills have to be to one another to be of one shortage.
const atOnce = time.Minute

// together are the kills that only a shortage of their node explains, though
// every container has a limit and the kernel's report is gone: at least three
// pods of at least two workloads at one time, each killed once, none of these
// workloads elsewhere. A container at its own limit is killed again, and so are
// its replicas on other nodes.
func together(kills []*symptom.Symptom) map[*symptom.Symptom]bool {
	out := map[*symptom.Symptom]bool{}
	for _, g := range detect.GroupBy(kills, func(s *symptom.Symptom) string { return s.Node }) {
		once := slices.DeleteFunc(slices.Clone(g.Symptoms), func(s *symptom.Symptom) bool {
			return s.Restarts > 1 || s.Ended.IsZero() || killedElsewhere(s, kills)
		})
		slices.SortStableFunc(once, func(a, b *symptom.Symptom) int { return a.Ended.Compare(b.Ended) })
		for i := range once {
			near := once[i:]
			if n := slices.IndexFunc(near, func(s *symptom.Symptom) bool { return s.Ended.Sub(once[i].Ended) > atOnce }); n > 0 {
				near = near[:n]
			}
			t := detect.Sum(near)
			if len(t.Pods) < 3 || len(t.Workloads) < 2 {
				continue
			}
			for _, s := range near {
				out[s] = true
			}
		}
	}
	return out
}

func killedElsewhere(s *symptom.Symptom, kills []*symptom.Symptom) bool {
	return slices.ContainsFunc(kills, func(o *symptom.Symptom) bool {
		return o.Workload.Key() == s.Workload.Key() && o.Node != s.Node
	})
}
