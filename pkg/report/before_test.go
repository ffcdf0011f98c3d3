package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func TestSeenBeforeAsText(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	p := report.Pattern{ID: "oom-x", Severity: "warning", Title: "cart runs out of memory", FirstSeen: &noon, LastSeen: &noon, Ongoing: true,
		SeenBefore: &report.SeenBefore{Times: 4, Workloads: 1, Of: 2, Window: report.Window{From: noon.AddDate(0, 0, -10), To: noon}, WatchedSeconds: 9 * 24 * 3600}}
	for day := range 4 {
		p.SeenBefore.Episodes = append(p.SeenBefore.Episodes, report.SeenEpisode{From: noon.AddDate(0, 0, day-5), RecoveredAfterSeconds: 60 * (day + 3), IsLowerBound: day == 3})
	}
	text := func() string {
		var out bytes.Buffer
		if err := report.Wide(&out, &report.Report{GeneratedAt: noon, Patterns: []report.Pattern{p}}, report.Style{Zone: time.UTC, Width: 400}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	want := "Before     seen 4 times on 1 of the 2 that have it now: the last: 2026-11-20 12:00:00, over after 4m; " +
		"2026-11-21 12:00:00, over after 5m; 2026-11-22 12:00:00, over after at least 6m. The past reaches back 10d, 90.0 % of it watched."
	if got := text(); !strings.Contains(got, want) {
		t.Errorf("no %q in:\n%s", want, got)
	}
	p.SeenBefore = nil
	if got := text(); strings.Contains(got, "Before") {
		t.Errorf("it was not seen before:\n%s", got)
	}
}
