package symptom

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// unready recognises a pod whose containers run but which does not become
// ready, and of which no probe says why: its service gets no traffic.
// Starting is granted its time.
func (r *recogniser) unready(p *cluster.Pod) {
	if ready, ok := r.unreadyFor(p); ok && ready.Reason == "ContainersNotReady" {
		r.add(Symptom{Kind: Unready, Object: p.Key(), Pod: p, First: ready.Transition, Last: r.s.At, Ongoing: true, Message: ready.Message,
			Evidence: conditionOf(p, ready)})
	}
}

// gateType finds the condition that a pod's readiness waits for
// (pkg/kubelet/status/generate.go).
var gateType = lazyregexp.New(`readiness gate "([^"\s]{1,316})"`)

// gate recognises a pod whose containers are ready and that waits for
// somebody else's condition: a load balancer's, mostly.
func (r *recogniser) gate(p *cluster.Pod) bool {
	ready, ok := r.unreadyFor(p)
	if !ok || ready.Reason != "ReadinessGatesNotReady" {
		return false
	}
	s := Symptom{Kind: Probe, Cause: Readiness, Item: ProbeGate, Object: p.Key(), Pod: p, First: ready.Transition, Last: r.s.At, Ongoing: true,
		Message: ready.Message, Evidence: conditionOf(p, ready)}
	if m := gateType.FindStringSubmatch(ready.Message); m != nil {
		s.Names = []string{m[1]}
	}
	r.add(s)
	return true
}

// unreadyFor is the Ready condition of a running pod that has not been ready
// for longer than a start takes.
func (r *recogniser) unreadyFor(p *cluster.Pod) (cluster.Condition, bool) {
	ready := p.Condition("Ready")
	if p.Phase != "Running" || ready.Status != "False" || !p.Deleting.IsZero() {
		return ready, false
	}
	return ready, r.s.At.Sub(ready.Transition) >= StartGrace
}

func conditionOf(p *cluster.Pod, c cluster.Condition) []Evidence {
	return []Evidence{{Source: FromCondition, Subject: p.Key(), Time: c.Transition, Reason: c.Reason, Text: c.Message, Count: 1}}
}

// StartGrace is how long a pod may be unready before that is worth a word:
// slow starts take minutes, and a Deployment's own deadline is ten.
const StartGrace = 5 * time.Minute
