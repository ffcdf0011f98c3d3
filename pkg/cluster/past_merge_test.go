package cluster

import (
	"testing"
	"time"
)

func TestMergedPast(t *testing.T) {
	at := func(h, m, s int) time.Time { return time.Date(2026, 11, 24, h, m, s, 0, time.UTC) }
	pod := Ref{Kind: "Pod", Namespace: "shop", Name: "cart-1"}
	end := func(when time.Time, within time.Duration, reason string, code int32) End {
		return End{Pod: pod, Container: "app", Within: within, State: State{Phase: Terminated, FinishedAt: when, Reason: reason, ExitCode: code}}
	}
	recorded := Past{
		Watched: []Span{{at(9, 0, 0), at(10, 0, 0)}},
		Ends:    []End{end(at(9, 10, 20), 0, "Error", 1), end(at(9, 40, 0), 0, "Error", 1)},
		Turns:   []Turn{{Object: Ref{Kind: "Node", Name: "n"}, Condition: Condition{Type: "Ready", Status: "False", Reason: "KubeletNotReady", Transition: at(9, 30, 12)}}},
		Events:  []Event{{Object: pod, Reason: "Evicted", Message: "The node was low on resource: memory.", First: at(9, 20, 0), Last: at(9, 20, 0), Count: 1}},
		Changes: []Change{{Time: at(9, 0, 0), Kind: Rollout, What: "image"}},
		Series:  []Series{{Metric: WorkingSet, Of: pod, Container: "app", Points: []Point{{at(9, 0, 0), 1}}}},
	}
	measured := Past{
		Watched: []Span{{at(8, 0, 0), at(9, 30, 0)}},
		Ends: []End{
			end(at(8, 10, 0), time.Minute, "OOMKilled", 137),        // before anybody recorded
			end(at(9, 11, 0), time.Minute, "Error", 1),              // the first, sampled
			end(at(9, 11, 0), time.Minute, "Error", ExitCodeUntold), // one more in the same minute
			end(at(9, 42, 0), time.Minute, "Error", ExitCodeUntold), // not the second: a minute later at the earliest
		},
		Turns:   []Turn{{Object: Ref{Kind: "Node", Name: "n"}, Within: time.Minute, Condition: Condition{Type: "Ready", Status: "False", Transition: at(9, 31, 0)}}},
		Events:  []Event{{Object: pod, Reason: "Evicted", First: at(9, 20, 0), Last: at(9, 21, 0), Count: 1}},
		Changes: []Change{{Time: at(9, 0, 0), Kind: Rollout, What: "image"}},
		Series:  []Series{{Metric: WorkingSet, Of: pod, Container: "app", Limit: 9, Points: []Point{{at(8, 0, 0), 1}, {at(9, 0, 0), 2}}}},
	}
	for name, p := range map[string]Past{"recorded first": recorded.Merge(measured), "measured first": measured.Merge(recorded)} {
		t.Run(name, func(t *testing.T) { checkMerged(t, p, at) })
	}
}

func checkMerged(t *testing.T, p Past, at func(h, m, s int) time.Time) {
	if len(p.Watched) != 1 || !p.Watched[0].From.Equal(at(8, 0, 0)) || !p.Watched[0].To.Equal(at(10, 0, 0)) {
		t.Errorf("watched %v", p.Watched)
	}
	want := []time.Time{at(8, 10, 0), at(9, 10, 20), at(9, 11, 0), at(9, 40, 0), at(9, 42, 0)}
	if len(p.Ends) != len(want) {
		t.Fatalf("%d ends, want %d: %+v", len(p.Ends), len(want), p.Ends)
	}
	for i, e := range p.Ends {
		if !e.State.FinishedAt.Equal(want[i]) || (e.Within == 0) != (i == 1 || i == 3) {
			t.Errorf("end %d at %v within %v, want %v", i, e.State.FinishedAt, e.Within, want[i])
		}
	}
	if len(p.Turns) != 1 || p.Turns[0].Within != 0 || p.Turns[0].Reason != "KubeletNotReady" {
		t.Errorf("turns %+v", p.Turns)
	}
	if len(p.Events) != 1 || p.Events[0].Message == "" || !p.Events[0].Last.Equal(at(9, 20, 0)) {
		t.Errorf("events %+v", p.Events)
	}
	if len(p.Changes) != 1 {
		t.Errorf("changes %+v", p.Changes)
	}
	if len(p.Series) != 1 || len(p.Series[0].Points) != 2 || p.Series[0].Limit != 9 {
		t.Errorf("series %+v", p.Series)
	}
}

// TestEndsTakeTheTimesOfStatuses: a status is of one end, the newest that it
// may be.
func TestEndsTakeTheTimesOfStatuses(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 10, 0, 0, time.UTC)
	pod := Pod{Ref: Ref{Kind: "Pod", Namespace: "shop", Name: "cart-1", UID: "u"}, Node: "n",
		Containers: []Container{{ContainerIdentity: &ContainerIdentity{Name: "app", Image: "shop/cart:1"}, Ended: &State{Phase: Terminated, Reason: "OOMKilled", ExitCode: 137, StartedAt: at.Add(-time.Hour), FinishedAt: at.Add(-30 * time.Second)}}}}
	sampled := func(before time.Duration) End {
		return End{Pod: pod.Key(), Container: "app", Within: time.Minute, State: State{Phase: Terminated, ExitCode: ExitCodeUntold, FinishedAt: at.Add(-before)}}
	}
	s := New(Parts{At: at.Add(time.Hour), Pods: []Pod{pod}}).WithPast(Parts{Past: Past{Ends: []End{sampled(0), sampled(0), sampled(time.Hour)}}})
	if len(s.Past.Ends) != 3 {
		t.Fatalf("ends %+v", s.Past.Ends)
	}
	told := s.Past.Ends[1] // before the other of the same step
	if told.Within != 0 || told.State.ExitCode != 137 || told.Image != "shop/cart:1" || told.Node != "n" || told.State.StartedAt.IsZero() {
		t.Errorf("the end that the status tells of: %+v", told)
	}
	for _, i := range []int{0, 2} {
		if e := s.Past.Ends[i]; e.Within != time.Minute || e.State.ExitCode != ExitCodeUntold {
			t.Errorf("an end that no status tells of: %+v", e)
		}
	}
}
