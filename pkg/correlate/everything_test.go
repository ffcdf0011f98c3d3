package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func TestEverythingThatHappened(t *testing.T) {
	api := deployment("shop", "api")
	warning := func(reason, message string) cluster.Event {
		return cluster.Event{Object: pod("shop", "other-1"), Warning: true, Reason: reason, Message: message,
			First: noon.Add(-time.Minute), Last: noon, Count: 2}
	}
	restarted := func(name string, at time.Duration) cluster.Pod {
		return cluster.Pod{Ref: pod("shop", name), Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "app"}, Restarts: 3,
			Ended: &cluster.State{Reason: "Error", ExitCode: 2, FinishedAt: noon.Add(at)}}}}
	}
	well := restarted("api-1", -10*time.Minute)
	well.Conditions = []cluster.Condition{{Type: "Ready", Status: "True", Transition: noon.Add(-9 * time.Minute)}}
	s := cluster.New(cluster.Parts{At: noon, Scope: cluster.Scope{AllNamespaces: true},
		Pods: []cluster.Pod{well, restarted("other-1", -20*time.Minute), restarted("long-ago", -3*time.Hour)},
		Workloads: []cluster.Workload{{Ref: api, Created: noon.Add(-time.Hour), Conditions: []cluster.Condition{
			{Type: "Available", Status: "True", Transition: noon.Add(-9 * time.Minute)}}}},
		Configs: []cluster.Config{{Ref: cluster.Ref{Kind: "ConfigMap", Namespace: "shop", Name: "made"}, Created: noon.Add(-5 * time.Minute)}},
		Events: []cluster.Event{
			warning("FailedMount", "no such claim"), warning("Failed", "told by the pattern"),
			warning("ProbeWarning", "redirect"),
			{Object: api, Reason: "ScalingReplicaSet", Message: "Scaled up replica set api-1 from 0 to 2", First: noon.Add(-time.Hour), Last: noon.Add(-time.Hour)},
			{Object: api, Reason: "ScalingReplicaSet", Message: "Scaled up replica set api-1 from 2 to 4", First: noon.Add(-2 * time.Minute), Last: noon.Add(-2 * time.Minute)},
		}})
	symptoms := []symptom.Symptom{
		{Kind: symptom.Exit, Object: pod("shop", "api-1"), Workload: api, Container: "app", First: noon.Add(-10 * time.Minute), Last: noon.Add(-10 * time.Minute)},
		{Kind: symptom.ImagePull, Object: pod("shop", "other-1"), First: noon, Last: noon, Ongoing: true,
			Evidence: []symptom.Evidence{{Subject: pod("shop", "other-1"), Reason: "Failed"}}},
	}
	p := &Pattern{ID: "exit-1"}
	p.Symptoms = []*symptom.Symptom{&symptoms[0]}
	story := &Story{Snapshot: s, Patterns: []*Pattern{p}}
	var got []string
	for _, en := range Everything(story, symptoms) {
		got = append(got, fmt.Sprintf("%s %s %s %s [%s] %s", en.Time.Sub(noon), en.Kind, en.Subject.Name, en.Reason, en.Pattern, en.Message))
	}
	want := []string{
		"-20m0s symptom other-1 restart [] container app ended: exit 2 (3 in all)",
		"-9m0s recovery api available again [exit-1] ",
		"-9m0s recovery api-1 ready again [exit-1] ",
		"-2m0s change api ScalingReplicaSet [] Scaled up replica set api-1 from 2 to 4",
		"-1m0s symptom other-1 FailedMount [] no such claim",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// An event that dates again what a condition tells is not told beside it.
func TestEventsDoNotRepeatChanges(t *testing.T) {
	node := cluster.Ref{Kind: "Node", Name: "n1"}
	ready := func(at time.Duration) cluster.Event {
		return cluster.Event{Object: node, Reason: "NodeReady", Message: "Node n1 status is now: NodeReady", First: noon.Add(at), Last: noon.Add(at)}
	}
	s := cluster.New(cluster.Parts{At: noon, Scope: cluster.Scope{AllNamespaces: true},
		Nodes: []cluster.Node{{Ref: node, Created: noon.Add(-time.Hour), Conditions: []cluster.Condition{
			{Type: "Ready", Status: "True", Reason: "KubeletReady", Transition: noon.Add(-10 * time.Minute)}}}},
		Events: []cluster.Event{ready(-10*time.Minute + time.Second), ready(-30 * time.Minute)}})
	var got []string
	for _, en := range Everything(&Story{Snapshot: s}, nil) {
		if en.Kind == RecoveryEntry {
			got = append(got, en.Time.Sub(noon).String()+" "+en.Reason)
		}
	}
	if want := []string{"-30m0s NodeReady", "-10m0s recovery"}; !slices.Equal(got, want) {
		t.Errorf("told are %v, want %v", got, want)
	}
}

func TestTimelinesAreCut(t *testing.T) {
	s := cluster.New(cluster.Parts{At: noon, Scope: cluster.Scope{Since: noon.Add(-time.Minute)}})
	story := &Story{Snapshot: s, Timeline: []Entry{
		{Time: noon.Add(-time.Hour), Reason: "over"},
		{Time: noon.Add(-time.Hour), Until: noon, Reason: "stands"},
		{Time: noon, Reason: "new"},
	}}
	var got []string
	for _, en := range Everything(story, nil) {
		got = append(got, en.Reason)
	}
	if !slices.Equal(got, []string{"stands", "new"}) {
		t.Errorf("told are %v", got)
	}
}

func TestFilteredTimelines(t *testing.T) {
	story := &Story{Patterns: []*Pattern{{ID: "a"}}}
	all := []Entry{{Reason: "of it", Pattern: "a"}, {Reason: "of another", Pattern: "b"}, {Reason: "changed", Kind: ChangeEntry}, {Reason: "warned", Kind: SymptomEntry}}
	for _, c := range []struct {
		others bool
		want   []string
	}{{false, []string{"of it", "changed"}}, {true, []string{"of it", "changed", "warned"}}} {
		var got []string
		for _, en := range story.Among(all, c.others) {
			got = append(got, en.Reason)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}
