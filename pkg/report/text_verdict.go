package report

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// nothing is the verdict where no pattern is shown.
func (t *text) nothing() string {
	if t.r.Hidden > 0 {
		return fmt.Sprintf("Nothing that the filters let through; they hide %s. %s", detect.Count(t.r.Hidden, "pattern"), t.failing())
	}
	if len(t.r.Ignored) > 0 {
		return t.onlyIgnored()
	}
	if len(t.r.Unexplained) > 0 {
		return "No failure pattern found. " + t.failing()
	}
	looked := fmt.Sprintf("%s of %s on %s", detect.Count(t.r.Totals.Pods, "pod"), detect.Count(t.r.Totals.Workloads, "workload"), detect.Count(t.r.Totals.Nodes, "node"))
	if t.hasGaps() {
		return fmt.Sprintf("No failure pattern found in what could be read (%s). Not everything could; what is missing stands below.", looked)
	}
	return fmt.Sprintf("No failure pattern found: %s looked at.", looked)
}

// verdict counts the roots: what fails is a problem, the rest was observed.
func (t *text) verdict() string {
	count := map[string]int{}
	consequences := 0
	for i := range t.r.Patterns {
		p := &t.r.Patterns[i]
		if t.isRoot(p) {
			count[p.Severity]++
		} else {
			consequences++
		}
	}
	v := "No problem found"
	if n := count["critical"] + count["warning"]; n > 0 {
		v = fmt.Sprintf("%s (%s)", detect.Count(n, "problem"), strings.Join(counted(count, "critical", "warning"), ", "))
	}
	if count["info"] > 0 {
		v += ", " + detect.Count(count["info"], "observation")
	}
	if consequences > 0 {
		v += fmt.Sprintf(", with %s", detect.Count(consequences, "consequence"))
	}
	if t.r.Hidden > 0 {
		v += fmt.Sprintf("; the filters hide %d more", t.r.Hidden)
	}
	if n := len(t.r.Ignored); n > 0 {
		v += fmt.Sprintf("; the config ignores %d", n)
	}
	return v + ". " + t.failing()
}

func counted(count map[string]int, names ...string) []string {
	var out []string
	for _, s := range names {
		if count[s] > 0 {
			out = append(out, fmt.Sprintf("%d %s", count[s], s))
		}
	}
	return out
}

func (t *text) failing() string {
	of := detect.Count(t.r.Totals.PodsInScope, "pod")
	if t.r.Totals.PodsInScope < t.r.Totals.Pods {
		of += " asked for"
	}
	return fmt.Sprintf("%d of %s failing now.", t.r.Totals.FailingPods, of)
}
