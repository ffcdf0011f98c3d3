package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// RolloutText writes the report about one rollout: how far it is, its
// revisions side by side, what failed after it, then the patterns around it.
func RolloutText(w io.Writer, r *Report, s Style) error {
	t := &text{canvas: newCanvas(w, s), r: r, number: map[string]int{}}
	t.numberPatterns()
	v := r.Rollout
	t.title(fmt.Sprintf("Rollout of %s %s: %s", v.Kind, path(v.Namespace, v.Name), t.source()))
	t.blank()
	t.paragraph(0, 0, t.rolloutVerdict(v), t.rolloutPaint(v))
	t.blank()
	t.field(2, "State", v.State+": "+v.Why, nil)
	t.field(2, "Began", t.rolloutBegan(v), nil)
	t.field(2, "Covers", t.covered(), nil)
	t.field(2, "Looked in", t.namespaces()+", for what depends on it", nil)
	t.revisions(v)
	t.ownFailures("Failed in its own pods after it", v.Own)
	t.ownFailures("Failed in its own pods before it already", v.Before)
	t.dependants(v)
	t.bystanders(v)
	t.aroundIt()
	t.lanesAround()
	t.heading("To investigate")
	for _, c := range v.Investigation {
		t.remark(2, c.Why)
		t.command(2, c.Command)
	}
	t.recommendations()
	t.gaps()
	return t.err
}

// rolloutVerdict is the contrast of the revisions, and who else failed.
func (t *text) rolloutVerdict(v *Rollout) string {
	var parts []string
	for i, rev := range v.Revisions {
		switch {
		case i == 0 && rev.Pods == 0:
			parts = append(parts, fmt.Sprintf("revision %s has no pods", rev.Revision))
		case rev.Pods > 0:
			parts = append(parts, fmt.Sprintf("revision %s: %d of %s failing", rev.Revision, rev.Failing, detect.Count(rev.Pods, "pod")))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no revision of it was read")
	}
	out := strings.ToUpper(parts[0][:1]) + strings.Join(parts, "; ")[1:] + "."
	switch after, before := t.failedDependants(v); {
	case v.Began != nil && len(v.Own)+len(v.Dependants) == 0:
		out += " Nothing is known to have failed after it, in its own pods or in what depends on it."
	case after > 0 && before > 0:
		out += fmt.Sprintf(" %s first failed after it; %d did before.", dependOn(after), before)
	case after > 0:
		out += fmt.Sprintf(" %s first failed after it.", dependOn(after))
	}
	return out
}

func (t *text) rolloutPaint(v *Rollout) *color.Color {
	switch v.State {
	case "complete":
		return t.palette.bold
	case "stuck":
		return t.palette.critical
	}
	return t.palette.warning
}

func dependOn(n int) string {
	if n == 1 {
		return "1 workload that depends on it"
	}
	return fmt.Sprintf("%d workloads that depend on it", n)
}

func (t *text) failedDependants(v *Rollout) (after, before int) {
	for _, d := range v.Dependants {
		switch {
		case d.FailedBefore:
			before++
		default:
			after++
		}
	}
	return after, before
}

func (t *text) rolloutBegan(v *Rollout) string {
	if v.Began == nil {
		return "nothing that was read dates it"
	}
	out := fmt.Sprintf("%s (%s ago)", t.stamp(*v.Began), detect.Span(t.r.GeneratedAt.Sub(*v.Began)))
	if v.FirstRevision {
		out += "; nothing that was read was rolled out before"
	}
	return out
}

// revisions are told one by one: what is new in each, and how its pods are.
func (t *text) revisions(v *Rollout) {
	if len(v.Revisions) == 0 {
		return
	}
	t.heading("Revisions")
	for _, rev := range v.Revisions {
		head := "revision " + rev.Revision
		if rev.Current {
			head += " (current)"
		}
		if rev.Created != nil {
			head += ", made " + t.stamp(*rev.Created)
		}
		if rev.How != "" && rev.How != "rollout" {
			head += ", by " + rev.How
		}
		if rev.By != "" {
			head += ", written by " + rev.By
		}
		t.bullet(2, "-", head, t.palette.bold)
		t.revisionPods(&rev)
		if rev.ChangeCause != "" {
			t.paragraph(4, 2, "Change cause, as annotated: "+detect.Said(rev.ChangeCause), t.palette.dim)
		}
		t.revisionDiffers(&rev)
	}
	if !slices.ContainsFunc(v.Revisions, func(r RolloutRevision) bool { return strings.Contains(r.What, ", ") }) {
		return // one difference alone is what matters, if any does
	}
	t.paragraph(2, 0, "What differs between two revisions changed together: which part of it matters cannot be told from this.", t.palette.dim)
}

func (t *text) revisionPods(rev *RolloutRevision) {
	if rev.Pods == 0 {
		t.paragraph(4, 2, "no pods", t.palette.dim)
		return
	}
	text := fmt.Sprintf("%s: %d healthy, ", detect.Count(rev.Pods, "pod"), rev.Healthy)
	if starting := rev.Pods - rev.Healthy - rev.Failing; starting > 0 {
		text += fmt.Sprintf("%d starting, ", starting)
	}
	text += fmt.Sprintf("%d failing", rev.Failing)
	paint := t.palette.good
	if rev.Failing > 0 {
		paint = t.palette.critical
		text += " (" + strings.Join(rev.Reasons, ", ") + ")"
	}
	t.paragraph(4, 2, strings.TrimSuffix(text, " ()"), paint)
}

func (t *text) revisionDiffers(rev *RolloutRevision) {
	switch {
	case rev.Against == "":
		t.paragraph(4, 2, "no revision before it was read", t.palette.dim)
	case rev.Unread:
		t.paragraph(4, 2, fmt.Sprintf("what differs from revision %s is not known: the templates of these revisions were not read", rev.Against), t.palette.dim)
	case rev.What == "":
		t.paragraph(4, 2, fmt.Sprintf("nothing that is read differs from revision %s", rev.Against), t.palette.dim)
	default:
		t.paragraph(4, 2, fmt.Sprintf("differs from revision %s: %s", rev.Against, rev.What), t.palette.change)
	}
}

func (t *text) ownFailures(heading string, all []RolloutFailure) {
	if len(all) == 0 {
		return
	}
	t.heading(heading)
	for _, a := range all {
		lag := fmt.Sprintf("first %s after it", detect.Span(time.Duration(a.LagSeconds)*time.Second))
		if a.LagSeconds < 0 {
			lag = fmt.Sprintf("first %s before it", detect.Span(-time.Duration(a.LagSeconds)*time.Second))
		}
		text := fmt.Sprintf("%s: %s, %d still, %s", a.Reason, detect.Count(len(a.Pods), "pod"), a.Ongoing, lag)
		if len(a.Pods) == 0 {
			text = fmt.Sprintf("%s: of the workload as a whole, %s", a.Reason, lag)
		}
		if len(a.Revisions) > 0 {
			text += ", revision " + strings.Join(a.Revisions, ", ")
		}
		if a.Restarts > 0 {
			text += ", " + detect.Count(a.Restarts, "restart")
		}
		t.bullet(2, "-", text, t.palette.dim)
		if a.Message != "" {
			t.paragraph(4, 0, detect.Said(detect.OneLine(a.Message, 300)), t.palette.dim)
		}
	}
}
