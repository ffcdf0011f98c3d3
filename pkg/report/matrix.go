package report

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// MatrixText writes the matrices alone: roots against the factors that they
// name, and patterns against each other.
func MatrixText(w io.Writer, r *Report, s Style) error { return matrixText(w, r, s, false) }

// MatrixWide sets what follows from the roots against factors as well.
func MatrixWide(w io.Writer, r *Report, s Style) error { return matrixText(w, r, s, true) }

func matrixText(w io.Writer, r *Report, s Style, all bool) error {
	t := &text{canvas: newCanvas(w, s), r: r, number: map[string]int{}}
	t.numberPatterns()
	m := &matrixView{text: t, all: all, labels: t.labels()}
	t.title("Correlation matrix: " + t.where())
	t.blank()
	if len(r.Patterns) == 0 {
		t.paragraph(0, 0, t.nothing(), nil)
	} else {
		t.paragraph(0, 0, t.verdict(), t.palette.bold)
		m.legend()
		m.factors()
		m.pairs()
	}
	t.gaps()
	return t.err
}

// OnlyMatrix is the report with the matrix and without what else was found.
func (r *Report) OnlyMatrix() *Report {
	out := *r
	out.Patterns, out.Timeline, out.Tree, out.Recommendations = []Pattern{}, []Entry{}, []Branches{}, []Recommendation{}
	return &out
}

// labels are short names of patterns: P2 for a root, P2.1 for the first of
// what follows from it, by whatever way.
func (t *text) labels() map[string]string {
	out, following := map[string]string{}, map[string]int{}
	for i := range t.r.Patterns {
		p := &t.r.Patterns[i]
		if t.isRoot(p) {
			out[p.ID] = fmt.Sprintf("P%d", t.number[p.ID])
			continue
		}
		root := t.shownRoot(p)
		following[root]++
		out[p.ID] = fmt.Sprintf("P%d.%d", t.number[root], following[root])
	}
	return out
}

// shownRoot climbs to the last pattern that is shown.
func (t *text) shownRoot(p *Pattern) string {
	for up := t.find(p.ExplainedBy); up != nil; up = t.find(p.ExplainedBy) {
		p = up
	}
	return p.ID
}

// matrixView is one rendering of the matrices.
type matrixView struct {
	*text
	all    bool
	labels map[string]string
}

// legend says which pattern is which.
func (m *matrixView) legend() {
	width := 0
	for _, label := range m.labels {
		width = max(width, len(label))
	}
	m.blank()
	for i := range m.r.Patterns {
		p := &m.r.Patterns[i]
		m.bullet(2, fmt.Sprintf("%-*s  %-8s", width, m.labels[p.ID], p.Severity), p.Title, m.palette.severity(p.Severity))
	}
}

// factors is the grid of patterns against factors.
func (m *matrixView) factors() {
	m.heading("Factors")
	g := grid{corner: "FACTOR", tail: []string{"HEALTHY", "UNIT"}}
	var shown []int
	for i, id := range m.r.Matrix.Rows {
		if p := m.find(id); p != nil && (m.all || m.isRoot(p)) {
			g.header = append(g.header, m.labels[id])
			shown = append(shown, i)
		}
	}
	for j, col := range m.r.Matrix.Columns {
		if m.all || m.ofRoot(col) {
			m.factorRow(&g, j, shown)
		}
	}
	if len(g.names) == 0 {
		m.paragraph(2, 0, "No pattern names a factor.", m.palette.dim)
		return
	}
	m.grid(2, g)
	m.paragraph(2, 0, "Cells: how many of the pattern's affected have the factor; HEALTHY: how many of the healthy have it. "+shades+
		" A factor sets the affected apart where it is dark under a pattern and light under HEALTHY.", m.palette.dim)
	if left := len(m.r.Patterns) - len(m.r.Matrix.Rows); left > 0 {
		m.paragraph(2, 0, detect.Count(left, "pattern")+" more, told last, are not in it: they are too many.", m.palette.warning)
	}
}

// shades explains the runes of a grid.
const shades = "· none, ░ up to a quarter, ▒ up to a half, ▓ more, █ all."

func (m *matrixView) factorRow(g *grid, j int, shown []int) {
	var row, tail []cell
	any := false
	for _, i := range shown {
		x := m.r.Matrix.Cells[i][j]
		any = any || x.Affected > 0
		row = append(row, m.shaded(x.Affected, x.Of, m.severityOf(m.r.Matrix.Rows[i])))
		tail = []cell{m.shaded(x.Healthy, x.HealthyOf, nil), {x.Unit, m.palette.dim}}
	}
	if !any {
		return
	}
	col := m.r.Matrix.Columns[j]
	g.names = append(g.names, col.Attribute+" "+col.Value)
	g.cells = append(g.cells, row)
	g.tails = append(g.tails, tail)
}

// severityOf is the paint of a pattern.
func (m *matrixView) severityOf(id string) *color.Color {
	if p := m.find(id); p != nil {
		return m.palette.severity(p.Severity)
	}
	return nil
}

// shaded is a share as a rune, its numbers beside it; the whole is painted.
func (m *matrixView) shaded(part, of int, whole *color.Color) cell {
	if of == 0 {
		return cell{"· -", m.palette.dim}
	}
	paint := m.palette.dim
	switch {
	case part >= of:
		paint = whole
	case part > 0:
		paint = nil
	}
	return cell{fmt.Sprintf("%s %d/%d", shade(part, of), part, of), paint}
}

func shade(part, of int) string {
	switch {
	case part <= 0:
		return "·"
	case part >= of:
		return "█"
	case part*4 <= of:
		return "░"
	case part*2 <= of:
		return "▒"
	}
	return "▓"
}
