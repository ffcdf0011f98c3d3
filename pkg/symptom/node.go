package symptom

import (
	"strings"
	"time"

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
	r.nodeConditions(n)
	r.nodeEvents(n, events)
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

// notReadySignatures classify the message of a node's Ready condition that
// is False.
var notReadySignatures = []signature{
	{cause: NodeShutdown, source: "kubelet nodestatus", texts: []string{"node is shutting down"}},
	{cause: NodeNetworkUnavailable, source: "kubelet nodestatus, CNI", texts: []string{
		"networkpluginnotready", "network plugin", "cni plugin not initialized", "networkready=false"}},
	{cause: NodeRuntimeDown, source: "kubelet nodestatus", texts: []string{
		"container runtime is down", "container runtime not ready", "pleg is not healthy",
		"container runtime status check may not have completed"}},
}

func (r *recogniser) nodeReady(n *cluster.Node, events []*cluster.Event) {
	c := n.Condition("Ready")
	s := Symptom{Kind: NodeDown, Object: n.Key(), Node: n.Name, Cause: NodeNotReady, First: c.Transition, Message: c.Message}
	for _, e := range events {
		// A node is not ready while it starts; that is no failure.
		if e.Reason == "NodeNotReady" && e.Last.Sub(n.Created) > nodeStartGrace {
			s.Evidence = append(s.Evidence, fromEvent(e))
			s.Last = latest(s.Last, e.Last)
		}
	}
	switch {
	case c.Status == "Unknown" && !isStarting(n, c, r.s.At):
		s.Cause = NodeUnreachable
	case c.Status == "False" && r.s.At.Sub(n.Created) > nodeStartGrace:
		if cause := classify(notReadySignatures, c.Message); cause != "" {
			s.Cause = cause
		}
	case len(s.Evidence) > 0:
		s.First, s.Message = s.Evidence[0].Time, ""
		s.Last = latest(s.Last, c.Transition)
		r.add(s)
		return
	default:
		return
	}
	s.Ongoing, s.Last = true, r.s.At
	s.Evidence = append(s.Evidence, conditionEvidence(n, c))
	r.add(s)
}

// isStarting reports whether a new node has not been heard of yet; one that
// stopped reporting had been.
func isStarting(n *cluster.Node, ready cluster.Condition, at time.Time) bool {
	return ready.Reason == "NodeStatusNeverUpdated" && at.Sub(n.Created) < nodeStartGrace
}

// nodeStartGrace is how long a new node may take to become ready.
const nodeStartGrace = 2 * time.Minute

// conditionCauses says what an unhealthy condition beyond Ready and the
// pressures means; types that are not listed are not judged.
var conditionCauses = map[string]string{
	"NetworkUnavailable": NodeNetworkUnavailable, "NetworkingReady": NodeNetworkUnavailable,
	"KernelDeadlock": NodeKernel, "ReadonlyFilesystem": NodeKernel, "XfsShutdown": NodeKernel,
	"CperHardwareErrorFatal": NodeKernel, "KernelReady": NodeKernel, "FilesystemCorruptionProblem": NodeKernel,
	"CorruptDockerOverlay2": NodeRuntimeDown, "FrequentContainerdRestart": NodeRuntimeDown,
	"FrequentDockerRestart": NodeRuntimeDown, "ContainerRuntimeUnhealthy": NodeRuntimeDown,
	"ContainerRuntimeProblem": NodeRuntimeDown, "ContainerRuntimeReady": NodeRuntimeDown,
	"FrequentKubeletRestart": NodeNotReady, "KubeletUnhealthy": NodeNotReady, "KubeletProblem": NodeNotReady,
}

func (r *recogniser) nodeConditions(n *cluster.Node) {
	for _, c := range n.Conditions {
		cause, listed := conditionCauses[c.Type]
		bad, known := cluster.Unhealthy(c)
		if !listed || !known || !bad || r.s.At.Sub(n.Created) < nodeStartGrace {
			continue
		}
		r.add(Symptom{Kind: NodeDown, Cause: cause, Object: n.Key(), Node: n.Name, First: c.Transition, Last: r.s.At,
			Ongoing: true, Message: c.Message, Evidence: []Evidence{conditionEvidence(n, c)}})
	}
}

// nodeEventKinds says what the one-off events about nodes mean.
var nodeEventKinds = map[string]struct {
	kind  Kind
	cause string
}{
	"SystemOOM":     {NodeOOM, "node-oom"},
	"OOMKilling":    {NodeOOM, "node-oom"},
	"Rebooted":      {NodeDown, NodeRebooted},
	"Shutdown":      {NodeDown, NodeShutdown},
	"KernelOops":    {NodeDown, NodeKernel},
	"TaskHung":      {NodeDown, NodeKernel},
	"Ext4Error":     {NodeDown, NodeKernel},
	"IOError":       {NodeDown, NodeKernel},
	"ConntrackFull": {NodeDown, NodeNetworkUnavailable},
}

func (r *recogniser) nodeEvents(n *cluster.Node, events []*cluster.Event) {
	for _, e := range events {
		meaning, ok := nodeEventKinds[e.Reason]
		// The kubelet reports a reboot when a node first starts as well.
		if !ok || e.Last.Sub(n.Created) < nodeStartGrace {
			continue
		}
		if meaning.kind == NodeOOM && isContainerOOM(e) {
			continue // a container over its own limit; the pod's status tells it
		}
		r.add(Symptom{Kind: meaning.kind, Cause: meaning.cause, Object: n.Key(), Node: n.Name, First: e.First, Last: e.Last,
			Count: e.Count, Message: e.Message, Evidence: []Evidence{fromEvent(e)}})
	}
}

// isContainerOOM tells a kill inside a container's memory cgroup, which
// node-problem-detector reports too, from one for want of memory on the node.
// Older kernels say "Killed process …" of both: that proves nothing of the
// node.
func isContainerOOM(e *cluster.Event) bool {
	return e.Reason == "OOMKilling" && !strings.HasPrefix(e.Message, "Out of memory")
}
