package synth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// finish lets the kubelets and controllers write what follows from the rest.
func (w *world) finish() {
	for _, p := range w.pods {
		p.settle()
	}
}

// Write puts the cluster into an empty folder, list after list as kubectl get
// -o json writes them, and returns what is to be read.
func (i *Incident) Write(folder string) ([]string, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	for _, list := range i.world.lists() {
		if slices.Contains(i.world.unread, strings.TrimSuffix(list.Kind, "List")) {
			continue
		}
		if err := out.Encode(list); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(folder, "data.json")
	if err := os.WriteFile(data, b.Bytes(), 0o600); err != nil {
		return nil, err
	}
	paths := []string{data}
	for n, files := range i.world.metrics {
		path := filepath.Join(folder, fmt.Sprintf("metrics-%d", n+1))
		if err := os.Mkdir(path, 0o750); err != nil {
			return nil, err
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o600); err != nil {
				return nil, err
			}
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// itemList is a list as kubectl prints it.
type itemList struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Items      any    `json:"items"`
}

func (w *world) lists() []itemList {
	pods := make([]*corev1.Pod, len(w.pods))
	for i, p := range w.pods {
		pods[i] = p.Pod
	}
	var deployments []*appsv1.Deployment
	var replicaSets []*appsv1.ReplicaSet
	var statefulSets []*appsv1.StatefulSet
	var daemonSets []*appsv1.DaemonSet
	var revisions []*appsv1.ControllerRevision
	for _, a := range w.apps {
		switch a.kind {
		case "Deployment":
			deployments = append(deployments, a.deployment())
			replicaSets = append(replicaSets, a.replicaSets()...)
		case "StatefulSet":
			statefulSets = append(statefulSets, a.statefulSet())
			revisions = append(revisions, a.controllerRevisions()...)
		case "DaemonSet":
			daemonSets = append(daemonSets, a.daemonSet())
			revisions = append(revisions, a.controllerRevisions()...)
		}
	}
	return []itemList{
		{"v1", "PodList", pods}, {"v1", "EventList", w.events}, {"v1", "NodeList", w.nodes},
		{"apps/v1", "DeploymentList", deployments}, {"apps/v1", "ReplicaSetList", replicaSets},
		{"apps/v1", "StatefulSetList", statefulSets}, {"apps/v1", "DaemonSetList", daemonSets},
		{"apps/v1", "ControllerRevisionList", revisions}, {"batch/v1", "JobList", w.jobs}, {"batch/v1", "CronJobList", w.cronJobs},
		{"v1", "ServiceList", w.services}, {"discovery.k8s.io/v1", "EndpointSliceList", w.slices()},
		{"v1", "PersistentVolumeClaimList", w.claims}, {"v1", "ConfigMapList", w.configs}, {"v1", "SecretList", w.secrets},
	}
}

func (a *app) meta() metav1.ObjectMeta {
	m := a.w.meta(a.namespace, a.name, a.age)
	m.UID, m.Labels, m.Generation = a.uid, a.labels, int64(len(a.revisions))
	m.Annotations = map[string]string{}
	a.w.wrote(&m, "kubectl-client-side-apply", apiVersion(a.kind), a.current().age, `{"f:spec":{"f:template":{"f:spec":{}}}}`)
	return m
}

func (a *app) template(r *revision) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: a.labels}, Spec: r.spec}
}

func (a *app) selector() *metav1.LabelSelector { return &metav1.LabelSelector{MatchLabels: a.labels} }

// count counts pods, of one revision or of all, and those of them that are
// ready.
func (a *app) count(r *revision) (all, ready int32) {
	for _, p := range a.pods {
		if (r != nil && p.rev != r) || p.Status.Phase == corev1.PodFailed || p.Status.Phase == corev1.PodSucceeded || p.DeletionTimestamp != nil {
			continue
		}
		all++
		if p.isReady() {
			ready++
		}
	}
	return all, ready
}

func (a *app) deployment() *appsv1.Deployment {
	d := &appsv1.Deployment{ObjectMeta: a.meta()}
	d.Annotations["deployment.kubernetes.io/revision"] = fmt.Sprint(len(a.revisions))
	d.Spec = appsv1.DeploymentSpec{Replicas: new(int32(a.replicas)), Selector: a.selector(), Template: a.template(a.current()),
		ProgressDeadlineSeconds: new(int32(600)), RevisionHistoryLimit: new(int32(10)),
		Strategy: appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType}}
	all, ready := a.count(nil)
	updated, _ := a.count(a.current())
	d.Status = appsv1.DeploymentStatus{ObservedGeneration: d.Generation, Replicas: all, UpdatedReplicas: updated, ReadyReplicas: ready, AvailableReplicas: ready,
		UnavailableReplicas: max(int32(a.replicas)-ready, 0)}
	enough := ready >= int32(a.replicas-a.replicas/4)
	a.addCondition(d, "Available", enough, "MinimumReplicasAvailable", "MinimumReplicasUnavailable",
		"Deployment has minimum availability.", "Deployment does not have minimum availability.")
	a.addProgress(d)
	if a.refused != "" {
		a.addCondition(d, "ReplicaFailure", true, "FailedCreate", "", a.refused, "")
	}
	return d
}

func (a *app) addCondition(d *appsv1.Deployment, typ appsv1.DeploymentConditionType, ok bool, good, bad, goodText, badText string) {
	c := appsv1.DeploymentCondition{Type: typ, Status: corev1.ConditionTrue, Reason: good, Message: goodText,
		LastTransitionTime: a.w.ago(a.progressed), LastUpdateTime: a.w.ago(a.progressed)}
	if !ok {
		c.Status, c.Reason, c.Message = corev1.ConditionFalse, bad, badText
		c.LastTransitionTime = a.w.ago(a.fell())
		c.LastUpdateTime = c.LastTransitionTime
	}
	d.Status.Conditions = append(d.Status.Conditions, c)
}

// fell is how long ago the last of the pods that are not ready stopped being
// so.
func (a *app) fell() time.Duration {
	out := a.progressed
	for _, p := range a.pods {
		if !p.isReady() {
			out = min(out, max(p.fell, p.lost))
		}
	}
	return out
}

// addProgress says how far the newest rollout is. Once it is through, the
// condition stays whatever happens to the pods.
func (a *app) addProgress(d *appsv1.Deployment) {
	rs := a.name + "-" + a.current().hash
	c := appsv1.DeploymentCondition{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, LastTransitionTime: a.w.ago(a.age), LastUpdateTime: a.w.ago(a.progressed)}
	switch {
	case !a.unfinished:
		c.Reason, c.Message = "NewReplicaSetAvailable", fmt.Sprintf("ReplicaSet %q has successfully progressed.", rs)
	case a.progressed > 10*time.Minute:
		c.Status, c.Reason, c.Message = corev1.ConditionFalse, "ProgressDeadlineExceeded", fmt.Sprintf("ReplicaSet %q has timed out progressing.", rs)
		c.LastUpdateTime = a.w.ago(a.progressed - 10*time.Minute)
		c.LastTransitionTime = c.LastUpdateTime
	default:
		c.Reason, c.Message = "ReplicaSetUpdated", fmt.Sprintf("ReplicaSet %q is progressing.", rs)
	}
	d.Status.Conditions = append(d.Status.Conditions, c)
}

func (a *app) replicaSets() []*appsv1.ReplicaSet {
	var out []*appsv1.ReplicaSet
	for i, r := range a.revisions {
		all, ready := a.count(r)
		desired := all
		if r == a.current() && a.refused != "" {
			desired = int32(a.replicas)
		}
		rs := &appsv1.ReplicaSet{ObjectMeta: a.w.meta(a.namespace, a.name+"-"+r.hash, r.age)}
		rs.UID = r.uid
		rs.Labels = maps.Clone(a.labels)
		rs.Labels["pod-template-hash"] = r.hash
		rs.Annotations = map[string]string{"deployment.kubernetes.io/revision": fmt.Sprint(i + 1), "deployment.kubernetes.io/desired-replicas": fmt.Sprint(a.replicas)}
		rs.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: a.name, UID: a.uid, Controller: new(true), BlockOwnerDeletion: new(true)}}
		template := a.template(r)
		template.Labels = rs.Labels
		rs.Spec = appsv1.ReplicaSetSpec{Replicas: &desired, Selector: &metav1.LabelSelector{MatchLabels: rs.Labels}, Template: template}
		rs.Status = appsv1.ReplicaSetStatus{Replicas: all, ReadyReplicas: ready, AvailableReplicas: ready, ObservedGeneration: 1}
		if r == a.current() && a.refused != "" {
			rs.Status.Conditions = []appsv1.ReplicaSetCondition{{Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue,
				Reason: "FailedCreate", Message: a.refused, LastTransitionTime: a.w.ago(a.progressed)}}
		}
		out = append(out, rs)
	}
	return out
}

func (a *app) statefulSet() *appsv1.StatefulSet {
	s := &appsv1.StatefulSet{ObjectMeta: a.meta()}
	s.Spec = appsv1.StatefulSetSpec{Replicas: new(int32(a.replicas)), Selector: a.selector(), ServiceName: a.name, Template: a.template(a.current())}
	all, ready := a.count(nil)
	updated, _ := a.count(a.current())
	s.Status = appsv1.StatefulSetStatus{ObservedGeneration: s.Generation, Replicas: all, ReadyReplicas: ready, AvailableReplicas: ready, UpdatedReplicas: updated,
		CurrentRevision: a.name + "-" + a.revisions[0].hash, UpdateRevision: a.name + "-" + a.current().hash}
	if !a.unfinished {
		s.Status.CurrentRevision = s.Status.UpdateRevision
	}
	return s
}

func (a *app) daemonSet() *appsv1.DaemonSet {
	d := &appsv1.DaemonSet{ObjectMeta: a.meta()}
	d.Spec = appsv1.DaemonSetSpec{Selector: a.selector(), Template: a.template(a.current())}
	all, ready := a.count(nil)
	updated, _ := a.count(a.current())
	d.Status = appsv1.DaemonSetStatus{ObservedGeneration: d.Generation, DesiredNumberScheduled: int32(a.replicas), CurrentNumberScheduled: all,
		NumberReady: ready, NumberAvailable: ready, UpdatedNumberScheduled: updated, NumberUnavailable: int32(a.replicas) - ready}
	return d
}

func (a *app) controllerRevisions() []*appsv1.ControllerRevision {
	var out []*appsv1.ControllerRevision
	for i, r := range a.revisions {
		c := &appsv1.ControllerRevision{ObjectMeta: a.w.meta(a.namespace, a.name+"-"+r.hash, r.age), Revision: int64(i + 1)}
		c.Labels = map[string]string{"app.kubernetes.io/name": a.name, "controller-revision-hash": r.hash}
		c.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: a.kind, Name: a.name, UID: a.uid, Controller: new(true), BlockOwnerDeletion: new(true)}}
		out = append(out, c)
	}
	return out
}

// slices are the EndpointSlices of the Services.
func (w *world) slices() []*discoveryv1.EndpointSlice {
	var out []*discoveryv1.EndpointSlice
	for _, a := range w.apps {
		if a.service == "" {
			continue
		}
		s := &discoveryv1.EndpointSlice{ObjectMeta: w.meta(a.namespace, a.service+"-"+w.names.letters(5), a.age), AddressType: discoveryv1.AddressTypeIPv4}
		s.Labels = map[string]string{discoveryv1.LabelServiceName: a.service}
		for _, p := range a.pods {
			if p.Status.PodIP == "" || p.Status.Phase == corev1.PodFailed || p.Status.Phase == corev1.PodSucceeded {
				continue
			}
			ready := p.isReady()
			s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{Addresses: []string{p.Status.PodIP}, Conditions: discoveryv1.EndpointConditions{Ready: &ready},
				TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID}})
		}
		out = append(out, s)
	}
	return out
}
