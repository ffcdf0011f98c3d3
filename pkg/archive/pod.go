package archive

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (t *templates) pod(p *cluster.Pod) *corev1.Pod {
	out := &corev1.Pod{TypeMeta: typeOf("v1", "Pod"), ObjectMeta: metaOf(p.Ref, p.Created)}
	out.Labels, out.OwnerReferences = p.Labels, ownedBy(p.Owner)
	if !p.Deleting.IsZero() {
		out.DeletionTimestamp, out.DeletionGracePeriodSeconds = moment(p.Deleting), reference(int64(0))
	}
	if p.Static {
		annotate(&out.ObjectMeta, corev1.MirrorPodAnnotationKey, notSaved)
	}
	out.Spec = t.spec(p.Template, &out.ObjectMeta)
	out.Spec.NodeName = p.Node
	out.Status = corev1.PodStatus{Phase: corev1.PodPhase(p.Phase), Reason: p.Reason, Message: p.Message, PodIP: p.IP,
		StartTime: moment(p.Started), QOSClass: corev1.PodQOSClass(p.QOSClass)}
	for _, c := range p.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, corev1.PodCondition{Type: corev1.PodConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition)})
	}
	addStatuses(&out.Status, p.Containers)
	return out
}

func addStatuses(out *corev1.PodStatus, containers []cluster.Container) {
	for i := range containers {
		status := statusOf(&containers[i])
		switch containers[i].Role {
		case cluster.Init, cluster.Sidecar:
			out.InitContainerStatuses = append(out.InitContainerStatuses, status)
		case cluster.Ephemeral:
			out.EphemeralContainerStatuses = append(out.EphemeralContainerStatuses, status)
		default:
			out.ContainerStatuses = append(out.ContainerStatuses, status)
		}
	}
}

func statusOf(c *cluster.Container) corev1.ContainerStatus {
	out := corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: c.ImageID, Ready: c.Ready, RestartCount: c.Restarts,
		State: stateOf(&c.State), LastTerminationState: stateOf(c.Last())}
	if limits := amounts(corev1.ResourceCPU, c.CPULimit, corev1.ResourceMemory, c.MemoryLimit); limits != nil {
		out.Resources = &corev1.ResourceRequirements{Limits: limits}
	}
	return out
}

func stateOf(s *cluster.State) corev1.ContainerState {
	switch s.Phase {
	case cluster.Running:
		return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(s.StartedAt)}}
	case cluster.Waiting:
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: s.Reason, Message: s.Message}}
	case cluster.Terminated:
		return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: s.ExitCode, Reason: s.Reason, Message: s.Message,
			StartedAt: metav1.NewTime(s.StartedAt), FinishedAt: metav1.NewTime(s.FinishedAt)}}
	}
	return corev1.ContainerState{}
}

// amounts makes a list of pairs of a resource and a quantity; nil where no
// quantity is given.
func amounts(cpu corev1.ResourceName, ofCPU string, memory corev1.ResourceName, ofMemory string) corev1.ResourceList {
	var out corev1.ResourceList
	for _, x := range []struct {
		name  corev1.ResourceName
		value string
	}{{cpu, ofCPU}, {memory, ofMemory}} {
		out = withAmount(out, x.name, x.value)
	}
	return out
}

func withAmount(list corev1.ResourceList, name corev1.ResourceName, value string) corev1.ResourceList {
	q, err := resource.ParseQuantity(value)
	if err != nil {
		return list
	}
	if list == nil {
		list = corev1.ResourceList{}
	}
	list[name] = q
	return list
}

func nodeOf(n *cluster.Node) *corev1.Node {
	out := &corev1.Node{TypeMeta: typeOf("v1", "Node"), ObjectMeta: metaOf(n.Ref, n.Created)}
	out.Labels, out.ManagedFields = n.Labels, managed(n.Writes, "spec")
	out.Spec.Unschedulable = n.Unschedulable
	for _, t := range n.Taints {
		out.Spec.Taints = append(out.Spec.Taints, corev1.Taint{Key: t.Key, Value: t.Value, Effect: corev1.TaintEffect(t.Effect), TimeAdded: moment(t.Added)})
	}
	for _, c := range n.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, corev1.NodeCondition{Type: corev1.NodeConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition)})
	}
	out.Status.NodeInfo = corev1.NodeSystemInfo{KernelVersion: n.Info.KernelVersion, OSImage: n.Info.OSImage, ContainerRuntimeVersion: n.Info.ContainerRuntime,
		KubeletVersion: n.Info.KubeletVersion, Architecture: n.Info.Architecture, BootID: n.Info.BootID}
	for name, value := range n.Allocatable {
		out.Status.Allocatable = withAmount(out.Status.Allocatable, corev1.ResourceName(name), value)
	}
	return out
}
