package collect

import (
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) deployment(d *appsv1.Deployment) {
	w := b.workload("Deployment", &d.ObjectMeta, d.Spec.Selector)
	w.Desired = orOne(d.Spec.Replicas)
	w.Ready, w.Updated, w.Available = d.Status.ReadyReplicas, d.Status.UpdatedReplicas, d.Status.AvailableReplicas
	w.Template = b.template(d.Spec.Template.Annotations, &d.Spec.Template.Spec)
	w.Revision = b.one(d.Annotations["deployment.kubernetes.io/revision"])
	w.Paused = d.Spec.Paused
	w.Progressing = d.Generation > d.Status.ObservedGeneration || w.Updated < w.Desired || d.Status.Replicas > w.Updated
	for _, c := range d.Status.Conditions {
		kept := b.condition(string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime)
		kept.Updated = c.LastUpdateTime.Time
		w.Conditions = append(w.Conditions, kept)
	}
	b.Workloads = append(b.Workloads, w)
}

func (b *bucket) statefulSet(s *appsv1.StatefulSet) {
	w := b.workload("StatefulSet", &s.ObjectMeta, s.Spec.Selector)
	w.Desired = orOne(s.Spec.Replicas)
	w.Ready, w.Updated, w.Available = s.Status.ReadyReplicas, s.Status.UpdatedReplicas, s.Status.AvailableReplicas
	w.Template = b.template(s.Spec.Template.Annotations, &s.Spec.Template.Spec)
	w.Revision = b.one(s.Status.UpdateRevision)
	w.Progressing = s.Status.CurrentRevision != s.Status.UpdateRevision
	b.Workloads = append(b.Workloads, w)
}

func (b *bucket) daemonSet(d *appsv1.DaemonSet) {
	w := b.workload("DaemonSet", &d.ObjectMeta, d.Spec.Selector)
	w.Desired = d.Status.DesiredNumberScheduled
	w.Ready, w.Updated, w.Available = d.Status.NumberReady, d.Status.UpdatedNumberScheduled, d.Status.NumberAvailable
	w.Template = b.template(d.Spec.Template.Annotations, &d.Spec.Template.Spec)
	w.Progressing = w.Updated < w.Desired
	b.Workloads = append(b.Workloads, w)
}

// replicaSet is a revision when a Deployment owns it, a workload of its own
// otherwise.
func (b *bucket) replicaSet(r *appsv1.ReplicaSet) {
	owner := b.controllerOf(&r.ObjectMeta)
	if owner.IsZero() {
		w := b.workload("ReplicaSet", &r.ObjectMeta, r.Spec.Selector)
		w.Desired, w.Ready, w.Available = orOne(r.Spec.Replicas), r.Status.ReadyReplicas, r.Status.AvailableReplicas
		w.Template = b.template(r.Spec.Template.Annotations, &r.Spec.Template.Spec)
		w.Conditions = b.replicaSetConditions(r)
		b.Workloads = append(b.Workloads, w)
		return
	}
	number, _ := strconv.ParseInt(r.Annotations["deployment.kubernetes.io/revision"], 10, 64)
	rev := cluster.Revision{
		Ref: b.ref("ReplicaSet", &r.ObjectMeta), Owner: owner, Created: r.CreationTimestamp.Time, Number: number,
		Hash: b.one(r.Labels["pod-template-hash"]), Desired: orOne(r.Spec.Replicas), Ready: r.Status.ReadyReplicas,
		Reused:   r.Annotations["deployment.kubernetes.io/revision-history"] != "",
		Template: b.template(r.Spec.Template.Annotations, &r.Spec.Template.Spec),
		Cause:    maskText(r.Annotations["kubernetes.io/change-cause"]),
		Former:   numbers(r.Annotations["deployment.kubernetes.io/revision-history"]),
	}
	rev.Conditions = b.replicaSetConditions(r)
	b.Revisions = append(b.Revisions, rev)
}

func (b *bucket) replicaSetConditions(r *appsv1.ReplicaSet) []cluster.Condition {
	var out []cluster.Condition
	for _, c := range r.Status.Conditions {
		out = append(out, b.condition(string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime))
	}
	return out
}

// controllerRevision is read as metadata: its data would hold the template
// with the values of the environment. Without .revision the order is that of
// creation.
func (b *bucket) controllerRevision(m *metav1.ObjectMeta) {
	owner := b.controllerOf(m)
	hash := b.one(m.Labels["controller-revision-hash"])
	if owner.Kind == "StatefulSet" { // its pods are labelled with the whole name
		hash = b.one(m.Name)
	}
	b.Revisions = append(b.Revisions, cluster.Revision{Ref: b.ref("ControllerRevision", m), Owner: owner,
		Created: m.CreationTimestamp.Time, Hash: hash})
}

func (b *bucket) job(j *batchv1.Job) {
	w := b.workload("Job", &j.ObjectMeta, j.Spec.Selector)
	w.Owner = b.controllerOf(&j.ObjectMeta)
	w.Desired = orOne(j.Spec.Completions)
	w.Failed = j.Status.Failed
	if j.Status.Ready != nil {
		w.Ready = *j.Status.Ready
	}
	w.Job = jobState(j)
	w.Template = b.template(j.Spec.Template.Annotations, &j.Spec.Template.Spec)
	for _, c := range j.Status.Conditions {
		w.Conditions = append(w.Conditions, b.condition(string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime))
	}
	b.Workloads = append(b.Workloads, w)
}

func (b *bucket) cronJob(c *batchv1.CronJob) {
	w := b.workload("CronJob", &c.ObjectMeta, nil)
	w.Cron = cronState(c)
	w.Template = b.template(c.Spec.JobTemplate.Spec.Template.Annotations, &c.Spec.JobTemplate.Spec.Template.Spec)
	b.Workloads = append(b.Workloads, w)
}

func jobState(j *batchv1.Job) *cluster.JobState {
	out := &cluster.JobState{Active: j.Status.Active, Succeeded: j.Status.Succeeded,
		Started: timeOf(j.Status.StartTime), Completed: timeOf(j.Status.CompletionTime),
		Deadline: seconds(j.Spec.ActiveDeadlineSeconds)}
	if j.Spec.BackoffLimit != nil {
		out.BackoffLimit = *j.Spec.BackoffLimit
	}
	if t, err := time.Parse(time.RFC3339, j.Annotations[batchv1.CronJobScheduledTimestampAnnotation]); err == nil {
		out.Scheduled = t
	}
	return out
}

func cronState(c *batchv1.CronJob) *cluster.CronState {
	out := &cluster.CronState{Schedule: c.Spec.Schedule, Concurrency: string(c.Spec.ConcurrencyPolicy), Active: len(c.Status.Active),
		Suspended: isTrue(c.Spec.Suspend), Deadline: seconds(c.Spec.StartingDeadlineSeconds),
		LastStart: timeOf(c.Status.LastScheduleTime), LastSuccess: timeOf(c.Status.LastSuccessfulTime)}
	if c.Spec.TimeZone != nil {
		out.TimeZone = *c.Spec.TimeZone
	}
	return out
}

func timeOf(t *metav1.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

func seconds(n *int64) time.Duration {
	if n == nil {
		return 0
	}
	return time.Duration(*n) * time.Second
}

func (b *bucket) workload(kind string, m *metav1.ObjectMeta, selector *metav1.LabelSelector) cluster.Workload {
	w := cluster.Workload{Ref: b.ref(kind, m), Maker: b.controllerOf(m), Created: m.CreationTimestamp.Time,
		Writes: b.writes(writes(m, false)), Delivery: b.one(delivery(m))}
	if selector != nil {
		w.Selector = b.pairs(selector.MatchLabels)
	}
	return w
}

func orOne(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}
