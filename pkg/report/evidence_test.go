package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestNamesOfFilesAreSafe(t *testing.T) {
	taken := map[string]bool{}
	safe := regexp.MustCompile(`^[a-z0-9_][a-z0-9_-]*\.json$`)
	for _, id := range []string{"image-pull-auth-60b935", "unclassified-../../../etc/passwd-60b935", "unclassified-a\x00b\n-60b935", "unclassified-A B-60b935", "unclassified-a/b-60b935",
		"unclassified-a\\b-60b935", "", "...", strings.Repeat("x", 300) + "-60b935", strings.Repeat("x", 300) + "-60b936"} {
		name := fileName(id, taken)
		if !safe.MatchString(name) || len(name) > 130 {
			t.Errorf("%q is called %q", id, name)
		}
	}
	if len(taken) != 10 || !taken["image-pull-auth-60b935.json"] {
		t.Errorf("%d names: %v", len(taken), taken)
	}
}

func TestEventsAreCountedWhereTheyAreDated(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 22, 10, minute, 0, 0, time.UTC) }
	event := func(first, last, count int) *cluster.Event {
		return &cluster.Event{Object: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-0"}, Reason: "BackOff", Warning: true, First: at(first), Last: at(last), Count: count}
	}
	events := []*cluster.Event{event(1, 3, 7), event(4, 21, 9), event(22, 22, 1)}
	covered := Window{From: at(2), To: at(30)}
	var got []int
	for _, w := range windows(events, covered, 5*time.Minute) {
		got = append(got, w.From.Minute(), w.Occurrences)
		if w.Partial != (w.From.Minute() == 0) {
			t.Errorf("window %s: partial %v", w.From, w.Partial)
		}
	}
	if want := []int{0, 8, 20, 2}; !slices.Equal(got, want) {
		t.Errorf("five minutes: %v, want %v", got, want)
	}
	hours := windows(events, covered, time.Hour)
	if len(hours) != 1 || hours[0].Occurrences != 17 || hours[0].Warnings != 17 || hours[0].Reasons[0].Objects != 1 || !hours[0].Partial {
		t.Errorf("hours: %+v", hours)
	}
}

func TestExitCodesAreGrouped(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	ended := func(code int32, reason string, minutes int) cluster.State {
		return cluster.State{Phase: cluster.Terminated, ExitCode: code, Reason: reason, FinishedAt: at.Add(time.Duration(minutes) * time.Minute)}
	}
	pod, before := cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-0"}, ended(137, "Error", 5)
	s := cluster.New(cluster.Parts{At: at.Add(time.Hour), Scope: cluster.Scope{AllNamespaces: true},
		Pods: []cluster.Pod{{Ref: pod, Containers: []cluster.Container{
			{ContainerIdentity: &cluster.ContainerIdentity{Name: "app"}, Restarts: 3, State: ended(137, "OOMKilled", 9), Ended: &before}, {ContainerIdentity: &cluster.ContainerIdentity{Name: "done"}, State: ended(0, "Completed", 1)}}}},
		Past: cluster.Past{Ends: []cluster.End{{Pod: pod, Container: "app", State: ended(137, "Error", 5)}, {Pod: pod, Container: "app", State: ended(137, "OOMKilled", 2)},
			{Pod: pod, Container: "app", State: ended(cluster.ExitCodeUntold, "", 1)}}}})
	got := exitCodes(s, &Report{}).ExitCodes
	if len(got) != 3 {
		t.Fatalf("%d groups: %+v", len(got), got)
	}
	killed := got[0]
	if *killed.ExitCode != 137 || killed.Signal != "SIGKILL" || killed.Ends != 3 || killed.Containers != 1 || killed.Reasons["OOMKilled"] != 2 || killed.Of[0].FinishedAt.Minute() != 2 {
		t.Errorf("137: %+v", killed)
	}
	if got[1].ExitCode != nil || *got[2].ExitCode != 0 || !strings.Contains(got[2].Meaning, "success") {
		t.Errorf("others: %+v", got[1:])
	}
}
