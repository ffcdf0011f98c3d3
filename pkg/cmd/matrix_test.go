package cmd

import (
	"slices"
	"strings"
	"testing"
)

func TestMatrix(t *testing.T) {
	chain := recording("rollout-dependants")
	r := scan(t, "matrix", "-f", chain)
	if len(r.Patterns)+len(r.Timeline)+len(r.Tree)+len(r.Recommendations) != 0 {
		t.Error("more than the matrix")
	}
	if len(r.Matrix.Rows) != 3 || len(r.Matrix.Cells) != 3 || len(r.Matrix.Columns) == 0 {
		t.Fatalf("matrix %+v", r.Matrix)
	}
	explained := 0
	for _, b := range r.Matrix.Between {
		if !slices.Contains(r.Matrix.Rows, b.A) || !slices.Contains(r.Matrix.Rows, b.B) || b.LagSeconds == nil {
			t.Errorf("pair %+v", b)
		}
		if b.Explains {
			explained++
		}
	}
	if explained != 2 {
		t.Errorf("%d pairs of which one follows from the other, want 2: %+v", explained, r.Matrix.Between)
	}
	whole := scan(t, "-f", chain)
	if len(whole.Matrix.Between) != len(r.Matrix.Between) {
		t.Error("a scan has other pairs")
	}
}

func TestMatrixAsText(t *testing.T) {
	registry := recording("registry-auth")
	out, _, code := run(t, "", "matrix", "-f", registry)
	for _, want := range []string{"FACTOR", "█ 3/3", "HEALTHY", "Patterns against patterns", "P1, P1.1  1/3, 1/1   1/3, 1/1  P1.1     at the same time"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit code %d, no %q in:\n%s", code, want, out)
		}
	}
	none, _, code := run(t, "", "matrix", "-f", registry, "--min-severity", "critical")
	if code != exitOK || !strings.Contains(none, "filters") {
		t.Errorf("exit code %d:\n%s", code, none)
	}
	if _, _, code := run(t, "", "matrix", "-f", registry, "--exit-code"); code != exitFound {
		t.Errorf("exit code %d with --exit-code", code)
	}
	if _, errOut, code := run(t, "", "matrix", "x", "-f", registry); code != exitUsage || !strings.Contains(errOut, "takes no arguments") {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	if healthy, _, _ := run(t, "", "matrix", "-f", recording("healthy-quiet")); !strings.Contains(healthy, "No failure pattern found") {
		t.Error(healthy)
	}
}
