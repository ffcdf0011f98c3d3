package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// inFull is how many roots the screen tells in a few lines each; those behind
// them, and what is merely an observation, get one.
const inFull = 3

// Text writes what fits one screen: the verdict, the roots ranked in a few
// lines each, when it happened and what sets the affected apart. Wide and
// ExplainText have the rest.
func Text(w io.Writer, r *Report, s Style) error {
	t := &text{canvas: newCanvas(w, s), r: r, number: map[string]int{}}
	t.numberPatterns()
	t.brief()
	return t.err
}

func (t *text) brief() {
	if len(t.number) == 0 {
		t.paragraph(0, 0, t.nothing(), t.nothingPaint())
	} else {
		t.paragraph(0, 0, t.verdict(), t.palette.bold)
	}
	t.paragraph(0, 0, t.period(), t.palette.dim)
	t.unexplained()
	t.briefRoots()
	if slices.ContainsFunc(t.r.Patterns, func(p Pattern) bool { return p.Severity != "info" }) {
		t.briefTimeline()
		t.briefMatrix()
	}
	t.briefEnd()
}

// period is the line under the verdict: what was looked at, and the time that
// the data cover.
func (t *text) period() string {
	w := t.r.Window
	parts := filled(t.where())
	switch {
	case w.To.After(w.From):
		parts = append(parts, fmt.Sprintf("events %s – %s %s (%s)", t.stamp(w.From), t.clockOn(w.To, w.From), t.zoneName(w.To), detect.Span(w.To.Sub(w.From))))
	case t.r.Totals.Events > 0:
		parts = append(parts, fmt.Sprintf("all events of %s %s", t.stamp(w.To), t.zoneName(w.To)))
	default:
		parts = append(parts, fmt.Sprintf("no events; as of %s %s", t.stamp(t.r.GeneratedAt), t.zoneName(t.r.GeneratedAt)))
	}
	for _, s := range t.r.Sources {
		if s.ofThePast() && s.Window != nil {
			parts = append(parts, fmt.Sprintf("%s since %s", s.Resource, t.stamp(s.Window.From)))
		}
	}
	return strings.Join(parts, "; ")
}

// briefRoots are the roots by rank: the first that fail in full, the others in
// a line each.
func (t *text) briefRoots() {
	var rest []*Pattern
	told := 0
	for i := range t.r.Patterns {
		p := &t.r.Patterns[i]
		switch {
		case t.number[p.ID] == 0:
		case p.Severity == "info" || told == inFull:
			rest = append(rest, p)
		default:
			told++
			t.blank()
			t.briefRoot(p)
		}
	}
	for i, p := range rest {
		if i == 0 {
			t.blank()
		}
		t.briefTitle(p)
	}
}

// factorsOfRoot and factorsInAll are how many factors the screen sets against
// the roots.
const (
	factorsOfRoot = 2
	factorsInAll  = 8
)

// briefMatrix sets the first factors of each root against all roots and the
// healthy. A single one is told with its root.
func (t *text) briefMatrix() {
	m := &matrixView{text: t, labels: t.labels()}
	g := grid{corner: "FACTOR", tail: []string{"HEALTHY", "UNIT"}}
	var shown, columns []int
	for i, id := range t.r.Matrix.Rows {
		p := t.find(id)
		if p == nil || t.number[id] == 0 || len(shown) == widest {
			continue
		}
		g.header, shown = append(g.header, m.labels[id]), append(shown, i)
		columns = append(columns, t.firstFactors(p, columns)...)
	}
	for _, j := range columns[:min(len(columns), factorsInAll)] {
		m.factorRow(&g, j, shown)
	}
	if len(g.names) < 2 {
		return
	}
	t.heading("Matrix: how many of the affected have it, and of the healthy")
	t.grid(2, g)
}

// firstFactors are the columns of a root's first factors, without those that
// are told already.
func (t *text) firstFactors(p *Pattern, told []int) []int {
	var out []int
	for _, f := range p.SharedFactors {
		j := slices.Index(t.r.Matrix.Columns, Attribute{f.Attribute, f.Value})
		if j >= 0 && f.AffectedOf > 0 && len(out) < factorsOfRoot && !slices.Contains(told, j) {
			out = append(out, j)
		}
	}
	return out
}

// briefEnd says in a line each what could not be read and where more is told.
func (t *text) briefEnd() {
	lacks := t.gapsInShort()
	if lacks == "" && len(t.r.Patterns) == 0 {
		return
	}
	if len(t.r.Patterns) > 0 {
		t.blank()
	}
	if lacks != "" {
		t.beside(0, "Not seen: ", t.palette.warning, lacks, nil)
		t.remedies()
	}
	if len(t.r.Patterns) == 0 {
		t.paragraph(0, 0, "-o wide says what was looked at.", t.palette.dim)
		return
	}
	t.paragraph(0, 0, "-o wide tells all of this. All of the first, with where to look next:", t.palette.dim)
	t.command(2, strings.Join(filled("kubectl patterns explain", detect.Quote(t.r.Patterns[0].ID), t.style.Again), " "))
}

// fewDetectors are told by name.
const fewDetectors = 4

// gapsInShort names what could not be read and who could not judge, without
// the reasons of each.
func (t *text) gapsInShort() string {
	if !t.hasGaps() {
		return ""
	}
	parts := t.gapsWhere(func(s Source) bool { return s.Resource != "others" })
	var blind []string
	for _, s := range t.r.Skipped {
		if !s.Unasked && !s.Partly {
			blind = append(blind, s.Detector)
		}
	}
	if len(blind) > 0 {
		parts = append(parts, "could not judge: "+list(blind, 6))
	}
	partly := func(s Skipped) bool { return s.Partly }
	switch n := len(slices.DeleteFunc(slices.Clone(t.r.Skipped), func(s Skipped) bool { return !s.Partly })); {
	case n > fewDetectors:
		parts = append(parts, fmt.Sprintf("%s judged in part", detect.Count(n, "detector")))
	case n > 0:
		parts = append(parts, "judged in part: "+t.namesOf(partly))
	}
	return strings.Join(parts, "; ") + "."
}
