package cmd

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// TestMetricsOfSavedData: what kubelets measured is read where it is saved, and
// is no gap where it is not.
func TestMetricsOfSavedData(t *testing.T) {
	data := recording("cpu-throttling")
	measured := filepath.Join(filepath.Dir(data), "metrics-")
	r := scan(t, "-f", data, "-f", measured+"1", "-f", measured+"2")
	if len(r.Patterns) != 1 || len(r.Skipped) != 0 {
		t.Fatalf("%d patterns, skipped: %+v", len(r.Patterns), r.Skipped)
	}
	p := &r.Patterns[0]
	if p.Detector != "cpu-throttling" || p.Cause != "cfs-quota" || p.Severity != "info" || p.Tier != "stated" || r.Totals.FailingPods != 0 {
		t.Errorf("%s: %s, %s, %d pods failing", p.ID, p.Severity, p.Tier, r.Totals.FailingPods)
	}
	if len(p.Affected) != 2 || p.Impact[0].State != "unaffected" {
		t.Errorf("affected %+v, impact %+v", p.Affected, p.Impact)
	}
	if !slices.ContainsFunc(p.SharedFactors, func(f report.SharedFactor) bool {
		return f.Attribute == "cpuLimit" && f.Value == "100m" && f.Tier == "stated"
	}) {
		t.Errorf("shared: %+v", p.SharedFactors)
	}
	for _, e := range p.Evidence {
		if e.Source != "metric" || !strings.Contains(e.Text, "CPU periods") {
			t.Errorf("evidence %+v", e)
		}
	}

	r = scan(t, "-f", data)
	if !slices.Contains(r.Skipped, report.Skipped{Detector: "cpu-throttling", Why: "metrics: not in the files", Unasked: true}) {
		t.Errorf("skipped: %+v", r.Skipped)
	}
	// One sample alone tells of the containers' first seconds, which is too little.
	if r = scan(t, "-f", data, "-f", measured+"1"); len(r.Patterns) != 0 || len(r.Skipped) != 0 {
		t.Errorf("%d patterns, skipped: %+v", len(r.Patterns), r.Skipped)
	}
}
