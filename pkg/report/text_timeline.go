package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/fatih/color"
)

// clock is the time of day; a date stands before it on another day than the
// report's.
func (t *text) clock(at time.Time) string { return t.clockOn(at, t.r.GeneratedAt) }

// clockOn is the time of day; a date stands before it on another day than the
// other time's.
func (t *text) clockOn(at, other time.Time) string {
	at = at.In(t.style.zone())
	if now := other.In(t.style.zone()); at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		return at.Format("2006-01-02 15:04:05")
	}
	return at.Format("15:04:05")
}

// zoneName is that of the zone of the times shown, as it is at that time.
func (t *text) zoneName(at time.Time) string { return at.In(t.style.zone()).Format("MST") }

// stamp is date and time.
func (t *text) stamp(at time.Time) string { return at.In(t.style.zone()).Format("2006-01-02 15:04:05") }

// briefTimeline is when it happened.
func (t *text) briefTimeline() {
	if len(t.r.Timeline) == 0 {
		return
	}
	t.heading("Timeline")
	if !t.drawLanes(t.r.Timeline, lanesInAll, "'kubectl patterns timeline' has them all") {
		t.merged()
	}
}

// few is how many entries of one sort a timeline shows before the rest is
// summed up.
const few = 3

// timeline prints a pattern's own: changes and recoveries all, of each sort
// of symptom the first ones, then how many more until when.
func (t *text) timeline(p *Pattern) {
	if len(p.Timeline) == 0 {
		return
	}
	t.blank()
	t.line(2, cell{"Timeline", t.palette.bold})
	t.entries(p.Timeline)
}

func (t *text) entries(entries []Entry) {
	abridged(entries, t.entry, func(e Entry, more int, until time.Time) {
		t.beside(4, pad("", t.clockWidth()), nil, moreOf(e, more, t.clock(until)), t.palette.dim)
	})
}

// abridged tells changes and recoveries all, and of each sort of symptom the
// first ones, the very first marked; then, in the place of the next, how many
// more there are and until when.
func abridged(entries []Entry, tell func(e Entry, first bool), rest func(e Entry, more int, until time.Time)) {
	shown := map[string]int{}
	total := map[string]int{}
	last := map[string]time.Time{}
	for _, e := range entries {
		total[sortOf(e)]++
		last[sortOf(e)] = e.Time
	}
	for _, e := range entries {
		k := sortOf(e)
		shown[k]++
		switch {
		case e.Kind != "symptom" || shown[k] <= few || total[k] == few+1:
			tell(e, shown[k] == 1)
		case shown[k] == few+1:
			rest(e, total[k]-few, last[k])
		}
	}
}

func moreOf(e Entry, more int, until string) string {
	return fmt.Sprintf("… %d more %s until %s", more, e.Reason, until)
}

// sortOf groups the entries that may stand for each other.
func sortOf(e Entry) string { return e.Kind + e.Reason + e.Subject.Kind }

func (t *text) clockWidth() int { return 10 }

// entry prints one happening; what a symptom says is told once for all of
// its sort.
func (t *text) entry(e Entry, withMessage bool) {
	ns := ""
	if e.Subject.Namespace != "" {
		ns = "[" + e.Subject.Namespace + "] "
	}
	head := fmt.Sprintf("%s%s %s → %s", ns, e.Subject.Kind, e.Subject.Name, e.Reason)
	head += oftenAtLeast(e.Count)
	t.beside(4, pad(t.clock(e.Time), t.clockWidth()), t.palette.dim, head, t.palette.entry(e.Kind))
	switch {
	case e.Message == "":
	case e.Kind != "symptom":
		t.detail(e.Message, nil)
	case withMessage:
		t.detail(e.Message, t.palette.dim)
	}
}

func (t *text) detail(text string, paint *color.Color) {
	t.paragraph(6+t.clockWidth(), 0, text, paint)
}

func (t *text) statePaint(state string) *color.Color {
	switch state {
	case "down":
		return t.palette.critical
	case "degraded":
		return t.palette.warning
	case "recovered", "unaffected":
		return t.palette.good
	}
	return nil
}

// correlations prints the merged timeline, the tree and the matrix.
func (t *text) correlations() {
	if len(t.r.Patterns) == 0 {
		return
	}
	if len(t.number) > 1 {
		t.heading("Timeline of all patterns and changes")
		t.merged()
	}
	t.heading("Across resources")
	heading := ""
	for _, b := range t.r.Tree {
		if b.Heading != heading {
			heading = b.Heading
			t.paragraph(2, 0, heading+":", t.palette.bold)
		}
		t.paragraph(4, 2, b.Root, nil)
		t.branches(b.Branches)
	}
	t.matrix()
}

// merged is the timeline of everything: one line for each run of the same
// sort of thing.
func (t *text) merged() {
	var rows [][]cell
	for i := 0; i < len(t.r.Timeline); {
		e := t.r.Timeline[i]
		j := i + 1
		for j < len(t.r.Timeline) && sortOf(t.r.Timeline[j]) == sortOf(e) && t.r.Timeline[j].Pattern == e.Pattern && e.Kind == "symptom" {
			j++
		}
		rows = append(rows, t.mergedRow(t.r.Timeline[i:j]))
		i = j
	}
	t.table(2, nil, rows)
}

func (t *text) mergedRow(run []Entry) []cell {
	e := run[0]
	n := ""
	if k, ok := t.number[t.root(e.Pattern)]; ok {
		n = fmt.Sprintf("P%d", k)
	}
	what := fmt.Sprintf("%s %s → %s", e.Subject.Kind, path(e.Subject.Namespace, e.Subject.Name), e.Reason)
	switch {
	case len(run) > 1:
		what = fmt.Sprintf("%d × %s%s: %s", len(run), e.Reason, t.until(e, run[len(run)-1]), list(subjects(run), 1))
	case e.Kind != "symptom" && e.Message != "":
		what += ": " + e.Message
	}
	return []cell{{t.clock(e.Time), t.palette.dim}, {n, t.palette.dim}, {what, t.palette.entry(e.Kind)}}
}

// until tells when a run ends, where that is another time than its start.
func (t *text) until(first, last Entry) string {
	if t.clock(first.Time) == t.clock(last.Time) {
		return ""
	}
	return ", until " + t.clock(last.Time)
}

func subjects(run []Entry) []string {
	var out []string
	for _, e := range run {
		if name := path(e.Subject.Namespace, e.Subject.Name); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// root climbs to the root of a pattern.
func (t *text) root(id string) string {
	for p := t.find(id); p != nil && p.ExplainedBy != ""; p = t.find(id) {
		id = p.ExplainedBy
	}
	return id
}

// matrix prints factors against patterns: how many of each pattern's units
// have the factor, and how many of the healthy.
func (t *text) matrix() {
	m := t.r.Matrix
	if len(m.Columns) == 0 {
		return
	}
	g := grid{corner: "FACTOR", tail: []string{"HEALTHY", "UNIT"}}
	var rowsOf []int
	told := 0
	for i, id := range m.Rows {
		n, ok := t.number[id]
		if !ok {
			continue
		}
		if told++; told <= widest {
			g.header = append(g.header, fmt.Sprintf("P%d", n))
			rowsOf = append(rowsOf, i)
		}
	}
	for j, col := range m.Columns {
		if t.ofRoot(col) {
			t.matrixRow(&g, j, rowsOf)
		}
	}
	if len(g.names) == 0 {
		return
	}
	t.blank()
	t.line(2, cell{"Correlation matrix", t.palette.bold})
	t.paragraph(2, 0, "How many of each pattern's affected have the factor, and how many of the healthy.", t.palette.dim)
	t.grid(2, g)
	if told > widest {
		t.paragraph(2, 0, fmt.Sprintf("Shown are %d of %d patterns; -o json has them all.", widest, told), t.palette.dim)
	}
}

// widest is how many patterns the matrix of a scan sets beside each other: more
// do not fit into 80 columns.
const widest = 8

// ofRoot reports whether a root names a factor: those of consequences would
// bury them.
func (t *text) ofRoot(col Attribute) bool {
	for i := range t.r.Patterns {
		p := &t.r.Patterns[i]
		if t.isRoot(p) && slices.ContainsFunc(p.SharedFactors, func(f SharedFactor) bool {
			return f.Attribute == col.Attribute && f.Value == col.Value
		}) {
			return true
		}
	}
	return false
}

func (t *text) matrixRow(g *grid, j int, rowsOf []int) {
	var row []cell
	any := false
	var last Cell
	for _, i := range rowsOf {
		x := t.r.Matrix.Cells[i][j]
		last = x
		paint := t.palette.dim
		if x.Affected > 0 {
			any = true
			paint = nil
			if x.Affected == x.Of {
				paint = t.palette.bold
			}
		}
		row = append(row, cell{fmt.Sprintf("%d/%d", x.Affected, x.Of), paint})
	}
	if !any {
		return
	}
	col := t.r.Matrix.Columns[j]
	g.names = append(g.names, col.Attribute+" "+col.Value)
	g.cells = append(g.cells, row)
	g.tails = append(g.tails, []cell{{fmt.Sprintf("%d/%d", last.Healthy, last.HealthyOf), nil}, {last.Unit, t.palette.dim}})
}
