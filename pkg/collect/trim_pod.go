package collect

import (
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) pod(p *corev1.Pod) {
	b.addPod(&p.ObjectMeta, b.template(p.Annotations, &p.Spec), p.Spec.NodeName, &p.Status)
}

func (b *bucket) addPod(m *metav1.ObjectMeta, template *cluster.Template, node string, status *corev1.PodStatus) {
	pod := cluster.Pod{
		Ref:        b.ref("Pod", m),
		Created:    m.CreationTimestamp.Time,
		Owner:      b.controllerOf(m),
		Static:     m.Annotations["kubernetes.io/config.mirror"] != "",
		Labels:     b.labels(m),
		Node:       b.one(node),
		Template:   template,
		Phase:      b.one(string(status.Phase)),
		Reason:     b.one(status.Reason),
		Message:    b.masked(status.Message),
		IP:         b.names.keep(status.PodIP),
		QOSClass:   b.one(string(status.QOSClass)),
		Conditions: b.podConditions(status.Conditions),
		Containers: b.containers(template, status),
	}
	if status.StartTime != nil {
		pod.Started = status.StartTime.Time
	}
	if m.DeletionTimestamp != nil {
		pod.Deleting = m.DeletionTimestamp.Time
		if m.DeletionGracePeriodSeconds != nil { // the API has added it
			pod.Deleting = pod.Deleting.Add(-time.Duration(*m.DeletionGracePeriodSeconds) * time.Second)
		}
	}
	b.Pods = append(b.Pods, pod)
}

// template is what a pod spec asks for, kept once for all that ask for the same.
func (b *bucket) template(annotations map[string]string, spec *corev1.PodSpec) *cluster.Template {
	return b.shelf.keep(trimTemplate(annotations, spec))
}

// podConditionsKept are those that something is told by; the others follow
// from the states of the containers.
var podConditionsKept = []corev1.PodConditionType{corev1.PodReady, corev1.PodScheduled, corev1.DisruptionTarget}

func (b *bucket) podConditions(in []corev1.PodCondition) []cluster.Condition {
	kept := func(c corev1.PodCondition) bool { return slices.Contains(podConditionsKept, c.Type) }
	n := 0
	for i := range in {
		if kept(in[i]) {
			n++
		}
	}
	out := b.conditionSlab.list(n)
	for _, c := range in {
		if kept(c) {
			out = append(out, b.condition(string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime))
		}
	}
	return out
}

// labels are shared by the pods of a revision, which have the same.
func (b *bucket) labels(m *metav1.ObjectMeta) map[string]string {
	owner := revisionOf(m)
	if known, ok := b.labelled[owner]; ok && maps.Equal(known, m.Labels) {
		return known
	}
	out := b.pairs(m.Labels)
	b.labelled[owner] = out
	return out
}

// pairs copies labels, of which most are those of others.
func (b *bucket) pairs(in map[string]string) map[string]string {
	if len(in) == 0 {
		return nil
	}
	out := make(map[string]string, len(in))
	for k, v := range in {
		out[b.one(k)] = b.one(v)
	}
	return out
}

func (b *bucket) condition(typ, status, reason, message string, at metav1.Time) cluster.Condition {
	return cluster.Condition{Type: b.one(typ), Status: b.one(status), Reason: b.one(reason), Message: b.masked(message), Transition: at.Time}
}

func (b *bucket) containers(t *cluster.Template, status *corev1.PodStatus) []cluster.Container {
	n := len(status.InitContainerStatuses) + len(status.ContainerStatuses) + len(status.EphemeralContainerStatuses)
	out := b.containerSlab.list(n)
	for i := range status.InitContainerStatuses {
		c, role := &status.InitContainerStatuses[i], cluster.Init
		if s := t.Container(c.Name); s != nil && s.Role == cluster.Sidecar {
			role = cluster.Sidecar
		}
		out = append(out, b.container(c, role))
	}
	for i := range status.ContainerStatuses {
		out = append(out, b.container(&status.ContainerStatuses[i], cluster.Regular))
	}
	for i := range status.EphemeralContainerStatuses {
		out = append(out, b.container(&status.EphemeralContainerStatuses[i], cluster.Ephemeral))
	}
	return out
}

func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

func (b *bucket) container(s *corev1.ContainerStatus, role cluster.Role) cluster.Container {
	c := cluster.Container{ContainerIdentity: b.identity(s, role), Ready: s.Ready, Restarts: s.RestartCount, State: b.state(&s.State)}
	if last := b.state(&s.LastTerminationState); last != (cluster.State{}) {
		ended := last // not last itself, which would be one for each container
		c.Ended = &ended
	}
	return c
}

func (b *bucket) identity(s *corev1.ContainerStatus, role cluster.Role) *cluster.ContainerIdentity {
	is := cluster.ContainerIdentity{Name: s.Name, Role: role, Image: s.Image, ImageID: s.ImageID}
	if s.Resources != nil {
		is.MemoryLimit, is.CPULimit = memory(s.Resources.Limits), quantity(s.Resources.Limits, corev1.ResourceCPU)
	}
	if known := b.identities[is]; known != nil {
		return known
	}
	kept := &cluster.ContainerIdentity{Name: b.one(is.Name), Role: role, Image: b.one(is.Image), ImageID: b.one(is.ImageID),
		MemoryLimit: b.one(is.MemoryLimit), CPULimit: b.one(is.CPULimit)}
	b.identities[*kept] = kept
	return kept
}

func (b *bucket) state(s *corev1.ContainerState) cluster.State {
	switch {
	case s.Running != nil:
		return cluster.State{Phase: cluster.Running, StartedAt: s.Running.StartedAt.Time}
	case s.Waiting != nil:
		return cluster.State{Phase: cluster.Waiting, Reason: b.one(s.Waiting.Reason), Message: b.masked(s.Waiting.Message)}
	case s.Terminated != nil:
		t := s.Terminated
		return cluster.State{Phase: cluster.Terminated, Reason: b.one(t.Reason), Message: b.messages.keep(maskText(t.Message)),
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

// ref names an object whose namespace many others have.
func (b *bucket) ref(kind string, m *metav1.ObjectMeta) cluster.Ref {
	return cluster.Ref{Kind: kind, Namespace: b.one(m.Namespace), Name: b.names.keep(m.Name), UID: b.names.keep(string(m.UID))}
}

func (b *bucket) controllerOf(m *metav1.ObjectMeta) cluster.Ref {
	r := controllerOf(m)
	return cluster.Ref{Kind: b.one(r.Kind), Namespace: b.one(r.Namespace), Name: b.one(r.Name), UID: b.one(r.UID)}
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
