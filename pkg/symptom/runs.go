package symptom

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Run is one finished run of a Job: told by the Job itself or, when that was
// deleted (by its history limit, or ttlSecondsAfterFinished), by events.
type Run struct {
	Job    cluster.Ref
	Owner  cluster.Ref // what Workload a failure of the run belongs to
	Ended  time.Time
	Failed bool   // else it succeeded
	Reason string // of the condition Failed; empty when it is not told
	Text   string
	Limit  string // the backoffLimit or deadline that the Job has; empty when it is gone

	Evidence []Evidence
}

// Family is the runs of one CronJob (or of another controller of Jobs), or of
// Jobs without an owner whose names differ in a number or hash only.
type Family struct {
	Of   cluster.Ref // the controller; for Jobs without one a Job named by what their names have in common
	Runs []Run       // oldest first, at least one
}

// Newest is the run that ended last.
func (f *Family) Newest() *Run { return &f.Runs[len(f.Runs)-1] }

// Failed counts the runs that failed.
func (f *Family) Failed() int {
	n := 0
	for i := range f.Runs {
		if f.Runs[i].Failed {
			n++
		}
	}
	return n
}

// Families are all finished runs that a snapshot knows, by family.
func Families(s *cluster.Snapshot) []Family { return families(s, nil) }

// families takes in runs that were told earlier; what is told now knows better.
func families(s *cluster.Snapshot, earlier []Run) []Family {
	runs := map[cluster.Ref]Run{}
	for _, run := range earlier {
		runs[run.Job] = run
	}
	for i := range s.Workloads {
		if run, ok := runOf(&s.Workloads[i]); ok {
			runs[run.Job] = run
		}
	}
	for i := range s.Events {
		if run, ok := runFromEvent(s, &s.Events[i]); ok {
			runs[run.Job] = merge(runs[run.Job], run, s.Workload(run.Job) != nil)
		}
	}
	byFamily := map[cluster.Ref][]Run{}
	for _, run := range runs {
		if !run.Ended.IsZero() {
			of := familyOf(&run)
			byFamily[of] = append(byFamily[of], run)
		}
	}
	out := make([]Family, 0, len(byFamily))
	for of, list := range byFamily {
		slices.SortFunc(list, func(a, b Run) int { return cmp.Or(a.Ended.Compare(b.Ended), a.Job.Compare(b.Job)) })
		out = append(out, Family{Of: of, Runs: list})
	}
	slices.SortFunc(out, func(a, b Family) int { return a.Of.Compare(b.Of) })
	return out
}

// runOf is the run of a Job that is still there, if it is finished. A Job
// that is failing for good says so by FailureTarget before its last pods are
// gone (Kubernetes 1.31 and newer).
func runOf(w *cluster.Workload) (Run, bool) {
	if w.Kind != "Job" {
		return Run{}, false
	}
	run := Run{Job: w.Key(), Owner: w.Key()}
	if !w.Owner.IsZero() {
		run.Owner = w.Owner.Key()
	}
	for _, typ := range []string{"Failed", "FailureTarget"} {
		if c := w.Condition(typ); c.Status == "True" {
			run.Ended, run.Failed, run.Reason, run.Text = c.Transition, true, c.Reason, c.Message
			run.Limit = limitOfJob(w, c.Reason)
			run.Evidence = []Evidence{{Source: FromCondition, Subject: run.Job, Time: c.Transition, Reason: c.Reason, Text: c.Message, Count: 1}}
			return run, true
		}
	}
	if c := w.Condition("Complete"); c.Status == "True" {
		run.Ended = c.Transition
		return run, true
	}
	return run, false
}

// sawCompleted is the CronJob controller's word for a finished run
// (pkg/controller/cronjob/cronjob_controllerv2.go; "status" in older releases).
var sawCompleted = lazyregexp.New(`^Saw completed job: (\S+), (?:condition|status): (Complete|Failed)$`)

// runFromEvent is what an event tells of a run that failed, or was completed.
func runFromEvent(s *cluster.Snapshot, e *cluster.Event) (Run, bool) {
	switch {
	case e.Object.Kind == "CronJob" && e.Reason == "SawCompletedJob":
		m := sawCompleted.FindStringSubmatch(e.Message)
		if m == nil {
			return Run{}, false
		}
		job := cluster.Ref{Kind: "Job", Namespace: e.Object.Namespace, Name: m[1]}
		return Run{Job: job, Owner: e.Object.Key(), Ended: e.Last, Failed: m[2] == "Failed", Evidence: []Evidence{fromEvent(e)}}, true
	case e.Object.Kind == "Job" && e.Warning && jobCauses[e.Reason] != "":
		return Run{Job: e.Object.Key(), Owner: ownerOfJob(s, e.Object.Key()), Ended: e.Last, Failed: true, Reason: e.Reason, Text: e.Message,
			Evidence: []Evidence{fromEvent(e)}}, true
	}
	return Run{}, false
}

// merge adds what an event tells to what is known of a run: the Job itself
// knows best, and an event of the Job better than one of its CronJob.
func merge(known, told Run, exists bool) Run {
	if known.Job.IsZero() {
		if exists {
			told.Ended = time.Time{} // the Job is there and is not finished: the event was of an earlier one
		}
		return told
	}
	if known.Reason == "" {
		known.Reason, known.Text = told.Reason, told.Text
	}
	if known.Failed && told.Failed {
		known.Evidence = append(known.Evidence, told.Evidence...)
	}
	return known
}

// ownerOfJob is the CronJob of a Job that is gone: a CronJob names its Jobs
// by its own name and the minute of their start.
func ownerOfJob(s *cluster.Snapshot, job cluster.Ref) cluster.Ref {
	if w := s.Workload(job); w != nil {
		if w.Owner.IsZero() {
			return job
		}
		return w.Owner.Key()
	}
	if name, _, ok := cutLast(job.Name, "-"); ok && numbered.MatchString(job.Name) {
		if cron := (cluster.Ref{Kind: "CronJob", Namespace: job.Namespace, Name: name}); s.Workload(cron) != nil {
			return cron
		}
	}
	return job
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

var (
	numbered = lazyregexp.New(`-\d+$`)
	// varying is what the names of Jobs of one sort differ in: numbers, dates
	// and generated or hexadecimal tails.
	varying = lazyregexp.New(`(-(\d[\d-]*|[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9a-f]*[0-9][0-9a-f]{5,}))+$`)
)

func familyOf(run *Run) cluster.Ref {
	if run.Owner != run.Job {
		return run.Owner
	}
	of := run.Job
	if stem := varying.ReplaceAllString(of.Name, ""); stem != "" {
		of.Name = stem
	}
	return of
}
