package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// bars of a sparkline, from nothing up.
var bars = []rune("·▁▂▃▄▅▆▇█")

// sparkline draws values as bars, the largest as high as a line; what is
// nothing is a dot, and what is a little still shows.
func sparkline(values []float64) string {
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	var b strings.Builder
	for _, v := range values {
		level := 0
		if v > 0 {
			level = max(1, int(v/most*float64(len(bars)-1)+.5))
		}
		b.WriteRune(bars[level])
	}
	return b.String()
}

// squeezed adds neighbours up until so many values are left; of what grows the
// last of each part is kept.
func squeezed(values []float64, most int, grows bool) []float64 {
	parts := min(len(values), max(1, most))
	out := make([]float64, parts)
	for i := range parts {
		for _, v := range values[i*len(values)/parts : (i+1)*len(values)/parts] {
			if grows {
				out[i] = v
			} else {
				out[i] += v
			}
		}
	}
	return out
}

func (b *Bucket) value() float64 {
	if b.Value != nil {
		return *b.Value
	}
	return float64(b.Count)
}

func values(buckets []Bucket) []float64 {
	out := make([]float64, len(buckets))
	for i := range buckets {
		out[i] = buckets[i].value()
	}
	return out
}

// spark is the sparkline of a pattern in time with what it spans.
func (t *text) spark(p *Pattern) {
	if words := t.sparkWords(p); words != "" {
		t.field(2, "Course", words, nil)
	}
}

// sparkWords are empty of a pattern that is none in time.
func (t *text) sparkWords(p *Pattern) string {
	when := p.Timing
	if when == nil || len(when.Buckets) == 0 {
		return ""
	}
	line := sparkline(squeezed(values(when.Buckets), t.style.width()/2, when.Slope != nil))
	return fmt.Sprintf("%s  %s", line, t.spans(when))
}

// spans says what a course is of.
func (t *text) spans(when *Timing) string {
	switch {
	case when.Folded:
		return "by hour of the day, UTC, 00 to 23"
	case when.Slope != nil:
		return fmt.Sprintf("%s, %s to %s", when.Slope.Unit, t.stamp(when.Window.From), t.clock(when.Window.To))
	}
	return fmt.Sprintf("by %s, %s to %s", detect.Even(time.Duration(when.BucketSeconds)*time.Second), t.stamp(when.Window.From), t.clock(when.Window.To))
}

// timing tells what a pattern in time rests on, with its buckets as a table.
func (t *text) timing(p *Pattern) {
	when := p.Timing
	if when == nil {
		return
	}
	t.heading("When")
	t.field(2, "Window", fmt.Sprintf("%s to %s, of which %s were watched", t.stamp(when.Window.From), t.stamp(when.Window.To),
		detect.Span(time.Duration(when.WatchedSeconds)*time.Second)), nil)
	t.field(2, "Test", testWords(when), nil)
	if when.PeriodSeconds > 0 {
		t.field(2, "Period", fmt.Sprintf("%s, %s into it (from midnight UTC)", detect.Even(time.Duration(when.PeriodSeconds)*time.Second),
			detect.Even(time.Duration(when.PhaseSeconds)*time.Second)), nil)
	}
	if when.Clock != "" {
		t.field(2, "Clock", when.Clock, nil)
	}
	t.spark(p)
	var rows [][]cell
	for _, b := range when.Buckets {
		if b.value() == 0 {
			continue // the course shows where nothing was
		}
		rows = append(rows, []cell{{t.bucketName(when, b), nil}, {numberText(b.value()), nil}, {strings.Repeat("▪", min(40, b.Count)), t.palette.dim}})
	}
	if len(rows) > 0 {
		t.blank()
		t.table(2, []string{"FROM", map[bool]string{true: "VALUE", false: "COUNT"}[when.Slope != nil], ""}, rows)
	}
}

func testWords(when *Timing) string {
	out := fmt.Sprintf("%s: %d of %d fit, of %s (workloads, nodes)", when.Test, when.Count, when.Of, detect.Count(when.Units, "unit"))
	if when.Days > 0 {
		out += fmt.Sprintf(", on %s", detect.Count(when.Days, "day"))
	}
	if when.P == nil {
		return out + "; Kubernetes itself says what starts it"
	}
	return out + "; chance of being wrong " + detect.Chance(*when.P)
}

func (t *text) bucketName(when *Timing, b Bucket) string {
	if when.Folded {
		return b.From.UTC().Format("15:04")
	}
	return t.stamp(b.From)
}

func numberText(v float64) string {
	if v == float64(int64(v)) {
		return fmt.Sprintf("%d", int64(v))
	}
	return fmt.Sprintf("%.3g", v)
}
