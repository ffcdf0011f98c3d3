package symptom

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Causes of failed Jobs, as in the taxonomy.
const (
	JobBackoffLimit   = "backoff-limit"
	JobDeadline       = "deadline"
	JobMissedSchedule = "missed-schedule"
)

// jobCauses says what the reasons of a Job's condition Failed mean, which are
// those of its events too (k8s.io/api/batch/v1, pkg/controller/job). All but
// the deadline are of pods that failed too often, or in a way that is not
// tried again.
var jobCauses = map[string]string{
	"BackoffLimitExceeded":     JobBackoffLimit,
	"PodFailurePolicy":         JobBackoffLimit,
	"MaxFailedIndexesExceeded": JobBackoffLimit,
	"FailedIndexes":            JobBackoffLimit,
	"DeadlineExceeded":         JobDeadline,
}

// jobStands is for how long a Job that no controller will run again counts as
// failing; after that it is history that nobody cleared away.
const jobStands = 24 * time.Hour

// jobs recognises Jobs that failed as a whole, and CronJobs that do not start
// theirs.
func (r *recogniser) jobs() {
	for _, f := range Families(r.s) {
		r.failedRuns(&f)
	}
	for i := range r.s.Workloads {
		if w := &r.s.Workloads[i]; w.Cron != nil && inScope(&r.s.Scope, w.Namespace, w.Selector) {
			r.cronJob(w)
		}
	}
}

// failedRuns recognises the failed runs of a family whose newest run failed:
// where a later one succeeded, all is well again.
func (r *recogniser) failedRuns(f *Family) {
	newest := f.Newest()
	if !newest.Failed || !r.jobInScope(newest) {
		return
	}
	if cron := r.s.Workload(f.Of); cron != nil && cron.Cron != nil && cron.Cron.LastSuccess.After(newest.Ended) {
		return
	}
	for i := range f.Runs {
		if run := &f.Runs[i]; run.Failed {
			r.add(r.failedRun(f, run, run == newest))
		}
	}
}

func (r *recogniser) jobInScope(run *Run) bool {
	var labels map[string]string
	if pods := r.s.PodsOf(run.Owner); len(pods) > 0 {
		labels = pods[0].Labels
	}
	return inScope(&r.s.Scope, run.Job.Namespace, labels)
}

func (r *recogniser) failedRun(f *Family, run *Run, newest bool) Symptom {
	s := Symptom{Kind: Job, Cause: runCause(f, run), Object: run.Job, Workload: run.Owner, About: f.Of, Item: run.Reason,
		First: run.Ended, Last: run.Ended, Count: 1, Limit: run.Limit, Message: run.Text, Template: Mask(run.Text), Evidence: run.Evidence}
	if newest && r.stands(f, run) {
		s.Ongoing, s.Last = true, r.s.At
	}
	return s
}

// runCause is the cause of a failed run, or that of the newest other run of
// its family that tells one: of a deleted Job little is left to know.
func runCause(f *Family, run *Run) string {
	if c := jobCauses[run.Reason]; c != "" {
		return c
	}
	for i := len(f.Runs) - 1; i >= 0; i-- {
		if c := jobCauses[f.Runs[i].Reason]; c != "" {
			return c
		}
	}
	return JobBackoffLimit // the rule for Jobs without a deadline, which is most
}

// stands reports whether a failed run still matters: its controller would
// run it again and has not with success, or it failed within a day.
func (r *recogniser) stands(f *Family, run *Run) bool {
	if w := r.s.Workload(f.Of); w != nil && w.Cron != nil {
		return !w.Cron.Suspended
	}
	return r.s.At.Sub(run.Ended) < jobStands && r.s.Workload(run.Job) != nil
}

// limitOfJob is the limit that a Job's reason is about.
func limitOfJob(w *cluster.Workload, reason string) string {
	switch {
	case w.Job == nil:
		return ""
	case reason == "DeadlineExceeded" && w.Job.Deadline > 0:
		return w.Job.Deadline.String()
	case reason == "BackoffLimitExceeded":
		return fmt.Sprint(w.Job.BackoffLimit)
	}
	return ""
}
