package cmd

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// TestDumpedLogsAreEvidence: what kubectl cluster-info dump saves of a failing
// container's log says why it fails, and is shown as what it is.
func TestDumpedLogsAreEvidence(t *testing.T) {
	const pods = `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"web-0","namespace":"shop","creationTimestamp":"2026-11-22T19:00:00Z"},
"spec":{"containers":[{"name":"app","image":"r.example/web:1"}]},
"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady","lastTransitionTime":"2026-11-22T19:00:00Z"}],
"containerStatuses":[{"name":"app","image":"r.example/web:1","imageID":"","ready":false,"restartCount":9,
"state":{"waiting":{"reason":"CrashLoopBackOff"}},
"lastState":{"terminated":{"exitCode":1,"reason":"Error","startedAt":"2026-11-22T19:59:00Z","finishedAt":"2026-11-22T19:59:10Z"}}}]}}]}
`
	const logs = "==== START logs for container app of pod shop/web-0 ====\nstarting\nFATAL: password authentication failed for user \"app\"\n" +
		"==== END logs for container app of pod shop/web-0 ====\n"
	out, errOut, code := run(t, pods+logs, "-f", "-", "-o", "json")
	if code != 0 {
		t.Fatal(errOut)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if p := r.Patterns[0]; p.Detector != "credentials" || p.Cause != "rejected" {
		t.Fatalf("first is %s: %s", p.Detector, p.Title)
	}
	found := false
	for _, e := range r.Patterns[0].Evidence {
		found = found || (e.Source == "log" && strings.Contains(e.Text, "password authentication failed"))
	}
	if !found {
		t.Errorf("no evidence from the log: %+v", r.Patterns[0].Evidence)
	}
	text, _, _ := run(t, pods+logs, "-f", "-", "-o", "wide")
	if !strings.Contains(text, `FATAL: password authentication failed for user "app"`) {
		t.Errorf("the report does not show the telling line:\n%s", text)
	}
	without, _, _ := run(t, pods, "-f", "-", "-o", "json")
	if strings.Contains(without, "credentials") {
		t.Errorf("without the log nothing tells of credentials:\n%s", without)
	}
}
