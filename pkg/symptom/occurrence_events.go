package symptom

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// apart is how long nothing must have been said of an object for what is said
// next to be another incident.
const apart = 30 * time.Minute

// events are the failures that events of the past tell of. They are read as a
// scan back then would have read them: all of one object and one incident at
// a time, by the recognisers of today.
func (h *historian) events(yield func(Occurrence) bool) bool {
	events := h.r.s.Past.Events
	of := map[cluster.Ref][]int32{}
	for i := range events {
		if h.since(events[i].Last) && isBad(&events[i]) {
			of[events[i].Object.Key()] = append(of[events[i].Object.Key()], int32(i)) //nolint:gosec // fewer than two thousand million
		}
	}
	for i := range events { // in their order, not the map's
		ref := events[i].Object.Key()
		list, waiting := of[ref]
		if !waiting {
			continue
		}
		delete(of, ref)
		if !h.incidents(ref, list, yield) {
			return false
		}
	}
	return true
}

// incidents parts the events of an object, which are sorted by their end, and
// has each part read.
func (h *historian) incidents(ref cluster.Ref, list []int32, yield func(Occurrence) bool) bool {
	var part []*cluster.Event
	for n, i := range list {
		e := &h.r.s.Past.Events[i]
		part = append(part, e)
		if n+1 < len(list) && h.r.s.Past.Events[list[n+1]].First.Sub(e.Last) <= apart {
			continue
		}
		if !h.incident(ref, part, yield) {
			return false
		}
		part = part[:0]
	}
	return true
}

// isBad reports whether an event can be the sign of a failure at all; most
// events are not, and need not be read.
func isBad(e *cluster.Event) bool {
	if e.Warning {
		return true
	}
	if e.Object.Kind == "Pod" {
		return displacementOf(e) != ""
	}
	_, known := nodeEventKinds[e.Reason]
	return known || pressureEvents[e.Reason]
}

// pressureEvents are the reasons by which the kubelet tells of pressure.
var pressureEvents = map[string]bool{"NodeHasDiskPressure": true, "NodeHasInsufficientMemory": true, "NodeHasInsufficientPID": true}

func (h *historian) incident(ref cluster.Ref, events []*cluster.Event, yield func(Occurrence) bool) bool {
	h.r.found = h.r.found[:0]
	switch {
	case ref.Kind == "Pod":
		if h.inScope(h.r.s.WorkloadNamed(ref)) {
			h.r.gonePod(ref, events)
		}
	case ref.Kind == "Node":
		h.nodeEvents(ref, events)
	case makers[ref.Kind]:
		h.refusals(events)
	}
	for i := range h.r.found {
		s := &h.r.found[i]
		if untimed[s.Kind] || s.First.IsZero() {
			continue
		}
		o := Occurrence{Time: s.First, Kind: s.Kind, Cause: s.Cause, Workload: topOf(s.Workload, s.Object), Object: s.Object.Key(),
			Node: s.Node, Container: s.Container, ExitCode: s.ExitCode, Source: FromEvent, Text: s.Message}
		o.Until = lastTold(events)
		if !yield(o) {
			return false
		}
	}
	return true
}

// lastTold is the end of what events tell: a recogniser may take what it reads
// for something that stands.
func lastTold(events []*cluster.Event) time.Time {
	var last time.Time
	for _, e := range events {
		last = latest(last, e.Last)
	}
	return last
}

// nodeEvents reads what events tell of a node but for its readiness, which its
// conditions tell.
func (h *historian) nodeEvents(ref cluster.Ref, events []*cluster.Event) {
	n := &cluster.Node{Ref: ref}
	if now := h.r.s.Node(ref.Name); now != nil {
		n.Created = now.Created
	}
	for _, p := range pressures {
		if s, ok := h.r.pressure(n, p.condition, p.cause, p.resource, p.event, events); ok {
			h.r.add(s)
		}
	}
	h.r.nodeEvents(n, events)
}

// refusals reads what a controller was refused, by the rule for those of now.
func (h *historian) refusals(events []*cluster.Event) {
	c := &refusalCollector{r: h.r, at: map[refused]int{}}
	for _, e := range events {
		if e.Warning && creates[e.Reason] {
			c.event(e)
		}
	}
	for i := range c.found {
		if s := &c.found[i]; s.Last.Sub(s.First) >= settling {
			h.r.add(*s)
		}
	}
}
