package synthetic

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func nodeOf(n *cluster.Node) *corev1.Node {
	out := &corev1.Node{ObjectMeta: metaOf(n.Ref, n.Created)}
	out.Labels = n.Labels
	i := n.Info
	out.Status.NodeInfo = corev1.NodeSystemInfo{KernelVersion: i.KernelVersion, OSImage: i.OSImage, ContainerRuntimeVersion: i.ContainerRuntime,
		KubeletVersion: i.KubeletVersion, Architecture: i.Architecture, OperatingSystem: "linux", BootID: i.BootID}
	out.Status.Allocatable = corev1.ResourceList{}
	for name, amount := range n.Allocatable {
		out.Status.Allocatable[corev1.ResourceName(name)] = resource.MustParse(amount)
	}
	for _, c := range n.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, corev1.NodeCondition{Type: corev1.NodeConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition), LastHeartbeatTime: metav1.NewTime(c.Transition)})
	}
	return out
}

func eventOf(e *cluster.Event) corev1.Event {
	o := corev1.ObjectReference{APIVersion: apiVersionOf(e.Object.Kind), Kind: e.Object.Kind, Namespace: e.Object.Namespace, Name: e.Object.Name, UID: uidOf(e.Object)}
	if e.Container != "" {
		o.FieldPath = "spec.containers{" + e.Container + "}"
	}
	out := corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: e.Object.Namespace, CreationTimestamp: metav1.NewTime(e.First)}, InvolvedObject: o, Type: corev1.EventTypeNormal,
		Reason: e.Reason, Message: e.Message, Source: corev1.EventSource{Component: e.Component, Host: e.Host}, ReportingController: e.Component, ReportingInstance: e.Host,
		FirstTimestamp: metav1.NewTime(e.First), LastTimestamp: metav1.NewTime(e.Last), Count: int32(e.Count)}
	if e.Warning {
		out.Type = corev1.EventTypeWarning
	}
	if out.Namespace == "" {
		out.Namespace = metav1.NamespaceDefault
	}
	return out
}

// controllerMeta is the metadata of a workload; the generation tells whether
// its controller has seen it.
func controllerMeta(w *cluster.Workload) metav1.ObjectMeta {
	m := metaOf(w.Ref, w.Created)
	m.Labels, m.Generation, m.OwnerReferences = w.Selector, 1, ownedBy(w.Owner)
	m.ManagedFields = writesOf(apiVersionOf(w.Kind), w.Writes)
	return m
}

func templateOf(t *cluster.Template, labels map[string]string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: specOf(t)}
}

func deploymentOf(w *cluster.Workload) *appsv1.Deployment {
	d := &appsv1.Deployment{ObjectMeta: controllerMeta(w)}
	d.Annotations = map[string]string{"deployment.kubernetes.io/revision": w.Revision}
	d.Spec = appsv1.DeploymentSpec{Replicas: &w.Desired, Selector: &metav1.LabelSelector{MatchLabels: w.Selector}, Template: templateOf(w.Template, w.Selector)}
	d.Status = appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: w.Desired, UpdatedReplicas: w.Updated, ReadyReplicas: w.Ready, AvailableReplicas: w.Available}
	for _, c := range w.Conditions {
		d.Status.Conditions = append(d.Status.Conditions, appsv1.DeploymentCondition{Type: appsv1.DeploymentConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition), LastUpdateTime: metav1.NewTime(c.Updated)})
	}
	return d
}

// statefulSetOf is one that is of one revision, but where its pods are being
// replaced.
func statefulSetOf(w *cluster.Workload) *appsv1.StatefulSet {
	s := &appsv1.StatefulSet{ObjectMeta: controllerMeta(w)}
	s.Spec = appsv1.StatefulSetSpec{Replicas: &w.Desired, Selector: &metav1.LabelSelector{MatchLabels: w.Selector}, Template: templateOf(w.Template, w.Selector), ServiceName: w.Name}
	s.Status = appsv1.StatefulSetStatus{ObservedGeneration: 1, Replicas: w.Desired, ReadyReplicas: w.Ready, AvailableReplicas: w.Available, UpdatedReplicas: w.Updated}
	s.Status.UpdateRevision, s.Status.CurrentRevision = w.Revision, w.Revision
	if w.Progressing {
		s.Status.CurrentRevision = w.Name + "-former"
	}
	return s
}

func replicaSetOf(r *cluster.Revision) *appsv1.ReplicaSet {
	out := &appsv1.ReplicaSet{ObjectMeta: metaOf(r.Ref, r.Created)}
	out.Labels = map[string]string{"app": r.Owner.Name, "pod-template-hash": r.Hash}
	out.Annotations = map[string]string{"deployment.kubernetes.io/revision": fmt.Sprint(r.Number)}
	out.OwnerReferences = ownedBy(r.Owner)
	out.Spec = appsv1.ReplicaSetSpec{Replicas: &r.Desired, Selector: &metav1.LabelSelector{MatchLabels: out.Labels}, Template: templateOf(r.Template, out.Labels)}
	out.Status = appsv1.ReplicaSetStatus{Replicas: r.Desired, ReadyReplicas: r.Ready, AvailableReplicas: r.Ready}
	for _, c := range r.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, appsv1.ReplicaSetCondition{Type: appsv1.ReplicaSetConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition)})
	}
	return out
}

func jobOf(w *cluster.Workload) *batchv1.Job {
	j := &batchv1.Job{ObjectMeta: controllerMeta(w)}
	j.Spec = batchv1.JobSpec{Completions: &w.Desired, BackoffLimit: &w.Job.BackoffLimit, Template: templateOf(w.Template, w.Selector)}
	j.Status = batchv1.JobStatus{Active: w.Job.Active, Succeeded: w.Job.Succeeded, Failed: w.Failed, StartTime: momentOf(w.Job.Started), CompletionTime: momentOf(w.Job.Completed)}
	for _, c := range w.Conditions {
		j.Status.Conditions = append(j.Status.Conditions, batchv1.JobCondition{Type: batchv1.JobConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition)})
	}
	return j
}

func cronJobOf(w *cluster.Workload) *batchv1.CronJob {
	c := &batchv1.CronJob{ObjectMeta: controllerMeta(w)}
	c.Spec = batchv1.CronJobSpec{Schedule: w.Cron.Schedule, ConcurrencyPolicy: batchv1.ConcurrencyPolicy(w.Cron.Concurrency),
		JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: templateOf(w.Template, w.Selector)}}}
	c.Status = batchv1.CronJobStatus{LastScheduleTime: momentOf(w.Cron.LastStart), LastSuccessfulTime: momentOf(w.Cron.LastSuccess)}
	return c
}

func serviceOf(s *cluster.Service) *corev1.Service {
	out := &corev1.Service{ObjectMeta: metaOf(s.Ref, s.Created)}
	out.Spec = corev1.ServiceSpec{Type: corev1.ServiceType(s.Type), Selector: s.Selector, ClusterIPs: s.ClusterIPs, Ports: []corev1.ServicePort{{Port: 80, Protocol: corev1.ProtocolTCP}}}
	if len(s.ClusterIPs) > 0 {
		out.Spec.ClusterIP = s.ClusterIPs[0]
	}
	return out
}

// endpointSlices are one for each Service, with as many addresses as it
// counts.
func (c *Cluster) endpointSlices() []*discoveryv1.EndpointSlice {
	out := []*discoveryv1.EndpointSlice{}
	for i := range c.Services {
		s := &c.Services[i]
		ref := cluster.Ref{Kind: "EndpointSlice", Namespace: s.Namespace, Name: s.Name + "-bcdfg"}
		e := &discoveryv1.EndpointSlice{ObjectMeta: metaOf(ref, s.Created), AddressType: discoveryv1.AddressTypeIPv4}
		e.Labels = map[string]string{discoveryv1.LabelServiceName: s.Name}
		for n := range s.Ready + s.NotReady {
			ready := n < s.Ready
			e.Endpoints = append(e.Endpoints, discoveryv1.Endpoint{Addresses: []string{fmt.Sprintf("10.128.%d.%d", i%250, n%250+2)}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}})
		}
		out = append(out, e)
	}
	return out
}

func claimOf(c *cluster.Claim) *corev1.PersistentVolumeClaim {
	out := &corev1.PersistentVolumeClaim{ObjectMeta: metaOf(c.Ref, c.Created)}
	out.Annotations = map[string]string{"volume.kubernetes.io/storage-provisioner": c.Provisioner}
	out.Spec.StorageClassName, out.Spec.VolumeName = &c.StorageClass, c.Volume
	for _, m := range c.AccessModes {
		out.Spec.AccessModes = append(out.Spec.AccessModes, corev1.PersistentVolumeAccessMode(m))
	}
	out.Status.Phase = corev1.PersistentVolumeClaimPhase(c.Phase)
	return out
}
