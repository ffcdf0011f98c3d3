package correlate

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// hit is what a pattern did to one workload.
type hit struct {
	first time.Time                 // the first sign of it
	lost  map[cluster.Ref]time.Time // pods, with the last time at which each failed
	on    map[cluster.Ref]string    // the node on which each did
}

// hits are those of a pattern, by workload.
func (e *explainer) hits(p *Pattern) map[cluster.Ref]*hit {
	out := map[cluster.Ref]*hit{}
	of := func(w cluster.Ref, first time.Time) *hit {
		h := out[w]
		if h == nil {
			h = &hit{lost: map[cluster.Ref]time.Time{}, on: map[cluster.Ref]string{}}
			out[w] = h
		}
		if h.first.IsZero() || (!first.IsZero() && first.Before(h.first)) {
			h.first = first
		}
		return h
	}
	for _, s := range p.Symptoms {
		h := of(s.Workload.Key(), s.First)
		if s.Object.Kind == "Pod" {
			h.lose(s.Object.Key(), s.Node, lostAt(s))
		}
	}
	for _, pod := range p.Also {
		of(e.s.WorkloadOf(pod), p.Tally.First).lose(pod.Key(), pod.Node, p.Tally.First)
	}
	return out
}

func (h *hit) lose(pod cluster.Ref, node string, at time.Time) {
	if old, known := h.lost[pod]; !known || at.After(old) {
		h.lost[pod] = at
	}
	if node != "" {
		h.on[pod] = node
	}
}

// lostAt is when a symptom took its pod: an end that the status dates, an
// eviction once, everything else when it began.
func lostAt(s *symptom.Symptom) time.Time {
	if !s.Ended.IsZero() {
		return s.Ended
	}
	return s.First
}

// outage fills in since when the workload is not as wanted, until when it was
// not, and how long nothing of it was ready.
func (e *explainer) outage(im *Impact, h *hit) {
	im.Since = h.first
	switch im.State {
	case Down:
		if im.Downtime > 0 && !im.LowerBound {
			im.Since = e.s.At.Add(-im.Downtime)
		}
	case Recovered:
		im.Until = e.wellAgain(im.Workload, h)
		if im.Until.IsZero() {
			return
		}
		if from, to, ok := e.gap(im, h); ok {
			im.Downtime, im.LowerBound = to.Sub(from), true
		}
		im.RecoveredBy, im.HealedItself = e.recovery(im, h)
	case Unaffected:
		im.Since = time.Time{}
	}
}

// wellAgain is when the last of the workload's pods became ready, if that was
// after the first sign of trouble. Zero where nothing dates it.
func (e *explainer) wellAgain(ref cluster.Ref, h *hit) time.Time {
	var at time.Time
	for _, p := range e.s.PodsOf(ref) {
		if c := p.Condition("Ready"); c.Status == "True" && c.Transition.After(h.first) && c.Transition.After(at) {
			at = c.Transition
		}
	}
	return at
}

// gap is the time in which nothing of a recovered workload can have been
// ready: from when the last of its pods was lost to when the first of those
// that it has now became ready. It cannot be told when fewer pods were lost
// than are wanted, when one outlived it, or when a rollout took pods away
// that nobody remembers.
func (e *explainer) gap(im *Impact, h *hit) (from, to time.Time, ok bool) {
	if h.first.IsZero() || im.Desired == 0 || len(h.lost) < int(im.Desired) {
		return from, to, false
	}
	for _, p := range e.s.PodsOf(im.Workload) {
		if c := p.Condition("Ready"); c.Status == "True" && (to.IsZero() || c.Transition.Before(to)) {
			to = c.Transition
		}
	}
	for _, at := range h.lost {
		if at.After(from) {
			from = at
		}
	}
	if to.IsZero() || !to.After(from) || e.changedBetween(im.Workload, h.first, to) != nil {
		return from, to, false
	}
	return from, to, true
}

// changedBetween is the last change of a workload itself in a span, nil when
// there is none.
func (e *explainer) changedBetween(ref cluster.Ref, from, to time.Time) *cluster.Change {
	var last *cluster.Change
	for i := range e.changes {
		c := &e.changes[i]
		if c.Object == ref && c.Time.After(from) && !c.Time.After(to) && slices.Contains(ownChanges, c.Kind) {
			last = c
		}
	}
	return last
}

// ownChanges are the changes of a workload that replace or add pods.
var ownChanges = []cluster.ChangeKind{cluster.Rollout, cluster.Rollback, cluster.Restart, cluster.Scaling}

// recovery says how a workload became well again: after a change of it or of
// what it refers to, else by itself. That no change is known is said only of
// a workload that was read.
func (e *explainer) recovery(im *Impact, h *hit) (how string, itself bool) {
	if c := e.changedBetween(im.Workload, h.first, im.Until); c != nil {
		return fmt.Sprintf("after its %s (%s)", c.Kind, c.What), false
	}
	if ref := e.rewritten(im.Workload, h.first, im.Until); !ref.IsZero() {
		return fmt.Sprintf("after %s was written", ref), false
	}
	if e.s.Workload(im.Workload) == nil {
		return "", false
	}
	for pod, at := range h.lost { // a StatefulSet makes a new pod under the old name
		if p := e.s.Pod(pod.Namespace, pod.Name); p == nil || !p.Ready() || !p.Created.Before(at) {
			return "by itself, with new pods", true
		}
	}
	return "by itself, with the same pods", true
}

// rewritten is a ConfigMap or Secret that the workload refers to and that was
// written in a span.
func (e *explainer) rewritten(ref cluster.Ref, from, to time.Time) cluster.Ref {
	t := e.template(ref)
	if t == nil {
		return cluster.Ref{}
	}
	for i := range e.changes {
		c := &e.changes[i]
		if c.Kind == cluster.ConfigWrite && c.Object.Namespace == ref.Namespace && c.Time.After(from) && !c.Time.After(to) && t.RefersTo(c.Object) {
			return c.Object
		}
	}
	return cluster.Ref{}
}

// template is what a workload asks for, or its pods do.
func (e *explainer) template(ref cluster.Ref) *cluster.Template {
	if w := e.s.Workload(ref); w != nil && w.Template != nil {
		return w.Template
	}
	if pods := e.s.PodsOf(ref); len(pods) > 0 {
		return pods[0].Template
	}
	return nil
}
