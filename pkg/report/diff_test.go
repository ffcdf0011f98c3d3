package report_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func differing(id, severity string, ongoing bool, workloads, pods int) report.Pattern {
	return report.Pattern{ID: id, Detector: id, Cause: "c", Severity: severity, Title: "Title of " + id, Ongoing: ongoing,
		Frequency: report.Frequency{Workloads: workloads, Pods: pods, Occurrences: pods * 10}}
}

func twoSides() (old, now *report.Report) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	old = &report.Report{GeneratedAt: at, Totals: report.Totals{PodsInScope: 40, FailingPods: 6}, Skipped: []report.Skipped{{Detector: "throttling", Why: "without metrics"}},
		Patterns: []report.Pattern{differing("oom", "warning", true, 1, 2), differing("probe", "critical", true, 2, 4), differing("pull", "warning", true, 1, 1), differing("same", "info", false, 1, 1),
			differing("jobs", "warning", false, 1, 1), differing("healed", "warning", true, 1, 3)}}
	now = &report.Report{GeneratedAt: at.Add(2 * time.Hour), Totals: report.Totals{PodsInScope: 44, FailingPods: 9}, Skipped: []report.Skipped{{Detector: "jobs", Why: "without jobs: forbidden"}},
		Patterns: []report.Pattern{differing("dns", "critical", true, 3, 9), differing("oom", "critical", true, 1, 5), differing("probe", "critical", true, 1, 1), differing("same", "info", false, 1, 1),
			differing("throttling", "warning", true, 1, 1), differing("healed", "warning", false, 1, 3)},
		Sources: []report.Source{{Resource: "jobs", Gap: "forbidden"}, {Resource: "pods", Objects: 44}}}
	return old, now
}

func TestDifferences(t *testing.T) {
	old, now := twoSides()
	d := report.NewDifference(old, now, "h.db", "h.db", func(*report.Pattern) bool { return true })
	for name, c := range map[string]struct {
		got  []report.PatternDifference
		want string
	}{"appeared": {d.Appeared, "dns"}, "worse": {d.Worse, "oom"}, "better": {d.Better, "probe healed"}, "gone": {d.Gone, "pull"}, "same": {d.Same, "same"}, "unknown": {d.Unknown, "throttling jobs"}} {
		ids := ""
		for _, x := range c.got {
			ids += " " + x.ID
		}
		if ids != " "+c.want {
			t.Errorf("%s: %s, want %s", name, ids, c.want)
		}
	}
	if d.Unknown[1].Why != "without jobs: forbidden" || d.Unknown[1].New != nil {
		t.Errorf("%+v", d.Unknown[1])
	}
	only := report.NewDifference(old, now, "", "", func(p *report.Pattern) bool { return p.Severity == "critical" })
	if len(only.Appeared) != 1 || len(only.Worse) != 1 || len(only.Better) != 1 || only.Hidden != 5 {
		t.Errorf("what one side lets through is shown: %+v", only)
	}
}

func TestDifferencesAsText(t *testing.T) {
	old, now := twoSides()
	d := report.NewDifference(old, now, "a.json", "b.json", func(*report.Pattern) bool { return true })
	for _, width := range []int{60, 80, 120, 200} {
		var out bytes.Buffer
		if err := report.DifferenceText(&out, d, report.Style{Zone: time.UTC, Width: width}); err != nil {
			t.Fatal(err)
		}
		compare(t, fmt.Sprintf("testdata/diff.%d.golden", width), out.String(), width)
	}
}

func TestHistoryAsText(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	l := report.NewHistoryList("/home/me/.local/share/kubectl-patterns/history")
	whole := report.HistoryFile{File: l.Folder + "/ab.db", ID: "ab", Cluster: report.Cluster{Context: "prod", Server: "https://10.0.0.1:6443", Version: "v1.36.1"}, Watched: 0.9961,
		Facts: report.HistoryFacts{Events: 1204, Ends: 33, Turns: 12, Changes: 1, Versions: 900}, Objects: 412, Size: 12 << 20, MaxSize: 512 << 20, KeepSeconds: 14 * 24 * 3600}
	whole.SetPeriod(at, at.Add(51*time.Hour))
	l.Files = append(l.Files, whole, report.HistoryFile{File: "x.db", Problem: "history x.db: it is damaged or no history\x1b[2J"}, report.HistoryFile{File: "new.db", Size: 4096})
	for _, width := range []int{60, 80, 120, 200} {
		var out bytes.Buffer
		if err := report.HistoryText(&out, l, report.Style{Zone: time.UTC, Width: width}); err != nil {
			t.Fatal(err)
		}
		out.WriteString("----\n")
		if err := report.HistoryText(&out, report.NewHistoryList("/nowhere"), report.Style{Zone: time.UTC, Width: width}); err != nil {
			t.Fatal(err)
		}
		compare(t, fmt.Sprintf("testdata/history.%d.golden", width), out.String(), width)
	}
}
