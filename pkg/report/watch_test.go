package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func reading(second int, patterns ...Pattern) *Report {
	return &Report{GeneratedAt: time.Date(2026, 1, 1, 12, 0, second, 0, time.UTC), Cluster: Cluster{Context: "prod"}, Patterns: patterns}
}

func standing(id, severity string, workloads, pods int, ongoing bool) Pattern {
	return Pattern{ID: id, Severity: severity, Title: id + " fails", Ongoing: ongoing, Frequency: Frequency{Workloads: workloads, Pods: pods}}
}

func TestTurns(t *testing.T) {
	var w Watch
	var got []string
	for i, r := range []*Report{
		reading(0, standing("a", "warning", 1, 2, true), standing("b", "warning", 1, 2, true)),
		reading(1, standing("a", "warning", 1, 2, true), standing("b", "warning", 1, 2, true)),
		reading(2, standing("a", "critical", 1, 2, true), standing("b", "warning", 1, 1, true)),
		reading(3, standing("b", "warning", 1, 1, false), standing("a", "critical", 2, 3, true)),
		{Sources: []Source{{Resource: "pods", Gap: "forbidden"}}, Patterns: []Pattern{standing("a", "critical", 2, 3, true)}},
		reading(5, standing("a", "critical", 2, 3, true)),
		reading(6),
	} {
		for _, x := range w.Turns(r) {
			got = append(got, strings.TrimSpace(strings.Join([]string{string(rune('0' + i)), x.Pattern.ID, x.Change, x.Why}, " ")))
		}
	}
	want := []string{"0 a new", "0 b new", "2 a worse warning → critical", "2 b better 2 → 1 pod",
		"3 b better it is over", "3 a worse 1 → 2 workloads",
		"5 b gone", // what could not be read at 4 was not called gone
		"6 a gone"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestScreenKeepsToItsLines: of a hundred problems and turns as much is shown
// as there is room for.
func TestScreenKeepsToItsLines(t *testing.T) {
	var many []Pattern
	for i := range 100 {
		many = append(many, standing(strings.Repeat("x", i%9+1)+"-\x1b[31m-problem", "warning", 1, i, true))
	}
	for _, r := range []*Report{reading(0), reading(0, many[:2]...), reading(0, many...)} {
		for _, height := range []int{10, 24, 60} {
			var w Watch
			var out bytes.Buffer
			if err := Screen(&out, r, w.Turns(r), r.GeneratedAt, Style{Width: 60}, height); err != nil {
				t.Fatal(err)
			}
			if n := lines(out.String()); n > height || !strings.Contains(out.String(), "prod") || strings.Contains(out.String(), "\x1b") {
				t.Errorf("%d patterns in %d lines: %d\n%s", len(r.Patterns), height, n, out.String())
			}
		}
	}
}

func TestTurnLines(t *testing.T) {
	var w Watch
	var out bytes.Buffer
	r := reading(0, standing("a", "warning", 1, 2, true))
	if err := TurnLines(&out, r, w.Turns(r), Style{}); err != nil || out.String() != "12:00:00  new     warning: a fails [a]\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}
