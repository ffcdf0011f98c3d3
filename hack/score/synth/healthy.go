package synth

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

// healthyKinds are clusters in which all is well, with the noise that every
// cluster makes. Nothing in them may be called a warning.
var healthyKinds = []kind{
	{"healthy/quiet", 2, healthy(func(*gen) {})},
	{"healthy/large", 2, healthy((*gen).large)},
	{"healthy/just-started", 2, healthy((*gen).justStarted)},
	{"healthy/starting-probes", 3, healthy((*gen).startingProbes)},
	{"healthy/mount-cache", 2, healthy((*gen).mountCache)},
	{"healthy/one-restart", 3, healthy((*gen).oneRestart)},
	{"healthy/rollout-in-progress", 2, healthy((*gen).rollingOut)},
	{"healthy/rolled-out", 2, healthy((*gen).rolledOut)},
	{"healthy/kubelet-warnings", 2, healthy((*gen).kubeletWarnings)},
	{"healthy/pull-secret-not-needed", 2, healthy((*gen).unneededPullSecret)},
	{"healthy/completed-jobs", 2, healthy((*gen).completedJobs)},
	{"healthy/job-retried", 1, healthy((*gen).jobRetried)},
	{"healthy/wait-for-consumer", 2, healthy((*gen).waitForConsumer)},
	{"healthy/rescaled", 2, healthy((*gen).rescaled)},
	{"healthy/autoscaler", 2, healthy((*gen).autoscaler)},
	{"healthy/new-node", 2, healthy((*gen).newNode)},
	{"healthy/config-written", 2, healthy((*gen).configWritten)},
	{"healthy/gated", 1, healthy((*gen).gated)},
	{"healthy/ready-again", 2, healthy((*gen).readyAgain)},
	{"healthy/dedicated-nodes", 1, healthy((*gen).dedicatedNodes)},
	{"healthy/terminating", 1, healthy((*gen).terminating)},
	{"healthy/cordoned-node", 1, healthy((*gen).cordonedNode)},
	{"healthy/odd-warning", 2, healthy((*gen).oddWarning)},
	{"healthy/environments-differ", 1, healthy((*gen).environments)},
	{"healthy/first-deployment", 1, healthy((*gen).firstDeployment)},
	{"healthy/long-past", 4, healthy((*gen).longPast)},
	{"healthy/old-failed-job", 1, healthy((*gen).oldFailedJob)},
	{"healthy/node-upgrade", 2, healthy((*gen).nodeUpgrade)},
	{"healthy/good-conditions", 1, healthy((*gen).goodConditions)},
	{"healthy/waits-for-a-node", 1, healthy((*gen).waitsForNode)},
	{"healthy/on-delete", 1, healthy((*gen).onDelete)},
	{"healthy/debugged", 1, healthy((*gen).debugged)},
	{"healthy/volume-handed-over", 2, healthy((*gen).volumeHandedOver)},
	{"healthy/conflicts", 1, healthy((*gen).conflicts)},
	{"healthy/metrics-missing", 1, healthy((*gen).metricsMissing)},
	{"healthy/scaled-to-zero", 1, healthy((*gen).scaledToZero)},
	{"healthy/long-migration", 1, healthy((*gen).longMigration)},
	{"healthy/everything", 4, healthy((*gen).everything)},
}

// noises are those that may stand beside any incident.
var noises = []func(*gen){
	(*gen).startingProbes, (*gen).mountCache, (*gen).oneRestart, (*gen).rollingOut, (*gen).rolledOut, (*gen).kubeletWarnings,
	(*gen).unneededPullSecret, (*gen).completedJobs, (*gen).jobRetried, (*gen).waitForConsumer, (*gen).rescaled, (*gen).configWritten,
	(*gen).readyAgain, (*gen).oddWarning, (*gen).environments, (*gen).firstDeployment, (*gen).longPast, (*gen).oldFailedJob,
	(*gen).goodConditions, (*gen).onDelete, (*gen).debugged, (*gen).volumeHandedOver, (*gen).conflicts, (*gen).metricsMissing,
	(*gen).scaledToZero, (*gen).longMigration, (*gen).terminating,
}

// noise makes some noise, for every other variant.
func (g *gen) noise() {
	if g.variant%2 == 0 {
		return
	}
	for range 3 {
		noises[g.r.IntN(len(noises))](g)
	}
}

func (g *gen) everything() {
	for _, n := range noises {
		n(g)
	}
}

func healthy(noise func(*gen)) func(*gen) truth.Truth {
	return func(g *gen) truth.Truth {
		noise(g)
		return truth.Truth{}
	}
}

func (g *gen) large() {
	g.addNodes(20)
	g.addPopulation(60)
	g.everything()
}

// justStarted is a cluster minutes old: nodes were not ready, everything has
// just been pulled.
func (g *gen) justStarted() {
	for _, n := range g.nodes {
		n.CreationTimestamp = g.ago(9 * time.Minute)
		for i := range n.Status.Conditions {
			n.Status.Conditions[i].LastTransitionTime = g.ago(9*time.Minute - 20*time.Second)
		}
		g.nodeEvent(n, "Normal", "Starting", "Starting kubelet.", "kubelet", 9*time.Minute)
		g.nodeEvent(n, "Warning", "InvalidDiskCapacity", "invalid capacity 0 on image filesystem", "kubelet", 9*time.Minute)
		g.nodeEvent(n, "Normal", "NodeHasSufficientMemory", fmt.Sprintf("Node %s status is now: NodeHasSufficientMemory", n.Name), "kubelet", 9*time.Minute)
		g.nodeEvent(n, "Normal", "NodeReady", fmt.Sprintf("Node %s status is now: NodeReady", n.Name), "kubelet", 8*time.Minute)
	}
	for range 6 {
		a := g.app(fresh(g.between(2*time.Minute, 8*time.Minute)))
		if g.chance(50) {
			p := a.pods[0] // before the first node was ready
			g.event(ev{object: p.ref(""), typ: "Warning", reason: "FailedScheduling", from: "default-scheduler", action: "Scheduling", first: a.age, count: 1,
				message: g.nowhere(fmt.Sprintf("%d node(s) had untolerated taint {node.kubernetes.io/not-ready: }", len(g.nodes)))})
		}
	}
}

// startingProbes: probes fail while things start, during the first minutes.
func (g *gen) startingProbes() {
	for i := range 4 {
		age := g.between(90*time.Second, 4*time.Minute)
		a := g.app(fresh(age), with(func(s *corev1.PodSpec) { s.Containers[0].StartupProbe = httpProbe("/started") }))
		for _, p := range a.pods {
			text := fmt.Sprintf(`Startup probe failed: Get "http://%s:8080/started": dial tcp %s:8080: connect: connection refused`, p.Status.PodIP, p.Status.PodIP)
			p.say(p.at, "Warning", "Unhealthy", text, age-12*time.Second, age-42*time.Second, 4)
			if i == 0 { // still starting
				a.unfinished = true
				p.status().Ready, p.status().Started = false, new(false)
				p.fell = age
			}
		}
	}
	b := g.app(fresh(20 * time.Minute))
	for _, p := range b.pods {
		p.say(p.at, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", 20*time.Minute-9*time.Second, 20*time.Minute-29*time.Second, 3)
	}
}

// mountCache: a pod of a new namespace is faster than the kubelet's cache.
func (g *gen) mountCache() {
	a := g.app(fresh(g.between(3*time.Minute, 30*time.Minute)), with(configMapVolume("conf", "settings")))
	g.addConfigMap(a.namespace, "settings", a.age+time.Second, "a.yaml")
	for _, p := range a.pods {
		p.say("", "Warning", "FailedMount", pick(g, `MountVolume.SetUp failed for volume "conf" : failed to sync configmap cache: timed out waiting for the condition`,
			fmt.Sprintf(`MountVolume.SetUp failed for volume "kube-api-access-x2b9k" : object %q/"kube-root-ca.crt" not registered`, a.namespace)), a.age-time.Second, a.age-time.Second, 1)
	}
}

// oneRestart: something ended once, and has run since.
func (g *gen) oneRestart() {
	for _, code := range []int32{1, 137, 143} {
		g.app().pods[0].oldRestart(code)
	}
	if g.variant == 2 { // a container that was stopped in order within the hour
		p := g.app().pods[0]
		s := p.status()
		s.RestartCount, s.State = 1, running(g.world, 25*time.Minute)
		s.LastTerminationState.Terminated = p.terminated(end{code: 143, reason: "Error", run: 10 * time.Hour}, 25*time.Minute+time.Second)
	}
}

// rollingOut: a rollout on its way, its new pods starting.
func (g *gen) rollingOut() {
	for range 2 {
		a := g.app(replicas(6))
		ago := g.between(20*time.Second, 70*time.Second)
		for _, p := range a.rollout(ago, nil) {
			if g.variant == 0 {
				p.hang("ContainerCreating", "", ago, false)
			} else {
				p.status().Ready = false
				p.fell = ago
				p.say(p.at, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", ago-10*time.Second, ago/2, 2)
			}
		}
	}
}

// rolledOut: new revisions that are all well.
func (g *gen) rolledOut() {
	for range 3 {
		g.app(replicas(3)).replace(g.between(5*time.Minute, 50*time.Minute), nil)
	}
	g.app(statefulSet, replicas(3)).replace(30*time.Minute, nil)
}

func (g *gen) kubeletWarnings() {
	for i, n := range g.nodes {
		ago := g.between(5*time.Minute, 50*time.Minute)
		g.nodeEvent(n, "Normal", "Starting", "Starting kubelet.", "kubelet", ago)
		g.nodeEvent(n, "Warning", "InvalidDiskCapacity", "invalid capacity 0 on image filesystem", "kubelet", ago)
		g.nodeEvent(n, "Warning", "CgroupV1", "cgroup v1 support is in maintenance mode, please migrate to cgroup v2", "kubelet", ago)
		g.nodeEvent(n, "Normal", "NodeHasSufficientPID", fmt.Sprintf("Node %s status is now: NodeHasSufficientPID", n.Name), "kubelet", ago)
		if i == 0 {
			g.nodeEvent(n, "Warning", "CheckLimitsForResolvConf", "Resolv.conf file '/etc/resolv.conf' contains search line consisting of more than 32 domains!", "kubelet", ago)
		}
	}
	p := g.aWell().pods[0]
	p.say("", "Warning", "DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.0.0.2 10.0.0.3 10.0.0.4", 50*time.Minute, time.Minute, 12)
}

// unneededPullSecret: the Secret is not there, and the image is.
func (g *gen) unneededPullSecret() {
	a := g.app(fresh(30*time.Minute), with(pullSecret("regcred")))
	for _, p := range a.pods {
		p.say("", "Warning", "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.", 30*time.Minute, 2*time.Minute, 9)
	}
}

func (g *gen) completedJobs() {
	for i, ns := range g.platform {
		c := g.addNightly(ns)
		if i == 0 {
			ref := corev1.ObjectReference{Kind: "CronJob", Namespace: c.Namespace, Name: c.Name, UID: c.UID}
			g.event(ev{object: ref, typ: "Normal", reason: "SawCompletedJob", message: "Saw completed job: " + c.Name + "-29650000, condition: Complete", from: "cronjob-controller", first: 10 * time.Minute, count: 1})
		}
	}
	j := g.job(g.platform[0], g.names.app(), 5*time.Minute, nil) // one that runs
	g.jobPod(j, 5*time.Minute)
	j.Status.Active = 1
}

// jobRetried: the first try of a Job failed, the second made it good.
func (g *gen) jobRetried() {
	j := g.job(g.platform[0], g.names.app(), 20*time.Minute, nil)
	p, q := g.jobPod(j, 20*time.Minute), g.jobPod(j, 19*time.Minute)
	p.exited(1, 19*time.Minute+20*time.Second)
	p.ended(corev1.PodFailed, "", "", 19*time.Minute+20*time.Second)
	q.exited(0, 12*time.Minute)
	q.ended(corev1.PodSucceeded, "", "", 12*time.Minute)
	at := g.ago(12 * time.Minute)
	j.Status.Succeeded, j.Status.Failed, j.Status.CompletionTime = 1, 1, &at
	j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: "True", LastTransitionTime: at}}
}

func (g *gen) waitForConsumer() {
	ns := g.platform[0]
	name := g.addClaim(ns, g.names.object("data"), "gp3", "", 3*24*time.Hour)
	g.event(ev{object: g.claimRef(ns, name), typ: "Normal", reason: "WaitForFirstConsumer", message: "waiting for first consumer to be created before binding",
		from: "persistentvolume-controller", first: 3 * 24 * time.Hour, last: 10 * time.Second, count: 17000})
	bound := g.addClaim(ns, g.names.object("data"), "gp3", g.volumeName(), 5*time.Minute)
	g.event(ev{object: g.claimRef(ns, bound), typ: "Normal", reason: "ExternalProvisioning", from: "persistentvolume-controller", first: 5 * time.Minute, count: 1,
		message: "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."})
	a := g.app(in(ns), fresh(5*time.Minute), replicas(1), with(claim("data", bound)))
	if g.variant == 1 { // it was bound only after the first look
		g.event(ev{object: a.pods[0].ref(""), typ: "Warning", reason: "FailedScheduling", from: "default-scheduler", action: "Scheduling", first: 5 * time.Minute, count: 1,
			message: fmt.Sprintf("0/%d nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling.", len(g.nodes), len(g.nodes), len(g.nodes))})
	}
}

// rescaled: an autoscaler makes workloads larger and smaller.
func (g *gen) rescaled() {
	a := g.app(replicas(5))
	a.scaledBy(3, 5, 6*time.Minute)
	b := g.app(replicas(2))
	b.scaledBy(4, 2, 10*time.Minute)
	hpa := corev1.ObjectReference{Kind: "HorizontalPodAutoscaler", Namespace: a.namespace, Name: a.name, UID: a.uid}
	g.event(ev{object: hpa, typ: "Normal", reason: "SuccessfulRescale", message: "New size: 5; reason: cpu resource utilization (percentage of request) above target", from: "horizontal-pod-autoscaler", first: 6 * time.Minute, count: 1})
	if g.variant == 1 {
		g.event(ev{object: hpa, typ: "Warning", reason: "FailedGetResourceMetric", message: "failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)", from: "horizontal-pod-autoscaler", first: 6 * time.Minute, last: 5 * time.Minute, count: 3})
	}
	gone := b.pods[0]
	q := b.addPod(b.current(), 0, g.anyNode(), 3*time.Hour)
	q.say(q.at, "Normal", "Killing", "Stopping container "+q.at, 10*time.Minute, 10*time.Minute, 1)
	q.say(q.at, "Warning", "Unhealthy", fmt.Sprintf(`Readiness probe failed: Get "http://%s:8080/ready": dial tcp %s:8080: connect: connection refused`, gone.Status.PodIP, gone.Status.PodIP), 10*time.Minute, 10*time.Minute-10*time.Second, 2)
	q.gone()
}

func (a *app) scaledBy(from, to int, ago time.Duration) {
	direction := pick2(to > from, "up", "down")
	a.scaled(direction, a.current(), from, to, ago)
}

// autoscaler: pods waited for a node that came.
func (g *gen) autoscaler() {
	n := g.addNode("scaled-"+g.names.letters(5), "eu-west-1a", 8*time.Minute)
	a := g.app(on(n), fresh(10*time.Minute))
	for _, p := range a.pods {
		g.event(ev{object: p.ref(""), typ: "Warning", reason: "FailedScheduling", from: "default-scheduler", action: "Scheduling", first: 10 * time.Minute, last: 9 * time.Minute, count: int32(1 + g.variant),
			message: g.nowhere(fmt.Sprintf("%d Insufficient cpu", len(g.nodes)-1))})
		g.event(ev{object: p.ref(""), typ: "Normal", reason: "TriggeredScaleUp", message: "pod triggered scale-up: [{general 3->4 (max: 10)}]", from: "cluster-autoscaler", first: 10*time.Minute - 20*time.Second, count: 1})
	}
}

// newNode: a node that has just joined is not ready yet.
func (g *gen) newNode() {
	n := g.addNode("joined-"+g.names.letters(5), "eu-west-1b", 50*time.Second)
	if g.variant == 1 {
		g.condition(n, corev1.NodeReady, "False", "KubeletNotReady", "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized", 45*time.Second)
		g.taint(n, corev1.TaintNodeNotReady, corev1.TaintEffectNoSchedule, 45*time.Second)
	}
	g.nodeEvent(n, "Normal", "Starting", "Starting kubelet.", "kubelet", 50*time.Second)
	g.nodeEvent(n, "Warning", "InvalidDiskCapacity", "invalid capacity 0 on image filesystem", "kubelet", 50*time.Second)
	g.nodeEvent(n, "Normal", "RegisteredNode", fmt.Sprintf("Node %s event: Registered Node %s in Controller", n.Name, n.Name), "node-controller", 45*time.Second)
}

// configWritten: a ConfigMap changed under running pods, which all do well.
func (g *gen) configWritten() {
	a := g.app(with(envFrom("flags")), named(g.names.app()))
	g.addConfigMap(a.namespace, "flags", 60*24*time.Hour, "A", "B")
	g.rewrite(a.namespace, "flags", 30*time.Minute)
	if g.variant == 1 {
		a.pods[0].oldRestart(1)
		g.addSecret(a.namespace, "unused", 20*time.Minute, corev1.SecretTypeOpaque, "token")
	}
}

// gated pods wait because somebody asked for it.
func (g *gen) gated() {
	a := g.app(fresh(20*time.Minute), replicas(2), internal)
	a.unfinished = true
	for _, p := range a.pods {
		p.unschedulable("Scheduling is blocked due to non-empty scheduling gates", 20*time.Minute)
		p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "queue.example.com/admission"}}
		p.Status.Conditions[0].Reason = corev1.PodReasonSchedulingGated
	}
	g.events = g.events[:len(g.events)-2] // gates make no events
	a.progressed = 5 * time.Minute
}

// readyAgain: a probe failed for a moment.
func (g *gen) readyAgain() {
	a := g.app(replicas(3))
	for _, p := range a.pods[:1+g.variant%2] {
		p.say(p.at, "Warning", "Unhealthy", fmt.Sprintf(`Readiness probe failed: Get "http://%s:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, p.Status.PodIP), 25*time.Minute, 25*time.Minute, 1)
	}
}

// dedicatedNodes: taints and labels that are meant.
func (g *gen) dedicatedNodes() {
	n := g.addNode("gpu-"+g.names.letters(5), "eu-west-1a", 10*24*time.Hour)
	n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: "nvidia.com/gpu", Value: "present", Effect: corev1.TaintEffectNoSchedule})
	n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{Type: "ContainerRuntimeReady", Status: "True", Reason: "ContainerRuntimeIsReady", LastTransitionTime: g.ago(24 * time.Hour)},
		corev1.NodeCondition{Type: "VendorThing", Status: "True", Reason: "VendorThingIsOn", LastTransitionTime: g.ago(24 * time.Hour)})
}

// terminating: pods on their way out, in time.
func (g *gen) terminating() {
	a := g.app(replicas(3))
	at := g.ago(-20 * time.Second)
	a.pods[0].DeletionTimestamp, a.pods[0].DeletionGracePeriodSeconds = &at, new(int64(30))
	a.pods[0].say(a.pods[0].at, "Normal", "Killing", "Stopping container "+a.pods[0].at, 10*time.Second, 10*time.Second, 1)
	a.addPod(a.current(), 0, g.anyNode(), 10*time.Second).hang("ContainerCreating", "", 10*time.Second, false)
}

func (g *gen) cordonedNode() {
	n := g.node(1)
	n.Spec.Unschedulable = true
	g.taint(n, corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule, 30*time.Minute)
	g.nodeEvent(n, "Normal", "NodeNotSchedulable", fmt.Sprintf("Node %s status is now: NodeNotSchedulable", n.Name), "kubelet", 30*time.Minute)
}

// oddWarning: an operator complains again and again of something that no
// table knows; no pod is the worse for it.
func (g *gen) oddWarning() {
	a := g.aWell()
	g.event(ev{object: corev1.ObjectReference{Kind: "Widget", Namespace: a.namespace, Name: g.names.object("widget"), UID: a.uid}, typ: "Warning", reason: pick(g, "ReconcileDelayed", "SyncForbidden"),
		message: pick(g, "waiting for the upstream to settle", "reconcile again later: not allowed in this window"), from: "widget-operator", first: 50 * time.Minute, last: time.Minute, count: 60})
}

// environments: one workload in two namespaces that differ on purpose.
func (g *gen) environments() {
	name := g.names.app()
	g.app(in(g.names.namespace()+"-staging"), named(name), replicas(1), with(memoryLimit("256Mi")))
	g.app(in(g.names.namespace()+"-live"), named(name), replicas(4), with(memoryLimit("2Gi")), with(env("MODE", "live")))
}

// firstDeployment: something new, coming up.
func (g *gen) firstDeployment() {
	age := g.between(30*time.Second, 80*time.Second)
	a := g.app(fresh(age), replicas(3))
	a.unfinished = true
	for _, p := range a.pods {
		p.hang("ContainerCreating", "", age, false)
		p.say(p.at, "Normal", "Pulling", fmt.Sprintf("Pulling image %q", p.askedImage()), age-time.Second, age-time.Second, 1)
	}
}

// aWell is some workload of the population.
func (g *gen) aWell() *app {
	for {
		if a := g.apps[g.r.IntN(len(g.apps))]; a.namespace != "kube-system" && len(a.pods) > 0 && a.age > 24*time.Hour {
			return a
		}
	}
}
