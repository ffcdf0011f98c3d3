package report

import (
	"fmt"
)

// below tells everything that follows from the pattern, each under its parent.
func (t *text) below(p *Pattern) {
	if len(t.r.Explain.Following) == 0 {
		return
	}
	t.heading("What follows from it")
	t.under(p.ID, 2)
}

func (t *text) under(id string, indent int) {
	for _, c := range t.r.Explain.Following {
		if c.ExplainedBy != id {
			continue
		}
		t.bullet(indent, "└", fmt.Sprintf("%s: %s [%s]", c.Severity, c.Title, c.ID), t.palette.severity(c.Severity))
		t.paragraph(indent+2, 0, "Link: "+c.Why+".", t.palette.dim)
		t.under(c.ID, indent+2)
	}
}

func (t *text) wholeTimeline(p *Pattern) {
	if len(p.Timeline) == 0 {
		return
	}
	t.heading("Timeline")
	if t.drawLanes(p.Timeline, lanesInAll, "all is told below") {
		t.blank()
	}
	said := map[string]bool{}
	for _, e := range p.Timeline {
		t.entry(e, !said[e.Message])
		said[e.Message] = true
	}
}

func (t *text) notChecked() {
	t.heading("What was not checked")
	for _, s := range t.r.Explain.NotChecked {
		t.bullet(2, "-", s.Text, t.palette.warning)
	}
	if len(t.r.Explain.NotChecked) == 0 {
		t.paragraph(2, 0, "Everything that a scan reads was read, and every detector could judge.", nil)
	}
}

func (t *text) commands(p *Pattern) {
	if len(p.Investigation) == 0 {
		return
	}
	t.heading("To investigate")
	for i, c := range p.Investigation {
		if i == 0 || p.Investigation[i-1].Why != c.Why {
			t.remark(2, c.Why)
		}
		t.command(2, c.Command)
	}
}

func (t *text) ownRecommendations(p *Pattern) {
	if len(p.Recommendations) == 0 {
		return
	}
	t.heading("Recommendations")
	for i, r := range p.Recommendations {
		t.bullet(2, fmt.Sprintf("%d.", i+1), r.Urgency+": "+r.Text, t.palette.bold)
		for _, c := range r.Commands {
			t.command(5, c)
		}
		t.alertRule(5, r.AlertRule)
	}
}

func (t *text) alertRule(indent int, rule string) {
	for _, line := range ruleLines(escapeLines(rule), t.style.width()-indent) {
		t.laid(indent, cell{line, t.palette.command})
	}
}
