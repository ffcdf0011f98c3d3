package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// drawing is one timeline with its measures.
type drawing struct {
	*text
	*axis
	tracks            []track
	name, number, end int // widths
	most              int // begin in one column at most
	drawn             map[rune]bool
}

func (d *drawing) layOut(tracks []track, entries []Entry) {
	d.tracks, d.drawn = tracks, map[rune]bool{}
	width := d.style.width() - 2
	for _, x := range tracks {
		d.name = max(d.name, widthOf(d.clean(x.name)))
		d.number = max(d.number, len(x.number)+2)
		d.end = max(d.end, widthOf(d.clean(x.says())))
	}
	d.name, d.end = min(d.name, width*3/10), max(min(d.end, width/4), len(d.zoneName(d.r.GeneratedAt)))
	d.axis = newAxis(momentsOf(entries, d.r.GeneratedAt), width-d.name-d.number-d.end-4)
	for _, x := range tracks {
		for _, n := range d.beginnings(x) {
			d.most = max(d.most, n)
		}
	}
}

// momentsOf are when something begins or ends, and the present.
func momentsOf(entries []Entry, now time.Time) []time.Time {
	var out []time.Time
	for _, e := range entries {
		out = append(out, e.Time)
		if e.Until != nil {
			out = append(out, *e.Until)
		}
	}
	if len(out) > 0 {
		out = append(out, now)
	}
	return out
}

// beginnings counts the symptoms that begin in each column.
func (d *drawing) beginnings(x track) []int {
	out := make([]int, d.columns())
	for _, e := range x.entries {
		if e.Kind == "symptom" && len(out) > 0 {
			out[d.at(e.Time)]++
		}
	}
	return out
}

// Signs of a drawing.
const (
	signChange   = '◆'
	signRecovery = '○'
	signGoesOn   = '─'
	signNothing  = '·'
	signUnknown  = '░'
	signBreak    = '┊'
)

// signs are the runes of a lane. A change is never hidden by what begins in
// the same column: that is drawn behind it, where there is room.
func (d *drawing) signs(x track) []rune {
	out := make([]rune, d.columns())
	for i := range out {
		out[i] = d.idle(i)
	}
	d.goingOn(x, out)
	put := func(kind string, sign rune) {
		for _, e := range x.entries {
			if e.Kind == kind {
				out[d.at(e.Time)] = sign
			}
		}
	}
	put("recovery", signRecovery)
	put("change", signChange)
	for i, n := range d.beginnings(x) {
		if n > 0 && out[i] == signChange && i+1 < len(out) && out[i+1] != signChange && out[i+1] != signBreak {
			i++
		}
		if n > 0 && out[i] != signChange {
			out[i] = bars[min(8, 1+7*n/max(d.most, 7))]
		}
	}
	return out
}

// goingOn draws symptoms from their first time to their last.
func (d *drawing) goingOn(x track, out []rune) {
	for _, e := range x.entries {
		if e.Kind != "symptom" || e.Until == nil {
			continue
		}
		for i := d.at(e.Time); i <= d.at(*e.Until); i++ {
			if out[i] != signBreak {
				out[i] = signGoesOn
			}
		}
	}
}

// idle is the sign of a column in which nothing is known to happen: nothing
// did, or nobody kept it.
func (d *drawing) idle(column int) rune {
	from, ok := d.start(column)
	switch {
	case !ok:
		return signBreak
	case d.watched(from.Add(d.column)):
		return signNothing
	}
	return signUnknown
}

// watched reports whether events or a past tell of a time.
func (d *drawing) watched(at time.Time) bool {
	if d.r.Totals.Events > 0 && !at.Before(d.r.Window.From) {
		return true
	}
	return slices.ContainsFunc(d.r.Sources, func(s Source) bool {
		return s.ofThePast() && s.Window != nil && !at.Before(s.Window.From) && !at.After(s.Window.To)
	})
}

// track prints one lane.
func (d *drawing) track(x track) {
	paint := d.palette.dim
	for _, e := range x.entries {
		if p := d.find(cmp.Or(x.root, e.Pattern)); p != nil {
			paint = d.palette.severity(p.Severity)
			break
		}
	}
	cells := []cell{{pad(shortenKeepingEnd(d.clean(x.name), d.name), d.name+1), nil}, {pad(x.number, d.number-1), paint}}
	signs := d.signs(x)
	for i := 0; i < len(signs); {
		j := i
		for j < len(signs) && d.signPaint(signs[j], paint) == d.signPaint(signs[i], paint) {
			d.drawn[signs[j]] = true
			j++
		}
		cells = append(cells, cell{string(signs[i:j]), d.signPaint(signs[i], paint)})
		i = j
	}
	d.laid(2, append(cells, cell{"  ", nil}, cell{clip(d.clean(x.says()), d.end), nil})...)
}

func (d *drawing) signPaint(sign rune, severity *color.Color) *color.Color {
	switch sign {
	case signChange:
		return d.palette.change
	case signRecovery:
		return d.palette.good
	case signNothing, signUnknown, signBreak:
		return d.palette.dim
	}
	return severity
}

// header writes when the stretches begin, and the present at the end.
func (d *drawing) header() {
	line := []rune(strings.Repeat(" ", d.columns()))
	write := func(at int, s string) {
		for i := max(0, at-1); i < at+len(s)+1 && i < len(line); i++ {
			if line[i] != ' ' {
				return
			}
		}
		if at >= 0 && at+len(s) <= len(line) {
			copy(line[at:], []rune(s))
		}
	}
	last := d.parts[len(d.parts)-1]
	write(0, d.shortClock(d.parts[0].from))
	write(len(line)-len(d.shortClock(last.to)), d.shortClock(last.to))
	for _, p := range d.parts[1:] {
		write(p.first, d.shortClock(p.from))
	}
	d.laid(2+d.name+d.number, cell{string(line), d.palette.dim}, cell{"  " + d.zoneName(last.to), d.palette.dim})
}

// shortClock is the time of day, or of another day than the report's that day
// and the minute.
func (t *text) shortClock(at time.Time) string {
	if full := t.clock(at); len(full) <= len("15:04:05") {
		return full
	}
	return at.In(t.style.zone()).Format("Jan02 15:04")
}

// legend explains the signs that were drawn.
func (d *drawing) legend() {
	told := []string{"a column is " + detect.Span(max(d.column, time.Second))}
	for _, sign := range []struct {
		r    rune
		what string
	}{{signChange, "changed"}, {signGoesOn, "goes on"}, {signRecovery, "well again"}, {signUnknown, "no events kept"}, {signBreak, "time left out"}} {
		if d.drawn[sign.r] {
			told = append(told, fmt.Sprintf("%c %s", sign.r, sign.what))
		}
	}
	for r := range d.drawn {
		if slices.Contains(bars[1:], r) {
			told = slices.Insert(told, 1, fmt.Sprintf("%c%c%c begins to fail", bars[1], bars[4], bars[8]))
			break
		}
	}
	d.paragraph(2, 0, strings.Join(told, ", "), d.palette.dim)
}
