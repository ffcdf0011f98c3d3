package symptom

import (
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// probing is what events tell of one probe of one container.
type probing struct {
	r           *recogniser
	p           *cluster.Pod
	c           *cluster.Container
	kind        string
	spec        cluster.Probe
	first, last time.Time
	count       int
	kills       int
	killed      time.Time // the first kill
	text        string
	events      []*cluster.Event
	evidence    []Evidence
}

// probes recognises the probes that fail and do harm: a liveness or startup
// probe for which the kubelet kills, a readiness probe for which a pod gets no
// traffic. A container that fails on its own is not told a second time by its
// probe. From is where the pod's own symptoms begin. It reports whether one
// says that the pod is not ready.
func (r *recogniser) probes(p *cluster.Pod, events []*cluster.Event, from int) bool {
	if !p.Deleting.IsZero() || p.Finished() {
		return false // what ends does not answer
	}
	unready := false
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Role == cluster.Ephemeral || c.Role == cluster.Init || failsItself(r.found[from:], c.Name) {
			continue
		}
		for _, kind := range []string{Startup, Liveness, Readiness} {
			g := probing{r: r, p: p, c: c, kind: kind, events: events}
			g.gather()
			if s, ok := g.symptom(); ok {
				r.add(s)
				unready = unready || (s.Ongoing && !p.Ready())
			}
		}
	}
	return r.gate(p) || unready
}

// failsItself reports whether a container has trouble that no probe made.
func failsItself(found []Symptom, container string) bool {
	for i := range found {
		s := &found[i]
		switch s.Kind {
		case Exit, OOM, Start, MissingConfig, ImagePull:
			if s.Ongoing && s.KilledBy == "" && s.Container == container {
				return true
			}
		}
	}
	return false
}

// gather adds what is known of a probe.
func (g *probing) gather() {
	if spec := g.p.SpecOf(g.c.Name); spec != nil {
		switch g.kind {
		case Liveness:
			g.spec = spec.Liveness
		case Readiness:
			g.spec = spec.Readiness
		case Startup:
			g.spec = spec.Startup
		}
	}
	for _, e := range g.events {
		switch {
		case e.Reason == "Killing":
			g.addKill(e)
		case (e.Reason == "Unhealthy" || e.Reason == "ProbeError") && isAbout(e, g.c.Name):
			g.addFailure(e)
		}
	}
}

func (g *probing) addKill(e *cluster.Event) {
	m := killedBy.FindStringSubmatch(e.Message)
	if m == nil || m[1] != g.c.Name || m[2] != g.kind {
		return
	}
	g.kills += e.Count
	g.killed = earliest(g.killed, e.First)
	g.last = latest(g.last, e.Last)
	g.evidence = append(g.evidence, fromEvent(e))
}

func (g *probing) addFailure(e *cluster.Event) {
	m := unhealthy.FindStringSubmatch(e.Message)
	if m == nil || strings.ToLower(m[1]) != g.kind || isProbeNoise(m[2]) {
		return
	}
	g.first, g.last = earliest(g.first, e.First), latest(g.last, e.Last)
	if e.Reason == "Unhealthy" || g.count == 0 { // OpenShift tells each twice
		g.count += e.Count
	}
	g.text = strings.TrimSpace(m[2]) // the newest: events are sorted by time
	g.evidence = append(g.evidence, fromEvent(e))
}

// symptom judges what was gathered.
func (g *probing) symptom() (Symptom, bool) {
	s := Symptom{Kind: Probe, Cause: g.kind, Object: g.p.Key(), Pod: g.p, Container: g.c.Name, First: g.first, Last: g.last,
		Count: max(g.count, 1), Restarts: int32(min(g.kills, 1<<30)), Evidence: g.evidence}
	harm := g.kind == Readiness && g.unready(&s) || g.kind != Readiness && g.killing(&s)
	if !harm {
		return Symptom{}, false
	}
	if s.Message == "" {
		s.Message = g.text
	}
	s.Item, s.Template = ProbeUnknown, ""
	if g.text != "" || len(g.evidence) > 0 {
		s.Item, s.Template = probeFailure(g.text, g.handler())
	}
	if s.Item == ProbeOutput {
		s.Target = foreign(ParseConnection(g.text))
	}
	if s.Ongoing {
		s.Last = g.r.s.At
	}
	return s, true
}

func (g *probing) handler() string {
	handler, _, _ := strings.Cut(g.spec.Handler, " ")
	return handler
}

// foreign is a peer outside of the pod: what a probe's command asks for is
// mostly the pod itself.
func foreign(c Connection) Connection {
	if c.Host == "localhost" || strings.HasPrefix(c.Host, "127.") || c.Host == "::1" {
		return Connection{}
	}
	return c
}

// killing judges a liveness or startup probe: only a kill does harm. Where the
// kubelet's word of it is gone, an end by a signal right after failures is
// one. One kill that helped is what the probe is for.
func (g *probing) killing(s *Symptom) bool {
	if g.kills == 0 {
		t := terminated(g.c)
		if t == nil || signalledAfter(s, t, g.events) != g.kind {
			return false
		}
		s.Restarts = 1
	}
	s.First = earliest(s.First, g.killed)
	s.Ongoing = !healed(g.p, g.c, g.r.s.At)
	return s.Ongoing || (g.kills > 1 && g.r.s.At.Sub(g.last) < longPast)
}

// unready judges a readiness probe.
func (g *probing) unready(s *Symptom) bool {
	ready := g.p.Condition("Ready")
	if g.p.Ready() || g.c.Ready {
		return g.recovered(s, ready)
	}
	started := g.c.State.StartedAt
	if g.c.State.Phase != cluster.Running || ready.Status != "False" {
		return false
	}
	s.Ongoing = true
	since := g.r.s.At.Sub(started)
	if g.count == 0 { // its events are gone, or were never written
		s.Message, s.First = ready.Message, latest(ready.Transition, g.p.Created)
		s.Evidence = []Evidence{{Source: FromCondition, Subject: g.p.Key(), Time: ready.Transition, Reason: ready.Reason, Text: ready.Message, Count: 1}}
		return g.spec.Exists() && since >= StartGrace && g.r.s.At.Sub(ready.Transition) >= StartGrace
	}
	if ready.Transition.After(started.Add(g.span())) { // it was ready before
		s.First = latest(s.First, ready.Transition.Add(-g.span()))
		return g.r.s.At.Sub(ready.Transition) >= flicker
	}
	return since >= g.grace()
}

// flicker is how short a pod may be unready without a word.
const flicker = 15 * time.Second

// span is how long a probe takes to be believed: by the API's defaults where
// its template is not known.
func (g *probing) span() time.Duration {
	if !g.spec.Exists() {
		return 30 * time.Second
	}
	return time.Duration(max(g.spec.Period, 1)*max(g.spec.Failures, 1)) * time.Second
}

// pastStart is when a container that becomes ready is past its start.
const pastStart = 10 * time.Minute

// recovered judges a container that is ready again: it was unready for long
// enough to matter, within the hour, and not merely at its start.
func (g *probing) recovered(s *Symptom, ready cluster.Condition) bool {
	at := ready.Transition
	s.Last = at
	return g.p.Ready() && at.After(g.first) && g.last.Sub(g.first) >= settling && at.Sub(g.c.State.StartedAt) > pastStart &&
		g.r.s.At.Sub(at) < longPast && at.Sub(g.last) < pastStart
}

// startTime is how long after its start, or its probe's own delay, a
// container is still taken to start.
const startTime = 90 * time.Second

// grace is how long a container may take to become ready: twice what its
// ready siblings took, and as long as any start while the revision before
// still serves.
func (g *probing) grace() time.Duration {
	most := startTime
	for _, sibling := range g.r.s.PodsOf(g.r.s.WorkloadOf(g.p)) {
		switch {
		case !sibling.Ready():
		case sibling.Revision() != g.p.Revision():
			most = StartGrace
		default:
			most = max(most, 2*tookToStart(sibling, g.c.Name))
		}
	}
	return min(most, StartGrace) + time.Duration(g.spec.Delay)*time.Second
}

func tookToStart(p *cluster.Pod, container string) time.Duration {
	for i := range p.Containers {
		if c := &p.Containers[i]; c.Name == container && c.Restarts == 0 && c.State.Phase == cluster.Running {
			if took := p.Condition("Ready").Transition.Sub(c.State.StartedAt); took < StartGrace {
				return took
			}
		}
	}
	return 0
}
