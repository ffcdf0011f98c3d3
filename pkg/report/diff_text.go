package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func count(n int, noun string) string { return detect.Count(n, noun) }

// DifferenceText writes a difference for people.
func DifferenceText(w io.Writer, d *Difference, s Style) error {
	c := newCanvas(w, s)
	c.line(0, cell{"Pattern differences", c.palette.bold})
	c.field(2, "From", c.sideText(&d.Old), nil)
	c.field(2, "To", c.sideText(&d.New), nil)
	c.blank()
	c.paragraph(0, 0, d.verdict(), c.palette.bold)
	c.differences("New", d.Appeared, c.palette.critical)
	c.differences("Worse", d.Worse, c.palette.critical)
	c.differences("Better", d.Better, c.palette.good)
	c.differences("Gone", d.Gone, c.palette.good)
	c.differences("Unchanged", d.Same, c.palette.dim)
	c.differences("On one side only, and the other could not judge", d.Unknown, c.palette.warning)
	c.sideGaps("from", &d.Old)
	c.sideGaps("to", &d.New)
	if c.err == nil {
		c.err = IgnoredText(w, d.Ignored, s)
	}
	return c.err
}

func (c *canvas) sideText(s *Side) string {
	at := s.At.In(c.style.zone())
	return fmt.Sprintf("%s, %s: %s, %d failing", s.From, at.Format("2006-01-02 15:04:05 MST"), count(s.Totals.PodsInScope, "pod"), s.Totals.FailingPods)
}

func (d *Difference) verdict() string {
	var parts []string
	for _, x := range []struct {
		n    int
		word string
	}{{len(d.Appeared), "new"}, {len(d.Worse), "worse"}, {len(d.Better), "better"}, {len(d.Gone), "gone"}, {len(d.Same), "unchanged"}, {len(d.Unknown), "not comparable"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.word))
		}
	}
	v := "No patterns on either side"
	if len(parts) > 0 {
		v = "Patterns: " + strings.Join(parts, ", ")
	}
	v += fmt.Sprintf(", in %s from one to the other", detect.Span(d.New.At.Sub(d.Old.At).Abs()))
	if d.Hidden > 0 {
		v += fmt.Sprintf("; the filters hide %d", d.Hidden)
	}
	return v + "."
}

func (c *canvas) differences(heading string, list []PatternDifference, paint *color.Color) {
	if len(list) == 0 {
		return
	}
	c.heading(heading)
	for i := range list {
		x := &list[i]
		m := x.New
		if m == nil {
			m = x.Old
		}
		c.bullet(2, pad(m.Severity, 8), x.Title, paint)
		told := x.numbers()
		if x.ExplainedBy != "" {
			told += "; follows from " + x.ExplainedBy
		}
		if x.Why != "" {
			told += "; not judged: " + x.Why
		}
		c.paragraph(11, 2, x.ID+": "+told, c.palette.dim)
	}
}

// sideGaps says what one side is not made of: what lies there was not
// compared.
func (c *canvas) sideGaps(name string, s *Side) {
	seen := map[string][]string{}
	var order []string
	for _, g := range s.Gaps {
		if g.Resource == "others" {
			continue
		}
		if seen[g.Gap] == nil {
			order = append(order, g.Gap)
		}
		seen[g.Gap] = append(seen[g.Gap], g.Resource)
	}
	if len(order) == 0 {
		return
	}
	c.heading("Not seen on the side " + name)
	for _, gap := range order {
		c.bullet(2, "-", strings.TrimPrefix(strings.Join(seen[gap], ", ")+": "+gap, ": "), c.palette.warning)
	}
}
