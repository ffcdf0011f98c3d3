package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var nodeKinds = []kind{
	{"node-pressure/disk-pressure", 4, (*gen).diskPressure},
	{"node-pressure/memory-pressure", 3, (*gen).memoryPressure},
	{"node-pressure/pid-pressure", 2, (*gen).pidPressure},
	{"node-failure/not-ready", 2, (*gen).notReadyNode},
	{"node-failure/unreachable", 3, (*gen).unreachable},
	{"node-failure/network-unavailable", 2, (*gen).networkUnavailable},
	{"node-failure/runtime-down", 3, (*gen).runtimeDown},
	{"node-failure/kernel", 3, (*gen).kernel},
	{"node-failure/rebooted", 2, (*gen).rebooted},
	{"node-failure/shutdown", 2, (*gen).shutdown},
}

func ofNode(detector, cause string, n *corev1.Node, apps ...*app) truth.Expected {
	e := root(detector, cause, apps...)
	e.Nodes = []string{n.Name}
	return e
}

// pressure puts a node under pressure: the condition, the taint, the kubelet's
// events, and the eviction of some pods of a workload. over is how long ago
// it ended, 0 if it stands.
func (g *gen) pressure(n *corev1.Node, typ corev1.NodeConditionType, bad, good, resource string, since, over time.Duration, victims *app) {
	g.nodeEvent(n, "Warning", "EvictionThresholdMet", "Attempting to reclaim "+resource, "kubelet", since+8*time.Second)
	g.nodeEvent(n, "Normal", bad, fmt.Sprintf("Node %s status is now: %s", n.Name, bad), "kubelet", since)
	reason := "Kubelet" + bad[len("Node"):]
	if over == 0 {
		g.condition(n, typ, "True", reason, "kubelet has "+resource+" pressure", since)
		g.taint(n, "node.kubernetes.io/"+map[string]string{"memory": "memory", "pids": "pid"}[resource]+"-pressure", corev1.TaintEffectNoSchedule, since)
		if resource != "memory" && resource != "pids" {
			n.Spec.Taints[len(n.Spec.Taints)-1].Key = corev1.TaintNodeDiskPressure
		}
	} else {
		g.condition(n, typ, "False", "Kubelet"+good[len("Node"):], "kubelet has no pressure", over)
		g.nodeEvent(n, "Normal", good, fmt.Sprintf("Node %s status is now: %s", n.Name, good), "kubelet", over)
	}
	for i, p := range append([]*pod{}, victims.pods...) {
		if p.Spec.NodeName == n.Name {
			p.evictedFor(resource, since-time.Duration(5+10*i)*time.Second)
		}
	}
}

// evictedFor is what the kubelet does to a pod of a node under pressure, and
// the controller after it.
func (p *pod) evictedFor(resource string, ago time.Duration) {
	text := fmt.Sprintf("The node was low on resource: %s. ", resource)
	if p.w.minor >= 26 {
		text += "Threshold quantity: 3Gi, available: 2147480Ki. "
	}
	if resource == "memory" || resource == "ephemeral-storage" {
		text += fmt.Sprintf("Container %s was using 4194304Ki, request is 64Mi, has larger consumption of %s. ", p.at, resource)
	}
	p.evicted(text, map[string]string{"starved_resource": resource, "offending_containers": p.at, "offending_containers_usage": "4194304Ki"}, true, ago)
}

// evicted ends a pod by the kubelet's eviction, and replaces it.
func (p *pod) evicted(text string, notes map[string]string, disruption bool, ago time.Duration) {
	p.exited(137, ago-2*time.Second)
	p.ended(corev1.PodFailed, "Evicted", text, ago)
	if disruption {
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue,
			Reason: corev1.PodReasonTerminationByKubelet, Message: text, LastTransitionTime: p.w.ago(ago)})
	}
	p.w.event(ev{object: p.ref(""), typ: "Warning", reason: "Evicted", message: text, from: "kubelet", host: p.Spec.NodeName, first: ago, count: 1, notes: notes})
	p.say(p.at, "Normal", "Killing", "Stopping container "+p.at, ago, ago, 1)
	if p.app != nil && p.app.kind == "Deployment" {
		p.app.addPod(p.rev, 0, p.w.otherNode(p.Spec.NodeName), ago-time.Second)
	}
}

func (w *world) otherNode(name string) *corev1.Node {
	for _, n := range w.nodes {
		if n.Name != name && len(n.Spec.Taints) == 0 {
			return n
		}
	}
	return w.nodes[0]
}

func (g *gen) diskPressure() truth.Truth {
	n, resource := g.node(1), pick(g, "ephemeral-storage", "inodes", "ephemeral-storage", "ephemeral-storage")
	a := g.app(on(n, g.node(1), g.node(0)), replicas(4))
	since, over := g.between(12*time.Minute, 40*time.Minute), time.Duration(0)
	if g.variant == 2 {
		over = since - 6*time.Minute
	}
	g.pressure(n, corev1.NodeDiskPressure, "NodeHasDiskPressure", "NodeHasNoDiskPressure", resource, since, over, a)
	if g.variant == 3 { // the evicted are deleted since: events are left
		for _, p := range append([]*pod{}, a.pods...) {
			if p.Status.Reason == "Evicted" {
				p.gone()
			}
		}
	}
	return roots(ofNode("node-pressure", "disk-pressure", n, a))
}

func (g *gen) memoryPressure() truth.Truth {
	n := g.node(2)
	a := g.app(on(n, g.node(0)), replicas(4))
	b := g.app(on(n), replicas(2))
	since, over := g.between(12*time.Minute, 40*time.Minute), time.Duration(0)
	if g.variant == 1 {
		over = since - 5*time.Minute
	}
	g.pressure(n, corev1.NodeMemoryPressure, "NodeHasInsufficientMemory", "NodeHasSufficientMemory", "memory", since, over, a)
	for _, p := range append([]*pod{}, b.pods...) {
		p.evictedFor("memory", since-time.Minute)
	}
	if g.variant == 2 { // pods that end well when asked to are Completed
		p := b.pods[0]
		p.Status.Phase, p.Status.Reason, p.Status.Message = corev1.PodSucceeded, "", ""
		p.exited(0, since-time.Minute)
	}
	return roots(ofNode("node-pressure", "memory-pressure", n, a, b))
}

func (g *gen) pidPressure() truth.Truth {
	n := g.node(0)
	a := g.app(on(n, g.node(1)), replicas(3))
	g.pressure(n, corev1.NodePIDPressure, "NodeHasInsufficientPID", "NodeHasSufficientPID", "pids", g.between(8*time.Minute, 30*time.Minute), 0, a)
	return roots(ofNode("node-pressure", "pid-pressure", n, a))
}

// fails makes a node's kubelet say that it is not ready.
func (g *gen) fails(n *corev1.Node, message string, since time.Duration) {
	g.condition(n, corev1.NodeReady, "False", "KubeletNotReady", message, since)
	g.taint(n, corev1.TaintNodeNotReady, corev1.TaintEffectNoSchedule, since)
	g.taint(n, corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute, since)
	g.nodeEvent(n, "Normal", "NodeNotReady", fmt.Sprintf("Node %s status is now: NodeNotReady", n.Name), "kubelet", since)
	g.unreadyOn(n, since)
}

func (g *gen) notReadyNode() truth.Truth {
	n := g.node(1)
	g.fails(n, pick(g, "[CSINode is not yet initialized, missing node capacity for resources: ephemeral-storage]", "CSINode is not yet initialized"), g.between(4*time.Minute, 40*time.Minute))
	return roots(ofNode("node-failure", "not-ready", n))
}

func (g *gen) unreachable() truth.Truth {
	n := g.node(1)
	a := g.app(on(n, g.node(0)), replicas(2))
	g.lose(n, g.between(2*time.Minute, 40*time.Minute))
	e := ofNode("node-failure", "unreachable", n, a)
	if g.variant == 2 {
		m := g.node(2)
		g.lose(m, g.between(2*time.Minute, 40*time.Minute))
		e.Nodes = append(e.Nodes, m.Name)
	}
	return roots(e)
}

func (g *gen) networkUnavailable() truth.Truth {
	n, since := g.node(1), g.between(4*time.Minute, 40*time.Minute)
	if g.variant == 1 {
		g.condition(n, corev1.NodeNetworkUnavailable, "True", "NoRouteCreated", "RouteController failed to create a route", since)
		g.taint(n, corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule, since)
		return roots(ofNode("node-failure", "network-unavailable", n))
	}
	g.fails(n, "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized", since)
	return roots(ofNode("node-failure", "network-unavailable", n))
}

func (g *gen) runtimeDown() truth.Truth {
	n := g.node(1)
	g.fails(n, pick(g, "container runtime is down", "[container runtime is down, PLEG is not healthy: pleg was last seen active 5m12.3s ago; threshold is 3m0s]",
		"PLEG is not healthy: pleg was last seen active 4m2.1s ago; threshold is 3m0s"), g.between(4*time.Minute, 40*time.Minute))
	return roots(ofNode("node-failure", "runtime-down", n))
}

func (g *gen) kernel() truth.Truth {
	n, since := g.node(1), g.between(4*time.Minute, 40*time.Minute)
	typ := pick(g, "KernelDeadlock", "ReadonlyFilesystem", "KernelDeadlock")
	reason := pick(g, "DockerHung", "FilesystemIsReadOnly", "DockerHung")
	message := pick(g, "task docker:7 blocked for more than 300 seconds.", "EXT4-fs error (device nvme0n1p1): Remounting filesystem read-only", "task docker:7 blocked for more than 120 seconds.")
	g.condition(n, corev1.NodeConditionType(typ), "True", reason, message, since)
	g.nodeEvent(n, "Normal", reason, fmt.Sprintf("Node condition %s is now: True, reason: %s, message: %q", typ, reason, message), "kernel-monitor", since)
	if g.variant == 2 {
		g.nodeEvent(n, "Warning", "KernelOops", "BUG: unable to handle kernel NULL pointer dereference at 0000000000000018", "kernel-monitor", since-time.Minute)
	}
	return roots(ofNode("node-failure", "kernel", n))
}

// rebooted: the node is back, its containers were started anew.
func (g *gen) rebooted() truth.Truth {
	n, ago := g.node(1), g.between(5*time.Minute, 40*time.Minute)
	n.Status.NodeInfo.BootID = g.names.uid()
	g.nodeEvent(n, "Normal", "Starting", "Starting kubelet.", "kubelet", ago)
	g.nodeEvent(n, "Warning", "Rebooted", fmt.Sprintf("Node %s has been rebooted, boot id: %s", n.Name, n.Status.NodeInfo.BootID), "kubelet", ago-time.Second)
	if g.variant == 0 {
		g.nodeEvent(n, "Normal", "NodeNotReady", fmt.Sprintf("Node %s status is now: NodeNotReady", n.Name), "kubelet", ago-time.Second)
	}
	g.nodeEvent(n, "Normal", "NodeReady", fmt.Sprintf("Node %s status is now: NodeReady", n.Name), "kubelet", ago-12*time.Second)
	g.condition(n, corev1.NodeReady, "True", "KubeletReady", "kubelet is posting ready status", ago-12*time.Second)
	for _, p := range g.podsOn(n) {
		p.restartedWithNode(ago)
	}
	return roots(ofNode("node-failure", "rebooted", n))
}

func (p *pod) restartedWithNode(ago time.Duration) {
	if p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return
	}
	p.say("", "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.", ago-3*time.Second, ago-3*time.Second, 1)
	for i := range p.Status.ContainerStatuses {
		s := &p.Status.ContainerStatuses[i]
		s.RestartCount++
		s.LastTerminationState.Terminated = p.terminated(end{code: 255, reason: "Unknown", run: time.Hour}, ago)
		s.State = running(p.w, ago-20*time.Second)
	}
}

// shutdown: the node goes down in order and takes its pods along.
func (g *gen) shutdown() truth.Truth {
	n, since := g.node(1), g.between(3*time.Minute, 30*time.Minute)
	a := g.app(on(n), replicas(2))
	g.nodeEvent(n, "Normal", "Shutdown", "Shutdown manager detected shutdown event", "kubelet", since)
	g.condition(n, corev1.NodeReady, "False", "KubeletNotReady", "node is shutting down", since)
	for _, p := range append([]*pod{}, a.pods...) {
		p.exited(pick(g, int32(143), 0), since-3*time.Second)
		p.ended(corev1.PodFailed, "Terminated", "Pod was terminated in response to imminent node shutdown.", since-time.Second)
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue,
			Reason: corev1.PodReasonTerminationByKubelet, Message: "Pod was terminated in response to imminent node shutdown.", LastTransitionTime: g.ago(since)})
		a.addPod(p.rev, 0, g.otherNode(n.Name), since-10*time.Second)
	}
	if g.variant == 1 {
		g.condition(n, corev1.NodeReady, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", since-time.Minute)
	}
	return roots(also(ofNode("node-failure", "shutdown", n), "node-failure", "unreachable"))
}

var evictionKinds = []kind{
	{"eviction/ephemeral-storage-limit", 2, (*gen).storageLimit},
	{"eviction/emptydir-limit", 2, (*gen).emptyDirLimit},
	{"eviction/preempted", 3, (*gen).preempted},
	{"eviction/taint", 2, (*gen).taintEviction},
	{"eviction/api", 2, (*gen).apiEviction},
}

func (g *gen) storageLimit() truth.Truth {
	a := g.app(replicas(2))
	for i, p := range append([]*pod{}, a.pods...) {
		p.evicted(pick(g, fmt.Sprintf(`Container %s exceeded its local ephemeral storage limit "1Gi". `, p.at),
			"Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. "), nil, false, time.Duration(8+7*i)*time.Minute)
	}
	return one("eviction", "ephemeral-storage-limit", a)
}

func (g *gen) emptyDirLimit() truth.Truth {
	a := g.app(replicas(2), pick(g, option(internal), statefulSet))
	p := a.pods[0]
	ago := g.between(5*time.Minute, 40*time.Minute)
	p.evicted(`Usage of EmptyDir volume "scratch" exceeds the limit "500Mi". `, nil, false, ago)
	if a.kind == "StatefulSet" { // it comes back under its name
		name := p.Name
		p.gone()
		q := a.addPod(a.current(), 0, g.anyNode(), ago-10*time.Second)
		q.Name = name
	}
	return one("eviction", "emptydir-limit", a)
}

// preempted: the scheduler puts pods off their node for a more important one.
func (g *gen) preempted() truth.Truth {
	important := g.app(replicas(2), with(func(s *corev1.PodSpec) { s.PriorityClassName, s.Priority = "business-critical", new(int32(100000)) }))
	victim := g.app(replicas(3))
	ago := g.between(4*time.Minute, 40*time.Minute)
	p := victim.pods[0]
	if g.variant == 1 { // the kubelet makes room for a critical pod
		p.exited(143, ago)
		p.ended(corev1.PodFailed, "Preempting", "Preempted in order to admit critical pod", ago)
		p.say("", "Warning", "Preempting", "Preempted in order to admit critical pod", ago, ago, 1)
	} else {
		g.event(ev{object: p.ref(""), typ: "Normal", reason: "Preempted", from: "default-scheduler", action: "Preempting", first: ago, count: 1,
			message: fmt.Sprintf("Preempted by pod %s on node %s", important.pods[0].UID, p.Spec.NodeName)})
		p.gone()
	}
	q := victim.addPod(victim.current(), 0, g.anyNode(), ago-2*time.Second)
	if g.variant == 2 { // and there is no room for it elsewhere
		q.unschedulable(g.nowhere(fmt.Sprintf("%d Insufficient cpu", len(g.nodes))), ago-2*time.Second)
	}
	return one("eviction", "preempted", victim)
}

// taintEviction: somebody taints a node NoExecute.
func (g *gen) taintEviction() truth.Truth {
	n, ago := g.node(1), g.between(4*time.Minute, 40*time.Minute)
	a := g.app(on(n), replicas(2))
	n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: "maintenance", Value: "true", Effect: corev1.TaintEffectNoExecute})
	for _, p := range append([]*pod{}, a.pods...) {
		o := p.ref("")
		o.UID = "" // the taint eviction controller leaves it out
		g.event(ev{object: o, typ: "Normal", reason: "TaintManagerEviction", message: fmt.Sprintf("Marking for deletion Pod %s/%s", p.Namespace, p.Name), from: "taint-eviction-controller", first: ago, count: 1})
		p.say(p.at, "Normal", "Killing", "Stopping container "+p.at, ago, ago, 1)
		if g.variant == 1 && p == a.pods[0] { // still on its way out
			at := g.ago(ago - 30*time.Second)
			p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &at, new(int64(30))
			p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue,
				Reason: "DeletionByTaintManager", Message: "Taint manager: deleting due to NoExecute taint", LastTransitionTime: g.ago(ago)})
		} else {
			p.gone()
		}
		a.addPod(p.rev, 0, g.otherNode(n.Name), ago-2*time.Second)
	}
	return one("eviction", "taint", a)
}

// apiEviction: a drain, after which there is no place for a pod.
func (g *gen) apiEviction() truth.Truth {
	n, ago := g.node(1), g.between(2*time.Minute, 10*time.Minute)
	a := g.app(on(n), replicas(2), with(func(s *corev1.PodSpec) { s.TerminationGracePeriodSeconds = new(int64(1800)) }))
	n.Spec.Unschedulable = true
	g.taint(n, corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule, ago)
	g.nodeEvent(n, "Normal", "NodeNotSchedulable", fmt.Sprintf("Node %s status is now: NodeNotSchedulable", n.Name), "kubelet", ago)
	for i, p := range append([]*pod{}, a.pods...) {
		at := g.ago(ago - 30*time.Minute)
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &at, new(int64(1800))
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue,
			Reason: "EvictionByEvictionAPI", Message: "Eviction API: evicting", LastTransitionTime: g.ago(ago)})
		p.say(p.at, "Normal", "Killing", "Stopping container "+p.at, ago, ago, 1)
		q := a.addPod(p.rev, 0, g.otherNode(n.Name), ago-2*time.Second)
		if g.variant == 1 || i == 0 {
			q.unschedulable(g.nowhere(fmt.Sprintf("1 node(s) were unschedulable, %d Insufficient cpu", len(g.nodes)-1)), ago-2*time.Second)
		}
	}
	return one("eviction", "api", a)
}
