package fill

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// eventsPerStart is how many events a pod leaves that starts well.
const eventsPerStart = 7

// event writes one, unless there are enough.
func (g *generator) event(about corev1.ObjectReference, source corev1.EventSource, kind, reason, message string, count int32, first, last time.Time) {
	if g.events == g.plan.Pods {
		return
	}
	g.events++
	namespace := about.Namespace
	if namespace == "" {
		namespace = corev1.NamespaceDefault
	}
	e := &corev1.Event{TypeMeta: typeOf("v1", "Event"), ObjectMeta: g.meta(namespace, fmt.Sprintf("%s.%016x", about.Name, 0x18a0000000000000+uint64(g.events)), first)}
	e.Generation = 0
	e.InvolvedObject, e.Source, e.Type, e.Reason, e.Message = about, source, kind, reason, message
	e.Count, e.FirstTimestamp, e.LastTimestamp = count, at(first), at(last)
	e.ReportingController, e.ReportingInstance = source.Component, source.Host
	g.put("events", e)
}

func (g *generator) rolloutEvents(a *app, d *appsv1.Deployment, old, current *appsv1.ReplicaSet) {
	if !a.recent && a.failing == 0 {
		return
	}
	about := corev1.ObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Namespace: d.Namespace, Name: d.Name, UID: d.UID}
	source := corev1.EventSource{Component: "deployment-controller"}
	g.event(about, source, corev1.EventTypeNormal, "ScalingReplicaSet", fmt.Sprintf("Scaled up replica set %s from 0 to %d", current.Name, *current.Spec.Replicas), 1, a.rolled, a.rolled)
	g.event(about, source, corev1.EventTypeNormal, "ScalingReplicaSet", fmt.Sprintf("Scaled down replica set %s from %d to %d", old.Name, *d.Spec.Replicas, *old.Spec.Replicas), 1, a.rolled, a.rolled)
}

// podEvents are those of the pods that started, or failed to, within a day.
func (g *generator) podEvents(a *app, slot int, p *corev1.Pod) {
	switch {
	case a.isEvicted(slot):
		g.evictionEvents(p, g.plan.Now.Add(-diskSince+time.Duration(slot)*10*time.Second))
	case a.failing > 0 && a.revisionOf(slot) == 2:
		g.scheduledEvent(p)
		g.failureEvents(a, p)
	case a.recent:
		g.scheduledEvent(p)
		g.startEvents(p, &p.Spec.Containers[0])
		g.startEvents(p, &p.Spec.Containers[1])
	}
}

func (g *generator) scheduledEvent(p *corev1.Pod) {
	created := p.CreationTimestamp.Time
	g.event(about(p, ""), corev1.EventSource{Component: "default-scheduler"}, corev1.EventTypeNormal, "Scheduled",
		fmt.Sprintf("Successfully assigned %s/%s to %s", p.Namespace, p.Name, p.Spec.NodeName), 1, created, created)
}

func (g *generator) startEvents(p *corev1.Pod, c *corev1.Container) {
	for i, said := range [][2]string{
		{"Pulled", fmt.Sprintf("Container image %q already present on machine", c.Image)},
		{"Created", "Container created"},
		{"Started", "Container started"},
	} {
		when := p.CreationTimestamp.Add(time.Duration(5+i) * time.Second)
		g.event(about(p, c.Name), kubelet(p), corev1.EventTypeNormal, said[0], said[1], 1, when, when)
	}
}

// failureEvents have gone on ever since, as often as a kubelet tries.
func (g *generator) failureEvents(a *app, p *corev1.Pod) {
	first, last := p.CreationTimestamp.Add(3*time.Second), g.plan.Now.Add(-30*time.Second)
	minutes := int32(last.Sub(first).Minutes()) + 1
	say := func(kind, reason, message string, count int32) {
		g.event(about(p, mainName), kubelet(p), kind, reason, message, count, first, last)
	}
	if a.fault == keyless {
		say(corev1.EventTypeNormal, "Pulled", fmt.Sprintf("Container image %q already present on machine", a.image(2)), minutes*5)
		say(corev1.EventTypeWarning, "Failed", "Error: "+a.keyError(), minutes*5)
		return
	}
	say(corev1.EventTypeNormal, "Pulling", fmt.Sprintf("Pulling image %q", a.image(2)), 4+minutes/5)
	say(corev1.EventTypeWarning, "Failed", fmt.Sprintf("Failed to pull image %q: %s", a.image(2), a.pullError()), 4+minutes/5)
	say(corev1.EventTypeWarning, "Failed", "Error: ErrImagePull", 4+minutes/5)
	say(corev1.EventTypeNormal, "BackOff", fmt.Sprintf("Back-off pulling image %q", a.image(2)), minutes*4)
	say(corev1.EventTypeWarning, "Failed", "Error: ImagePullBackOff", minutes*4)
}

func (g *generator) evictionEvents(p *corev1.Pod, when time.Time) {
	g.event(about(p, ""), kubelet(p), corev1.EventTypeWarning, "Evicted", evictedMessage, 1, when, when)
	g.event(about(p, mainName), kubelet(p), corev1.EventTypeNormal, "Killing", "Stopping container "+mainName, 1, when, when)
}

func (g *generator) nodeEvents() {
	name, since := nodeName(brokenNode), g.plan.Now.Add(-diskSince)
	about := corev1.ObjectReference{Kind: "Node", Name: name, UID: "", APIVersion: "v1"}
	source := corev1.EventSource{Component: "kubelet", Host: name}
	g.event(about, source, corev1.EventTypeWarning, "EvictionThresholdMet", "Attempting to reclaim ephemeral-storage", 40, since, g.plan.Now.Add(-time.Minute))
	g.event(about, source, corev1.EventTypeNormal, "NodeHasDiskPressure", "Node "+name+" status is now: NodeHasDiskPressure", 1, since, since)
}

// about is a pod, or one of its containers.
func about(p *corev1.Pod, container string) corev1.ObjectReference {
	o := corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID}
	if container != "" {
		o.FieldPath = "spec.containers{" + container + "}"
	}
	return o
}

func kubelet(p *corev1.Pod) corev1.EventSource {
	return corev1.EventSource{Component: "kubelet", Host: p.Spec.NodeName}
}
