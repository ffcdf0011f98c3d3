package synthetic

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func podOf(p *cluster.Pod) *corev1.Pod {
	out := &corev1.Pod{ObjectMeta: metaOf(p.Ref, p.Created), Spec: specOf(p.Template)}
	out.Labels, out.OwnerReferences = p.Labels, ownedBy(p.Owner)
	out.Spec.NodeName = p.Node
	out.Status = corev1.PodStatus{Phase: corev1.PodPhase(p.Phase), Reason: p.Reason, Message: p.Message, PodIP: p.IP,
		StartTime: momentOf(p.Started), QOSClass: corev1.PodQOSClass(p.QOSClass)}
	for _, c := range p.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, corev1.PodCondition{Type: corev1.PodConditionType(c.Type),
			Status: corev1.ConditionStatus(c.Status), Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition)})
	}
	for i := range p.Containers {
		out.Status.ContainerStatuses = append(out.Status.ContainerStatuses, statusOf(&p.Containers[i]))
	}
	return out
}

func statusOf(c *cluster.Container) corev1.ContainerStatus {
	return corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: c.ImageID, Ready: c.Ready, RestartCount: c.Restarts,
		State: stateOf(&c.State), LastTerminationState: stateOf(c.Last())}
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

// specOf is what a pod asks for. What is mounted or named in the environment
// is so in the first container.
func specOf(t *cluster.Template) corev1.PodSpec {
	out := corev1.PodSpec{RestartPolicy: corev1.RestartPolicy(t.RestartPolicy), ServiceAccountName: t.ServiceAccount, SchedulerName: "default-scheduler"}
	for i := range t.Containers {
		out.Containers = append(out.Containers, containerOf(&t.Containers[i]))
	}
	for _, demand := range t.NodeSelector {
		key, value, _ := strings.Cut(demand, "=")
		out.NodeSelector = map[string]string{key: value}
	}
	refer(&out, t)
	for _, name := range t.Claims {
		out.Volumes = append(out.Volumes, corev1.Volume{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}})
	}
	return out
}

// refer names ConfigMaps, Secrets and addresses where the template has them:
// in the environment or as volumes.
func refer(out *corev1.PodSpec, t *cluster.Template) {
	first := &out.Containers[0]
	for _, c := range t.ConfigMaps {
		named := corev1.LocalObjectReference{Name: c.Name}
		if c.Via == "env" {
			first.EnvFrom = append(first.EnvFrom, corev1.EnvFromSource{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: named}})
			continue
		}
		out.Volumes = append(out.Volumes, corev1.Volume{Name: c.Name, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: named}}})
	}
	for _, c := range t.Secrets {
		first.EnvFrom = append(first.EnvFrom, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: c.Name}}})
	}
	for _, e := range t.Endpoints {
		first.Env = append(first.Env, corev1.EnvVar{Name: strings.TrimPrefix(e.From, "env "), Value: e.Host + ":" + e.Port})
	}
}

func containerOf(c *cluster.ContainerSpec) corev1.Container {
	return corev1.Container{Name: c.Name, Image: c.Image, ImagePullPolicy: corev1.PullPolicy(c.PullPolicy),
		Resources: corev1.ResourceRequirements{Limits: memoryOf(c.MemoryLimit), Requests: memoryOf(c.MemoryRequest)}}
}

func memoryOf(amount string) corev1.ResourceList {
	if amount == "" {
		return nil
	}
	return corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(amount)}
}
