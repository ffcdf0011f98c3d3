package symptom

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// backOffReset is how long the kubelet watches a container run before it
// forgets earlier failures (twice the cap of five minutes). Until then a
// running container is still in its loop.
const backOffReset = 10 * time.Minute

// terminated is the newest termination that the status tells, nil if none.
func terminated(c *cluster.Container) *cluster.State {
	if c.State.Phase == cluster.Terminated {
		return &c.State
	}
	if last := c.Last(); last.Phase == cluster.Terminated {
		return last
	}
	return nil
}

// termination recognises a container that ended in failure, now or within
// the window: OOMKilled is told apart from all other ends, whatever the exit
// code (the reason is set when any process of the container was OOM-killed,
// and 137 alone is no OOM).
func (r *recogniser) termination(p *cluster.Pod, c *cluster.Container, events []*cluster.Event) (Symptom, bool) {
	t := terminated(c)
	if t == nil || !p.Deleting.IsZero() {
		return Symptom{}, false
	}
	looping := c.State.Phase == cluster.Waiting && c.State.Reason == "CrashLoopBackOff"
	if t.Reason == "ContainerStatusUnknown" || (!looping && r.isOrdinaryEnd(p, c, t)) {
		return Symptom{}, false
	}
	s := Symptom{Kind: Exit, Object: p.Key(), Pod: p, Container: c.Name, ExitCode: t.ExitCode,
		Message: strings.TrimSpace(t.Message), First: t.FinishedAt, Last: t.FinishedAt, Count: 1, Restarts: c.Restarts, Ended: t.FinishedAt,
		Ongoing: looping || (!p.Finished() && !healed(p, c, r.s.At))}
	if s.LongPast(r.s.At) && (c.Restarts < 3 || (!p.Finished() && r.s.At.Sub(s.Last) > forgotten)) {
		return Symptom{}, false // long past and healed: a single old restart is ordinary
	}
	if t.Reason == "OOMKilled" {
		s.Kind, s.Limit = OOM, limitOf(p, c)
	}
	s.Evidence = []Evidence{{Source: FromStatus, Subject: p.Key(), Time: t.FinishedAt, Reason: t.Reason, Text: endText(c, t), Count: 1}}
	r.addHistory(&s, c, t, events)
	return s, true
}

// addHistory adds what is known of earlier ends: the one before, if it was
// the same, and what events tell.
func (r *recogniser) addHistory(s *Symptom, c *cluster.Container, t *cluster.State, events []*cluster.Event) {
	if c.State.Phase == cluster.Terminated && sameEnd(c.Last(), t) {
		s.First, s.Count = earliest(s.First, c.Last().FinishedAt), 2
	}
	r.addRestartEvents(s, t, events)
	if s.KilledBy == "" {
		s.KilledBy = signalledAfter(s, t, events)
	}
	if s.First.Equal(t.FinishedAt) { // no event dates the beginning
		s.addUnready()
		s.SinceBefore = int(s.Restarts) > s.Count
	}
	if s.Ongoing {
		s.Last = r.s.At
	}
}

// forgotten is the age from which a healed failure is not even history,
// however often it happened: a pod keeps its count for as long as it lives.
const forgotten = 24 * time.Hour

// LongPast reports whether a symptom is over, and has been for so long that
// it has nothing to do with what happens now.
func (s *Symptom) LongPast(at time.Time) bool { return !s.Ongoing && s.Last.Before(at.Add(-longPast)) }

// longPast is the age from which a healed failure is history.
const longPast = time.Hour

func sameEnd(a, b *cluster.State) bool {
	return a.Phase == cluster.Terminated && a.Reason == b.Reason && a.ExitCode == b.ExitCode
}

// isOrdinaryEnd reports whether a container merely finished: with success,
// by an orderly stop that healed, or in a Job's pod that another try made
// good.
func (r *recogniser) isOrdinaryEnd(p *cluster.Pod, c *cluster.Container, t *cluster.State) bool {
	if t.Reason != "OOMKilled" && (t.ExitCode == 0 || p.Phase == "Succeeded") {
		return true
	}
	if isStop(t) && c.Restarts <= 1 && healed(p, c, r.s.At) {
		return true
	}
	if w := r.s.Workload(p.Owner); w != nil && w.Kind == "Job" {
		return w.Condition("Complete").Status == "True"
	}
	return p.Owner.Kind == "Job" && r.succeededLater(p)
}

// succeededLater reports whether another pod of the same Job did what this one
// did not: where Jobs were not read, that says that the Job is complete.
func (r *recogniser) succeededLater(p *cluster.Pod) bool {
	for _, o := range r.s.PodsOf(r.s.WorkloadOf(p)) {
		if o.Owner.Key() == p.Owner.Key() && o.Phase == "Succeeded" && o.Created.After(p.Created) {
			return true
		}
	}
	return false
}

// healed reports whether a container runs again for good as far as can be
// seen: ready, and for longer than twice its last run, so that a loop which
// fails after a minute is not called healed after ten seconds.
func healed(p *cluster.Pod, c *cluster.Container, at time.Time) bool {
	if c.Role == cluster.Init && c.Ready {
		return true
	}
	if c.State.Phase != cluster.Running || !c.Ready || p.Finished() {
		return false
	}
	ran, last := at.Sub(c.State.StartedAt), c.Last().FinishedAt.Sub(c.Last().StartedAt)
	enough := backOffReset
	if c.Restarts <= 1 {
		enough = time.Minute // once is no loop
	}
	if !c.Last().StartedAt.IsZero() {
		enough = min(enough, max(2*last, 5*time.Second))
	}
	return ran >= enough
}

// Who ended a container, as the kubelet's Killing events tell.
const (
	KilledByLiveness = "liveness"
	KilledByStartup  = "startup"
	KilledByStop     = "stop" // it was asked to stop: nobody's fault but that it took too long
)

// addRestartEvents dates the beginning of the restarts and finds who killed:
// the kubelet's kill for a failed probe is told by its event alone.
func (r *recogniser) addRestartEvents(s *Symptom, t *cluster.State, events []*cluster.Event) {
	for _, e := range events {
		if !isAbout(e, s.Container) {
			continue
		}
		switch {
		case e.Reason == "BackOff" && e.Warning:
			s.First = earliest(s.First, e.First)
			s.Evidence = append(s.Evidence, fromEvent(e))
		case e.Reason != "Killing" || !ended(t, e):
		case strings.Contains(e.Message, "failed liveness probe"):
			s.KilledBy = KilledByLiveness
			s.Evidence = append(s.Evidence, fromEvent(e))
		case strings.Contains(e.Message, "failed startup probe"):
			s.KilledBy = KilledByStartup
			s.Evidence = append(s.Evidence, fromEvent(e))
		case strings.HasPrefix(e.Message, "Stopping container") && s.KilledBy == "":
			s.KilledBy = KilledByStop
			s.Evidence = append(s.Evidence, fromEvent(e))
		}
	}
}

// signalledAfter is the probe that had a container ended by a signal, where
// the kubelet's word of the kill is gone: it failed often enough until just
// before.
func signalledAfter(s *Symptom, t *cluster.State, events []*cluster.Event) string {
	if (t.ExitCode != 137 && t.ExitCode != 143) || t.Reason == "OOMKilled" {
		return ""
	}
	for _, e := range events {
		m := unhealthy.FindStringSubmatch(e.Message)
		if e.Reason != "Unhealthy" || m == nil || m[1] == "Readiness" || !isAbout(e, s.Container) || e.Count < 3 {
			continue
		}
		if !t.FinishedAt.Before(e.First) && t.FinishedAt.Before(e.Last.Add(2*time.Minute)) {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// ended reports whether a kill that an event tells of is the end that the
// status shows: it came before it by no more than a long grace period.
func ended(t *cluster.State, e *cluster.Event) bool {
	lead := t.FinishedAt.Sub(e.Last)
	return lead > -10*time.Second && lead < 2*time.Minute
}

// addUnready dates a loop by the pod's readiness, which was lost when it
// began if the pod has not been ready since.
func (s *Symptom) addUnready() {
	ready := s.Pod.Condition("Ready")
	if s.Ongoing && ready.Status == "False" && ready.Transition.After(s.Pod.Created) && s.Restarts > 1 {
		s.First = earliest(s.First, ready.Transition)
	}
}

func limitOf(p *cluster.Pod, c *cluster.Container) string {
	if c.MemoryLimit != "" {
		return c.MemoryLimit
	}
	if spec := p.SpecOf(c.Name); spec != nil && spec.MemoryLimit != "" {
		return spec.MemoryLimit
	}
	if p.Template != nil {
		return p.Template.MemoryLimit
	}
	return ""
}

func endText(c *cluster.Container, t *cluster.State) string {
	text := cmp.Or(t.Reason, "ended")
	if c.Restarts > 1 {
		text += fmt.Sprintf(", %d restarts", c.Restarts)
	}
	if m := strings.TrimSpace(t.Message); m != "" {
		text = m
		if c.Restarts > 1 {
			text += fmt.Sprintf(" (%d restarts)", c.Restarts)
		}
	}
	return "container " + c.Name + ": " + text
}
