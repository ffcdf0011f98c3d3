package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestWhatNobodyAskedForIsNoGap: it is named in a line, and spoils no verdict.
func TestWhatNobodyAskedForIsNoGap(t *testing.T) {
	tell := func(r *Report) string {
		var out bytes.Buffer
		if err := Wide(&out, r, Style{Width: 200}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	quiet := tell(&Report{Skipped: []Skipped{{Detector: "cpu-throttling", Why: "metrics: not asked for; --metrics reads them", Unasked: true}}})
	for _, want := range []string{"No failure pattern found: 0 pods", "Left out   cpu-throttling (metrics: not asked for; --metrics reads them)"} {
		if !strings.Contains(quiet, want) {
			t.Errorf("lacks %q:\n%s", want, quiet)
		}
	}
	if strings.Contains(quiet, "Not seen") || strings.Contains(quiet, "Not everything") {
		t.Errorf("takes it for a gap:\n%s", quiet)
	}
	loud := tell(&Report{
		Skipped: []Skipped{{Detector: "cpu-throttling", Why: "metrics: forbidden"}, {Detector: "node-failure", Why: "without nodes", Partly: true},
			{Detector: "node-pressure", Why: "without nodes", Partly: true}},
		Sources: []Source{{Resource: "metrics", Gap: "forbidden", Remedy: "safer, do this; or that"}, {Resource: "nodes", Gap: "forbidden", Remedy: "{apiGroups: []}"}},
	})
	for _, want := range []string{"Not everything could", "- metrics: safer, do this; or that", "- a rule that would grant nodes: {apiGroups: []}", "detector cpu-throttling could not judge: metrics: forbidden",
		"- judged in part: node-failure, node-pressure (without nodes)"} {
		if !strings.Contains(loud, want) {
			t.Errorf("lacks %q:\n%s", want, loud)
		}
	}
	if strings.Contains(loud, "Left out") {
		t.Errorf("says twice what it lacks:\n%s", loud)
	}
}

// TestPeriodCovered is told as it is: a span, one moment, or none.
func TestPeriodCovered(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for want, r := range map[string]*Report{
		"2026-01-02 03:04:05 – 2026-01-02 03:05:05 (60s): how far back events reach": {Window: Window{From: at, To: at.Add(time.Minute)}, Totals: Totals{Events: 3}},
		"2026-01-02 03:04:05, the one moment that all events tell of":                {Window: Window{From: at, To: at}, Totals: Totals{Events: 3}},
		"no events were there to read; statuses and conditions only":                 {Window: Window{From: at, To: at}},
	} {
		var out bytes.Buffer
		if err := Wide(&out, r, Style{Width: 200, Zone: time.UTC}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
}

// TestMatrixSaysWhatItLeavesOut when there are more patterns than columns.
func TestMatrixSaysWhatItLeavesOut(t *testing.T) {
	r := &Report{Matrix: Matrix{Columns: []Attribute{{Attribute: "node", Value: "n1"}}}}
	for i := range 10 {
		id := fmt.Sprintf("p%d", i)
		r.Patterns = append(r.Patterns, Pattern{ID: id, Severity: "warning", SharedFactors: []SharedFactor{{Attribute: "node", Value: "n1"}}})
		r.Matrix.Rows = append(r.Matrix.Rows, id)
		r.Matrix.Cells = append(r.Matrix.Cells, []Cell{{Unit: "pods", Affected: 1, Of: 1, HealthyOf: 5}})
	}
	var out bytes.Buffer
	if err := Wide(&out, r, Style{Width: 120, Zone: time.UTC}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Shown are 8 of 10 patterns") || strings.Contains(out.String(), "P9 ") {
		t.Errorf("the matrix:\n%s", out.String())
	}
}

func TestOneObjectIsNoPlural(t *testing.T) {
	for in, want := range map[string]string{"daemonsets": "daemonset", "networkpolicies": "networkpolicy", "ingresses": "ingress", "storageclasses": "storageclass",
		"secrets (owner=helm)": "secret (owner=helm)", "pods/log": "pods/log", "metrics": "metrics", "services": "service"} {
		if got := resourceName(in, 1); got != want {
			t.Errorf("1 %s, want %s", got, want)
		}
	}
	if got := resourceName("pods", 2); got != "pods" {
		t.Errorf("2 %s", got)
	}
}
