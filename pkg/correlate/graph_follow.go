package correlate

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// followsOver reports whether every workload of the child depends on one of
// the parent's over edges that are certain or that the failing tell themselves,
// by way of others that fail, each after what it depends on.
func followsOver(e *explainer, parent, child *Pattern) bool {
	if len(child.Tally.Workloads) == 0 || len(byWorkloads(parent, child)) > 0 || !notMereObservation(e, parent, child) {
		return false
	}
	reached := e.reachedFrom(parent)
	return !slices.ContainsFunc(child.Tally.Workloads, func(w cluster.Ref) bool { return !reached[w] })
}

// reachedFrom are the workloads to which the failure of a pattern's goes on.
func (e *explainer) reachedFrom(p *Pattern) map[cluster.Ref]bool {
	if reached, ok := e.reached[p]; ok {
		return reached
	}
	g, failing := e.dependencies(), e.failures()
	var from []cluster.Ref
	for _, w := range p.Tally.Workloads {
		if _, fails := failing[w]; fails {
			from = append(from, w)
		}
	}
	reached := map[cluster.Ref]bool{}
	for _, w := range g.reach(from, failing, observed) {
		reached[w] = true
	}
	if e.reached == nil {
		e.reached = map[*Pattern]map[cluster.Ref]bool{}
	}
	e.reached[p] = reached
	return reached
}

// dependants are needed of one workload, of whom it must be improbable that
// just they fail, before addresses in manifests carry a failure.
const dependants = 2

// unlikely is how improbable.
const unlikely = .01

// declaresParent reports whether the child follows from the parent by what
// manifests declare: nobody says why its containers fail, all its workloads
// name one of the parent's, which is down and failed first, and those that
// name it fail while those that do not are well.
func declaresParent(e *explainer, parent, child *Pattern) bool {
	if !mute(child) || len(byWorkloads(parent, child)) > 0 || !notMereObservation(e, parent, child) {
		return false
	}
	return slices.ContainsFunc(parent.Tally.Workloads, func(up cluster.Ref) bool {
		return e.isDown(up) && e.declareAll(child, up) && e.contrast(up)
	})
}

// mute reports whether nothing that the pattern holds says what fails it.
func mute(p *Pattern) bool {
	return len(p.Symptoms) > 0 && !slices.ContainsFunc(p.Symptoms, func(s *symptom.Symptom) bool { return !isMute(s) })
}

func isMute(s *symptom.Symptom) bool {
	switch {
	case s.Target.Host != "":
		return false
	case s.Kind == symptom.Probe:
		return s.Item == symptom.ProbeSlow || s.Item == symptom.ProbeServing || s.Item == "HTTP 503" || s.Item == "HTTP 502" || s.Item == "HTTP 504"
	}
	return (s.Kind == symptom.Exit || s.Kind == symptom.CrashLoop) && s.Message == ""
}

// isDown reports whether no pod of a workload is ready.
func (e *explainer) isDown(w cluster.Ref) bool {
	pods := e.s.PodsOf(w)
	return len(pods) > 0 && !slices.ContainsFunc(pods, func(p *cluster.Pod) bool { return p.Ready() })
}

// declareAll reports whether all workloads of a pattern name another, which
// failed no later than they did.
func (e *explainer) declareAll(p *Pattern, up cluster.Ref) bool {
	g, failing := e.dependencies(), e.failures()
	return len(p.Tally.Workloads) > 0 && !slices.ContainsFunc(p.Tally.Workloads, func(w cluster.Ref) bool {
		d := g.edges[pair{w, up}]
		return d == nil || !d.keeps(failing, declared)
	})
}

// contrast reports whether of all workloads just those fail that depend on
// one: by the exact test, held against as many trials as fail.
func (e *explainer) contrast(up cluster.Ref) bool {
	g, failing := e.dependencies(), e.failures()
	needing, both := 0, 0
	for _, d := range g.serves[up] {
		_, fails := failing[d.From]
		if fails {
			both++
		}
		if fails || !e.touched[d.From] {
			needing++
		}
	}
	others := len(failing) - 1 // but up itself
	total := others + len(e.healthyWorkloads)
	return both >= dependants && needing <= total && stats.Tail(both, others, needing, total)*float64(len(failing)) <= unlikely
}

// hints name what the workloads of a root declare to depend on, where that
// failed first and nothing says that it matters.
func (e *explainer) hints(p *Pattern) []string {
	if p.ExplainedBy != "" || !mute(p) {
		return nil
	}
	g, failing := e.dependencies(), e.failures()
	count := map[cluster.Ref]int{}
	var ups []cluster.Ref
	for _, w := range p.Tally.Workloads {
		for _, d := range g.needs[w] {
			if d.keeps(failing, declared) && !slices.Contains(p.Tally.Workloads, d.To) {
				if count[d.To]++; count[d.To] == 1 {
					ups = append(ups, d.To)
				}
			}
		}
	}
	slices.SortFunc(ups, func(a, b cluster.Ref) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return a.Compare(b)
	})
	var out []string
	for _, up := range ups[:min(2, len(ups))] {
		out = append(out, fmt.Sprintf("may be related: %s, which %d of %s name in their manifests, fails too and did not begin later; nothing that fails says so",
			up.Path(), count[up], detect.Count(len(p.Tally.Workloads), "affected workload")))
	}
	return out
}
