package report

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// pairs sets the patterns that have something in common against each other.
func (m *matrixView) pairs() {
	if len(m.r.Patterns) < 2 {
		return
	}
	m.heading("Patterns against patterns")
	if len(m.r.Matrix.Between) == 0 {
		m.paragraph(2, 0, "No two patterns touch the same workload, and none follows from another.", m.palette.dim)
		return
	}
	m.overlaps()
	m.lags()
}

// overlaps is the grid of the shares of each pattern's workloads, where there
// are more than two patterns to look at.
func (m *matrixView) overlaps() {
	var in []*Pattern
	for i := range m.r.Patterns {
		p := &m.r.Patterns[i]
		if slices.ContainsFunc(m.r.Matrix.Between, func(b Between) bool { return b.A == p.ID || b.B == p.ID }) {
			in = append(in, p)
		}
	}
	if len(in) < 3 {
		return
	}
	g := grid{corner: "OF"}
	for _, row := range in {
		g.header, g.names = append(g.header, m.labels[row.ID]), append(g.names, m.labels[row.ID])
		cells := make([]cell, len(in))
		for j, col := range in {
			cells[j] = m.overlap(row, col)
		}
		g.cells, g.tails = append(g.cells, cells), append(g.tails, nil)
	}
	m.grid(2, g)
	m.paragraph(2, 0, "Cells: how many workloads of the pattern on the left the pattern above touches as well.", m.palette.dim)
	m.blank()
}

func (m *matrixView) overlap(row, col *Pattern) cell {
	if row.ID == col.ID {
		return cell{"", nil}
	}
	for _, b := range m.r.Matrix.Between {
		switch {
		case b.A == row.ID && b.B == col.ID:
			return m.shaded(b.Workloads, b.WorkloadsOfA, m.palette.bold)
		case b.B == row.ID && b.A == col.ID:
			return m.shaded(b.Workloads, b.WorkloadsOfB, m.palette.bold)
		}
	}
	return m.shaded(0, row.Frequency.Workloads, nil)
}

// lags lists the pairs: what of each both touch, and which began first.
func (m *matrixView) lags() {
	var rows [][]cell
	for _, b := range m.r.Matrix.Between {
		rows = append(rows, []cell{{m.labels[b.A] + ", " + m.labels[b.B], nil},
			{fmt.Sprintf("%d/%d, %d/%d", b.Workloads, b.WorkloadsOfA, b.Workloads, b.WorkloadsOfB), nil},
			{fmt.Sprintf("%d/%d, %d/%d", b.Pods, b.PodsOfA, b.Pods, b.PodsOfB), nil},
			{m.followed(b), nil}, {m.lag(b), nil}})
	}
	m.listing(2, []string{"PAIR", "WORKLOADS", "PODS", "FOLLOWS", "FIRST SIGN"}, rows)
	m.paragraph(2, 0, "Of each of the two how much both touch; which of them follows from the other, if one does; and whose first sign came first, which need not be why the other came.", m.palette.dim)
}

func (m *matrixView) followed(b Between) string {
	for _, x := range [][2]string{{b.A, b.B}, {b.B, b.A}} {
		if p := m.find(x[1]); p != nil && p.ExplainedBy == x[0] {
			return m.labels[x[1]]
		}
	}
	return ""
}

// lag says which came first, as far as it can be told: where a beginning is a
// bound, so is the lag.
func (m *matrixView) lag(b Between) string {
	if b.LagSeconds == nil {
		return "time not told"
	}
	lag := *b.LagSeconds
	unknown := b.LagBound == "unknown" || (b.LagBound == "at-least" && lag < 0) || (b.LagBound == "at-most" && lag > 0)
	if unknown {
		return "order not told"
	}
	if lag == 0 && b.LagBound == "" {
		return "at the same time"
	}
	least := ""
	if b.LagBound != "" {
		least = "at least "
	}
	first, second := m.labels[b.A], m.labels[b.B]
	if lag < 0 || b.LagBound == "at-most" {
		first, second, lag = second, first, -lag
	}
	return fmt.Sprintf("%s %s%s after %s", second, least, detect.Span(seconds(lag)), first)
}
