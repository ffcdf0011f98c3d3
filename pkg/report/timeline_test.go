package report_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func timelineReport() *report.Report {
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	until := at(300)
	r := &report.Report{GeneratedAt: at(600), Cluster: report.Cluster{Offline: true}, Window: report.Window{From: noon, To: at(600)},
		Totals:   report.Totals{Pods: 9, PodsInScope: 9},
		Patterns: []report.Pattern{{ID: "pull", Severity: "warning", Title: "3 pods cannot pull"}, {ID: "stuck", ExplainedBy: "pull", Severity: "warning", Title: "1 rollout is stuck"}},
		Timeline: []report.Entry{
			{Time: at(-90000), Kind: "change", Subject: report.Ref{Kind: "Node", Name: "n1"}, Reason: "condition", Message: "Ready False", Count: 1},
			{Time: at(0), Kind: "change", Subject: report.Ref{Kind: "Deployment", Namespace: "shop", Name: "api"}, Reason: "rollout",
				Message: "image registry.example.com/shop/api:1.0.0 → registry.example.com/shop/api:2.0.0, env VERSION", Count: 1, Pattern: "pull"},
		}}
	for i := range 3 {
		r.Timeline = append(r.Timeline, report.Entry{Time: at(10 * (i + 1)), Until: &until, Kind: "symptom", Count: 4, Pattern: "pull", Reason: "ImagePullBackOff",
			Subject: report.Ref{Kind: "Pod", Namespace: "shop", Name: fmt.Sprintf("api-%d", i)}, Message: "back-off pulling image registry.example.com/shop/api:2.0.0: not found"})
	}
	return with(r,
		report.Entry{Time: at(25), Kind: "symptom", Count: 1, Subject: report.Ref{Kind: "Pod", Namespace: "shop", Name: "待機中-0"}, Reason: "restart", Message: "container app ended: exit 2 (1 in all)\nsecond line"},
		report.Entry{Time: at(500), Kind: "recovery", Count: 1, Pattern: "pull", Subject: report.Ref{Kind: "Pod", Namespace: "shop", Name: "api-0"}, Reason: "ready again"},
		report.Entry{Time: at(510), Kind: "symptom", Count: 1, Pattern: "stuck", Subject: report.Ref{Kind: "Deployment", Namespace: "shop", Name: "api"}, Reason: "ProgressDeadlineExceeded"})
}

func with(r *report.Report, entries ...report.Entry) *report.Report {
	r.Timeline = append(r.Timeline, entries...)
	return r
}

func TestTimelineGoldens(t *testing.T) {
	for _, c := range []struct {
		name   string
		render func(*bytes.Buffer) error
	}{
		{"timeline.60", timelineOf(report.Style{Width: 60})},
		{"timeline.80", timelineOf(report.Style{Width: 80})},
		{"timeline.120", timelineOf(report.Style{Width: 120})},
		{"timeline.200", timelineOf(report.Style{Width: 200})},
		{"timeline.ascii", timelineOf(report.Style{Width: 80, ASCII: true})},
		{"timeline.wide", func(w *bytes.Buffer) error {
			return report.TimelineWide(w, timelineReport(), report.Style{Width: 120})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := c.render(&out); err != nil {
				t.Fatal(err)
			}
			compare(t, "testdata/"+c.name+".golden", out.String(), 200)
		})
	}
}

func timelineOf(s report.Style) func(*bytes.Buffer) error {
	return func(w *bytes.Buffer) error { return report.TimelineText(w, timelineReport(), s) }
}

func TestTheTimelineAlone(t *testing.T) {
	r := timelineReport().OnlyTimeline()
	if len(r.Timeline) != 8 || len(r.Patterns)+len(r.Tree)+len(r.Matrix.Rows) != 0 {
		t.Errorf("%d entries, %d patterns", len(r.Timeline), len(r.Patterns))
	}
}

// What was told is not told again: neither a failure that goes on, nor one
// whose first events the API has forgotten. One that came back is.
func TestOnlyWhatIsNewIsToldAgain(t *testing.T) {
	entry := func(from, until int, reason string) report.Entry {
		end := noon.Add(time.Duration(until) * time.Minute)
		return report.Entry{Time: noon.Add(time.Duration(from) * time.Minute), Until: &end, Kind: "symptom", Reason: reason, Subject: report.Ref{Kind: "Pod", Name: "a"}}
	}
	var seen report.Seen
	for i, c := range []struct {
		in   []report.Entry
		want []string
	}{
		{[]report.Entry{entry(0, 5, "BackOff")}, []string{"BackOff"}},
		{[]report.Entry{entry(0, 6, "BackOff"), entry(3, 3, "Unhealthy")}, []string{"Unhealthy"}},
		{[]report.Entry{entry(4, 7, "BackOff")}, nil},
		{[]report.Entry{entry(8, 9, "BackOff")}, []string{"BackOff"}},
	} {
		var got []string
		for _, e := range seen.New(c.in) {
			got = append(got, e.Reason)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("reading %d tells %v, want %v", i+1, got, c.want)
		}
	}
}

func TestEntriesComeWithoutAFrame(t *testing.T) {
	var out bytes.Buffer
	r := timelineReport()
	if err := report.Entries(&out, r, r.Timeline[:2], report.Style{Width: 200}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "\n"); got != 2 || !strings.Contains(out.String(), "env VERSION") {
		t.Errorf("%d lines:\n%s", got, out.String())
	}
}
