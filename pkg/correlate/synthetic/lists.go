package synthetic

import (
	"encoding/json"
	"fmt"
	"io"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// list is a list of objects as kubectl prints it.
type list struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Items      any    `json:"items"`
}

// WriteLists writes the cluster as kubectl get -o json writes it: the objects
// of the API, list after list. Whoever reads them has what the cluster's parts
// say, by the way that a user's files go.
func (c *Cluster) WriteLists(w io.Writer) error {
	out := json.NewEncoder(w)
	for _, l := range c.lists() {
		if err := out.Encode(l); err != nil {
			return fmt.Errorf("writing the %s: %w", l.Kind, err)
		}
	}
	return nil
}

func (c *Cluster) lists() []list {
	controllers := c.controllers()
	return []list{
		{"v1", "PodList", each(c.Pods, podOf)},
		{"v1", "EventList", c.events()},
		{"v1", "NodeList", each(c.Nodes, nodeOf)},
		{"apps/v1", "DeploymentList", controllers.deployments},
		{"apps/v1", "ReplicaSetList", c.replicaSets()},
		{"apps/v1", "StatefulSetList", controllers.statefulSets},
		{"apps/v1", "DaemonSetList", []appsv1.DaemonSet{}},
		{"apps/v1", "ControllerRevisionList", c.controllerRevisions()},
		{"batch/v1", "JobList", controllers.jobs},
		{"batch/v1", "CronJobList", controllers.cronJobs},
		{"v1", "ServiceList", each(c.Services, serviceOf)},
		{"discovery.k8s.io/v1", "EndpointSliceList", c.endpointSlices()},
		{"v1", "PersistentVolumeClaimList", each(c.Claims, claimOf)},
		{"v1", "ConfigMapList", c.configs("ConfigMap")},
		{"v1", "SecretList", c.configs("Secret")},
	}
}

func each[T, U any](items []T, of func(*T) U) []U {
	out := make([]U, len(items))
	for i := range items {
		out[i] = of(&items[i])
	}
	return out
}

// controllers are the workloads by kind.
type controllers struct {
	deployments  []*appsv1.Deployment
	statefulSets []*appsv1.StatefulSet
	jobs         []*batchv1.Job
	cronJobs     []*batchv1.CronJob
}

func (c *Cluster) controllers() controllers {
	var out controllers
	for i := range c.Workloads {
		switch w := &c.Workloads[i]; w.Kind {
		case "Deployment":
			out.deployments = append(out.deployments, deploymentOf(w))
		case "StatefulSet":
			out.statefulSets = append(out.statefulSets, statefulSetOf(w))
		case "Job":
			out.jobs = append(out.jobs, jobOf(w))
		case "CronJob":
			out.cronJobs = append(out.cronJobs, cronJobOf(w))
		}
	}
	return out
}

// configs are ConfigMaps or Secrets. They have no data: nobody compares them.
func (c *Cluster) configs(kind string) []metav1.PartialObjectMetadata {
	out := []metav1.PartialObjectMetadata{}
	for i := range c.Configs {
		if x := &c.Configs[i]; x.Kind == kind {
			m := metav1.PartialObjectMetadata{ObjectMeta: metaOf(x.Ref, x.Created)}
			m.ManagedFields = writesOf("v1", x.Writes)
			out = append(out, m)
		}
	}
	return out
}

func (c *Cluster) events() []corev1.Event {
	out := make([]corev1.Event, len(c.Events))
	for i := range c.Events {
		out[i] = eventOf(&c.Events[i])
		out[i].Name = fmt.Sprintf("%s.%016x", out[i].InvolvedObject.Name, i)
	}
	return out
}

func (c *Cluster) replicaSets() []*appsv1.ReplicaSet {
	out := []*appsv1.ReplicaSet{}
	for i := range c.Revisions {
		if r := &c.Revisions[i]; r.Kind == "ReplicaSet" {
			out = append(out, replicaSetOf(r))
		}
	}
	return out
}

func (c *Cluster) controllerRevisions() []*appsv1.ControllerRevision {
	out := []*appsv1.ControllerRevision{}
	for i := range c.Revisions {
		if r := &c.Revisions[i]; r.Kind == "ControllerRevision" {
			x := &appsv1.ControllerRevision{ObjectMeta: metaOf(r.Ref, r.Created), Revision: r.Number}
			x.Labels = map[string]string{"controller-revision-hash": r.Hash}
			x.OwnerReferences = ownedBy(r.Owner)
			out = append(out, x)
		}
	}
	return out
}
