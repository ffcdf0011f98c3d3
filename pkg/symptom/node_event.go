package symptom

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// conditionCauses says what an unhealthy condition beyond Ready and the
// pressures means; types that are not listed are not judged.
var conditionCauses = map[string]string{
	"NetworkUnavailable": NodeNetworkUnavailable, "NetworkingReady": NodeNetworkUnavailable,
	"KernelDeadlock": NodeKernel, "ReadonlyFilesystem": NodeKernel, "XfsShutdown": NodeKernel,
	"CperHardwareErrorFatal": NodeKernel, "KernelReady": NodeKernel, "FilesystemCorruptionProblem": NodeKernel,
	"CorruptDockerOverlay2": NodeRuntimeDown, "FrequentContainerdRestart": NodeRuntimeDown,
	"FrequentDockerRestart": NodeRuntimeDown, "ContainerRuntimeUnhealthy": NodeRuntimeDown,
	"ContainerRuntimeProblem": NodeRuntimeDown, "ContainerRuntimeReady": NodeRuntimeDown,
	"FrequentUnregisterNetDevice": NodeKernel, "StorageReady": NodeKernel, "AcceleratedHardwareReady": NodeKernel,
	"GPUMissing": NodeKernel, "XIDErrors": NodeKernel, "NVLinkStatusInactive": NodeKernel, "IBLinkFlapping": NodeKernel,
	"UnhealthyNvidiaDevicePlugin": NodeKernel,
	"FrequentKubeletRestart":      NodeNotReady, "KubeletUnhealthy": NodeNotReady, "KubeletProblem": NodeNotReady,
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

// nodeEventKinds says what the one-off events about nodes mean; some are of
// type Normal (kubelet, cloud and route controllers, CIDR allocator,
// node-problem-detector, AKS, Karpenter's AWS provider).
var nodeEventKinds = map[string]struct {
	kind  Kind
	cause string
}{
	"SystemOOM":  {NodeOOM, "node-oom"},
	"OOMKilling": {NodeOOM, "node-oom"},

	"Rebooted": {NodeDown, NodeRebooted},

	"Shutdown":            {NodeDown, NodeShutdown},
	"PreemptScheduled":    {NodeDown, NodeShutdown},
	"TerminateScheduled":  {NodeDown, NodeShutdown},
	"RedeployScheduled":   {NodeDown, NodeShutdown},
	"SpotInterrupted":     {NodeDown, NodeShutdown},
	"InstanceStopping":    {NodeDown, NodeShutdown},
	"InstanceTerminating": {NodeDown, NodeShutdown},

	"DockerHung":                   {NodeDown, NodeKernel}, // a task of Docker's that the kernel blocks
	"KernelOops":                   {NodeDown, NodeKernel},
	"TaskHung":                     {NodeDown, NodeKernel},
	"Ext4Error":                    {NodeDown, NodeKernel},
	"IOError":                      {NodeDown, NodeKernel},
	"MemoryReadError":              {NodeDown, NodeKernel},
	"XfsHasShutdown":               {NodeDown, NodeKernel},
	"FilesystemIsReadOnly":         {NodeDown, NodeKernel},
	"UnregisterNetDevice":          {NodeDown, NodeKernel},
	"CperHardwareErrorFatal":       {NodeDown, NodeKernel},
	"CperHardwareErrorRecoverable": {NodeDown, NodeKernel},

	"DockerContainerStartupFailure": {NodeDown, NodeRuntimeDown},
	"CorruptDockerImage":            {NodeDown, NodeRuntimeDown},
	"CorruptDockerOverlay2":         {NodeDown, NodeRuntimeDown},

	"ConntrackFull":        {NodeDown, NodeNetworkUnavailable},
	"DNSUnreachable":       {NodeDown, NodeNetworkUnavailable},
	"CIDRNotAvailable":     {NodeDown, NodeNetworkUnavailable},
	"CIDRAssignmentFailed": {NodeDown, NodeNetworkUnavailable},
	"FailedToCreateRoute":  {NodeDown, NodeNetworkUnavailable},

	"KubeletSetupFailed": {NodeDown, NodeNotReady},
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
		if cause, told := conditionChange(e); told && cause == "" {
			continue // it has become good again
		} else if told {
			meaning.cause = cause
		}
		if isTakenBack(e) || (meaning.cause == NodeRebooted && isPlanned(events, e.First)) {
			continue
		}
		r.add(Symptom{Kind: meaning.kind, Cause: meaning.cause, Object: n.Key(), Node: n.Name, First: e.First, Last: e.Last,
			Count: e.Count, Message: e.Message, Evidence: []Evidence{fromEvent(e)}})
	}
}

// nowIs is how node-problem-detector tells that a condition changed; the
// event's reason is the condition's new one.
var nowIs = lazyregexp.New(`^Node condition (\w{1,80}) is now: (True|False), reason: `)

// conditionChange is the cause that belongs to a condition of which an event
// tells that it changed, empty when it became good.
func conditionChange(e *cluster.Event) (cause string, told bool) {
	m := nowIs.FindStringSubmatch(e.Message)
	if m == nil {
		return "", false
	}
	cause, listed := conditionCauses[m[1]]
	bad, known := cluster.Unhealthy(cluster.Condition{Type: m[1], Status: m[2]})
	if !listed || !known {
		return "", false
	}
	if !bad {
		return "", true
	}
	return cause, true
}

// isContainerOOM tells a kill inside a container's memory cgroup, which
// node-problem-detector reports too, from one for want of memory on the node.
// Older kernels say "Killed process …" of both: that proves nothing of the
// node.
func isContainerOOM(e *cluster.Event) bool {
	return e.Reason == "OOMKilling" && !strings.HasPrefix(e.Message, "Out of memory")
}

// isTakenBack reports whether an event says that a shutdown does not come
// after all: "Shutdown manager detected shutdown cancellation"
// (pkg/kubelet/nodeshutdown).
func isTakenBack(e *cluster.Event) bool {
	return e.Reason == "Shutdown" && strings.Contains(e.Message, "cancellation")
}

// maintenance is how long before a reboot a node may have been closed for it.
const maintenance = 2 * time.Hour

// isPlanned reports whether a node was closed before something happened to it:
// whoever drains it means to reboot or remove it.
func isPlanned(events []*cluster.Event, at time.Time) bool {
	return slices.ContainsFunc(events, func(e *cluster.Event) bool {
		switch e.Reason {
		case "NodeNotSchedulable", "ScaleDown", "DisruptionTerminating":
			return !e.First.After(at) && at.Sub(e.Last) < maintenance
		}
		return false
	})
}
