package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// matrix sets every pattern against every factor that any of them names or was
// found to share, so that one sees at a glance which factor is of which pattern. Of
// very many, those are in it that are told first.
func (e *explainer) matrix(ps []*Pattern) Matrix {
	m := Matrix{Between: between(ps)}
	ps = ps[:min(len(ps), mostCompared)]
	var factors []detect.Factor
	seen := map[Column]bool{}
	for _, p := range ps {
		m.Rows = append(m.Rows, p.ID)
		for _, f := range slices.Concat(p.Factors, p.compared) {
			if c := (Column{f.Attribute, f.Value}); !seen[c] {
				seen[c] = true
				m.Columns = append(m.Columns, c)
				factors = append(factors, f)
			}
		}
	}
	healthy := make([]Cell, len(factors))
	for i, f := range factors {
		healthy[i] = e.healthyCell(f)
	}
	for _, p := range ps {
		row := make([]Cell, len(factors))
		for i, f := range factors {
			row[i] = e.matrixCell(healthy[i], p, f)
		}
		m.Cells = append(m.Cells, row)
	}
	return m
}

// matrixCell counts a factor for any pattern. One that only the failure
// itself tells of (an exit code) holds for the patterns that name it.
func (e *explainer) matrixCell(healthy Cell, p *Pattern, f detect.Factor) Cell {
	named := func(own detect.Factor) bool { return own.Attribute == f.Attribute && own.Value == f.Value }
	if f.Holds != nil || slices.ContainsFunc(p.Factors, named) {
		return e.withAffected(healthy, p, f)
	}
	healthy.Of = len(p.Tally.Workloads)
	return healthy
}

// only keeps the rows of some patterns.
func (m Matrix) only(ids map[string]bool) Matrix {
	out := Matrix{Columns: m.Columns, Between: keepBetween(m.Between, ids)}
	for i, id := range m.Rows {
		if ids[id] {
			out.Rows = append(out.Rows, id)
			out.Cells = append(out.Cells, m.Cells[i])
		}
	}
	return out
}
