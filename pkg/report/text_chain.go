package report

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// deepest is how far a chain is indented; what is behind stands below it.
const deepest = 8

// chain prints how failures went on along dependencies, as a tree.
func (t *text) chain(p *Pattern) {
	if len(p.Chain) == 0 {
		return
	}
	t.blank()
	t.line(2, cell{"Chain of dependencies", t.palette.bold})
	depth := map[Ref]int{}
	for i, h := range p.Chain {
		if i == t.chainShown() && len(p.Chain) > i+1 {
			t.bullet(4, "└", fmt.Sprintf("and %d more; the report has them", len(p.Chain)-i), t.palette.dim)
			return
		}
		if _, known := depth[h.From]; !known {
			t.paragraph(4, 2, path(h.From.Namespace, h.From.Name), nil)
			depth[h.From] = 0
		}
		d := min(depth[h.From], deepest)
		depth[h.To] = depth[h.From] + 1
		t.bullet(4+2*d, "└", fmt.Sprintf("%s %s (%s: %s)", path(h.To.Namespace, h.To.Name), lag(h.LagSeconds), h.Edge.Class, h.Edge.How), t.palette.dim)
	}
}

// chainShown is how many hops are printed.
func (t *text) chainShown() int {
	if t.r.Explain != nil {
		return everything
	}
	return 4 * few
}

// lag says how long after what it depends on something failed.
func lag(seconds int) string {
	if seconds <= 0 {
		return "at the same time"
	}
	return detect.Span(time.Duration(seconds)*time.Second) + " later"
}
