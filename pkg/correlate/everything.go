package correlate

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Everything is the timeline alone: that of the story, all changes of the
// window whether or not anything failed, restarts and warnings that no pattern
// holds, and where pods and workloads became well again.
func Everything(story *Story, symptoms []symptom.Symptom) []Entry {
	t := newTimetable(story, symptoms)
	for _, c := range story.Snapshot.Changes() {
		if c.Time.After(t.from) && t.s.Scope.Includes(c.Object.Namespace) && t.worthTelling(c) {
			t.add(changeEntry(c, ""))
		}
	}
	for i := range t.s.Pods {
		if p := &t.s.Pods[i]; t.s.Scope.Asks(p) {
			t.restarts(p)
			t.podRecovery(p)
		}
	}
	for i := range t.s.Workloads {
		t.workloadRecovery(&t.s.Workloads[i])
	}
	for i := range t.s.Events {
		t.event(&t.s.Events[i])
	}
	t.cut()
	sortEntries(t.entries)
	return t.entries
}

// timetable collects entries, each happening once.
type timetable struct {
	s       *cluster.Snapshot
	from    time.Time
	entries []Entry
	seen    map[happening]bool
	of      map[cluster.Ref][]Entry   // by subject
	last    map[cluster.Ref]time.Time // when the newest symptom of an object began
	ill     map[cluster.Ref]bool      // objects that still have one
	pattern map[cluster.Ref]string    // the pattern that holds an object
	said    map[telling]bool
	known   map[inContainerOf][]span    // when symptoms tell of a container
	rolled  map[cluster.Ref][]time.Time // rollouts of workloads
}

type happening struct {
	at      int64
	subject cluster.Ref
	reason  string
}

// telling is what an event says; it is told where a symptom has it as evidence.
type telling struct {
	subject cluster.Ref
	reason  string
}

type inContainerOf struct {
	pod       cluster.Ref
	container string
}

type span struct{ from, to time.Time }

// holds reports whether a time lies in the span, to the second: the API tells
// no finer.
func (s span) holds(at time.Time) bool {
	return !at.Before(s.from.Add(-time.Second)) && !at.After(s.to.Add(time.Second))
}

func newTimetable(story *Story, symptoms []symptom.Symptom) *timetable {
	t := &timetable{s: story.Snapshot, seen: map[happening]bool{}, of: map[cluster.Ref][]Entry{}, last: map[cluster.Ref]time.Time{}, ill: map[cluster.Ref]bool{},
		pattern: map[cluster.Ref]string{}, said: map[telling]bool{}, known: map[inContainerOf][]span{}, rolled: map[cluster.Ref][]time.Time{}}
	t.from = reach(t.s)
	for _, en := range story.Timeline {
		t.add(en)
	}
	for i := range symptoms {
		t.symptom(&symptoms[i])
	}
	for _, p := range slices.Backward(story.Patterns) { // the first that is told holds it
		for _, s := range p.Symptoms {
			t.pattern[s.Object.Key()], t.pattern[s.Workload.Key()] = p.ID, p.ID
		}
	}
	for _, c := range t.s.Changes() {
		if c.Kind == cluster.Rollout || c.Kind == cluster.Rollback || c.Kind == cluster.Restart {
			t.rolled[c.Object] = append(t.rolled[c.Object], c.Time)
		}
	}
	return t
}

// reach is how far back it is told of changes and restarts: to the time asked
// for, else as far as events reach, and an hour at least, for which the API
// keeps them.
func reach(s *cluster.Snapshot) time.Time {
	if !s.Scope.Since.IsZero() {
		return s.Scope.Since
	}
	from, to := s.Window()
	if hour := to.Add(-time.Hour); hour.Before(from) {
		return hour
	}
	return from
}

func (t *timetable) symptom(s *symptom.Symptom) {
	for _, key := range []cluster.Ref{s.Object.Key(), s.Workload.Key()} {
		t.ill[key] = t.ill[key] || s.Ongoing
		if s.First.After(t.last[key]) {
			t.last[key] = s.First
		}
	}
	c := inContainerOf{s.Object.Key(), s.Container}
	t.known[c] = append(t.known[c], span{s.First, s.Last})
	for _, e := range s.Evidence {
		t.said[telling{e.Subject.Key(), e.Reason}] = true
	}
}

func (t *timetable) add(en Entry) {
	h := happening{en.Time.UnixNano(), en.Subject.Key(), en.Reason}
	if !en.Time.IsZero() && !t.seen[h] {
		t.seen[h] = true
		t.entries = append(t.entries, en)
		t.of[en.Subject.Key()] = append(t.of[en.Subject.Key()], en)
	}
}

// dated reports whether a change or recovery of an object is told already that
// an event merely dates again: they are written within seconds.
func (t *timetable) dated(kind EntryKind, e *cluster.Event) bool {
	return slices.ContainsFunc(t.of[e.Object.Key()], func(en Entry) bool {
		d := en.Time.Sub(e.First)
		return en.Kind == kind && en.Reason != e.Reason && d > -5*time.Second && d < 5*time.Second
	})
}

// worthTelling leaves out what came into being: saved data date the creation
// of every ConfigMap.
func (t *timetable) worthTelling(c cluster.Change) bool {
	return (c.Kind != cluster.ConfigWrite || c.What != "created") && !told(t.entries, c)
}

// restarts are the ends of containers that run again, where no symptom tells
// of them: one restart long healed is no failure, but it did happen.
func (t *timetable) restarts(p *cluster.Pod) {
	for i := range p.Containers {
		c := &p.Containers[i]
		at := c.Last().FinishedAt
		told := slices.ContainsFunc(t.known[inContainerOf{p.Key(), c.Name}], func(s span) bool { return s.holds(at) })
		if told || c.Restarts == 0 || !at.After(t.from) {
			continue
		}
		how := c.Last().Reason
		if how == "" || how == "Error" {
			how = detect.ExitBrief(c.Last().ExitCode)
		}
		t.add(Entry{Time: at, Kind: SymptomEntry, Subject: p.Key(), Node: p.Node, Reason: "restart",
			Message: fmt.Sprintf("container %s ended: %s (%d in all)", c.Name, how, c.Restarts), Count: 1})
	}
}

// podRecovery tells that a pod became ready after something had been wrong
// with it.
func (t *timetable) podRecovery(p *cluster.Pod) {
	ready := p.Condition("Ready")
	first, was := t.last[p.Key()]
	if !was || t.ill[p.Key()] || ready.Status != "True" || !ready.Transition.After(first) {
		return
	}
	t.add(Entry{Time: ready.Transition, Kind: RecoveryEntry, Subject: p.Key(), Node: p.Node, Reason: "ready again", Count: 1, Pattern: t.pattern[p.Key()]})
}

// workloadRecovery tells that a Deployment became available after something
// had been wrong with its pods.
func (t *timetable) workloadRecovery(w *cluster.Workload) {
	available := w.Condition("Available")
	first, was := t.last[w.Key()]
	if !was || available.Status != "True" || !available.Transition.After(first) {
		return
	}
	t.add(Entry{Time: available.Transition, Kind: RecoveryEntry, Subject: w.Key(), Reason: "available again", Count: 1, Pattern: t.pattern[w.Key()]})
}
