package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGoldens renders recorded reports: testdata/NAME.json in, and out
// NAME.WIDTH.golden, plain; of scans NAME.wide.WIDTH.golden as well.
// NAME.color.golden and NAME.ascii.golden, where they are there, are those with
// colours and without signs beyond ASCII.
func TestGoldens(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.json")
	if err != nil || len(inputs) < 5 {
		t.Fatalf("found %d recorded reports, %v", len(inputs), err)
	}
	for _, in := range inputs {
		name := strings.TrimSuffix(in, ".json")
		t.Run(filepath.Base(name), func(t *testing.T) {
			r := read(t, in)
			for _, width := range []int{60, 80, 120, 200} {
				compare(t, fmt.Sprintf("%s.%d.golden", name, width), render(t, r, report.Style{Width: width}), width)
				if isScan(r) {
					compare(t, fmt.Sprintf("%s.wide.%d.golden", name, width), written(t, report.Wide, r, report.Style{Width: width}), width)
				}
			}
			if _, err := os.Stat(name + ".color.golden"); err == nil {
				compare(t, name+".color.golden", render(t, r, report.Style{Width: 80, Color: true}), 0)
			}
			if _, err := os.Stat(name + ".ascii.golden"); err == nil {
				compare(t, name+".ascii.golden", render(t, r, report.Style{Width: 80, ASCII: true}), 80)
			}
		})
	}
}

func read(t *testing.T, path string) *report.Report {
	t.Helper()
	raw, err := os.ReadFile(path) //nolint:gosec // our own testdata
	if err != nil {
		t.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := report.JSON(&again, &r); err != nil {
		t.Fatal(err)
	}
	if again.String() != string(raw) {
		t.Errorf("%s does not come back the same from Go: a field is missing or has another name\n%s", path, cmp.Diff(string(raw), again.String()))
	}
	return &r
}

func render(t *testing.T, r *report.Report, s report.Style) string {
	t.Helper()
	text := report.Text
	switch {
	case r.Node != nil:
		text = report.NodeText
	case r.Explain != nil:
		text = report.ExplainText
	case r.Rollout != nil:
		text = report.RolloutText
	}
	return written(t, text, r, s)
}

func isScan(r *report.Report) bool { return r.Node == nil && r.Explain == nil && r.Rollout == nil }

// written is what a renderer writes.
func written(t *testing.T, text func(io.Writer, *report.Report, report.Style) error, r *report.Report, s report.Style) string {
	t.Helper()
	var out bytes.Buffer
	if err := text(&out, r, s); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func compare(t *testing.T, path, got string, width int) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path) //nolint:gosec // our own testdata
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; `make update` rewrites it if that is meant\n%s", path, diff)
	}
	for i, line := range strings.Split(got, "\n") {
		if n := runewidth.StringWidth(line); width > 0 && n > width {
			t.Errorf("%s:%d is %d columns wide: %s", path, i+1, n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%s:%d ends in blanks", path, i+1)
		}
	}
}
