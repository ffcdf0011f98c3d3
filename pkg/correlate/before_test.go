package correlate

import (
	"slices"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// crashing is a cluster in which a workload exits with 78 now, and a past.
func crashing(past cluster.Past) *Story {
	past.Ends = slices.Clone(past.Ends) // a snapshot sorts what it is given
	ended := cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 78, StartedAt: noon.Add(-2 * time.Minute), FinishedAt: noon.Add(-time.Minute)}
	owner := cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "cart-5f"}
	p := cluster.Parts{At: noon, Scope: cluster.Scope{AllNamespaces: true}, Past: past,
		Sources:   []cluster.Source{{Resource: cluster.Pods, Objects: 1}, {Resource: cluster.Events, Objects: 1}, {Resource: cluster.History, Objects: 1}},
		Workloads: []cluster.Workload{{Ref: deployment("shop", "cart"), Created: noon.AddDate(0, 0, -9), Desired: 1}},
		Revisions: []cluster.Revision{{Ref: owner, Owner: deployment("shop", "cart"), Created: noon.AddDate(0, 0, -9)}}}
	p.Pods = []cluster.Pod{{Ref: pod("shop", "cart-5f-1"), Owner: owner, Created: noon.Add(-10 * time.Minute), Phase: "Running",
		Template:   &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "cart"}}},
		Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "cart", Role: cluster.Regular}, Restarts: 4, State: cluster.State{Phase: cluster.Waiting, Reason: "CrashLoopBackOff"}, Ended: &ended}}}}
	s := cluster.New(p)
	symptoms := symptom.Recognise(s)
	suite := detectors.Suite()
	found, skipped := detect.Run(suite, s, symptoms)
	return Explain(nil, s, suite, symptoms, found, skipped)
}

func exited(of cluster.Ref, code int32, ago time.Duration) cluster.End {
	return cluster.End{Pod: pod(of.Namespace, of.Name+"-5f-0"), Workload: of, Container: "cart", Restarts: 3,
		State: cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: code, FinishedAt: noon.Add(-ago)}}
}

func readyAgain(of cluster.Ref, ago time.Duration) cluster.Turn {
	return cluster.Turn{Object: pod(of.Namespace, of.Name+"-5f-0"), Workload: of, Condition: cluster.Condition{Type: "Ready", Status: "True", Transition: noon.Add(-ago)}}
}

func crashOf(t *testing.T, s *Story) *Pattern {
	t.Helper()
	for _, p := range s.Patterns {
		if p.Detector == "exit-code" {
			return p
		}
	}
	t.Fatalf("no pattern of exit codes among %d", len(s.Patterns))
	return nil
}

func TestSeenBefore(t *testing.T) {
	cart, other := deployment("shop", "cart"), deployment("shop", "other")
	day := 24 * time.Hour
	watched := []cluster.Span{{From: noon.Add(-7 * day), To: noon}}
	ends := []cluster.End{exited(cart, 78, 3*day), exited(cart, 78, 3*day-4*time.Minute), exited(cart, 78, day),
		exited(cart, 1, 5*day), exited(other, 78, 4*day), exited(cart, 78, 20*time.Minute)}
	turns := []cluster.Turn{readyAgain(cart, 3*day-10*time.Minute), readyAgain(other, day-time.Minute)}

	b := crashOf(t, crashing(cluster.Past{Watched: watched, Ends: ends, Turns: turns})).Before
	if b == nil || len(b.Episodes) != 2 || b.Workloads != 1 || b.Of != 1 {
		t.Fatalf("three days and one day ago it was there: %+v", b)
	}
	if e := b.Episodes[0]; !e.From.Equal(noon.Add(-3*day)) || e.After != 10*time.Minute || e.AtLeast {
		t.Errorf("the condition that turned good dates the end: %+v", e)
	}
	if e := b.Episodes[1]; !e.From.Equal(noon.Add(-day)) || !e.AtLeast {
		t.Errorf("of another workload's recovery nothing follows: %+v", e)
	}
	if b.Watched != 7*day || !b.From.Equal(noon.Add(-7*day)) {
		t.Errorf("%+v", b)
	}

	for name, past := range map[string]cluster.Past{
		"nothing is known":             {},
		"nobody looked":                {Ends: ends},
		"other codes and workloads":    {Watched: watched, Ends: ends[3:5]},
		"what goes on now":             {Watched: watched, Ends: ends[5:]},
		"nobody looked after it":       {Watched: []cluster.Span{{From: noon.Add(-7 * day), To: noon.Add(-3 * day)}}, Ends: ends[:1]},
		"nobody looked until it is on": {Watched: []cluster.Span{{From: noon.Add(-7 * day), To: noon.Add(-day + time.Minute)}}, Ends: ends[2:3]},
	} {
		if b := crashOf(t, crashing(past)).Before; b != nil {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func TestWhatNobodyWatchedEndIsOneEpisode(t *testing.T) {
	cart := deployment("shop", "cart")
	day := 24 * time.Hour
	past := cluster.Past{Watched: []cluster.Span{{From: noon.Add(-7 * day), To: noon.Add(-5 * day)}, {From: noon.Add(-3 * day), To: noon}},
		Ends: []cluster.End{exited(cart, 78, 5*day+time.Minute), exited(cart, 78, 3*day-time.Hour), exited(cart, 78, 2*day)}}
	b := crashOf(t, crashing(past)).Before
	if b == nil || len(b.Episodes) != 2 || !b.Episodes[0].From.Equal(noon.Add(-5*day-time.Minute)) || !b.Episodes[1].From.Equal(noon.Add(-2*day)) {
		t.Fatalf("what may have gone on while nobody looked is one: %+v", b)
	}
}
