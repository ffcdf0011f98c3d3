package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// briefTitle is a root in a line: its rank, severity, title and ID.
func (t *text) briefTitle(p *Pattern) {
	t.paragraph(0, briefIndent, fmt.Sprintf("%d. %s: %s [%s]", t.number[p.ID], p.Severity, p.Title, p.ID), t.palette.severity(p.Severity))
}

// briefIndent and briefLabel are where a root's fields begin, and how wide
// their labels are.
const (
	briefIndent = 3
	briefLabel  = 9
)

// briefRoot tells of a root what somebody needs who has to act on it now. The
// cause is told where no change says how it began.
func (t *text) briefRoot(p *Pattern) {
	t.briefTitle(p)
	t.briefField("When", t.briefWhen(p))
	t.briefField("Touches", t.briefImpact(p))
	t.briefField("Share", briefShare(p))
	if before := t.briefChange(p); before != "" {
		t.briefField("Before", before)
	} else if p.ProbableCause.Text != "" {
		t.briefField("Cause", fmt.Sprintf("%s (confidence %s)", strings.TrimSuffix(firstSentence(p.ProbableCause.Text), "."), p.ProbableCause.Confidence))
	}
	t.briefSaid(p)
	t.briefFollowing(p)
	t.briefFirst(p)
}

// saidLines is how many lines of what the cluster says the screen tells.
const saidLines = 2

// briefSaid is the most telling thing that the cluster says itself, cut in the
// middle: the reason often stands at its end.
func (t *text) briefSaid(p *Pattern) {
	for _, e := range said(p.Evidence, 1) {
		whole := strings.TrimSpace(withoutPreemption(t.clean(e.Text)))
		text, room := whole, t.style.width()-briefIndent-briefLabel
		for n := saidLines * room; len(wrap("“"+text+"”", room)) > saidLines; n -= 4 {
			text = shortenKeepingEnd(whole, n)
		}
		t.briefField("Says", "“"+text+"”")
	}
}

// withoutPreemption leaves out what the scheduler goes on to say when it has
// said why no node will do.
func withoutPreemption(text string) string {
	for _, more := range []string{" no new claims to deallocate,", " preemption: "} {
		text, _, _ = strings.Cut(text, more)
	}
	return text
}

func (t *text) briefField(label, text string) {
	if text != "" {
		t.beside(briefIndent, pad(label, briefLabel), t.palette.dim, text, nil)
	}
}

// briefWhen is since when, or from when to when, and how often.
func (t *text) briefWhen(p *Pattern) string {
	out := "time not told"
	if p.FirstSeen != nil {
		ago := func(at time.Time) string { return detect.Span(t.r.GeneratedAt.Sub(at)) + " ago" }
		bound := ""
		if p.FirstSeenIsBound {
			bound = " or earlier"
		}
		out = fmt.Sprintf("since %s%s (%s), ongoing", t.clock(*p.FirstSeen), bound, ago(*p.FirstSeen))
		if !p.Ongoing {
			until := " – " + t.clockOn(*p.LastSeen, *p.FirstSeen)
			if p.LastSeen.Equal(*p.FirstSeen) && bound == "" {
				until = ""
			}
			out = fmt.Sprintf("%s%s%s (%s), over", t.clock(*p.FirstSeen), bound, until, ago(*p.LastSeen))
		}
	}
	if n := p.Frequency.Occurrences; n > 1 {
		out += "; at least " + detect.Count(n, "time")
	}
	if b := p.SeenBefore; b != nil {
		out += fmt.Sprintf("; seen %s before, last %s", times(b.Times), t.stamp(b.Last))
	}
	return out
}

// briefImpact counts what is touched, and names first what is down.
func (t *text) briefImpact(p *Pattern) string {
	if len(p.Impact) == 0 {
		return ""
	}
	rows := slices.Clone(p.Impact)
	slices.SortStableFunc(rows, func(a, b Impact) int { return cmp.Compare(stateRank(a.State), stateRank(b.State)) })
	names := make([]string, len(rows))
	workloads := 0
	for k, i := range rows {
		names[k] = subject(i)
		if i.Desired > 0 { // a CronJob wants none
			names[k] += fmt.Sprintf(" %d/%d", i.Ready, i.Desired)
		}
		if i.Desired > 0 && k == 0 {
			names[k] += " ready"
		}
		if i.State == "down" || i.DowntimeSeconds > 0 {
			names[k] += " (" + t.state(i) + ")"
		}
		if i.Workload.Name != "" {
			workloads++
		}
	}
	count := detect.Count(len(rows), "Service")
	if workloads > 0 {
		count = fmt.Sprintf("%d of %s", workloads, detect.Count(t.r.Totals.Workloads, "workload"))
	}
	if len(names) > few+1 {
		names = append(names[:few:few], fmt.Sprintf("and %d more", len(names)-few))
	}
	return count + ": " + strings.Join(names, ", ")
}

func stateRank(state string) int {
	return slices.Index([]string{"down", "degraded", "unaffected", "recovered"}, state)
}

// briefShare is the first thing that the affected share; the matrix sets the
// others beside it.
func briefShare(p *Pattern) string {
	for _, f := range p.SharedFactors {
		if f.AffectedOf > 0 {
			return f.Text
		}
	}
	return ""
}

// briefChange is the first change before, with how many others are as good.
func (t *text) briefChange(p *Pattern) string {
	if len(p.PrecedingChanges) == 0 {
		return ""
	}
	c := p.PrecedingChanges[0]
	lead := detect.Span(seconds(c.LeadSeconds)) + " before"
	switch {
	case c.LeadSeconds == 0:
		lead = "in the same second"
	case p.FirstSeen != nil && c.Time.After(*p.FirstSeen): // it had begun elsewhere
		lead += " it failed there"
	}
	out := fmt.Sprintf("%s, at %s: %s %s, %s", lead, t.clock(c.Time), c.Kind, path(c.Namespace, c.Name), c.What)
	if c.By != "" {
		out += " (by " + c.By + ")"
	}
	if n := len(p.PrecedingChanges) - 1; n > 0 {
		out += "; and " + detect.Count(n, "other linked change")
	}
	return out
}

// firstSentence ends at the first blank behind a full stop that is not inside
// of somebody's words.
func firstSentence(text string) string {
	for from := 0; ; {
		i := strings.Index(text[from:], ". ")
		if i < 0 {
			return text
		}
		from += i + 1
		if head := text[:from]; strings.Count(head, "“") == strings.Count(head, "”") {
			return head
		}
	}
}

// briefFirst is where to look first, and what to do first; the command for
// that where it is short.
func (t *text) briefFirst(p *Pattern) {
	if len(p.Investigation) > 0 {
		t.labelled("Look", p.Investigation[0].Command)
	}
	if len(p.Recommendations) == 0 {
		return
	}
	first := slices.MinFunc(p.Recommendations, func(a, b Recommendation) int { return cmp.Compare(urgencyRank(a.Urgency), urgencyRank(b.Urgency)) })
	t.briefField(urgencyLabel(first.Urgency), first.Text)
	if len(first.Commands) > 0 && len(first.Commands[0]) <= t.style.width()-briefIndent-briefLabel {
		t.command(briefIndent+briefLabel, first.Commands[0])
	}
}

// labelled is a command beside its label.
func (t *text) labelled(label, command string) {
	for i, l := range t.commandLines(briefIndent+briefLabel, command) {
		if i == 0 {
			t.laid(briefIndent, cell{pad(label, briefLabel), t.palette.dim}, cell{l.text, t.palette.command})
			continue
		}
		t.laid(l.at, cell{l.text, t.palette.command})
	}
}

// urgencyLabel says when to do what stands beside it.
func urgencyLabel(u string) string {
	switch u {
	case "immediate":
		return "Do now"
	case "monitoring":
		return "Watch"
	}
	return "Do " + u
}
