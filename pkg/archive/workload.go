package archive

import (
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (t *templates) workload(w *cluster.Workload) any {
	meta := metaOf(w.Ref, w.Created)
	meta.OwnerReferences, meta.ManagedFields = ownedBy(w.Maker), managed(w.Writes, "")
	delivered(&meta, w.Delivery)
	switch w.Kind {
	case "Deployment":
		return t.deployment(w, meta)
	case "StatefulSet":
		return t.statefulSet(w, meta)
	case "DaemonSet":
		return t.daemonSet(w, meta)
	case "Job":
		return t.job(w, meta)
	case "CronJob":
		return t.cronJob(w, meta)
	}
	out := &appsv1.ReplicaSet{TypeMeta: typeOf("apps/v1", "ReplicaSet"), ObjectMeta: meta}
	out.Spec = appsv1.ReplicaSetSpec{Replicas: &w.Desired, Selector: selectorOf(w.Selector), Template: t.template(w.Template)}
	out.Status = appsv1.ReplicaSetStatus{ReadyReplicas: w.Ready, AvailableReplicas: w.Available, Conditions: replicaSetConditions(w.Conditions)}
	return out
}

// delivered marks an object as the tool does that delivered it.
func delivered(m *metav1.ObjectMeta, by string) {
	if name, ok := strings.CutPrefix(by, "Flux HelmRelease "); ok {
		mark(m, "helm.toolkit.fluxcd.io/name", name)
	}
	if name, ok := strings.CutPrefix(by, "Flux Kustomization "); ok {
		mark(m, "kustomize.toolkit.fluxcd.io/name", name)
	}
	if name, ok := strings.CutPrefix(by, "Argo CD application "); ok {
		mark(m, "argocd.argoproj.io/instance", name)
	}
	if name, ok := strings.CutPrefix(by, cluster.HelmDelivery); ok {
		annotate(m, "meta.helm.sh/release-name", name)
	}
}

// deployment has a generation that its controller has not yet observed where
// nothing else tells that it is not done.
func (t *templates) deployment(w *cluster.Workload, meta metav1.ObjectMeta) *appsv1.Deployment {
	meta.Generation = 1
	annotate(&meta, "deployment.kubernetes.io/revision", w.Revision)
	out := &appsv1.Deployment{TypeMeta: typeOf("apps/v1", w.Kind), ObjectMeta: meta}
	out.Spec = appsv1.DeploymentSpec{Replicas: &w.Desired, Selector: selectorOf(w.Selector), Template: t.template(w.Template), Paused: w.Paused}
	out.Status = appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: w.Updated, ReadyReplicas: w.Ready, UpdatedReplicas: w.Updated, AvailableReplicas: w.Available}
	if w.Progressing && w.Updated >= w.Desired {
		out.Generation = 2
	}
	for _, c := range w.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, appsv1.DeploymentCondition{Type: appsv1.DeploymentConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition), LastUpdateTime: metav1.NewTime(c.Updated)})
	}
	return out
}

func (t *templates) statefulSet(w *cluster.Workload, meta metav1.ObjectMeta) *appsv1.StatefulSet {
	out := &appsv1.StatefulSet{TypeMeta: typeOf("apps/v1", w.Kind), ObjectMeta: meta}
	out.Spec = appsv1.StatefulSetSpec{Replicas: &w.Desired, Selector: selectorOf(w.Selector), Template: t.template(w.Template)}
	out.Status = appsv1.StatefulSetStatus{ReadyReplicas: w.Ready, UpdatedReplicas: w.Updated, AvailableReplicas: w.Available,
		UpdateRevision: w.Revision, CurrentRevision: w.Revision}
	if w.Progressing {
		out.Status.CurrentRevision = notSaved
	}
	return out
}

func (t *templates) daemonSet(w *cluster.Workload, meta metav1.ObjectMeta) *appsv1.DaemonSet {
	out := &appsv1.DaemonSet{TypeMeta: typeOf("apps/v1", w.Kind), ObjectMeta: meta}
	out.Spec = appsv1.DaemonSetSpec{Selector: selectorOf(w.Selector), Template: t.template(w.Template)}
	out.Status = appsv1.DaemonSetStatus{DesiredNumberScheduled: w.Desired, NumberReady: w.Ready, UpdatedNumberScheduled: w.Updated, NumberAvailable: w.Available}
	return out
}

func (t *templates) job(w *cluster.Workload, meta metav1.ObjectMeta) *batchv1.Job {
	out := &batchv1.Job{TypeMeta: typeOf("batch/v1", w.Kind), ObjectMeta: meta}
	out.Spec = batchv1.JobSpec{Completions: &w.Desired, Selector: selectorOf(w.Selector), Template: t.template(w.Template)}
	out.Status = batchv1.JobStatus{Failed: w.Failed, Ready: &w.Ready}
	if j := w.Job; j != nil {
		out.Spec.BackoffLimit, out.Spec.ActiveDeadlineSeconds = &j.BackoffLimit, seconds(j.Deadline)
		out.Status.Active, out.Status.Succeeded = j.Active, j.Succeeded
		out.Status.StartTime, out.Status.CompletionTime = moment(j.Started), moment(j.Completed)
		if !j.Scheduled.IsZero() {
			annotate(&out.ObjectMeta, batchv1.CronJobScheduledTimestampAnnotation, j.Scheduled.UTC().Format(time.RFC3339))
		}
	}
	for _, c := range w.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, batchv1.JobCondition{Type: batchv1.JobConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition)})
	}
	return out
}

func (t *templates) cronJob(w *cluster.Workload, meta metav1.ObjectMeta) *batchv1.CronJob {
	out := &batchv1.CronJob{TypeMeta: typeOf("batch/v1", w.Kind), ObjectMeta: meta}
	out.Spec.JobTemplate.Spec.Template = t.template(w.Template)
	c := w.Cron
	if c == nil {
		return out
	}
	out.Spec.Schedule, out.Spec.ConcurrencyPolicy, out.Spec.Suspend = c.Schedule, batchv1.ConcurrencyPolicy(c.Concurrency), &c.Suspended
	out.Spec.StartingDeadlineSeconds = seconds(c.Deadline)
	if c.TimeZone != "" {
		out.Spec.TimeZone = &c.TimeZone
	}
	out.Status = batchv1.CronJobStatus{Active: make([]corev1.ObjectReference, c.Active), LastScheduleTime: moment(c.LastStart), LastSuccessfulTime: moment(c.LastSuccess)}
	return out
}

func seconds(d time.Duration) *int64 {
	if d == 0 {
		return nil
	}
	return reference(int64(d / time.Second))
}

// revision is a ReplicaSet, or the metadata of a ControllerRevision.
func (t *templates) revision(r *cluster.Revision) any {
	meta := metaOf(r.Ref, r.Created)
	meta.OwnerReferences = ownedBy(r.Owner)
	if r.Kind == "ControllerRevision" {
		mark(&meta, appsv1.ControllerRevisionHashLabelKey, r.Hash)
		return &appsv1.ControllerRevision{TypeMeta: typeOf("apps/v1", r.Kind), ObjectMeta: meta}
	}
	mark(&meta, appsv1.DefaultDeploymentUniqueLabelKey, r.Hash)
	annotate(&meta, "kubernetes.io/change-cause", r.Cause)
	if r.Number != 0 {
		annotate(&meta, "deployment.kubernetes.io/revision", strconv.FormatInt(r.Number, 10))
	}
	if r.Reused {
		annotate(&meta, "deployment.kubernetes.io/revision-history", numbers(r.Former))
	}
	out := &appsv1.ReplicaSet{TypeMeta: typeOf("apps/v1", r.Kind), ObjectMeta: meta}
	out.Spec = appsv1.ReplicaSetSpec{Replicas: &r.Desired, Template: t.template(r.Template)}
	out.Status = appsv1.ReplicaSetStatus{ReadyReplicas: r.Ready, Conditions: replicaSetConditions(r.Conditions)}
	return out
}

// numbers is a list as the Deployment controller writes it. "0" says that
// there were some and not which.
func numbers(all []int64) string {
	if len(all) == 0 {
		return "0"
	}
	parts := make([]string, len(all))
	for i, n := range all {
		parts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(parts, ",")
}

func replicaSetConditions(in []cluster.Condition) []appsv1.ReplicaSetCondition {
	var out []appsv1.ReplicaSetCondition
	for _, c := range in {
		out = append(out, appsv1.ReplicaSetCondition{Type: appsv1.ReplicaSetConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: metav1.NewTime(c.Transition)})
	}
	return out
}
