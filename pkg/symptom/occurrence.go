package symptom

import (
	"iter"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Occurrence is one failure with its time: what a Symptom tells of now, of any
// moment that is known.
type Occurrence struct {
	Time time.Time
	// Within is how much earlier it may have been; 0 where the time was told.
	Within time.Duration
	Until  time.Time // until when it went on; zero for an instant
	Kind   Kind
	Cause  string
	// Workload it is of; the object itself where that has none, as a node.
	Workload  cluster.Ref
	Object    cluster.Ref
	Node      string
	Container string
	ExitCode  int32         // Exit, OOM
	Ran       time.Duration // how long the container had run before; 0 where that is not told
	Source    Source
	Text      string
	// Newest is set when it is the last of several of which the others are not
	// known: what a status keeps of restarts. Restarts counts them all.
	Newest   bool
	Restarts int32
}

// Occurrences are all dated failures in the scope of a snapshot and of the
// time before it, in no particular order and some of them from more than one
// source. They are made one by one, for there may be very many.
func Occurrences(s *cluster.Snapshot, symptoms []Symptom) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		h := &historian{r: &recogniser{s: s}, asked: map[cluster.Ref]bool{}}
		h.r.from, _ = s.Window()
		for _, part := range []func(func(Occurrence) bool) bool{
			func(y func(Occurrence) bool) bool { return h.present(symptoms, y) },
			h.runs, h.ends, h.turns, h.events,
		} {
			if !part(yield) {
				return
			}
		}
	}
}

// historian reads occurrences out of a snapshot.
type historian struct {
	r     *recogniser
	asked map[cluster.Ref]bool // workloads, whether they are in scope
}

// untimed are the kinds that have no moment at which they fail.
var untimed = map[Kind]bool{Unclassified: true, Throttling: true, Stale: true, Version: true, Job: true}

// present are the occurrences that the symptoms of now tell of: when each
// began and, of a container, when it last ended.
func (h *historian) present(symptoms []Symptom, yield func(Occurrence) bool) bool {
	for i := range symptoms {
		s := &symptoms[i]
		if untimed[s.Kind] || s.First.IsZero() {
			continue // Jobs are told by their runs
		}
		o := Occurrence{Time: s.First, Until: s.Last, Kind: s.Kind, Cause: s.Cause, Workload: topOf(s.Workload, s.Object), Object: s.Object.Key(),
			Node: s.Node, Container: s.Container, ExitCode: s.ExitCode, Source: FromStatus, Text: s.Message, Restarts: s.Restarts}
		if len(s.Evidence) > 0 {
			o.Source = s.Evidence[0].Source
		}
		if !s.Ended.IsZero() && (s.SinceBefore || s.First.Equal(s.Ended)) { // nothing but the status dates it
			o.Time, o.Until, o.Newest = s.Ended, time.Time{}, true
		} else if s.SinceBefore {
			continue
		}
		if !yield(o) {
			return false
		}
	}
	return true
}

func topOf(workload, object cluster.Ref) cluster.Ref {
	if workload.IsZero() {
		return object.Key()
	}
	return workload.Key()
}

// inScope remembers: a workload has many facts.
func (h *historian) inScope(workload cluster.Ref) bool {
	known, ok := h.asked[workload]
	if !ok {
		var labels map[string]string
		if pods := h.r.s.PodsOf(workload); len(pods) > 0 {
			labels = pods[0].Labels
		} else if w := h.r.s.Workload(workload); w != nil {
			labels = w.Selector
		}
		known = inScope(&h.r.s.Scope, workload.Namespace, labels)
		h.asked[workload] = known
	}
	return known
}

// since reports whether a moment is not before what is asked for.
func (h *historian) since(t time.Time) bool { return !t.IsZero() && !t.Before(h.r.s.Scope.Since) }

// mostHeard is how many texts are remembered with what they mean: programs
// may say something else each time.
const mostHeard = 10_000

// ends are the containers' runs that ended in failure. An orderly stop is
// none unless it comes again and again, as in isOrdinaryEnd.
func (h *historian) ends(yield func(Occurrence) bool) bool {
	for i := range h.r.s.Past.Ends {
		e := &h.r.s.Past.Ends[i]
		workload := topOf(e.Workload, e.Pod)
		if !h.since(e.State.FinishedAt) || !failed(&e.State, e.Restarts) || !h.inScope(workload) {
			continue
		}
		o := Occurrence{Time: e.State.FinishedAt, Within: e.Within, Kind: Exit, Workload: workload, Object: e.Pod.Key(), Node: e.Node,
			Container: e.Container, ExitCode: e.State.ExitCode, Source: FromStatus, Text: strings.TrimSpace(e.State.Message), Restarts: e.Restarts}
		if !e.State.StartedAt.IsZero() {
			o.Ran = e.State.FinishedAt.Sub(e.State.StartedAt)
		}
		h.name(&o, &e.State)
		if !yield(o) {
			return false
		}
	}
	return true
}

// failed reports whether an end is a failure, as far as it tells itself.
func failed(t *cluster.State, restarts int32) bool {
	switch {
	case t.Reason == "OOMKilled":
		return true
	case t.ExitCode == 0 || t.Reason == "ContainerStatusUnknown":
		return false
	}
	return !isStop(t) || restarts > 1
}

// isStop reports whether a container ended as it does when it is asked to, or
// with its node.
func isStop(t *cluster.State) bool {
	return t.ExitCode == 143 || (t.ExitCode == 137 && t.Reason != "OOMKilled") || t.ExitCode == 255 && t.Reason == "Unknown"
}

// name gives an end its kind and cause: those of the program's words where
// they are known, as for the ends of now.
func (h *historian) name(o *Occurrence, t *cluster.State) {
	switch {
	case t.Reason == "OOMKilled":
		o.Kind = OOM
	case isFailedStart(t):
		o.Kind, o.Cause = Start, startCause(startItem(t.Message))
	case o.Text != "":
		if len(h.r.heard) >= mostHeard {
			clear(h.r.heard)
		}
		if words := h.r.listen(o.Text, o.ExitCode); words.kind != "" {
			o.Kind, o.Cause = words.kind, words.cause
		}
	}
}
