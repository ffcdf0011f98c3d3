package collect

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) pod(p *corev1.Pod) {
	pod := cluster.Pod{
		Ref:      ref("Pod", &p.ObjectMeta),
		Created:  p.CreationTimestamp.Time,
		Owner:    controllerOf(&p.ObjectMeta),
		Static:   p.Annotations["kubernetes.io/config.mirror"] != "",
		Labels:   p.Labels,
		Node:     p.Spec.NodeName,
		Phase:    string(p.Status.Phase),
		Reason:   p.Status.Reason,
		Message:  maskText(p.Status.Message),
		IP:       p.Status.PodIP,
		QOSClass: string(p.Status.QOSClass),
	}
	if p.Status.StartTime != nil {
		pod.Started = p.Status.StartTime.Time
	}
	if p.DeletionTimestamp != nil {
		pod.Deleting = p.DeletionTimestamp.Time
		if p.DeletionGracePeriodSeconds != nil { // the API has added it
			pod.Deleting = pod.Deleting.Add(-time.Duration(*p.DeletionGracePeriodSeconds) * time.Second)
		}
	}
	pod.Template = b.share(pod.Owner, trimTemplate(p.Annotations, &p.Spec))
	pod.Conditions = podConditions(p.Status.Conditions)
	pod.Containers = containers(p)
	b.Pods = append(b.Pods, pod)
}

// share returns the template that the owner's other pods already have, if it
// is the same.
func (b *bucket) share(owner cluster.Ref, t *cluster.Template) *cluster.Template {
	if owner.IsZero() {
		return t
	}
	if known, ok := b.templates[owner]; ok && known.Equal(t) {
		return known
	}
	b.templates[owner] = t
	return t
}

func podConditions(in []corev1.PodCondition) []cluster.Condition {
	out := make([]cluster.Condition, 0, len(in))
	for _, c := range in {
		out = append(out, cluster.Condition{Type: string(c.Type), Status: string(c.Status),
			Reason: c.Reason, Message: maskText(c.Message), Transition: c.LastTransitionTime.Time})
	}
	return out
}

func containers(p *corev1.Pod) []cluster.Container {
	n := len(p.Status.InitContainerStatuses) + len(p.Status.ContainerStatuses) + len(p.Status.EphemeralContainerStatuses)
	out := make([]cluster.Container, 0, n)
	for i := range p.Status.InitContainerStatuses {
		c := container(&p.Status.InitContainerStatuses[i], cluster.Init)
		for j := range p.Spec.InitContainers {
			if s := &p.Spec.InitContainers[j]; s.Name == c.Name && isSidecar(s) {
				c.Role = cluster.Sidecar
			}
		}
		out = append(out, c)
	}
	for i := range p.Status.ContainerStatuses {
		out = append(out, container(&p.Status.ContainerStatuses[i], cluster.Regular))
	}
	for i := range p.Status.EphemeralContainerStatuses {
		out = append(out, container(&p.Status.EphemeralContainerStatuses[i], cluster.Ephemeral))
	}
	return out
}

func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

func container(s *corev1.ContainerStatus, role cluster.Role) cluster.Container {
	c := cluster.Container{Name: s.Name, Role: role, Image: s.Image, ImageID: s.ImageID, Ready: s.Ready,
		Restarts: s.RestartCount, State: state(&s.State), Last: state(&s.LastTerminationState)}
	if s.Resources != nil {
		c.MemoryLimit = memory(s.Resources.Limits)
		c.CPULimit = quantity(s.Resources.Limits, corev1.ResourceCPU)
	}
	return c
}

func state(s *corev1.ContainerState) cluster.State {
	switch {
	case s.Running != nil:
		return cluster.State{Phase: cluster.Running, StartedAt: s.Running.StartedAt.Time}
	case s.Waiting != nil:
		return cluster.State{Phase: cluster.Waiting, Reason: s.Waiting.Reason, Message: maskText(s.Waiting.Message)}
	case s.Terminated != nil:
		t := s.Terminated
		return cluster.State{Phase: cluster.Terminated, Reason: t.Reason, Message: maskWords(t.Message),
			ExitCode: t.ExitCode, StartedAt: t.StartedAt.Time, FinishedAt: t.FinishedAt.Time}
	}
	return cluster.State{}
}

// memory writes an amount of memory in binary units where it is whole
// mebibytes, however it was written: 134217728 is 128Mi.
func memory(list corev1.ResourceList) string {
	q, ok := list[corev1.ResourceMemory]
	if !ok {
		return ""
	}
	if q.Value()%(1<<20) == 0 {
		return resource.NewQuantity(q.Value(), resource.BinarySI).String()
	}
	return canonical(q)
}

func quantity(list corev1.ResourceList, name corev1.ResourceName) string {
	q, ok := list[name]
	if !ok {
		return ""
	}
	return canonical(q)
}

// canonical writes a quantity in its one shortest form: 131072Ki is 128Mi.
// A quantity that was parsed keeps the form in which it was written.
func canonical(q resource.Quantity) string {
	q = q.DeepCopy()
	return resource.NewMilliQuantity(q.MilliValue(), q.Format).String()
}

func ref(kind string, m *metav1.ObjectMeta) cluster.Ref {
	return cluster.Ref{Kind: kind, Namespace: m.Namespace, Name: m.Name, UID: string(m.UID)}
}

func controllerOf(m *metav1.ObjectMeta) cluster.Ref {
	for i := range m.OwnerReferences {
		if o := &m.OwnerReferences[i]; o.Controller != nil && *o.Controller {
			return cluster.Ref{Kind: o.Kind, Namespace: m.Namespace, Name: o.Name, UID: string(o.UID)}
		}
	}
	return cluster.Ref{}
}
