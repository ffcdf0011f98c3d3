package synthetic_test

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/record"
	clock "k8s.io/utils/clock/testing"
	"pgregory.net/rapid"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
)

// occurrence is one time that an event happened.
type occurrence struct {
	at    time.Time
	event *cluster.Event
}

// recorded are the events that are left of all occurrences when they go
// through the recorder of client-go: it counts what repeats, merges what is
// similar, and drops what goes beyond its budget of an object.
func recorded(events []cluster.Event) []cluster.Event {
	var all []occurrence
	for i := range events {
		e := &events[i]
		for n := range e.Count {
			at := e.First
			if e.Count > 1 {
				at = at.Add(e.Last.Sub(e.First) * time.Duration(n) / time.Duration(e.Count-1))
			}
			all = append(all, occurrence{at, e})
		}
	}
	slices.SortStableFunc(all, func(a, b occurrence) int { return a.at.Compare(b.at) })
	now := clock.NewFakePassiveClock(time.Time{})
	correlators := map[string]*record.EventCorrelator{} // each component on each host has its own
	stored, order := map[string]*cluster.Event{}, []string{}
	for _, o := range all {
		from := o.event.Component + " " + o.event.Host
		if correlators[from] == nil {
			correlators[from] = record.NewEventCorrelator(now)
		}
		now.SetTime(o.at)
		result, err := correlators[from].EventCorrelate(asRecorded(o))
		if err != nil || result.Skip {
			continue
		}
		correlators[from].UpdateState(result.Event)
		kept := *o.event
		kept.First, kept.Last, kept.Count, kept.Message = result.Event.FirstTimestamp.Time, result.Event.LastTimestamp.Time, int(result.Event.Count), result.Event.Message
		if stored[result.Event.Name] == nil {
			order = append(order, result.Event.Name)
		}
		stored[result.Event.Name] = &kept
	}
	out := make([]cluster.Event, 0, len(order))
	for _, name := range order {
		out = append(out, *stored[name])
	}
	return out
}

func asRecorded(o occurrence) *corev1.Event {
	e, at := o.event, metav1.NewTime(o.at)
	out := &corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: e.Object.Namespace, Name: e.Object.Name + "." + e.Reason + "." + o.at.Format("150405.000000000")},
		InvolvedObject: corev1.ObjectReference{Kind: e.Object.Kind, Namespace: e.Object.Namespace, Name: e.Object.Name},
		Type:           corev1.EventTypeNormal, Reason: e.Reason, Message: e.Message, Source: corev1.EventSource{Component: e.Component, Host: e.Host}, FirstTimestamp: at, LastTimestamp: at, Count: 1}
	if e.Warning {
		out.Type = corev1.EventTypeWarning
	}
	if e.Container != "" {
		out.InvolvedObject.FieldPath = "spec.containers{" + e.Container + "}"
	}
	return out
}

// What the recorder drops takes claims away at most. How much recall that costs
// is told.
func TestRecorderAddsNoClaim(t *testing.T) {
	before, after, dropped := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		made := drawn(t)
		less := made()
		n := occurrences(less.Events)
		less.Events = recorded(less.Events)
		dropped += n - occurrences(less.Events)
		was, is := tiers(made()), tiers(less)
		notMore(t, was, is)
		before, after = before+len(was), after+len(is)
	})
	t.Logf("%d claims before, %d after; the recorder dropped %d occurrences", before, after, dropped)
	if dropped == 0 {
		t.Error("the recorder dropped nothing")
	}
	if before > 0 && float64(after) < .8*float64(before) {
		t.Errorf("of %d claims %d are left", before, after)
	}
}

func occurrences(events []cluster.Event) int {
	n := 0
	for i := range events {
		n += events[i].Count
	}
	return n
}

// On a noisy pod a warning of another reason is lost: the budget is used up.
func TestRecorderDrops(t *testing.T) {
	made := synthetic.New(1, synthetic.Knobs{Workloads: 10})
	noisy := cluster.Event{Object: made.Pods[0].Ref, Warning: true, Reason: "BackOff", Component: "kubelet", Host: "node0000", Message: "Back-off",
		First: made.At.Add(-time.Hour), Last: made.At, Count: 720}
	once := cluster.Event{Object: noisy.Object, Warning: true, Reason: "Unhealthy", Component: "kubelet", Host: "node0000", Message: "Readiness probe failed",
		First: made.At.Add(-20*time.Minute - 3*time.Second), Last: made.At.Add(-20*time.Minute - 3*time.Second), Count: 1}
	if got := recorded([]cluster.Event{noisy, once}); len(got) != 1 || got[0].Reason != "BackOff" {
		t.Errorf("got %+v", got)
	}
	if got := recorded([]cluster.Event{once}); len(got) != 1 || got[0].Count != 1 {
		t.Errorf("alone, got %+v", got)
	}
}
