package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Turn is what became of one pattern between two readings.
type Turn struct {
	Time   time.Time `json:"time"`   // of the reading that shows it
	Change string    `json:"change"` // new, gone, worse or better
	// Why says what is worse or better: "3 → 5 pods"; empty for new and gone.
	Why     string  `json:"why,omitempty"`
	Pattern Outline `json:"pattern"`
}

// Outline is a pattern in short; explain tells all of it.
type Outline struct {
	ID          string `json:"id"`
	Detector    string `json:"detector"`
	Cause       string `json:"cause"`
	Severity    string `json:"severity"`
	Title       string `json:"title"`
	Pods        int    `json:"pods"`
	Workloads   int    `json:"workloads"`
	Ongoing     bool   `json:"ongoing"`
	ExplainedBy string `json:"explainedBy"`
}

func outline(p *Pattern) Outline {
	return Outline{ID: p.ID, Detector: p.Detector, Cause: p.Cause, Severity: p.Severity, Title: p.Title,
		Pods: p.Frequency.Pods, Workloads: p.Frequency.Workloads, Ongoing: p.Ongoing, ExplainedBy: p.ExplainedBy}
}

// Watch remembers the patterns of the last reading.
type Watch struct {
	last []Outline
	gaps map[string]bool // resources that could not be read then
}

// Turns are what is new, worse, better or gone since the last report, in the
// order in which the report tells of patterns, those that are gone last. In
// the first report every pattern is new. While less can be read than before,
// nothing is called gone.
func (w *Watch) Turns(r *Report) []Turn {
	before := map[string]Outline{}
	for _, o := range w.last {
		before[o.ID] = o
	}
	var turns []Turn
	now := make([]Outline, 0, len(r.Patterns))
	for i := range r.Patterns {
		o := outline(&r.Patterns[i])
		now = append(now, o)
		old, known := before[o.ID]
		delete(before, o.ID)
		if !known {
			turns = append(turns, Turn{Time: r.GeneratedAt, Change: "new", Pattern: o})
		} else if change, why := compared(old, o); change != "" {
			turns = append(turns, Turn{Time: r.GeneratedAt, Change: change, Why: why, Pattern: o})
		}
	}
	blind := w.readsLess(r)
	for _, o := range w.last {
		if _, missing := before[o.ID]; !missing {
			continue
		}
		if blind {
			now = append(now, o)
		} else {
			turns = append(turns, Turn{Time: r.GeneratedAt, Change: "gone", Pattern: o})
		}
	}
	w.last = now
	return turns
}

// readsLess reports whether something could not be read that could be before.
// What the last whole reading saw stays the measure.
func (w *Watch) readsLess(r *Report) bool {
	gaps := map[string]bool{}
	for _, s := range r.Sources {
		if s.Gap != "" {
			gaps[s.Resource] = true
		}
	}
	if w.gaps != nil {
		for resource := range gaps {
			if !w.gaps[resource] {
				return true
			}
		}
	}
	w.gaps = gaps
	return false
}

// compared says whether a pattern became worse or better: by its severity, by
// whether it goes on, then by how many workloads and pods it touches.
func compared(old, now Outline) (change, why string) {
	verdict := func(worse bool) string { return map[bool]string{true: "worse", false: "better"}[worse] }
	switch {
	case old.Severity != now.Severity:
		return verdict(severityRank(now.Severity) < severityRank(old.Severity)), old.Severity + " → " + now.Severity
	case old.Ongoing != now.Ongoing:
		return verdict(now.Ongoing), map[bool]string{true: "it goes on again", false: "it is over"}[now.Ongoing]
	case old.Workloads != now.Workloads:
		return verdict(now.Workloads > old.Workloads), fmt.Sprintf("%d → %s", old.Workloads, detect.Count(now.Workloads, "workload"))
	case old.Pods != now.Pods:
		return verdict(now.Pods > old.Pods), fmt.Sprintf("%d → %s", old.Pods, detect.Count(now.Pods, "pod"))
	}
	return "", ""
}

func severityRank(s string) int { return correlate.Severity(s).Rank() }

// TurnLines writes turns below each other, as a log.
func TurnLines(w io.Writer, r *Report, turns []Turn, s Style) error {
	t := &text{canvas: newCanvas(w, s), r: r}
	for i := range turns {
		x := &turns[i]
		t.beside(0, fmt.Sprintf("%s  %-6s  ", t.clock(x.Time), x.Change), t.turnPaint(x), turned(x), nil)
	}
	return t.err
}

func (t *text) turnPaint(x *Turn) *color.Color {
	if x.Change == "gone" || x.Change == "better" {
		return t.palette.good
	}
	return t.palette.severity(x.Pattern.Severity)
}

// Screen writes a report in as many lines as a terminal has: the verdict, the
// problems, and a line for each of the last turns since a time.
func Screen(w io.Writer, r *Report, turns []Turn, since time.Time, s Style, height int) error {
	var head, roots, news strings.Builder
	on := func(b *strings.Builder) *text {
		t := &text{canvas: newCanvas(b, s), r: r, number: map[string]int{}}
		t.numberPatterns()
		return t
	}
	on(&head).screenHead()
	on(&roots).roots()
	on(&news).lastTurns(turns, since)
	room := max(height-lines(head.String()), 6)
	latest := lastLines(news.String(), 2, max(4, room-lines(roots.String())))
	_, err := io.WriteString(w, head.String()+firstLines(roots.String(), room-lines(latest))+latest)
	return err
}

func (t *text) screenHead() {
	t.title("Pattern analysis: " + t.where())
	t.blank()
	if len(t.number) == 0 {
		t.paragraph(0, 0, t.nothing(), t.palette.good)
	} else {
		t.paragraph(0, 0, t.verdict(), t.palette.bold)
	}
	if t.hasGaps() {
		t.paragraph(0, 0, "Not everything could be read; a scan says what.", t.palette.warning)
	}
}

func (t *text) lastTurns(turns []Turn, since time.Time) {
	if len(turns) == 0 {
		t.heading("Nothing turned since " + t.clock(since))
		return
	}
	t.heading("What turned since " + t.clock(since))
	for i := range turns {
		x := &turns[i]
		head := fmt.Sprintf("%s  %-6s  ", t.clock(x.Time), x.Change)
		room := t.style.width() - 2 - widthOf(head)
		t.laid(2, cell{head, t.turnPaint(x)}, cell{clip(t.clean(turned(x)), room), nil})
	}
}

// turned says in a line what turned.
func turned(x *Turn) string {
	what := fmt.Sprintf("%s: %s [%s]", x.Pattern.Severity, x.Pattern.Title, x.Pattern.ID)
	if x.Why != "" {
		return x.Why + "; " + what
	}
	return what
}

func lines(s string) int { return strings.Count(s, "\n") }

// firstLines are those of a text for which there is room, the last of them
// saying that there are more.
func firstLines(s string, room int) string {
	all := strings.SplitAfter(s, "\n")
	if len(all)-1 <= room {
		return s
	}
	return strings.Join(all[:max(room-1, 0)], "") + "  more; a scan tells them all\n"
}

// lastLines are the head of a text and the last lines for which there is room.
func lastLines(s string, head, room int) string {
	all := strings.SplitAfter(s, "\n")
	if len(all)-1 <= room {
		return s
	}
	return strings.Join(append(all[:head:head], all[len(all)-1-room+head:]...), "")
}
