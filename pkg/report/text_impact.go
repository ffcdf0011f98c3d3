package report

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// impact sums up how those that a pattern touches stand.
func (t *text) impact(p *Pattern) {
	if len(p.Impact) == 0 {
		return
	}
	count, workloads, healed := map[string]int{}, 0, 0
	for _, i := range p.Impact {
		count[i.State]++
		if i.Workload.Name != "" {
			workloads++
		}
		if i.HealedItself {
			healed++
		}
	}
	var parts []string
	for _, s := range []string{"down", "degraded", "recovered", "unaffected"} {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], s)+bySelf(s, count[s], healed))
		}
	}
	touched := detect.Count(workloads, "workload")
	if services := len(p.Impact) - workloads; services > 0 {
		touched += " and " + detect.Count(services, "Service")
	}
	text := fmt.Sprintf("%s touched: %s", touched, strings.Join(parts, ", "))
	switch {
	case count["unaffected"] > 0 && p.Severity == "info": // an observation: nothing fails
		text += " (as many pods as wanted are ready)"
	case count["unaffected"] > 0:
		text += " (as many pods as wanted are ready; the failing ones are beyond that)"
	}
	t.field(2, "Impact", text, nil)
}

// bySelf says how many of the recovered became well without a known change.
func bySelf(state string, of, healed int) string {
	switch {
	case state != "recovered" || healed == 0:
		return ""
	case healed < of:
		return fmt.Sprintf(" (%d without a known change)", healed)
	}
	return " without a known change"
}

// subject of an impact: a workload, or a Service that is no workload's.
func subject(i Impact) string {
	if i.Workload.Name == "" {
		return "Service " + path(i.Namespace, i.Service)
	}
	return path(i.Namespace, i.Workload.Name)
}

// state says how it stands, and how long nothing of it was ready.
func (t *text) state(i Impact) string {
	span := downtime(i)
	switch {
	case span == "":
		return i.State
	case i.State == "recovered":
		return "recovered, down " + span
	case i.State == "down":
		return "down " + span
	}
	return i.State
}

// downtime is how long nothing was ready, with the bounds of that where it is
// not known better; empty where nothing is.
func downtime(i Impact) string {
	least, most := "", ""
	if i.DowntimeSeconds > 0 {
		least = detect.Span(seconds(i.DowntimeSeconds))
	}
	if i.DowntimeAtMostSeconds > 0 {
		most = detect.Span(seconds(i.DowntimeAtMostSeconds))
	}
	switch {
	case least == most || (most == "" && !i.DowntimeIsLowerBound):
		return least
	case most == "":
		return "≥" + least
	case least == "":
		return "≤" + most
	}
	return least + "–" + most
}

// worsened tells the single points of failure, and the changes after which
// workloads became well again.
func (t *text) worsened(p *Pattern) {
	shown := 0
	for _, i := range p.Impact {
		var said []string
		said = append(said, i.WorsenedBy...)
		if i.RecoveredBy != "" && !i.HealedItself {
			said = append(said, "well again "+i.RecoveredBy)
		}
		if len(said) == 0 {
			continue
		}
		if shown++; shown > few {
			continue
		}
		t.bullet(2, "-", subject(i)+": "+strings.Join(said, "; "), t.palette.dim)
	}
	if shown > few {
		t.bullet(2, "-", fmt.Sprintf("and %d more such; -o json has them", shown-few), t.palette.dim)
	}
}
