package report

import (
	"fmt"
	"io"
	"time"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// OnlyTimeline is the report with the timeline and without what else was
// found.
func (r *Report) OnlyTimeline() *Report {
	out := *r
	out.Patterns, out.Tree, out.Recommendations = []Pattern{}, []Branches{}, []Recommendation{}
	out.Matrix = Matrix{Rows: []string{}, Columns: []Attribute{}, Cells: [][]Cell{}}
	return &out
}

// SetTimeline sets a timeline in the place of that of the patterns.
func (r *Report) SetTimeline(entries []correlate.Entry) { r.Timeline = convert(entries, entry) }

// TimelineText writes the timeline alone: as lanes, then a line for each run of
// the same.
func TimelineText(w io.Writer, r *Report, s Style) error {
	return timelineText(w, r, s, func(v *timelineView) {
		if v.drawLanes(r.Timeline, 2*lanesInAll, "all is told below") {
			v.blank()
		}
		v.runs()
	})
}

// TimelineWide writes every entry of the timeline with all that it says.
func TimelineWide(w io.Writer, r *Report, s Style) error {
	return timelineText(w, r, s, func(v *timelineView) { v.each(r.Timeline) })
}

// Entries writes entries of a timeline alone, as they come in.
func Entries(w io.Writer, r *Report, entries []Entry, s Style) error {
	v := newTimelineView(w, r, s)
	v.each(entries)
	return v.err
}

func newTimelineView(w io.Writer, r *Report, s Style) *timelineView {
	t := &text{canvas: newCanvas(w, s), r: r, number: map[string]int{}}
	t.numberPatterns()
	v := &timelineView{text: t, labels: t.labels()}
	for _, label := range v.labels {
		v.width = max(v.width, len(label))
	}
	for _, e := range r.Timeline {
		v.when = max(v.when, len(v.clock(e.Time)))
	}
	return v
}

func timelineText(w io.Writer, r *Report, s Style, body func(*timelineView)) error {
	v := newTimelineView(w, r, s)
	v.title("Timeline: " + v.where())
	v.blank()
	verdict := v.nothing()
	if len(r.Patterns) > 0 {
		verdict = v.verdict()
	}
	v.paragraph(0, 0, verdict, v.palette.bold)
	v.field(2, "Covers", v.covered(), nil)
	v.blank()
	if len(r.Timeline) == 0 {
		v.paragraph(2, 0, "Nothing changed, failed or recovered in that time.", v.palette.dim)
	}
	body(v)
	v.legend()
	v.gaps()
	return v.err
}

// timelineView is one rendering of a timeline.
type timelineView struct {
	*text
	labels map[string]string
	width  int // of the widest label
	when   int // width of the times: with dates where one is of another day
}

// together is how long after the first of a sort the others are told with it.
const together = time.Minute

// runs tells one line for what of the same sort happened within a minute.
// Changes are told each: no two are the same.
func (v *timelineView) runs() {
	told := make([]bool, len(v.r.Timeline))
	for i, e := range v.r.Timeline {
		if told[i] {
			continue
		}
		run := []Entry{e}
		for j := i + 1; j < len(v.r.Timeline) && e.Kind != "change" && v.r.Timeline[j].Time.Sub(e.Time) <= together; j++ {
			if o := v.r.Timeline[j]; !told[j] && sortOf(o) == sortOf(e) && o.Pattern == e.Pattern {
				run, told[j] = append(run, o), true
			}
		}
		v.run(run)
	}
}

// run tells one line, cut at its end: names come first.
func (v *timelineView) run(run []Entry) {
	e := run[0]
	what := happened(e)
	if len(run) > 1 {
		what = fmt.Sprintf("%d × %s%s: %s", len(run), e.Reason, v.until(e, run[len(run)-1]), list(subjects(run), 1))
	} else if e.Message != "" {
		what += ": " + detect.OneLine(e.Message, longest)
	}
	head := v.head(e)
	if e.Kind == "change" { // what was changed to what stands at the end
		v.beside(2, head, v.palette.dim, what, v.paint(e))
		return
	}
	v.laid(2, cell{head, v.palette.dim}, cell{clip(v.clean(what), v.style.width()-2-widthOf(head)), v.paint(e)})
}

// head of an entry: when, of what sort, and of which pattern.
func (v *timelineView) head(e Entry) string {
	return fmt.Sprintf("%s  %s  %s  ", pad(v.clock(e.Time), v.when), mark(e.Kind), pad(v.labels[e.Pattern], v.width))
}

func happened(e Entry) string {
	return fmt.Sprintf("%s %s → %s", e.Subject.Kind, path(e.Subject.Namespace, e.Subject.Name), e.Reason)
}

// mark tells the kinds of entries apart where there is no colour.
func mark(kind string) string {
	switch kind {
	case "change":
		return "~"
	case "recovery":
		return "+"
	}
	return "!"
}

// paint of an entry; what no pattern holds stands back.
func (v *timelineView) paint(e Entry) *color.Color {
	if e.Kind == "symptom" && e.Pattern == "" {
		return v.palette.dim
	}
	return v.palette.entry(e.Kind)
}

// each tells every entry for itself.
func (v *timelineView) each(entries []Entry) {
	for _, e := range entries {
		what := happened(e)
		what += oftenAtLeast(e.Count)
		if e.Until != nil {
			what += ", until " + v.clock(*e.Until)
		}
		if e.Message != "" {
			what += ": " + detect.OneLine(e.Message, longest)
		}
		v.beside(2, v.head(e), v.palette.dim, what, v.paint(e))
	}
}

// longest is how much of a message a timeline tells: logs and webhooks write
// pages.
const longest = 600

// legend says what the marks mean and which pattern is which.
func (v *timelineView) legend() {
	if len(v.r.Timeline) == 0 {
		return
	}
	v.blank()
	v.paragraph(2, 0, "! failed or warned, ~ changed, + well again. Of one symptom the first time is told, and how often at least.", v.palette.dim)
	told := map[string]bool{}
	for _, e := range v.r.Timeline {
		told[e.Pattern] = true
	}
	for i := range v.r.Patterns {
		if p := &v.r.Patterns[i]; told[p.ID] {
			v.bullet(2, pad(v.labels[p.ID], v.width)+" ", p.Title, v.palette.severity(p.Severity))
		}
	}
}
