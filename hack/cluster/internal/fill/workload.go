package fill

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// deadline is the progressDeadlineSeconds of every Deployment.
const deadline = 10 * time.Minute

// app makes a Deployment, its two ReplicaSets, its pods, and the Service in
// front of them.
func (g *generator) app(a *app) {
	d := g.deployment(a)
	old, current := g.replicaSet(a, d, 1), g.replicaSet(a, d, 2)
	g.put("deployments", d)
	g.put("replicasets", old)
	g.put("replicasets", current)
	g.rolloutEvents(a, d, old, current)
	pods := make([]*corev1.Pod, a.pods)
	for slot := range pods {
		owner := current
		if a.revisionOf(slot) == 1 {
			owner = old
		}
		pods[slot] = g.pod(a, slot, &owner.ObjectMeta)
		g.put("pods", pods[slot])
		g.podEvents(a, slot, pods[slot])
	}
	g.service(a, pods)
}

func (g *generator) deployment(a *app) *appsv1.Deployment {
	created, replicas, patience, quarter := a.rolled.AddDate(0, -3, 0), int32(a.replicas()), int32(deadline.Seconds()), intstr.FromString("25%")
	d := &appsv1.Deployment{TypeMeta: typeOf("apps/v1", "Deployment"), ObjectMeta: g.meta(a.namespace(), a.name(), created)}
	d.Labels, d.Generation = a.labels(), 2
	d.Annotations = map[string]string{"deployment.kubernetes.io/revision": "2", "meta.helm.sh/release-name": a.name(), "meta.helm.sh/release-namespace": a.namespace()}
	d.ManagedFields = []metav1.ManagedFieldsEntry{wrote("helm", "apps/v1", "", deploymentFields, a.rolled),
		wrote("kube-controller-manager", "apps/v1", "status", deploymentStatusFields, a.rolled.Add(time.Minute))}
	d.Spec = appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: a.selector()}, Template: a.template(2),
		ProgressDeadlineSeconds: &patience, Strategy: appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &quarter, MaxUnavailable: &quarter}}}
	if a.failing == a.pods {
		d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	}
	d.Status = a.status()
	return d
}

func (a *app) status() appsv1.DeploymentStatus {
	total := int32(a.pods - a.evicted)
	ready := total - int32(a.failing)
	s := appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: total, UpdatedReplicas: total, ReadyReplicas: ready, AvailableReplicas: ready,
		UnavailableReplicas: int32(a.failing)}
	available := appsv1.DeploymentCondition{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, Reason: "MinimumReplicasAvailable",
		Message: "Deployment has minimum availability.", LastUpdateTime: at(a.rolled), LastTransitionTime: at(a.rolled.AddDate(0, -3, 0))}
	progressing := appsv1.DeploymentCondition{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable",
		Message:        fmt.Sprintf("ReplicaSet %q has successfully progressed.", a.replicaSetName(2)),
		LastUpdateTime: at(a.rolled.Add(2 * time.Minute)), LastTransitionTime: at(a.rolled.AddDate(0, -3, 0))}
	if a.failing > 0 {
		s.UpdatedReplicas = int32(a.failing)
		gaveUp := at(a.rolled.Add(deadline))
		progressing.Status, progressing.Reason = corev1.ConditionFalse, "ProgressDeadlineExceeded"
		progressing.Message = fmt.Sprintf("ReplicaSet %q has timed out progressing.", a.replicaSetName(2))
		progressing.LastUpdateTime, progressing.LastTransitionTime = gaveUp, gaveUp
	}
	if a.failing == a.pods {
		available.Status, available.Reason, available.Message = corev1.ConditionFalse, "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
		available.LastUpdateTime, available.LastTransitionTime = at(a.rolled), at(a.rolled)
	}
	s.Conditions = []appsv1.DeploymentCondition{available, progressing}
	return s
}

// hash is the pod-template-hash of a revision.
func (a *app) hash(revision int) string {
	h := fnv.New32a()
	fmt.Fprint(h, a.name(), revision)
	return fmt.Sprintf("%08x", h.Sum32())
}

func (a *app) replicaSetName(revision int) string { return a.name() + "-" + a.hash(revision) }

func (g *generator) replicaSet(a *app, d *appsv1.Deployment, revision int) *appsv1.ReplicaSet {
	created, replicas, ready := a.rolled, int32(0), int32(0)
	for slot := range a.pods {
		if a.revisionOf(slot) == revision && !a.isEvicted(slot) {
			replicas++
		}
	}
	if revision == 1 {
		created = created.AddDate(0, 0, -9)
	}
	if revision == 1 || a.failing == 0 {
		ready = replicas
	}
	r := &appsv1.ReplicaSet{TypeMeta: typeOf("apps/v1", "ReplicaSet"), ObjectMeta: g.meta(a.namespace(), a.replicaSetName(revision), created)}
	r.Labels = a.labels()
	r.Labels["pod-template-hash"] = a.hash(revision)
	r.Annotations = map[string]string{"deployment.kubernetes.io/revision": strconv.Itoa(revision), "deployment.kubernetes.io/desired-replicas": strconv.Itoa(a.replicas())}
	r.OwnerReferences = ownedBy("Deployment", &d.ObjectMeta)
	r.ManagedFields = []metav1.ManagedFieldsEntry{wrote("kube-controller-manager", "apps/v1", "", deploymentFields, created)}
	template, selector := a.template(revision), a.selector()
	template.Labels["pod-template-hash"], selector["pod-template-hash"] = a.hash(revision), a.hash(revision)
	r.Spec = appsv1.ReplicaSetSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: selector}, Template: template}
	r.Status = appsv1.ReplicaSetStatus{ObservedGeneration: 1, Replicas: replicas, FullyLabeledReplicas: replicas, ReadyReplicas: ready, AvailableReplicas: ready}
	return r
}
