package cmd

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// recorded makes a history of a saved incident: as it was, and as it had been
// before, when its pods were well.
func recorded(t *testing.T, incident string) (path string, at time.Time) {
	t.Helper()
	parts, err := (&collect.Files{Paths: []string{incident}}).Read(context.Background(), cluster.Scope{AllNamespaces: true})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "h.db")
	store, err := history.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := store.SetAbout(t.Context(), history.About{Cluster: "u-1", Context: "prod\x1b[2J", Server: "https://prod", Keep: 14 * 24 * time.Hour, MaxSize: 512 << 20}); err != nil {
		t.Fatal(err)
	}
	well := history.Batch{At: parts.At.Add(-2 * time.Hour), Watch: &history.Watch{Key: "w", From: parts.At.Add(-3 * time.Hour), To: parts.At,
		Resources: []cluster.Resource{cluster.Pods, cluster.Events, cluster.Nodes, cluster.ReplicaSets, cluster.Deployments, cluster.StatefulSets, cluster.DaemonSets, cluster.Jobs, cluster.CronJobs, cluster.ControllerRevisions}}}
	ill := history.Batch{At: parts.At}
	for i := range parts.Pods {
		p := parts.Pods[i]
		add(t, &ill, p, 2)
		p.Containers, p.Conditions, p.Phase = nil, []cluster.Condition{{Type: "Ready", Status: "True", Transition: p.Created}}, "Running"
		add(t, &well, p, 1)
	}
	for _, n := range parts.Nodes {
		add(t, &well, n, 1)
	}
	for _, w := range parts.Workloads {
		add(t, &well, w, 1)
	}
	for _, r := range parts.Revisions {
		add(t, &well, r, 1)
	}
	for i, e := range parts.Events {
		ill.Sightings = append(ill.Sightings, history.Sighting{UID: string(rune('a' + i)), Event: e})
	}
	for _, b := range []*history.Batch{&well, &ill} {
		if _, err := store.Keep(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return path, parts.At
}

func add[T cluster.Pod | cluster.Node | cluster.Workload | cluster.Revision](t *testing.T, b *history.Batch, x T, version int64) {
	t.Helper()
	o, err := history.ObjectOf(x, version)
	if err != nil {
		t.Fatal(err)
	}
	b.Objects = append(b.Objects, o)
}

const pullAuth = "../../hack/score/testdata/incidents/pull-auth-anonymous"

// TestHistoryIsTheSameSnapshot is Rule 10: what was recorded says what the
// saved data say.
func TestHistoryIsTheSameSnapshot(t *testing.T) {
	path, at := recorded(t, pullAuth)
	out, errOut, code := run(t, "", "diff", "--history", path, "--at", at.Add(-time.Hour).Format(time.RFC3339), "-A", "-o", "json", "--exit-code")
	if code != exitFound {
		t.Fatalf("exit code %d: %s\n%s", code, errOut, out)
	}
	var d report.Difference
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	saved, _, _ := run(t, "", "-f", pullAuth, "-o", "json")
	var r report.Report
	if err := json.Unmarshal([]byte(saved), &r); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, x := range d.Appeared {
		if x.Detector == "image-pull" {
			found = true
			if x.ID != r.Patterns[0].ID || x.Title != r.Patterns[0].Title {
				t.Errorf("recorded %s %q, saved %s %q", x.ID, x.Title, r.Patterns[0].ID, r.Patterns[0].Title)
			}
		}
	}
	if !found || len(d.Gone) != 0 || d.Old.Totals.FailingPods != 0 {
		t.Errorf("appeared %+v, gone %+v", d.Appeared, d.Gone)
	}
	if !d.New.At.Equal(at) {
		t.Errorf("the newest moment is %v, not %v", d.New.At, at)
	}
}

func TestDiffOfFiles(t *testing.T) {
	out, errOut, code := run(t, "", "diff", pullAuth, pullAuth, "--exit-code", "--utc")
	if code != exitOK || !strings.Contains(out, "unchanged") || strings.Contains(out, "\nNew\n") {
		t.Errorf("the same data differ (exit code %d): %s\n%s", code, errOut, out)
	}
	for args, says := range map[string]string{
		"diff":             "needs OLD and NEW",
		"diff a b --at 2h": "not one with the other",
		"diff -f a b":      "not with -f",
		"diff --at yesterday --history " + filepath.Join(t.TempDir(), "x"): "no such file",
	} {
		if _, errOut, code := run(t, "", strings.Fields(args)...); code == exitOK || !strings.Contains(errOut, says) {
			t.Errorf("%s: exit code %d, %s", args, code, errOut)
		}
	}
}

func TestScansRemember(t *testing.T) {
	path, _ := recorded(t, pullAuth)
	out, errOut, code := run(t, "", "-f", pullAuth, "--history", path, "--utc", "-o", "wide")
	if code != exitOK || !strings.Contains(out, "of the past from") || !strings.Contains(strings.Join(strings.Fields(out), ""), strings.Join(strings.Fields(path), "")) {
		t.Errorf("the text does not say what it remembers (exit code %d): %s\n%s", code, errOut, out)
	}
	if out, _, _ := run(t, "", "-f", pullAuth, "-o", "wide"); strings.Contains(out, "of the past from") {
		t.Error("saved data have no history unless one is named")
	}
	if _, errOut, code := run(t, "", "-f", pullAuth, "--history", path+".none"); code != exitFailed || !strings.Contains(errOut, path+".none") {
		t.Errorf("a history that is not there: exit code %d, %s", code, errOut)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(damaged, []byte(strings.Repeat("no database ", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, code = run(t, "", "-f", pullAuth, "--history", damaged, "-o", "json")
	if code != exitOK || !strings.Contains(out, damaged) || !strings.Contains(out, "image-pull") {
		t.Errorf("a damaged history must be named, and cost nothing else (exit code %d)", code)
	}
}

func TestHistoryIsListedAndPruned(t *testing.T) {
	path, _ := recorded(t, pullAuth)
	out, _, code := run(t, "", "history", "--history", path, "--utc")
	for _, want := range []string{path, "https://prod", "all of it watched", "sightings of events", "at most 512.0 MiB", "kept for 14d"} {
		if code != exitOK || !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("exit code %d, no %q in:\n%s", code, want, out)
		}
	}
	if strings.Contains(out, "\x1b[2J") {
		t.Error("text from a cluster steers the terminal")
	}
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	if out, _, code = run(t, "", "history"); code != exitOK || !strings.Contains(out, "Nothing was recorded") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if out, _, code = run(t, "", "history", "prune", "--older-than", "1s", "--history", path); code != exitOK || !strings.Contains(out, "facts removed") {
		t.Errorf("exit code %d: %s", code, out)
	}
	out, _, _ = run(t, "", "history", "--history", path, "-o", "json")
	var list report.HistoryList
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Files) != 1 || list.Files[0].Facts.Events != 0 || list.Files[0].Objects == 0 {
		t.Errorf("after pruning: %v %s", err, out)
	}
	for args, says := range map[string]string{
		"history prune": "--older-than",
		"history prune --older-than 1h --cluster other": "no history of a cluster",
		"record -f x":            "does not go with -f",
		"record --keep never":    "--keep",
		"record --max-size much": "512Mi",
	} {
		if _, errOut, code := run(t, "", strings.Fields(args)...); code == exitOK || !strings.Contains(errOut, says) {
			t.Errorf("%s: exit code %d, %s", args, code, errOut)
		}
	}
}

func TestHistoryIsCopied(t *testing.T) {
	path, _ := recorded(t, pullAuth)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if _, errOut, code := run(t, "", "history", "copy", copied, "--history", path); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	out, errOut, code := run(t, "", "history", "copy", "-", "--history", path)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	piped := filepath.Join(t.TempDir(), "piped.db")
	if err := os.WriteFile(piped, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	want, _, _ := run(t, "", "history", "--history", path, "-o", "json")
	for _, file := range []string{copied, piped} {
		got, _, code := run(t, "", "history", "--history", file, "-o", "json")
		var a, b report.HistoryList
		if json.Unmarshal([]byte(want), &a) != nil || json.Unmarshal([]byte(got), &b) != nil || code != exitOK || a.Files[0].Facts != b.Files[0].Facts {
			t.Errorf("%s is not as it was: %s", file, got)
		}
	}
	if _, errOut, code := run(t, "", "history", "copy", copied, "--history", path); code != exitFailed || !strings.Contains(errOut, "exists already") {
		t.Errorf("over another file: exit code %d, %s", code, errOut)
	}
}
