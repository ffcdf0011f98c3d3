package symptom

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// pod recognises what is wrong with one pod. A pod that was put off its node
// ended for that reason: the exits of its containers follow from it and are
// not told beside it.
func (r *recogniser) pod(p *cluster.Pod) {
	events, earlier := incarnations(p, r.s.EventsOf(p.Ref))
	if len(earlier) > 0 {
		r.gonePod(p.Key(), earlier)
	}
	if r.isPutOff(p, events) {
		return
	}
	if r.nodeIsLost(p) {
		return // what its containers did is not known, and the node says why
	}
	r.pullSecret(p.Key(), p, events)
	r.missing(p.Key(), p, events)
	r.volumes(p.Key(), p, events)
	r.sandbox(p.Key(), p, events)
	if endedFromOutside(p) {
		return
	}
	settled, from := true, len(r.found)
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Role == cluster.Ephemeral {
			continue // a person's debugging, no part of the pod's health
		}
		if r.container(p, c, events) {
			settled = false
		}
	}
	if !r.probes(p, events, from) && settled {
		r.unready(p)
	}
}

// isPutOff recognises a pod that is not, or no longer, where it should run, for
// a reason that is not its own.
func (r *recogniser) isPutOff(p *cluster.Pod, events []*cluster.Event) bool {
	if s, ok := eviction(p.Key(), p, events); ok {
		r.add(s)
		r.crashLoop(p.Key(), p, events) // it may have crashed before
		return true
	}
	if s, ok := r.displacement(p.Key(), p, events); ok {
		r.add(s)
		return true
	}
	return r.unscheduled(p, events) || r.rejected(p, events) || r.endedByNode(p)
}

// endedFromOutside reports whether a finished pod was ended by the kubelet or
// the control plane (shutdown, preemption, deadline, drain): the exits of its
// containers are not their own.
func endedFromOutside(p *cluster.Pod) bool {
	return p.Finished() && (p.Reason != "" || p.Condition("DisruptionTarget").Status == "True")
}

// container recognises the trouble of one container and reports whether
// there is any now.
func (r *recogniser) container(p *cluster.Pod, c *cluster.Container, events []*cluster.Event) bool {
	if s, ok := r.pull(p, c, events); ok {
		r.add(s)
		if s.Ongoing {
			return true
		}
	}
	if misses(p, c) {
		return true
	}
	if s, ok := r.start(p, c, events); ok {
		r.add(s)
		return s.Ongoing
	}
	if s, ok := r.termination(p, c, events); ok {
		r.ended(s)
		return s.Ongoing
	}
	return false
}

func (r *recogniser) nodeIsLost(p *cluster.Pod) bool {
	n := r.s.Node(p.Node)
	return n != nil && n.Condition("Ready").Status == "Unknown"
}

// pull recognises a failed image pull: from the waiting state while it
// stands, else from the kubelet's events.
func (r *recogniser) pull(p *cluster.Pod, c *cluster.Container, events []*cluster.Event) (Symptom, bool) {
	waiting := c.State.Phase == cluster.Waiting && pullReasons[c.State.Reason]
	if !waiting && !slices.ContainsFunc(events, isFailedPull) {
		return Symptom{}, false // nearly all containers: names of images take long to read
	}
	image := ParseImage(askedImage(p, c))
	s := pullFromEvents(c.Name, events, image)
	if waiting && p.Deleting.IsZero() {
		s.Ongoing, s.Last = true, r.s.At
		if text := pullError(c.State.Message); text != "" {
			s.Message = text
		}
		s.Cause = pullCause(c.State.Reason, s.Message, image)
		s.Evidence = append(s.Evidence, Evidence{Source: FromStatus, Subject: p.Key(), Time: r.s.At,
			Reason: c.State.Reason, Text: c.State.Message, Count: 1})
		if s.First.IsZero() {
			s.First = latest(p.Created, p.Started)
		}
	} else if len(s.Evidence) == 0 {
		return Symptom{}, false
	}
	s.Kind, s.Object, s.Pod, s.Container = ImagePull, p.Key(), p, c.Name
	s.Image = image
	s.Template = Mask(s.Message)
	s.itemOfPull()
	return s, !r.takesTurns(&s)
}

// askedImage is the image as the pod asked for it: the status may hold the
// resolved name instead.
func askedImage(p *cluster.Pod, c *cluster.Container) string {
	if spec := p.SpecOf(c.Name); spec != nil && spec.Image != "" {
		return spec.Image
	}
	return c.Image
}

// pullFromEvents gathers the failed pulls that events tell of. "Error:
// ErrImagePull" and the Normal BackOff beside them count nothing new.
func pullFromEvents(container string, events []*cluster.Event, image Image) Symptom {
	var s Symptom
	for _, e := range events {
		if !isFailedPull(e) || !isAbout(e, container) {
			continue
		}
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Count += e.Count
		s.Message = pullError(e.Message)
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	s.Cause = pullCause("", s.Message, image)
	return s
}

func isFailedPull(e *cluster.Event) bool {
	return e.Reason == "Failed" && strings.HasPrefix(e.Message, "Failed to pull image ")
}

func (r *recogniser) pullSecret(ref cluster.Ref, p *cluster.Pod, events []*cluster.Event) {
	for _, e := range events {
		if e.Reason != "FailedToRetrieveImagePullSecret" {
			continue
		}
		_, rest, _ := strings.Cut(e.Message, "(")
		names, _, _ := strings.Cut(rest, ")")
		r.add(Symptom{Kind: PullSecret, Object: ref, Pod: p, First: e.First, Last: e.Last, Count: e.Count,
			Names: strings.Split(names, ", "), Message: e.Message, Evidence: []Evidence{fromEvent(e)}})
	}
}

// incarnations parts the events of a pod from those of earlier pods of the
// same name: a StatefulSet's pod comes back under its own. The UID decides
// where it is real, else the time.
func incarnations(p *cluster.Pod, events []*cluster.Event) (own, earlier []*cluster.Event) {
	for _, e := range events {
		if e.Last.Before(p.Created) || (!p.Static && isOther(e.Object.UID, p.UID)) {
			earlier = append(earlier, e)
		} else {
			own = append(own, e)
		}
	}
	return own, earlier
}

// isOther compares UIDs where both are real: some senders put a name, a hash
// or nothing in their place.
func isOther(a, b string) bool {
	const realLength = 36
	return len(a) == realLength && len(b) == realLength && a != b
}
