package correlate

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// headings of the tree, in the order in which they are told.
var headings = []string{"Node issues", "Scheduling issues", "Registry issues", "Storage issues", "Network issues",
	"Deployment impact", "Configuration issues", "Container failures", "Other warnings"}

// headingOf says under which heading a detector's patterns stand; those that
// are not listed are of containers.
var headingOf = map[string]string{
	"node-pressure": headings[0], "node-failure": headings[0],
	"scheduling": headings[1], "eviction": headings[1],
	"image-pull":      headings[2],
	"storage":         headings[3],
	"network":         headings[4],
	"rollout-failure": headings[5], "rollout-cascade": headings[5], "version-skew": headings[5], "job-failure": headings[5],
	"missing-config": headings[6], "environment": headings[6], "credentials": headings[6], "rbac": headings[6],
	"admission": headings[6], "stale-config": headings[6], "config-drift": headings[6],
	"unclassified": headings[8],
}

func heading(p *Pattern) string {
	if len(p.Nodes) > 0 && (p.Detector == "oom" || p.Detector == "exit-code") {
		return headings[0]
	}
	if h, ok := headingOf[p.Detector]; ok {
		return h
	}
	return headings[7]
}

// tree sums the roots up, grouped by where the trouble lies. What follows from
// a pattern that is not among them is told for itself.
func tree(ps []*Pattern) []Branches {
	var out []Branches
	known := byID(ps)
	for _, h := range headings {
		for _, p := range ps {
			if known[p.ExplainedBy] == nil && heading(p) == h {
				out = append(out, Branches{Heading: h, Root: rootLabel(p), Branches: branches(p, known)})
			}
		}
	}
	return out
}

func rootLabel(p *Pattern) string {
	what := ""
	switch {
	case len(p.Nodes) > 0:
		what = detect.List(slices.Clone(p.Nodes), 3)
	case p.Change != nil:
		what = p.Change.Object.Path() + " " + string(p.Change.Kind)
	case len(p.Shared) > 0:
		what = label(p.Shared[0].Attribute, p.Shared[0].Value)
	default:
		what = p.Detector
	}
	return fmt.Sprintf("%s (%s)%s", what, p.Cause, extent(p))
}

// extent is how much a root touches, where that is more than its branches
// show at a glance.
func extent(p *Pattern) string {
	if len(p.Tally.Workloads) < 2 {
		return ""
	}
	out := ": "
	if n := len(p.Tally.Pods); n > 0 {
		out += detect.Count(n, "pod") + " of "
	}
	out += detect.Count(len(p.Tally.Workloads), "workload")
	if n := len(p.Tally.Namespaces); n > 1 {
		out += " in " + detect.Count(n, "namespace")
	}
	return out
}
