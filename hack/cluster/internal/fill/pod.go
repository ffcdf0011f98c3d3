package fill

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// pod makes one of the pods of an app: those of the new revision come last.
func (g *generator) pod(a *app, slot int, owner *metav1.ObjectMeta) *corev1.Pod {
	index, created := a.index*podsPerApp+slot, a.created(slot)
	t := a.template(a.revisionOf(slot))
	p := &corev1.Pod{TypeMeta: typeOf("v1", "Pod"), ObjectMeta: g.meta(a.namespace(), owner.Name+"-"+g.podSuffix(slot), created), Spec: t.Spec}
	p.GenerateName = owner.Name + "-"
	p.Labels, p.Annotations = t.Labels, t.Annotations
	p.Labels["pod-template-hash"] = owner.Labels["pod-template-hash"]
	p.OwnerReferences = ownedBy("ReplicaSet", owner)
	p.Spec.NodeName = nodeName(nodeOf(index))
	p.Spec.Tolerations = []corev1.Toleration{tolerate(corev1.TaintNodeNotReady), tolerate(corev1.TaintNodeUnreachable)}
	g.mountToken(&p.Spec)
	p.Status = g.podStatus(a, slot, p)
	p.ManagedFields = []metav1.ManagedFieldsEntry{wrote("kube-controller-manager", "v1", "", podFields, created),
		wrote("kubelet", "v1", "status", podStatusFields, created.Add(20*time.Second))}
	return p
}

// revisionOf is 2, the current one, but for the pods that a rollout which is
// stuck has not replaced.
func (a *app) revisionOf(slot int) int {
	if a.failing > 0 && slot < a.pods-a.failing {
		return 1
	}
	return 2
}

// created is when a pod was made: some seconds after the rollout of its
// revision.
func (a *app) created(slot int) time.Time {
	began := a.rolled
	if a.revisionOf(slot) == 1 {
		began = began.AddDate(0, 0, -9)
	}
	return began.Add(time.Duration(slot*3) * time.Second)
}

func tolerate(taint string) corev1.Toleration {
	seconds := int64(300)
	return corev1.Toleration{Key: taint, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds}
}

// mountToken does what admission does to every pod.
func (g *generator) mountToken(spec *corev1.PodSpec) {
	name, hour, mode := "kube-api-access-"+g.suffix(5), int64(3607), int32(0o644)
	spec.Volumes = append(spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		DefaultMode: &mode, Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: &hour, Path: "token"}},
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}, Items: []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}}}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{Path: "namespace",
				FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}}}}},
		}}}})
	for i := range spec.Containers {
		c := &spec.Containers[i]
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: name, ReadOnly: true, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount"})
	}
}

func ownedBy(kind string, owner *metav1.ObjectMeta) []metav1.OwnerReference {
	yes := true
	return []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: owner.Name, UID: owner.UID, Controller: &yes, BlockOwnerDeletion: &yes}}
}

func podIP(index int) string {
	return fmt.Sprintf("10.%d.%d.%d", 128+index>>16, index>>8&255, index&255)
}
