package report

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func (m *markdown) pattern(p *Pattern) {
	m.head(3, fmt.Sprintf("Pattern %d: %s", m.number[p.ID], p.Title))
	m.labelled("ID", fmt.Sprintf("%s (%s, %s, evidence: %s)", p.ID, p.Category, p.Severity, p.Tier))
	m.labelled("Frequency", frequency(p))
	m.labelled("Seen", m.seen(p))
	m.labelled("Before", m.beforeWords(p))
	m.labelled("Course", m.sparkWords(p))
	if p.Timing != nil {
		m.labelled("Test", testWords(p.Timing))
	}
	m.affected(p)
	m.timeline(p)
	m.evidence(p)
	m.labelled("Probable cause", fmt.Sprintf("%s Confidence %s: %s.", p.ProbableCause.Text, p.ProbableCause.Confidence, p.ProbableCause.Why))
	m.chain(p)
	m.consequences(p)
	m.investigation(p)
	if p.EvidenceFile != "" {
		m.labelled("Evidence file", p.EvidenceFile)
	}
}

func (m *markdown) affected(p *Pattern) {
	pods := affectedPods(p)
	var rows [][]string
	for _, i := range p.Impact {
		rows = append(rows, []string{subject(i), fmt.Sprintf("%d/%d", i.Ready, i.Desired), m.state(i), i.Service,
			list(pods[path(i.Namespace, i.Workload.Name)], 2*few)})
	}
	if len(rows) > 0 {
		m.WriteString("**Affected resources and impact**:\n\n")
	}
	m.table([]string{"Workload", "Ready", "State", "Service", "Affected pods"}, rows)
}

// timeline is a block as the seed of many incident documents has it: times,
// namespaces, what happened.
func (m *markdown) timeline(p *Pattern) {
	if len(p.Timeline) == 0 {
		return
	}
	var lines []string
	abridged(p.Timeline, func(e Entry, first bool) { lines = append(lines, m.entryLines(e, first)...) },
		func(e Entry, more int, until time.Time) {
			lines = append(lines, fmt.Sprintf("%-10s%s", "", moreOf(e, more, m.clock(until))))
		})
	m.WriteString("**Timeline**:\n\n")
	m.block("", "", lines)
	m.WriteString("\n")
}

func (m *markdown) entryLines(e Entry, withMessage bool) []string {
	where := ""
	if e.Subject.Namespace != "" {
		where = "[" + e.Subject.Namespace + "] "
	}
	out := []string{fmt.Sprintf("%-10s%s%s %s → %s", m.clock(e.Time), where, e.Subject.Kind, e.Subject.Name, e.Reason)}
	if e.Message != "" && (withMessage || e.Kind != "symptom") {
		out = append(out, fmt.Sprintf("%-10s%s", "", detect.OneLine(e.Message, longest)))
	}
	return out
}

func (m *markdown) evidence(p *Pattern) {
	m.WriteString("**Pattern evidence**:\n\n")
	for _, f := range p.SharedFactors {
		if f.AffectedOf > 0 {
			m.item("-", f.Text)
		}
	}
	for _, c := range p.PrecedingChanges {
		m.item("-", m.changed(c))
	}
	for _, e := range said(p.Evidence, few) {
		m.item("-", fmt.Sprintf("%s %s: %s%s", e.Subject.Kind, path(e.Subject.Namespace, e.Subject.Name), e.Text, oftenAtLeast(e.Count)))
	}
	for _, c := range p.CounterEvidence {
		m.item("-", "Against: "+c.Text)
	}
	m.WriteString("\n")
}

func oftenAtLeast(count int) string {
	if count <= 1 {
		return ""
	}
	return fmt.Sprintf(" (at least %d times)", count)
}

// changed tells a change with what speaks for and against it.
func (m *markdown) changed(c PrecedingChange) string {
	out := changeText(c)
	for _, more := range []string{c.Contrast, c.Reversal} {
		if more != "" {
			out += ". " + more
		}
	}
	if len(c.Rivals) > 0 {
		out += ". As near: " + rivals(c.Rivals, len(c.Rivals))
	}
	if c.Chance != nil {
		out += fmt.Sprintf(". Chance of such a change in its window anyway: %s", percent(*c.Chance))
	}
	return out
}

func (m *markdown) consequences(p *Pattern) {
	if len(p.Explains) == 0 {
		return
	}
	m.WriteString("**What follows from it**:\n\n")
	m.following(p, "")
	m.WriteString("\n")
}

func (m *markdown) following(p *Pattern, indent string) {
	for _, id := range p.Explains {
		if c := m.find(id); c != nil {
			m.item(indent+"-", fmt.Sprintf("%s: %s (%s)", c.Severity, c.Title, c.ID))
			m.following(c, indent+"  ")
		}
	}
}

func (m *markdown) investigation(p *Pattern) {
	if len(p.Investigation) == 0 {
		return
	}
	var lines []string
	for i, c := range p.Investigation {
		if i == 0 || p.Investigation[i-1].Why != c.Why {
			lines = append(lines, "# "+comment(c.Why))
		}
		lines = append(lines, c.Command)
	}
	m.WriteString("**Investigation**:\n\n")
	m.block("", "bash", lines)
	m.WriteString("\n")
}
