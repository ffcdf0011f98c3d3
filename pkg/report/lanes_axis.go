package report

import (
	"slices"
	"time"
)

// axis lays time out in columns, all of the same length. Long stretches in
// which nothing begins and nothing ends are left out: what happened days ago
// and what happens now stand beside each other.
type axis struct {
	parts  []stretch
	column time.Duration // how long a column is
}

// stretch is a part of the time without a break in it, and its columns; the
// column before that of a later one is the break.
type stretch struct {
	from, to    time.Time
	first, last int
}

// mostBreaks is how many breaks an axis has at most: with more of them nobody
// sees how time passes.
const mostBreaks = 2

// newAxis lays the time between the first and the last of some moments out in
// so many columns. Without any time between them it has no column.
func newAxis(moments []time.Time, columns int) *axis {
	moments = slices.Clone(moments)
	slices.SortFunc(moments, time.Time.Compare)
	a := &axis{}
	if len(moments) < 2 || columns < 8 || !moments[len(moments)-1].After(moments[0]) {
		return a
	}
	a.parts = []stretch{{from: moments[0], to: moments[len(moments)-1]}}
	for range mostBreaks {
		if !a.breakAt(moments) {
			break
		}
	}
	a.measure(columns)
	return a
}

// worthABreak is how long nothing must happen for an axis to be broken there.
const worthABreak = time.Hour

// breakAt leaves the longest stretch out in which nothing happens, where it is
// long and longer than all that remains.
func (a *axis) breakAt(moments []time.Time) bool {
	part, longest := -1, time.Duration(0)
	var from, to time.Time
	for i := 1; i < len(moments); i++ {
		for k, p := range a.parts {
			if d := moments[i].Sub(moments[i-1]); d > longest && !moments[i-1].Before(p.from) && !moments[i].After(p.to) {
				part, longest, from, to = k, d, moments[i-1], moments[i]
			}
		}
	}
	if longest < worthABreak || longest*2 <= a.length() {
		return false
	}
	p := a.parts[part]
	a.parts = slices.Replace(a.parts, part, part+1, stretch{from: p.from, to: from}, stretch{from: to, to: p.to})
	return true
}

func (a *axis) length() time.Duration {
	var sum time.Duration
	for _, p := range a.parts {
		sum += p.to.Sub(p.from)
	}
	return sum
}

// measure gives every stretch its columns: one at least.
func (a *axis) measure(columns int) {
	room := columns - 2*len(a.parts) + 1 // a column for each break, and one each for what is left over
	a.column = max(a.length()/time.Duration(max(room, 1)), 1)
	at := 0
	for i := range a.parts {
		p := &a.parts[i]
		p.first = at
		p.last = at + int(p.to.Sub(p.from)/a.column)
		at = p.last + 2
	}
}

// columns is how many there are, breaks included.
func (a *axis) columns() int {
	if len(a.parts) == 0 {
		return 0
	}
	return a.parts[len(a.parts)-1].last + 1
}

// at is the column of a moment; what lies in a break or outside goes to the
// nearest.
func (a *axis) at(t time.Time) int {
	for _, p := range a.parts {
		if t.Before(p.from) {
			return p.first
		}
		if !t.After(p.to) {
			return p.first + int(t.Sub(p.from)/a.column)
		}
	}
	return a.columns() - 1
}

// start is when a column begins; false for a break.
func (a *axis) start(column int) (time.Time, bool) {
	for _, p := range a.parts {
		if column >= p.first && column <= p.last {
			return p.from.Add(time.Duration(column-p.first) * a.column), true
		}
	}
	return time.Time{}, false
}
