package correlate

import (
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
)

// TestComparedFactorsStandInTheMatrix: what was found by comparing has a
// column, with the affected beside the healthy, a pair under both its names.
func TestComparedFactorsStandInTheMatrix(t *testing.T) {
	for _, kind := range []synthetic.FaultKind{synthetic.NodeFault, synthetic.PairFault} {
		_, p, e := crashes(synthetic.Knobs{Workloads: 150, Fault: synthetic.Fault{Kind: kind, Share: .9}}, 3)
		if len(p.compared) == 0 {
			t.Fatalf("%s: nothing was found", kind)
		}
		m := e.matrix([]*Pattern{p})
		f, at := p.Shared[0], len(m.Columns)-len(p.compared)
		want := Column{f.Attribute, f.Value}
		for _, v := range f.With {
			want = Column{want.Attribute + " & " + v.Attribute, want.Value + " & " + v.Value}
		}
		if m.Columns[at] != want {
			t.Errorf("%s: column %v, want %v", kind, m.Columns[at], want)
		}
		cell := m.Cells[0][at]
		if cell.Unit != f.Unit || cell.Affected == 0 || cell.Affected > cell.Of || cell.HealthyOf == 0 || 10*cell.Healthy > cell.HealthyOf {
			t.Errorf("%s: cell %+v of %s", kind, cell, f.Text)
		}
	}
}
