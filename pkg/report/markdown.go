package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Markdown writes the report for an incident document or a chat, in GitHub's
// flavour (https://github.github.com/gfm/). Text from the cluster can neither
// link, nor load an image, nor end the block it stands in.
func Markdown(w io.Writer, r *Report, s Style) error {
	clean, err := cleaned(r)
	if err != nil {
		return err
	}
	t := &text{canvas: newCanvas(io.Discard, Style{Zone: s.Zone}), r: clean, number: map[string]int{}}
	t.numberPatterns()
	m := &markdown{text: t, labels: t.labels()}
	m.summary()
	m.method()
	for i := range clean.Patterns {
		if t.isRoot(&clean.Patterns[i]) {
			m.pattern(&clean.Patterns[i])
		}
	}
	m.across()
	m.recommendations()
	m.gaps()
	_, err = io.WriteString(w, strings.TrimRight(m.String(), "\n")+"\n")
	return err
}

// markdown is one rendering.
type markdown struct {
	*text
	strings.Builder
	labels map[string]string
}

func (m *markdown) head(level int, title string) {
	fmt.Fprintf(m, "%s %s\n\n", strings.Repeat("#", level), inline(title))
}

func (m *markdown) para(text string) { m.WriteString(inline(text) + "\n\n") }

// labelled is a paragraph or list item with a label in front.
func (m *markdown) labelled(label, text string) {
	if text != "" {
		fmt.Fprintf(m, "**%s**: %s\n\n", label, inline(text))
	}
}

func (m *markdown) item(mark, text string) {
	m.WriteString(mark + " " + inline(strings.TrimSpace(text)) + "\n")
}

// block is a fenced block, the fence longer than any in the content.
func (m *markdown) block(indent, language string, lines []string) {
	fence := fenceFor(lines)
	m.WriteString(indent + fence + language + "\n")
	for _, l := range lines {
		m.WriteString(indent + l + "\n")
	}
	m.WriteString(indent + fence + "\n")
}

func (m *markdown) table(header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	m.row(header)
	m.WriteString(strings.Repeat("|---", len(header)) + "|\n")
	for _, row := range rows {
		m.row(row)
	}
	m.WriteString("\n")
}

func (m *markdown) row(cells []string) {
	for _, c := range cells {
		m.WriteString("| " + inline(c) + " ")
	}
	m.WriteString("|\n")
}

func (m *markdown) summary() {
	m.head(2, "Pattern analysis: "+m.where())
	m.head(3, "Summary")
	if len(m.number) == 0 {
		m.para(m.nothing())
	} else {
		m.para(m.verdict())
	}
	for i := range m.r.Patterns {
		p := &m.r.Patterns[i]
		if n, root := m.number[p.ID]; root {
			m.item(fmt.Sprintf("%d.", n), p.Severity+": "+p.Title)
		}
	}
	if len(m.r.Unexplained) > 0 {
		names := convert(m.r.Unexplained, func(r Ref) string { return path(r.Namespace, r.Name) })
		m.item("-", fmt.Sprintf("%s failing or not ready, and no detector knows why: %s", detect.Count(len(names), "pod"), strings.Join(names, ", ")))
	}
	m.WriteString("\n")
}

func (m *markdown) method() {
	m.head(3, "Pattern detection method")
	m.item("-", "Sources analysed: "+m.sources())
	m.item("-", "Time range: "+m.covered())
	m.item("-", fmt.Sprintf("Compared: failing pods and workloads with the healthy among %s of %s in %s; counts of events are lower bounds",
		detect.Count(m.r.Totals.Pods, "pod"), detect.Count(m.r.Totals.Workloads, "workload"), detect.Count(m.r.Totals.Namespaces, "namespace")))
	if left := m.leftOut(); left != "" {
		m.item("-", "Left out: "+left)
	}
	m.WriteString("\n")
}

func (m *markdown) pattern(p *Pattern) {
	m.head(3, fmt.Sprintf("Pattern %d: %s", m.number[p.ID], p.Title))
	m.labelled("ID", fmt.Sprintf("%s (%s, %s, evidence: %s)", p.ID, p.Category, p.Severity, p.Tier))
	m.labelled("Frequency", frequency(p))
	m.labelled("Seen", m.seen(p))
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
	pods := map[string][]string{}
	for _, a := range p.Affected {
		if a.Kind == "Pod" {
			key := path(a.Namespace, a.Workload.Name)
			pods[key] = append(pods[key], a.Name)
		}
	}
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
	shown, total := map[string]int{}, map[string]int{}
	last := map[string]time.Time{}
	for _, e := range p.Timeline {
		total[sortOf(e)]++
		last[sortOf(e)] = e.Time
	}
	for _, e := range p.Timeline {
		k := sortOf(e)
		shown[k]++
		switch {
		case e.Kind != "symptom" || shown[k] <= few || total[k] == few+1:
			lines = append(lines, m.entryLines(e, shown[k] == 1)...)
		case shown[k] == few+1:
			lines = append(lines, fmt.Sprintf("%-10s… %d more %s until %s", "", total[k]-few, e.Reason, m.clock(last[k])))
		}
	}
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
		m.item("-", fmt.Sprintf("%s %s: %s%s", e.Subject.Kind, path(e.Subject.Namespace, e.Subject.Name), e.Text, times(e.Count)))
	}
	for _, c := range p.CounterEvidence {
		m.item("-", "Against: "+c.Text)
	}
	m.WriteString("\n")
}

func times(count int) string {
	if count <= 1 {
		return ""
	}
	return fmt.Sprintf(" (at least %d times)", count)
}

// changed tells a change with what speaks for and against it.
func (m *markdown) changed(c PrecedingChange) string {
	out := fmt.Sprintf("%s before: %s %s, %s (%s", detect.Span(seconds(c.LeadSeconds)), c.Kind, path(c.Namespace, c.Name), c.What, c.Link)
	if c.By != "" {
		out += "; by " + c.By
	}
	out += ")"
	for _, more := range []string{c.Contrast, c.Reversal} {
		if more != "" {
			out += ". " + more
		}
	}
	if len(c.Rivals) > 0 {
		out += ". Rivals: " + strings.Join(c.Rivals, "; ")
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
			lines = append(lines, "# "+c.Why)
		}
		lines = append(lines, c.Command)
	}
	m.WriteString("**Investigation**:\n\n")
	m.block("", "bash", lines)
	m.WriteString("\n")
}

func (m *markdown) recommendations() {
	if len(m.r.Recommendations) == 0 {
		return
	}
	m.head(3, "Recommendations")
	for i, r := range m.r.Recommendations {
		refs := m.refs(r.Patterns)
		if refs != "" {
			refs = " (" + refs + ")"
		}
		fmt.Fprintf(m, "%d. **%s**: %s%s\n", i+1, r.Urgency, inline(r.Text), refs)
		if len(r.Commands) > 0 {
			m.block("   ", "bash", r.Commands)
		}
	}
	m.WriteString("\n")
}

func (m *markdown) gaps() {
	if !m.hasGaps() {
		return
	}
	m.head(3, "Not seen")
	for _, gap := range m.gapsByReason() {
		m.item("-", gap)
	}
	for _, s := range m.r.Skipped {
		if !s.Unasked {
			m.item("-", fmt.Sprintf("detector %s could not judge all: %s", s.Detector, s.Why))
		}
	}
}
