package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func (t *text) dependants(v *Rollout) {
	if len(v.Upstream) > 0 {
		t.heading("What it depends on and that fails too")
		for i := range v.Upstream {
			t.linked(&v.Upstream[i], "It depends on it")
		}
	}
	t.elsewhere(v.Elsewhere)
	if len(v.Dependants)+len(v.Unhurt) == 0 {
		return
	}
	t.heading("What depends on it")
	for i := range v.Dependants {
		d := &v.Dependants[i]
		t.linked(d, "Depends on "+path(d.Via.Namespace, d.Via.Name))
	}
	if len(v.Unhurt) > 0 {
		names := make([]string, len(v.Unhurt))
		for i, u := range v.Unhurt {
			names[i] = path(u.Namespace, u.Name)
		}
		t.bullet(2, "!", fmt.Sprintf("%s on it too and did not fail: %s", dependToo(len(names)), list(names, 6)), t.palette.warning)
	}
}

// elsewhere are told apart, and briefly: they depend on it, yet fail by
// something else.
func (t *text) elsewhere(all []RolloutDependant) {
	if len(all) == 0 {
		return
	}
	t.heading("Depends on it, and fails for another reason")
	for i := range all {
		d := &all[i]
		text := fmt.Sprintf("%s %s: %s", d.Workload.Kind, path(d.Workload.Namespace, d.Workload.Name), strings.Join(d.Reasons, ", "))
		switch {
		case d.SaysOther:
			text += "; its own words name another peer that it cannot reach"
		case d.Pattern == "":
			text += ", which does not follow from a dependency"
		}
		if d.Pattern != "" {
			text += fmt.Sprintf(" [%s]", d.Pattern)
		}
		t.bullet(2, "-", text, t.palette.dim)
	}
}

// linked tells when one end of an edge failed, and what tells of the edge.
func (t *text) linked(d *RolloutDependant, how string) {
	lag := time.Duration(d.LagSeconds) * time.Second
	when := fmt.Sprintf("first failed %s after the rollout", detect.Span(lag))
	if d.FailedBefore {
		when = fmt.Sprintf("failed %s before the rollout already", detect.Span(-lag))
	}
	state := "over"
	if d.Ongoing {
		state = "still failing"
	}
	t.bullet(2, "-", fmt.Sprintf("%s %s: %s, %s (%s, %s)", d.Workload.Kind, path(d.Workload.Namespace, d.Workload.Name), when, state,
		detect.Count(d.Pods, "pod"), strings.Join(d.Reasons, ", ")), t.palette.dim)
	text := fmt.Sprintf("%s: %s (%s).", how, d.How, d.Class)
	if d.Hidden {
		text += " No manifest that was read declares it."
	}
	t.paragraph(4, 0, text, t.palette.dim)
}

func dependToo(n int) string {
	if n == 1 {
		return "1 workload depends"
	}
	return fmt.Sprintf("%d workloads depend", n)
}

// bystanders are told apart: that they failed at the same time is no link.
func (t *text) bystanders(v *Rollout) {
	within := detect.Span(time.Duration(v.WindowSeconds) * time.Second)
	if len(v.Alike) > 0 {
		t.heading(fmt.Sprintf("At the same time, with the same trouble: %s", detect.Count(len(v.Alike), "workload")))
		t.paragraph(2, 0, fmt.Sprintf("They first failed within %s after it, and a pattern holds them together with it.", within), t.palette.dim)
		t.bystanderRows(v.Alike)
	}
	if len(v.Unrelated) > 0 {
		t.heading(fmt.Sprintf("At the same time, no known link: %s", detect.Count(len(v.Unrelated), "workload")))
		t.paragraph(2, 0, fmt.Sprintf("They first failed within %s after it. No link is known by which they would have failed for it.", within), t.palette.dim)
		t.bystanderRows(v.Unrelated)
	}
}

func (t *text) bystanderRows(all []RolloutBystander) {
	var rows [][]cell
	for _, b := range all {
		rows = append(rows, []cell{{path(b.Workload.Namespace, b.Workload.Name), nil},
			{detect.Span(time.Duration(b.LagSeconds) * time.Second), nil}, {strings.Join(b.Reasons, ", "), nil}})
	}
	t.listing(2, []string{"WORKLOAD", "AFTER", "HOW"}, rows)
}

// aroundIt names the patterns that touch the workload or follow from its
// rollout; explain tells all of one.
// lanesAround draws when what is around it happened.
func (t *text) lanesAround() {
	if len(t.r.Timeline) == 0 {
		return
	}
	t.heading("Timeline")
	if !t.drawLanes(t.r.Timeline, lanesInAll, "'kubectl patterns timeline' has them all") {
		t.entries(t.r.Timeline)
	}
}

func (t *text) aroundIt() {
	if len(t.r.Patterns) == 0 {
		return
	}
	t.heading("Patterns around it")
	for i := range t.r.Patterns {
		p := &t.r.Patterns[i]
		if !t.isRoot(p) {
			continue
		}
		t.bullet(2, fmt.Sprintf("%d. %-8s", t.number[p.ID], p.Severity), fmt.Sprintf("%s [%s]", p.Title, p.ID), t.palette.severity(p.Severity))
		t.follow(p, 4)
	}
}
