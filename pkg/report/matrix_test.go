package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// twelve patterns of which the second follows from the first, with names that
// are long, wide, and alike but for their middle.
func matrixReport() *report.Report {
	r := &report.Report{Cluster: report.Cluster{Offline: true}, Totals: report.Totals{Pods: 40, PodsInScope: 40, FailingPods: 9}}
	names := []string{"gcr.io", "gke-production-blue-private-pool-4f1c8d-worker-a", "gke-production-teal-private-pool-4f1c8d-worker-a", "登録所/画像-サービス-配信-東京-第一-予備系統"}
	for i := range 12 {
		p := report.Pattern{ID: fmt.Sprintf("p-%02d", i), Severity: "warning", Title: fmt.Sprintf("%d pods fail", i+2),
			Frequency: report.Frequency{Workloads: 4}}
		if i == 1 {
			p.ExplainedBy = "p-00"
		}
		row := make([]report.Cell, len(names))
		for j, name := range names {
			row[j] = report.Cell{Unit: "workloads", Affected: (i + j) % 5, Of: 4, Healthy: j, HealthyOf: 13}
			p.SharedFactors = append(p.SharedFactors, report.SharedFactor{Attribute: "node", Value: name})
		}
		r.Patterns = append(r.Patterns, p)
		r.Matrix.Rows, r.Matrix.Cells = append(r.Matrix.Rows, p.ID), append(r.Matrix.Cells, row)
	}
	for _, name := range names {
		r.Matrix.Columns = append(r.Matrix.Columns, report.Attribute{Attribute: "node", Value: name})
	}
	r.Matrix.Between = []report.Between{
		pairOf("p-00", "p-01", 42, "", true), pairOf("p-00", "p-02", -200, "", false), pairOf("p-02", "p-03", 42, "at-least", false),
		pairOf("p-03", "p-04", -42, "at-least", false), pairOf("p-04", "p-05", -42, "at-most", false), pairOf("p-05", "p-06", 1, "unknown", false),
		pairOf("p-06", "p-07", 0, "", false),
	}
	r.Matrix.Between[6].LagSeconds = nil
	return r
}

func pairOf(a, b string, lag int, bound string, explains bool) report.Between {
	return report.Between{A: a, B: b, Workloads: 2, WorkloadsOfA: 4, WorkloadsOfB: 2, Pods: 3, PodsOfA: 12, PodsOfB: 3,
		Jaccard: .5, LagSeconds: &lag, LagBound: bound, Explains: explains}
}

func TestMatrixGoldens(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  func(*bytes.Buffer, report.Style) error
		style report.Style
	}{
		{"matrix.60", matrixOf(false), report.Style{Width: 60}},
		{"matrix.80", matrixOf(false), report.Style{Width: 80}},
		{"matrix.ascii", matrixOf(false), report.Style{Width: 80, ASCII: true}},
		{"matrix.120", matrixOf(false), report.Style{Width: 120}},
		{"matrix.200", matrixOf(false), report.Style{Width: 200}},
		{"matrix.wide", matrixOf(true), report.Style{Width: 200}},
		{"matrix.color", matrixOf(false), report.Style{Width: 120, Color: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := c.text(&out, c.style); err != nil {
				t.Fatal(err)
			}
			width := c.style.Width
			if c.style.Color {
				width = 0
			}
			compare(t, "testdata/"+c.name+".golden", out.String(), width)
		})
	}
}

func matrixOf(wide bool) func(*bytes.Buffer, report.Style) error {
	return func(out *bytes.Buffer, s report.Style) error {
		if wide {
			return report.MatrixWide(out, matrixReport(), s)
		}
		return report.MatrixText(out, matrixReport(), s)
	}
}

// Columns stand below each other in columns of the terminal, not in runes: a
// name in wide characters moves nothing.
func TestTheGridIsAligned(t *testing.T) {
	var out bytes.Buffer
	if err := report.MatrixText(&out, matrixReport(), report.Style{Width: 200}); err != nil {
		t.Fatal(err)
	}
	unit := -1
	for _, line := range strings.Split(out.String(), "\n") {
		at := max(strings.Index(line, "UNIT"), strings.LastIndex(line, "workloads"))
		if !strings.Contains(line, "/13") && !strings.Contains(line, "UNIT") {
			continue
		}
		column := runewidth.StringWidth(line[:at])
		if unit >= 0 && column != unit {
			t.Errorf("the last column is at %d, above at %d: %s", column, unit, line)
		}
		unit = column
	}
	if unit < 0 {
		t.Error("no grid")
	}
}

func TestNamesStayDistinguishable(t *testing.T) {
	var out bytes.Buffer
	if err := report.MatrixText(&out, matrixReport(), report.Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "blue") || !strings.Contains(out.String(), "teal") {
		t.Errorf("two nodes look alike:\n%s", out.String())
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if w := runewidth.StringWidth(line); w > 80 {
			t.Errorf("%d columns: %s", w, line)
		}
	}
}
