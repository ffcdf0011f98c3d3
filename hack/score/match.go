package main

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// matches reports whether a pattern is the expected one: one of the
// detectors and causes, with every named workload and node affected.
func matches(e *truth.Expected, p *report.Pattern) bool {
	return allowed(e.Detector, p.Detector) && allowed(e.Cause, p.Cause) &&
		containsAll(workloadsOf(p), e.Workloads) && containsAll(nodesOf(p), e.Nodes)
}

// isAny reports whether a pattern is one of the expected.
func isAny(list []truth.Expected, p *report.Pattern) bool {
	return slices.ContainsFunc(list, func(e truth.Expected) bool { return matches(&e, p) })
}

func allowed(list []string, value string) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

func containsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

// workloadsOf are the affected workloads: those of the affected pods, and what
// is affected itself, such as a bare pod or a CronJob's Job.
func workloadsOf(p *report.Pattern) []string {
	var out []string
	for _, a := range p.Affected {
		if a.Workload.Name != "" {
			out = append(out, a.Namespace+"/"+a.Workload.Name)
		}
		if a.Kind != "Node" && (a.Kind != "Pod" || a.Workload.Name == "") {
			out = append(out, a.Namespace+"/"+a.Name)
		}
	}
	return out
}

// nodesOf are the nodes that are affected themselves, not those that an
// affected pod happens to run on.
func nodesOf(p *report.Pattern) []string {
	var out []string
	for _, a := range p.Affected {
		if a.Kind == "Node" {
			out = append(out, a.Name)
		}
	}
	return out
}

func hasFactor(p *report.Pattern, want *truth.Factor) bool {
	return slices.ContainsFunc(p.SharedFactors, func(f report.SharedFactor) bool {
		return f.Attribute == want.Attribute && f.Value == want.Value
	})
}

func hasChange(p *report.Pattern, want *truth.Change) bool {
	return slices.ContainsFunc(p.PrecedingChanges, func(c report.PrecedingChange) bool {
		return (want.Kind == "" || c.Kind == want.Kind) && c.Namespace == want.Namespace && c.Name == want.Name
	})
}
