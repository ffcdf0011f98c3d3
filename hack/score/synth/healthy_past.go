package synth

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// longPast is what old trouble leaves behind: pods that ended days ago and
// were never cleared away, terminations that nobody remembers.
func (g *gen) longPast() {
	a := g.app(replicas(3))
	a.age = 30 * 24 * time.Hour
	for i := range 2 {
		age := time.Duration(3+i) * 24 * time.Hour
		p := a.addPod(a.current(), 0, g.anyNode(), age+time.Hour)
		p.exited(137, age)
		switch g.variant % 3 {
		case 0:
			p.ended(corev1.PodFailed, "Evicted", "The node was low on resource: memory. Threshold quantity: 100Mi, available: 40Mi. Container app was using 4194304Ki, request is 64Mi, has larger consumption of memory. ", age)
		case 1:
			p.ended(corev1.PodFailed, "Terminated", "Pod was terminated in response to imminent node shutdown.", age)
		case 2:
			p.ended(corev1.PodFailed, "NodeShutdown", "Pod was rejected: Pod was rejected as the node is shutting down.", age)
		}
	}
	b := g.app(with(memoryLimit("256Mi")))
	for _, p := range b.pods { // killed for memory long ago, and well since
		p.CreationTimestamp = g.ago(20 * 24 * time.Hour)
		s := p.status()
		s.RestartCount = 2
		s.LastTerminationState.Terminated = p.terminated(end{code: 137, reason: "OOMKilled", run: 30 * time.Hour}, 3*24*time.Hour)
		s.State = running(g.world, 3*24*time.Hour-2*time.Second)
	}
	c := g.app() // a loop that ended days ago
	p := c.pods[0]
	p.CreationTimestamp = g.ago(20 * 24 * time.Hour)
	p.status().RestartCount = 41
	p.status().LastTerminationState.Terminated = p.terminated(end{code: 1, reason: "Error", run: 5 * time.Second}, 4*24*time.Hour)
	p.status().State = running(g.world, 4*24*time.Hour-time.Second)
}

// oldFailedJob: a CronJob failed once, yesterday, and has done well since.
func (g *gen) oldFailedJob() {
	c := g.addNightly(g.platform[0])
	j := g.job(c.Namespace, c.Name+"-29648600", 26*time.Hour, c)
	j.Status.Failed = 4
	at := g.ago(25 * time.Hour)
	j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: "True", Reason: "BackoffLimitExceeded",
		Message: "Job has reached the specified backoff limit", LastTransitionTime: at}}
	p := g.jobPod(j, 26*time.Hour)
	p.exited(1, 25*time.Hour+time.Minute)
	p.ended(corev1.PodFailed, "", "", 25*time.Hour+time.Minute)
}

// nodeUpgrade: nodes are replaced one by one, so that versions differ.
func (g *gen) nodeUpgrade() {
	for i, n := range g.nodes {
		if i%2 == 0 {
			n.Status.NodeInfo.KubeletVersion = fmt.Sprintf("v1.%d.1", g.minor+1)
			n.Status.NodeInfo.KernelVersion = "6.8.0-1030-aws"
			n.Status.NodeInfo.ContainerRuntimeVersion = "containerd://2.1.9"
		}
	}
	if g.variant == 1 {
		n := g.addNode("next-"+g.names.letters(5), "eu-west-1c", 12*time.Minute)
		n.Status.NodeInfo.KubeletVersion = fmt.Sprintf("v1.%d.1", g.minor+1)
		g.nodeEvent(n, "Normal", "NodeReady", fmt.Sprintf("Node %s status is now: NodeReady", n.Name), "kubelet", 11*time.Minute)
	}
}

// goodConditions are conditions of which True is good, and of which False is.
func (g *gen) goodConditions() {
	for i, n := range g.nodes {
		since := 20 * 24 * time.Hour
		if i%2 == 0 {
			g.condition(n, "KernelDeadlock", "False", "KernelHasNoDeadlock", "kernel has no deadlock", since)
			g.condition(n, "ReadonlyFilesystem", "False", "FilesystemIsNotReadOnly", "Filesystem is not read-only", since)
			g.condition(n, "VMEventScheduled", "False", "NoVMEventScheduled", "VM has no scheduled event", since)
		} else {
			g.condition(n, "NetworkingReady", "True", "NetworkingIsReady", "Monitoring for the Networking system is active", since)
			g.condition(n, "StorageReady", "True", "DiskIsReady", "Monitoring for the Disk system is active", since)
		}
		g.condition(n, corev1.NodeReady, "True", "KubeletReady", "kubelet is posting ready status. WARNING: node is running without swap", since)
	}
}

// waitsForNode: a pod was told a moment ago that there is no room, and a node
// is on its way.
func (g *gen) waitsForNode() {
	a := g.app(fresh(40*time.Second), replicas(1))
	a.unfinished = true
	p := a.pods[0]
	p.unschedulable(g.nowhere(fmt.Sprintf("%d Insufficient cpu", len(g.nodes))), 40*time.Second)
	g.event(ev{object: p.ref(""), typ: "Normal", reason: "TriggeredScaleUp", message: "pod triggered scale-up: [{general 3->4 (max: 10)}]", from: "cluster-autoscaler", first: 30 * time.Second, count: 1})
}

// onDelete: a StatefulSet whose owner replaces pods by hand.
func (g *gen) onDelete() {
	a := g.app(statefulSet, replicas(3))
	a.revise(26*time.Hour, nil)
	a.unfinished = true
}

// debugged: somebody looked into a pod, and left with an error.
func (g *gen) debugged() {
	p := g.app().pods[0]
	p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debugger-x7k2p", Image: "docker.io/library/busybox:1.37"}}}
	p.Status.EphemeralContainerStatuses = []corev1.ContainerStatus{{Name: "debugger-x7k2p", Image: "docker.io/library/busybox:1.37",
		State: corev1.ContainerState{Terminated: p.terminated(end{code: 130, reason: "Error", run: 4 * time.Minute}, 20*time.Minute)}}}
}

// volumeHandedOver: a volume was still with the former pod when the next one
// came, for some seconds.
func (g *gen) volumeHandedOver() {
	ns, name, volume := g.names.namespace(), g.names.object("data"), g.volumeName()
	g.addClaim(ns, name, "gp3", volume, 20*24*time.Hour)
	a := g.app(in(ns), replicas(1), fresh(25*time.Minute), with(claim("data", name)))
	p := a.pods[0]
	text := fmt.Sprintf("Multi-Attach error for volume %q Volume is already exclusively attached to one node and can't be attached to another", volume)
	if g.variant%2 == 1 {
		text = fmt.Sprintf("AttachVolume.Attach failed for volume %q : volume attachment is being deleted", volume)
	}
	g.event(ev{object: p.ref(""), typ: "Warning", reason: "FailedAttachVolume", message: text, from: "attachdetach-controller", first: 25*time.Minute - 2*time.Second, count: 1})
	g.event(ev{object: p.ref(""), typ: "Normal", reason: "SuccessfulAttachVolume", message: fmt.Sprintf("AttachVolume.Attach succeeded for volume %q ", volume), from: "attachdetach-controller", first: 25*time.Minute - 30*time.Second, count: 1})
}

// conflicts are retries that controllers make all day.
func (g *gen) conflicts() {
	a := g.aWell()
	service := corev1.ObjectReference{Kind: "Service", Namespace: a.namespace, Name: a.name, UID: a.uid}
	g.event(ev{object: service, typ: "Warning", reason: "FailedToUpdateEndpointSlices", from: "endpoint-slice-controller", first: 20 * time.Minute, count: 1,
		message: fmt.Sprintf(`Error updating Endpoint Slices for Service %s/%s: failed to update %s-x2b9k EndpointSlice for Service %s/%s: Operation cannot be fulfilled on endpointslices.discovery.k8s.io "%s-x2b9k": the object has been modified; please apply your changes to the latest version and try again`,
			a.namespace, a.name, a.name, a.namespace, a.name, a.name)})
	b := g.app(fresh(15 * time.Minute))
	g.event(ev{object: b.owner(b.current()), typ: "Warning", reason: "FailedCreate", from: "replicaset-controller", first: 15 * time.Minute, count: 1,
		message: `Error creating: Internal error occurred: resource quota evaluation timed out`})
	g.event(ev{object: b.pods[0].ref(""), typ: "Warning", reason: "FailedScheduling", from: "default-scheduler", action: "Scheduling", first: 15 * time.Minute, count: 1,
		message: fmt.Sprintf("skip schedule deleting pod: %s/%s", b.namespace, b.pods[0].Name)})
}

// metricsMissing: an autoscaler without a metrics server, and a budget that
// matches nothing.
func (g *gen) metricsMissing() {
	a := g.aWell()
	hpa := corev1.ObjectReference{Kind: "HorizontalPodAutoscaler", Namespace: a.namespace, Name: a.name, UID: a.uid}
	g.event(ev{object: hpa, typ: "Warning", reason: "FailedGetResourceMetric", from: "horizontal-pod-autoscaler", first: 50 * time.Minute, last: 10 * time.Second, count: 200,
		message: "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)"})
	g.event(ev{object: corev1.ObjectReference{Kind: "PodDisruptionBudget", Namespace: a.namespace, Name: "spare", UID: a.uid}, typ: "Normal", reason: "NoPods", from: "controllermanager", first: 50 * time.Minute, last: time.Minute, count: 100,
		message: "No matching pods found"})
}

// scaledToZero: a workload that is switched off, with its Service.
func (g *gen) scaledToZero() {
	a := g.app(replicas(2))
	for _, p := range append([]*pod{}, a.pods...) {
		a.remove(p)
	}
	a.scaled("down", a.current(), 2, 0, 30*time.Minute)
	a.replicas = 0
}

// longMigration: an init container takes its time.
func (g *gen) longMigration() {
	a := g.app(fresh(3*time.Minute), replicas(1), with(initContainer(g.helper("migrate"))))
	a.unfinished = true
	p := a.pods[0].in("migrate")
	s := p.status()
	s.State, s.Ready, s.Started = running(g.world, 3*time.Minute-5*time.Second), false, new(true)
	p.fell = 3 * time.Minute
	p.holdUp()
}
