package correlate

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// telltales are the events of type Normal that date something worth telling.
var telltales = map[string]EntryKind{
	"ScalingReplicaSet": ChangeEntry, // of a Deployment, by hand or by an autoscaler
	"SuccessfulRescale": ChangeEntry, // of a HorizontalPodAutoscaler
	"RegisteredNode":    ChangeEntry,
	"RemovingNode":      ChangeEntry,
	"NodeReady":         RecoveryEntry,
}

// event tells a warning that no symptom has as evidence, and what else events
// date.
func (t *timetable) event(e *cluster.Event) {
	kind, known := telltales[e.Reason]
	if e.Warning {
		kind, known = SymptomEntry, !t.said[telling{e.Object.Key(), e.Reason}]
	} else if known && t.dated(kind, e) {
		return
	}
	if !known || symptom.IsNoise(e) || !t.asks(e.Object) || (e.Reason == "ScalingReplicaSet" && t.rolling(e)) {
		return
	}
	en := Entry{Time: e.First, Kind: kind, Subject: e.Object.Key(), Node: e.Host, Reason: e.Reason, Message: e.Message, Count: max(e.Count, 1)}
	if e.Last.After(e.First) {
		en.Until = e.Last
	}
	t.add(en)
}

func (t *timetable) asks(object cluster.Ref) bool {
	if object.Kind == "Pod" {
		if p := t.s.Pod(object.Namespace, object.Name); p != nil {
			return t.s.Scope.Asks(p)
		}
	}
	return t.s.Scope.Includes(object.Namespace) && (t.s.Scope.MatchPod == nil || object.Namespace == "")
}

// rolling reports whether a scaling is a step of a rollout that is told, or
// of the Deployment's beginning.
func (t *timetable) rolling(e *cluster.Event) bool {
	times := t.rolled[e.Object.Key()]
	if w := t.s.Workload(e.Object); w != nil {
		times = append(times, w.Created)
	}
	return slices.ContainsFunc(times, func(at time.Time) bool {
		return !e.First.Before(at.Add(-2*time.Second)) && e.First.Before(at.Add(10*time.Minute))
	})
}

// cut leaves out what was over before the time that was asked for.
func (t *timetable) cut() {
	since := t.s.Scope.Since
	t.entries = slices.DeleteFunc(t.entries, func(en Entry) bool {
		return !since.IsZero() && en.Time.Before(since) && en.Until.Before(since)
	})
}

// Among keeps of a timeline the entries of patterns that are shown, changes,
// and, where it is wanted, what else belongs to no pattern.
func (s *Story) Among(entries []Entry, others bool) []Entry {
	shown := map[string]bool{}
	for _, p := range s.Patterns {
		shown[p.ID] = true
	}
	var out []Entry
	for _, en := range entries {
		if shown[en.Pattern] || (en.Pattern == "" && (others || en.Kind == ChangeEntry)) {
			out = append(out, en)
		}
	}
	return out
}
