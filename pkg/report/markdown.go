package report

import (
	"fmt"
	"io"
	"strings"

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
	if line := IgnoredLine(clean.Ignored); line != "" {
		m.para("\n" + line)
	}
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
	m.WriteString(strings.Repeat("#", level) + " " + inline(title) + "\n\n")
}

func (m *markdown) para(text string) { m.WriteString(inline(text) + "\n\n") }

// labelled is a paragraph or list item with a label in front.
func (m *markdown) labelled(label, text string) {
	if text != "" {
		m.WriteString("**" + label + "**: " + inline(text) + "\n\n")
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
		m.WriteString(number(i+1) + ". **" + r.Urgency + "**: " + inline(r.Text) + refs + "\n")
		if len(r.Commands) > 0 {
			m.block("   ", "bash", r.Commands)
		}
		if r.AlertRule != "" {
			m.block("   ", "yaml", ruleLines(r.AlertRule, longest))
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
