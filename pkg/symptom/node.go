package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Causes of a node's failure.
const (
	NodeNotReady           = "not-ready"
	NodeUnreachable        = "unreachable"
	NodeNetworkUnavailable = "network-unavailable"
	NodeRuntimeDown        = "runtime-down"
	NodeKernel             = "kernel"
	NodeRebooted           = "rebooted"
	NodeShutdown           = "shutdown"
)

// pressures joins a node's pressure condition to the reason of the event
// that tells of it (pkg/kubelet/nodestatus/setters.go), both ways.
var pressures = []struct{ condition, cause, resource, event string }{
	{"DiskPressure", DiskPressure, "ephemeral-storage", "NodeHasDiskPressure"},
	{"MemoryPressure", MemoryPressure, "memory", "NodeHasInsufficientMemory"},
	{"PIDPressure", PIDPressure, "pids", "NodeHasInsufficientPID"},
}

// node recognises what is, or was, wrong with a node.
func (r *recogniser) node(n *cluster.Node) {
	events := r.s.EventsOf(n.Key())
	for _, p := range pressures {
		if s, ok := r.pressure(n, p.condition, p.cause, p.resource, p.event, events); ok {
			r.add(s)
		}
	}
	r.nodeReady(n, events)
	r.nodeTaints(n)
	r.nodeConditions(n)
	r.nodeEvents(n, events)
	r.kubeletRestarts(n, events)
}

// pressure tells of a pressure that stands by its condition, of one that is
// over by the kubelet's events.
func (r *recogniser) pressure(n *cluster.Node, condition, cause, resource, reason string, events []*cluster.Event) (Symptom, bool) {
	c := n.Condition(condition)
	s := Symptom{Kind: Pressure, Cause: cause, Object: n.Key(), Node: n.Name, Resource: resource}
	for _, e := range events {
		reclaims := e.Reason == "EvictionThresholdMet" && PressureOf(strings.TrimPrefix(e.Message, "Attempting to reclaim ")) == cause
		if e.Reason != reason && !reclaims {
			continue
		}
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		if e.Reason == reason {
			s.Count += e.Count
		}
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	if c.Status == "True" {
		s.Ongoing, s.Last, s.Message = true, r.s.At, c.Message
		s.First = earliest(s.First, c.Transition)
		s.Evidence = append(s.Evidence, conditionEvidence(n, c))
	} else if len(s.Evidence) > 0 && !c.Transition.Before(s.Last) {
		s.Last = c.Transition // the pressure lasted until the condition says it ended
	}
	return s, len(s.Evidence) > 0
}

func conditionEvidence(n *cluster.Node, c cluster.Condition) Evidence {
	return Evidence{Source: FromCondition, Subject: n.Key(), Time: c.Transition, Reason: c.Reason,
		Text: strings.TrimSpace(c.Type + " " + c.Status + ": " + c.Message), Count: 1}
}
