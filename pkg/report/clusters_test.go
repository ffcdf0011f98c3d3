package report_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// fleet are two clusters that fail on one registry, two that do not, one of
// them by two contexts, and one that cannot be read.
func fleet(t *testing.T) *report.Report {
	t.Helper()
	at := time.Date(2026, 11, 22, 19, 40, 0, 0, time.UTC)
	in := func(context string, first time.Time) correlate.CommonIn {
		return correlate.CommonIn{Contexts: []string{context}, First: first, Ongoing: true, Pods: 3, Workloads: 3,
			Patterns: []*correlate.Pattern{{ID: "image-pull-auth-60b935"}}}
	}
	common := []correlate.Common{{Detector: "image-pull", Cause: "auth", Attribute: "registry", Values: []string{"registry.acme.example"}, Of: 4, Tier: detect.Stated,
		In: []correlate.CommonIn{in("prod-us", at), in("prod-eu", at.Add(52*time.Second))}, Dated: true, Spread: 52 * time.Second,
		Beside: []correlate.Beside{{Contexts: []string{"tools", "tools-2"}, Workloads: 4, Since: 1}},
		Title:  "registry registry.acme.example in 2 of 4 clusters: image-pull, auth", Text: "In 2 of 4 clusters that were read the failures themselves name it."}}
	pulls, well, evictions := read(t, "testdata/registry-auth.json"), read(t, "testdata/healthy-after-start.json"), read(t, "testdata/evictions-two-nodes.json")
	return report.NewAcross([]report.Context{
		{Name: "prod-eu", Report: pulls}, {Name: "prod-us", Report: pulls}, {Name: "asia", Report: evictions}, {Name: "tools", Report: well},
		{Name: "tools-2", Report: well, SameClusterAs: "tools"},
		{Name: "staging\x1b[2J", Server: "https://127.0.0.1:9", Gap: "cannot read the cluster at https://127.0.0.1:9: connection refused"},
	}, common)
}

func TestAcrossAsText(t *testing.T) {
	r := fleet(t)
	compare(t, "testdata/across.80.golden", written(t, report.AcrossText, r, report.Style{Width: 80, Again: "-A"}), 80)
	for _, width := range []int{60, 120, 200} {
		compare(t, fmt.Sprintf("testdata/across.%d.golden", width), written(t, report.AcrossText, r, report.Style{Width: width}), width)
	}
	wide := written(t, report.AcrossWide, r, report.Style{Width: 80, Again: "-A"})
	for _, want := range []string{"In several clusters", "Pattern analysis: prod-us, all namespaces", "kubectl --context prod-us "} {
		if !bytes.Contains([]byte(wide), []byte(want)) {
			t.Errorf("-o wide lacks %q", want)
		}
	}
}

func TestAcrossAsJSON(t *testing.T) {
	r := fleet(t)
	if n := len(r.Patterns); n != 15 || r.Patterns[0].Cluster != "prod-eu" || r.Patterns[n-1].Cluster != "asia" || len(r.Skipped) == 0 || r.Skipped[0].Cluster != "asia" {
		t.Errorf("%d patterns", n)
	}
	r.Patterns, r.Timeline, r.Tree, r.Recommendations, r.Sources, r.Skipped = r.Patterns[:0], r.Timeline[:1], r.Tree[:1], r.Recommendations[:1], r.Sources[:1], r.Skipped[:1]
	for i := range r.Clusters {
		r.Clusters[i].Matrix = nil
	}
	var out bytes.Buffer
	if err := report.JSON(&out, r); err != nil {
		t.Fatal(err)
	}
	compare(t, "testdata/across.golden", out.String(), 0)
}

// What one cluster's report holds does not tell of several, null or not.
func TestOneClusterSaysNothingOfSeveral(t *testing.T) {
	var out bytes.Buffer
	if err := report.JSON(&out, read(t, "testdata/registry-auth.json")); err != nil || bytes.Contains(out.Bytes(), []byte(`"across"`)) || bytes.Contains(out.Bytes(), []byte(`"clusters"`)) {
		t.Errorf("%v: %.200s", err, out.String())
	}
}
