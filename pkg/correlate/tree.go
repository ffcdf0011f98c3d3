package correlate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
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

// tree sums the roots up, grouped by where the trouble lies.
func tree(ps []*Pattern) []Branches {
	var out []Branches
	for _, h := range headings {
		for _, p := range ps {
			if p.ExplainedBy == "" && heading(p) == h {
				out = append(out, Branches{Heading: h, Root: rootLabel(p), Branches: branches(p)})
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
		what = p.Shared[0].Value
		if p.Shared[0].Attribute != "registry" && p.Shared[0].Attribute != "image" {
			what = p.Shared[0].Attribute + " " + what
		}
	default:
		what = p.Detector
	}
	return fmt.Sprintf("%s (%s)", what, p.Cause)
}

// branches count the affected pods of each workload, and what stands out.
func branches(p *Pattern) []string {
	count := map[cluster.Ref]int{}
	done := map[cluster.Ref]bool{}
	word := map[string]bool{}
	for _, s := range p.Symptoms {
		if s.Object.Kind != "Pod" {
			continue
		}
		word[reason(s)] = true
		if !done[s.Object.Key()] {
			done[s.Object.Key()] = true
			count[s.Workload.Key()]++
		}
	}
	for _, pod := range p.Also {
		if !done[pod.Key()] {
			done[pod.Key()] = true
			for _, a := range p.Affected {
				if a.Key() == pod.Key() {
					count[a.Workload.Key()]++
				}
			}
		}
	}
	var out []string
	for _, w := range p.Tally.Workloads {
		if count[w] > 0 {
			line := fmt.Sprintf("%s: %s", w.Path(), detect.Count(count[w], "pod"))
			if words := strings.Join(sortedKeys(word), ", "); words != "" {
				line += " " + words
			}
			out = append(out, line)
		}
	}
	for _, f := range p.Shared {
		if f.Attribute == "age" && f.Affected == f.AffectedOf {
			out = append(out, "only new pods are affected")
		}
	}
	return out
}
