package symptom

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// settling is how long something may be missing or refused and be nothing but
// the order in which things were made: whoever applies a folder makes pods
// seconds before their Secrets, a namespace before its service account, and a
// webhook before its backend.
const settling = 2 * time.Minute

// remount is how long after its last event a running pod's volume is still
// taken to miss its object: the kubelet retries at least every two minutes,
// and writes at least every five (client-go's spam filter).
const remount = 6 * time.Minute

// sightings gather what states and events say of the references that one pod
// misses.
type sightings struct {
	r       *recogniser
	p       *cluster.Pod
	ref     cluster.Ref // of the pod, which may be gone
	started time.Time   // when the last of its containers did
	mounts  time.Time   // the newest event of a mount
	found   []*sighting
}

type sighting struct {
	missingRef
	Symptom
}

// missing recognises what a pod refers to and that is not there. Every event
// counts, not only the newest: several things may be missing in one pod. Pod
// is nil when only events are left of it.
func (r *recogniser) missing(ref cluster.Ref, p *cluster.Pod, events []*cluster.Event) {
	if p != nil && !p.Deleting.IsZero() {
		return // its objects may be deleted with it
	}
	g := &sightings{r: r, p: p, ref: ref}
	if p != nil {
		g.started = startedLast(p)
		for i := range p.Containers {
			g.container(&p.Containers[i])
		}
	}
	for _, e := range events {
		if e.Reason == "FailedMount" {
			g.mounts = latest(g.mounts, e.Last)
		}
	}
	for _, e := range events {
		g.event(e)
	}
	slices.SortFunc(g.found, func(a, b *sighting) int { return compareMissing(a.missingRef, b.missingRef) })
	for _, s := range g.found {
		if s.First.IsZero() && p != nil { // no event dates the beginning
			s.First = latest(p.Created, p.Started)
		}
		if s.Ongoing || s.Last.Sub(s.First) >= settling {
			r.add(s.Symptom)
		}
	}
}

// misses reports whether a container waits for a reference that is missing,
// which is told by missing.
func misses(p *cluster.Pod, c *cluster.Container) bool {
	return c.State.Phase == cluster.Waiting && c.State.Reason == "CreateContainerConfigError" &&
		len(missingIn(c.State.Message, p.Namespace, p.Template)) > 0
}

func startedLast(p *cluster.Pod) time.Time {
	var at time.Time
	for i := range p.Containers {
		if c := &p.Containers[i]; c.Role != cluster.Ephemeral {
			at = latest(at, latest(c.State.StartedAt, c.Last().StartedAt))
		}
	}
	return at
}

func (g *sightings) at(ref missingRef) *sighting {
	for _, s := range g.found {
		if s.missingRef == ref {
			return s
		}
	}
	s := &sighting{missingRef: ref, Symptom: Symptom{Kind: MissingConfig, Cause: ref.cause(), Object: g.ref, Pod: g.p, About: ref.about, Item: ref.key}}
	g.found = append(g.found, s)
	return s
}

// container looks at what a container waits for.
func (g *sightings) container(c *cluster.Container) {
	if !misses(g.p, c) {
		return
	}
	for _, ref := range missingIn(c.State.Message, g.p.Namespace, g.p.Template) {
		s := g.at(ref)
		s.Container, s.Message, s.Template = c.Name, c.State.Message, Mask(c.State.Message)
		s.Ongoing, s.Last = true, g.r.s.At
		s.Evidence = append(s.Evidence, Evidence{Source: FromStatus, Subject: g.ref, Time: g.r.s.At, Reason: c.State.Reason, Text: c.State.Message, Count: 1})
	}
}

// event looks at what an event says is missing. A container's own failure
// stands only while the container says so too; a mount's while it is retried.
func (g *sightings) event(e *cluster.Event) {
	text, isError := strings.CutPrefix(e.Message, "Error: ")
	mount := e.Reason == "FailedMount"
	if !mount && (e.Reason != "Failed" || !isError) {
		return
	}
	var template *cluster.Template
	if g.p != nil {
		template = g.p.Template
	}
	for _, ref := range missingIn(text, g.ref.Namespace, template) {
		s := g.at(ref)
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Count += e.Count
		s.Evidence = append(s.Evidence, fromEvent(e))
		if s.Message == "" {
			s.Message, s.Template, s.Container = text, Mask(text), e.Container
		}
		if g.p == nil {
			s.Node = e.Host
		}
		if mount && g.retried(e) {
			s.Ongoing, s.Last = true, g.r.s.At
		}
	}
}

// retried reports whether the mount that an event tells of still fails: its
// pod has started nothing, or runs and has its volume tried again since.
func (g *sightings) retried(e *cluster.Event) bool {
	switch {
	case g.p == nil || g.p.Finished():
		return false
	case g.started.IsZero():
		return g.mounts.Sub(e.Last) < backOffReset
	}
	return e.Last.After(g.started.Add(time.Minute)) && g.r.s.At.Sub(e.Last) < remount
}
