package cmd

import (
	"strings"
	"testing"
)

// TestTheCommandForMoreLooksAtTheSame, and repeats nothing secret.
func TestTheCommandForMoreLooksAtTheSame(t *testing.T) {
	data := recording("oom-one-limit")
	out, _, code := run(t, "", "-f", data, "-n", "data", "--since=3h", "--logs", "--token", "s3cret", "--utc")
	flat := strings.Join(strings.Fields(strings.ReplaceAll(out, "\\", "")), " ")
	want := "kubectl patterns explain oom-container-limit-f9ff08 -f " + data + " --logs -n data --since 3h"
	if code != exitOK || !strings.Contains(flat, want) || strings.Contains(out, "s3cret") {
		t.Errorf("exit code %d, no %q in:\n%s", code, want, out)
	}
}
