package fill

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func (g *generator) podStatus(a *app, slot int, p *corev1.Pod) corev1.PodStatus {
	created := p.CreationTimestamp.Time
	if a.isEvicted(slot) {
		return evictedStatus(created, g.plan.Now.Add(-diskSince+time.Duration(slot)*10*time.Second))
	}
	index, started := a.index*podsPerApp+slot, at(created.Add(time.Second))
	s := corev1.PodStatus{Phase: corev1.PodRunning, ObservedGeneration: 1, QOSClass: corev1.PodQOSBurstable, StartTime: &started,
		HostIP: "10.16.0.10", PodIP: podIP(index), HostIPs: []corev1.HostIP{{IP: "10.16.0.10"}}, PodIPs: []corev1.PodIP{{IP: podIP(index)}}}
	for i := range p.Spec.Containers {
		s.ContainerStatuses = append(s.ContainerStatuses, g.running(&p.Spec.Containers[i], created.Add(time.Duration(8+i)*time.Second)))
	}
	fails := a.failing > 0 && a.revisionOf(slot) == 2
	if fails {
		s.Phase = corev1.PodPending
		reason, message := a.waiting()
		wait(&s.ContainerStatuses[0], reason, message)
	}
	s.Conditions = conditions(created, fails)
	return s
}

// running is the status of a container that has run since it was started.
func (g *generator) running(c *corev1.Container, since time.Time) corev1.ContainerStatus {
	yes := true
	s := corev1.ContainerStatus{
		Name: c.Name, Image: c.Image, ImageID: imageID(c.Image), ContainerID: "containerd://" + g.digest()[7:],
		Ready: true, Started: &yes, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(since)}},
		AllocatedResources: c.Resources.Requests, Resources: &c.Resources,
	}
	disabled := corev1.RecursiveReadOnlyDisabled
	for _, m := range c.VolumeMounts {
		mount := corev1.VolumeMountStatus{Name: m.Name, MountPath: m.MountPath, ReadOnly: m.ReadOnly}
		if m.ReadOnly {
			mount.RecursiveReadOnly = &disabled
		}
		s.VolumeMounts = append(s.VolumeMounts, mount)
	}
	return s
}

// imageID is the same wherever an image runs.
func imageID(image string) string {
	repository, _, _ := strings.Cut(image, ":v")
	return fmt.Sprintf("%s@sha256:%x", repository, sha256.Sum256([]byte(image)))
}

func wait(s *corev1.ContainerStatus, reason, message string) {
	no := false
	s.ImageID, s.ContainerID, s.Ready, s.Started = "", "", false, &no
	s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// waiting is what the first container of a failing pod waits for.
func (a *app) waiting() (reason, message string) {
	if a.fault == refused {
		return "ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q: ErrImagePull: %s", a.image(2), a.pullError())
	}
	return "CreateContainerConfigError", a.keyError()
}

func (a *app) pullError() string {
	image := a.image(2)
	return fmt.Sprintf("failed to pull and unpack image %q: failed to resolve reference %q: failed to authorize: failed to fetch oauth token: "+
		"unexpected status from GET request to https://registry.acme.example/service/token?scope=repository%%3Ashop%%2F%s%%3Apull&service=registry: 401 Unauthorized",
		image, image, a.name())
}

func (a *app) keyError() string {
	return fmt.Sprintf("couldn't find key %s in ConfigMap %s/%s", lostKey, a.namespace(), sharedConfig)
}

func conditions(created time.Time, fails bool) []corev1.PodCondition {
	condition := func(kind corev1.PodConditionType, after time.Duration) corev1.PodCondition {
		return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, ObservedGeneration: 1, LastTransitionTime: at(created.Add(after))}
	}
	all := []corev1.PodCondition{
		condition(corev1.PodReadyToStartContainers, 4*time.Second), condition(corev1.PodInitialized, time.Second),
		condition(corev1.PodReady, 20*time.Second), condition(corev1.ContainersReady, 20*time.Second), condition(corev1.PodScheduled, 0),
	}
	if fails {
		for _, i := range []int{2, 3} {
			all[i].Status, all[i].LastTransitionTime = corev1.ConditionFalse, at(created.Add(time.Second))
			all[i].Reason, all[i].Message = "ContainersNotReady", "containers with unready status: ["+mainName+"]"
		}
	}
	return all
}

const evictedMessage = "The node was low on resource: ephemeral-storage. Threshold quantity: 9555167912, available: 7012340Ki. " +
	"Container app was using 1890124Ki, request is 0, has larger consumption of ephemeral-storage. "

func evictedStatus(created, evicted time.Time) corev1.PodStatus {
	started := at(created.Add(time.Second))
	disrupted := corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, ObservedGeneration: 1, LastTransitionTime: at(evicted),
		Reason: corev1.PodReasonTerminationByKubelet, Message: evictedMessage}
	all := append([]corev1.PodCondition{disrupted}, conditions(created, false)...)
	for _, i := range []int{1, 3, 4} { // sandbox and containers are gone
		all[i].Status, all[i].LastTransitionTime = corev1.ConditionFalse, at(evicted)
	}
	return corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted", Message: evictedMessage, ObservedGeneration: 1, StartTime: &started,
		QOSClass: corev1.PodQOSBurstable, Conditions: all}
}
