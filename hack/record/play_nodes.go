package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func nodePlays() []incident {
	return []incident{
		{"node-disk-pressure", func(s *set) { s.pressure("disk-pressure", "DiskPressure", "ephemeral-storage", false) }},
		{"node-disk-pressure-recovering", func(s *set) { s.pressure("disk-pressure", "DiskPressure", "inodes", true) }},
		{"node-memory-pressure", func(s *set) { s.pressure("memory-pressure", "MemoryPressure", "memory", false) }},
		{"node-pid-pressure", (*set).pidPressure},
		{"node-unreachable", (*set).nodeDies},
		{"node-pleg", func(s *set) {
			s.notReady("not-ready|runtime-down", "[PLEG is not healthy: pleg was last seen active 3m17.028393648s ago; threshold is 3m0s]")
		}},
		{"node-runtime-down", func(s *set) { s.notReady("runtime-down", "container runtime is down") }},
		{"node-cni-missing", func(s *set) {
			s.notReady("not-ready|network-unavailable", "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized")
		}},
		{"node-network-unavailable", (*set).routeMissing},
		{"node-kernel-deadlock", (*set).kernelDeadlock},
		{"node-read-only-disk", (*set).nodeReadOnly},
		{"node-rebooted", (*set).nodeReboots},
		{"node-shutdown", (*set).nodeShutsDown},
		{"evict-ephemeral-limit", func(s *set) {
			s.ownLimit("ephemeral-storage-limit", `Pod ephemeral local storage usage exceeds the total limit of containers %s. `, "2Gi")
		}},
		{"evict-container-limit", func(s *set) {
			s.ownLimit("ephemeral-storage-limit", `Container $CONTAINER exceeded its local ephemeral storage limit "%s". `, "512Mi")
		}},
		{"evict-emptydir-limit", func(s *set) {
			s.ownLimit("emptydir-limit", `Usage of EmptyDir volume "scratch" exceeds the limit "%s". `, "1Gi")
		}},
		{"evict-preempted", (*set).preempts},
		{"evict-drain-pinned", (*set).drainPinned},
		{"evict-taint", (*set).taints},
		{"reject-out-of-cpu", (*set).rejects},
	}
}

// crowd makes a healthy cluster and some more apps of several namespaces, with
// enough pods for every node to have some.
func (s *set) crowd(count int) []*app {
	spaces := s.background(s.between(3, 4), 2)
	var all []*app
	for range count {
		a := s.app(s.of(spaces))
		a.replicas = s.between(3, 5)
		all = append(all, a)
	}
	s.deploy(all...)
	s.begins()
	return all
}

// pressure: one node is short of a resource, and evicts pods of several apps.
func (s *set) pressure(annotation, kind, resource string, recovers bool) {
	all := s.crowd(3)
	host := s.busiest(all...)
	victims := s.onNode(host, all)
	s.patchNode(host, annotations(map[string]string{annotation: "true"}))
	s.nodeIs(host, kind, "True")
	usage := map[string]string{"evict": resource, "evict-usage": fmt.Sprintf("%dKi", s.between(900000, 4000000))}
	if resource == "memory" {
		usage["evict-threshold"], usage["evict-available"] = "100Mi", fmt.Sprintf("%dKi", s.between(40000, 99000))
	}
	for _, a := range victims {
		s.mark(a, usage, s.between(1, 2), on(host))
		s.rest(300 * 1e6)
	}
	for _, a := range victims {
		s.wait("evicted", 1, func(p *corev1.Pod) bool { return p.Status.Reason == "Evicted" }, a)
	}
	s.until("all have what they want", 60e9, s.complete)
	if recovers {
		s.patchNode(host, annotations(map[string]string{annotation: "false"}))
		s.nodeIs(host, kind, "False")
	}
	s.tells(fmt.Sprintf("node %s is short of %s and evicted pods of %d workloads, which came back elsewhere", host, resource, len(victims)))
	s.root("node-pressure", annotation, victims...).on(host).by("node", host)
	s.follows("scheduling|exit-code|probe", "rollout-failure|rollout-cascade|burst|shared-factor")
}

// pidPressure has no stage of its own: the node and its pods are scripted.
func (s *set) pidPressure() {
	all := s.crowd(2)
	host := s.busiest(all...)
	victims := s.onNode(host, all)
	s.node(host, script{
		object{"event": object{"reason": "EvictionThresholdMet", "message": "Attempting to reclaim pids"}},
		object{"event": object{"type": "Normal", "reason": "NodeHasInsufficientPID", "message": "Node $NODE status is now: NodeHasInsufficientPID"}},
		condition("PIDPressure", "True", "KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
	})
	s.nodeIs(host, "PIDPressure", "True")
	const message = "The node was low on resource: pids. Threshold quantity: 3276, available: 2710. "
	lines := script{
		warning("", "Evicted", message, 1),
		{"after": "200ms", "same": true, "forget": true, "status": object{"phase": "Failed", "reason": "Evicted", "message": message, "conditions": []any{
			object{"type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet", "message": message}}}},
	}
	for _, a := range victims {
		s.turnSome(a, lines, s.between(1, 2), on(host))
	}
	for _, a := range victims {
		s.wait("evicted", 1, func(p *corev1.Pod) bool { return p.Status.Reason == "Evicted" }, a)
	}
	s.until("all have what they want", 60e9, s.complete)
	s.tells("node " + host + " runs out of process ids and evicts pods")
	s.root("node-pressure", "pid-pressure", victims...).on(host)
	s.follows("scheduling|exit-code|probe", "rollout-failure|rollout-cascade|burst|shared-factor")
}

// nodeDies: its kubelet falls silent, and the real node controller acts.
func (s *set) nodeDies() {
	all := s.crowd(3)
	host := s.busiest(all...)
	victims := s.onNode(host, all)
	s.do("kill node "+host, func() error {
		patch := []byte(`{"spec":{"holderIdentity":"nobody","leaseDurationSeconds":31536000}}`)
		_, err := s.c.client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Patch(s.ctx, host, types.MergePatchType, patch, metav1.PatchOptions{})
		return err
	})
	s.nodeIs(host, "Ready", "Unknown")
	for _, a := range victims {
		s.wait("not ready", 1, func(p *corev1.Pod) bool { return p.Spec.NodeName == host && !ready(p) }, a)
	}
	s.span = 4 * time.Minute
	s.tells("the kubelet of " + host + " fell silent; its pods are lost")
	s.root("node-failure", "unreachable", victims...).on(host)
	s.follows("probe|eviction|scheduling", "rollout-failure|rollout-cascade|burst|shared-factor")
}

// notReady: the kubelet itself says why its node is not ready.
func (s *set) notReady(cause, message string) {
	host := s.busiest(s.crowd(3)...)
	s.node(host, script{
		object{"event": object{"type": "Normal", "reason": "NodeNotReady", "message": "Node $NODE status is now: NodeNotReady"}},
		condition("Ready", "False", "KubeletNotReady", message),
	})
	s.nodeIs(host, "Ready", "False")
	// Its pods stay as they are for five minutes, until the taint drives them out.
	s.span = time.Duration(s.between(100, 270)) * time.Second
	s.tells("node " + host + " is not ready: " + message)
	s.root("node-failure", cause).on(host)
	s.follows("probe|eviction|scheduling|network", "rollout-failure|rollout-cascade|burst|shared-factor")
}

func (s *set) routeMissing() {
	all := s.crowd(2)
	host := s.busiest(all...)
	s.node(host, script{
		object{"event": object{"reason": "FailedToCreateRoute", "component": "route_controller", "message": "Could not create route 5c1b 10.200.3.0/24 for node $NODE after 150ms: timed out", "count": 7, "first": "4s"}},
		condition("NetworkUnavailable", "True", "NoRouteCreated", "RouteController failed to create a route"),
	})
	s.nodeIs(host, "NetworkUnavailable", "True")
	s.tells("no route leads to node " + host)
	s.root("node-failure", "network-unavailable").on(host)
	s.follows("probe|network|scheduling", "shared-factor")
}

func (s *set) kernelDeadlock() {
	all := s.crowd(2)
	host := s.busiest(all...)
	s.node(host, script{
		object{"event": object{"reason": "TaskHung", "component": "kernel-monitor", "message": "INFO: task dockerd:4216 blocked for more than 120 seconds.", "count": 4, "first": "5s"}},
		object{"event": object{"type": "Normal", "reason": "KernelDeadlock", "component": "kernel-monitor", "message": `Node condition KernelDeadlock is now: True, reason: DockerHung, message: "task dockerd:4216 blocked for more than 120 seconds."`}},
		condition("KernelDeadlock", "True", "DockerHung", "task dockerd:4216 blocked for more than 120 seconds."),
	})
	s.nodeIs(host, "KernelDeadlock", "True")
	s.tells("the kernel of " + host + " hangs")
	s.root("node-failure", "kernel").on(host)
	s.follows("probe|exit-code", "shared-factor")
	s.tolerate("unclassified", "")
}

// nodeReadOnly: a disk went read-only, and what writes there fails.
func (s *set) nodeReadOnly() {
	all := s.crowd(2)
	host := s.busiest(all...)
	const text = "EXT4-fs (nvme0n1p1): Remounting filesystem read-only"
	s.node(host, script{
		object{"event": object{"reason": "Ext4Error", "component": "kernel-monitor", "message": "EXT4-fs error (device nvme0n1p1): ext4_journal_check_start:84: comm containerd: Detected aborted journal"}},
		condition("ReadonlyFilesystem", "True", "FilesystemIsReadOnly", text),
	})
	s.nodeIs(host, "ReadonlyFilesystem", "True")
	victims := s.onNode(host, all)
	for _, a := range victims {
		lines := crashes(a.main(), 4, ends{code: 1, message: "open /var/lib/app/state.db: read-only file system"})
		s.turnSome(a, lines, 1, on(host))
		s.turned(a, lines, 1)
	}
	s.tells("the disk of " + host + " went read-only, and what writes there crashes")
	s.root("node-failure", "kernel").on(host)
	s.follows("storage|exit-code|probe", "shared-factor|rollout-failure")
	s.tolerate("unclassified", "")
}

// nodeReboots a moment ago: every container on it started anew.
func (s *set) nodeReboots() {
	all := s.crowd(3)
	host := s.busiest(all...)
	victims := s.onNode(host, all)
	s.node(host, script{
		object{"event": object{"type": "Normal", "reason": "Starting", "message": "Starting kubelet."}},
		object{"event": object{"reason": "Rebooted", "message": "Node $NODE has been rebooted, boot id: " + s.hex(8) + "-" + s.hex(4) + "-4" + s.hex(3) + "-a" + s.hex(3) + "-" + s.hex(12)}},
		object{"event": object{"type": "Normal", "reason": "NodeNotReady", "message": "Node $NODE status is now: NodeNotReady"}},
		condition("Ready", "False", "KubeletNotReady", "container runtime is down"),
		after("3s", object{"event": object{"type": "Normal", "reason": "NodeReady", "message": "Node $NODE status is now: NodeReady"}}),
		condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
	})
	for _, a := range victims {
		lines := script{
			after("500ms", terminated("*", 255, "Unknown", "")),
			normal("", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.", 1),
			after("3500ms", normal(a.main(), "Started", "Container started", 2)), running("*"),
		}
		s.turnSome(a, lines, 0, on(host))
		s.turned(a, lines, 1)
	}
	s.nodeIs(host, "Ready", "True")
	s.span = time.Duration(s.between(4, 7)) * time.Minute
	s.tells("node " + host + " rebooted; its containers started anew")
	s.root("node-failure", "rebooted").on(host)
	s.follows("exit-code|probe", "burst|shared-factor|rollout-failure")
}

// nodeShutsDown gracefully: the kubelet ends its pods.
func (s *set) nodeShutsDown() {
	all := s.crowd(3)
	host := s.busiest(all...)
	victims := s.onNode(host, all)
	s.node(host, script{
		object{"event": object{"type": "Normal", "reason": "Shutdown", "message": "Shutdown manager detected shutdown event"}},
		object{"event": object{"type": "Normal", "reason": "NodeNotReady", "message": "Node $NODE status is now: NodeNotReady"}},
		condition("Ready", "False", "KubeletNotReady", "node is shutting down"),
	})
	s.nodeIs(host, "Ready", "False")
	const message = "Pod was terminated in response to imminent node shutdown."
	lines := script{
		after("300ms", normal("", "Killing", "Stopping container", 1)),
		{"after": "200ms", "same": true, "containers": object{"*": object{"state": object{"terminated": object{"exitCode": 137, "reason": "Error"}}, "ready": false}},
			"status": object{"phase": "Failed", "reason": "Terminated", "message": message, "conditions": []any{
				object{"type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet", "message": message}}}},
	}
	for _, a := range victims {
		s.turnSome(a, lines, 0, on(host))
		s.wait("terminated", 1, failed, a)
	}
	s.until("all have what they want", 60e9, s.complete)
	s.tells("node " + host + " shuts down and ends its pods")
	s.root("node-failure", "shutdown", victims...).on(host)
	s.follows("eviction|exit-code|scheduling|probe", "burst|shared-factor|rollout-failure|rollout-cascade")
}
