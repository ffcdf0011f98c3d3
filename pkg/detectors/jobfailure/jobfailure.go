// Package jobfailure detects Jobs that failed as a whole and CronJobs that do
// not start theirs.
package jobfailure

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups failed Jobs by their CronJob.
var Detector = &detect.Detector{
	Name:     "job-failure",
	Category: "deployment",
	Doc: `Jobs that failed for good, and CronJobs that do not start theirs

Means that a Job failed for good, or that a CronJob does not start its Jobs.

Reads Jobs with their conditions, CronJobs with their schedule and status, and the
events of both, which tell of deleted Jobs too.

Groups the failed runs of one CronJob, of another controller, or of Jobs whose names
differ in a number only. CronJobs that do not start and nobody says why are one
problem.

Speaks when the newest run failed for good: its pods failed more often than its
backoffLimit allows (backoff-limit), or it was not done within its deadline
(deadline); says how many of the known runs failed. Speaks as well of a CronJob that
does not start its Jobs though its schedule means it to (missed-schedule): it says
so itself, or its last start is older than the schedule says, which is judged only
where that last start fits the schedule.

Silent once a later run succeeded, on completed Jobs whatever their earlier pods
did, on Jobs that are still trying, on suspended CronJobs, and on runs that merely
take their time under concurrencyPolicy Forbid. A Job that nobody runs again is past
history a day after it failed.

What to do: find out why its pods fail or what it waits for; a higher limit only
repeats it. Correct the schedule, or see that the controller manager runs.`,
	Causes: []string{symptom.JobBackoffLimit, symptom.JobDeadline, symptom.JobMissedSchedule},
	Needs:  []cluster.Resource{cluster.Jobs, cluster.CronJobs, cluster.Events},
	Any:    true,
	Run:    run,
}

func run(pass *detect.Pass) {
	families := map[cluster.Ref]*symptom.Family{}
	all := symptom.Families(pass.Snapshot)
	for i := range all {
		families[all[i].Of] = &all[i]
	}
	var failed, missed []*symptom.Symptom
	for _, s := range pass.Of(symptom.Job) {
		if s.Cause == symptom.JobMissedSchedule {
			missed = append(missed, s)
		} else {
			failed = append(failed, s)
		}
	}
	for _, g := range detect.GroupBy(failed, func(s *symptom.Symptom) string { return s.About.String() }) {
		pass.Report(failedPattern(pass, families[g.Symptoms[0].About], g))
	}
	// Where no CronJob says why, none of them being started is one problem.
	for _, g := range detect.GroupBy(missed, func(s *symptom.Symptom) string { return cmp.Or(s.About.Path(), "nobody starts them") }) {
		pass.Report(missedPattern(g))
	}
}

func failedPattern(pass *detect.Pass, f *symptom.Family, g detect.Group) detect.Pattern {
	slices.SortStableFunc(g.Symptoms, func(a, b *symptom.Symptom) int { return a.First.Compare(b.First) })
	newest := g.Symptoms[len(g.Symptoms)-1]
	p := detect.Pattern{
		Cause:           newest.Cause,
		Key:             g.Key,
		Symptoms:        g.Symptoms,
		Also:            podsOf(pass, g.Symptoms),
		Title:           title(f, newest),
		Probable:        probable(f, newest),
		Investigation:   investigation(pass, newest),
		Recommendations: recommendations(newest),
	}
	if n := len(f.Runs) - f.Failed(); n > 0 {
		p.Counter = []string{fmt.Sprintf("%s known before succeeded", detect.Count(n, "run"))}
	}
	return p
}

// podsOf are the pods of failed Jobs that are still there.
func podsOf(pass *detect.Pass, symptoms []*symptom.Symptom) []*cluster.Pod {
	var out []*cluster.Pod
	for _, s := range symptoms {
		for _, p := range pass.PodsOf(s.Workload) {
			if p.Owner.Key() == s.Object.Key() && p.Phase != "Succeeded" {
				out = append(out, p)
			}
		}
	}
	return out
}

func title(f *symptom.Family, newest *symptom.Symptom) string {
	failed, of := f.Failed(), len(f.Runs)
	why := reasonWords(newest)
	switch {
	case newest.Workload.Kind != "Job" && of == 1:
		return fmt.Sprintf("The last run of %s %s failed%s", f.Of.Kind, f.Of.Path(), why)
	case newest.Workload.Kind != "Job" && failed == of:
		return fmt.Sprintf("The last %d runs of %s %s failed%s", of, f.Of.Kind, f.Of.Path(), why)
	case newest.Workload.Kind != "Job":
		return fmt.Sprintf("%d of the last %d runs of %s %s failed%s", failed, of, f.Of.Kind, f.Of.Path(), why)
	case of > 1:
		return fmt.Sprintf("%d of %d Jobs %s-… failed%s", failed, of, f.Of.Path(), why)
	}
	return fmt.Sprintf("Job %s failed%s", newest.Object.Path(), why)
}

// reasonWords say a Job's reason for failing in words.
func reasonWords(s *symptom.Symptom) string {
	switch s.Item {
	case "BackoffLimitExceeded":
		if s.Limit == "" {
			return ": its pods failed more often than its backoffLimit allows"
		}
		return fmt.Sprintf(": its pods failed more often than its backoffLimit of %s allows", s.Limit)
	case "DeadlineExceeded":
		if s.Limit == "" {
			return ": not done within its deadline"
		}
		return fmt.Sprintf(": not done within its deadline of %s", s.Limit)
	case "PodFailurePolicy":
		return ": a pod failed in a way that its podFailurePolicy does not try again"
	case "MaxFailedIndexesExceeded":
		return ": more of its indexes failed than maxFailedIndexes allows"
	case "FailedIndexes":
		return ": some of its indexes failed"
	}
	return ""
}

func probable(f *symptom.Family, s *symptom.Symptom) detect.Cause {
	c := detect.Cause{Confidence: detect.Medium, Why: "Kubernetes gives the Job the condition Failed with reason " + s.Item}
	switch {
	case s.Item == "":
		c.Text, c.Confidence = "The program that the Job runs failed; its Job is deleted, and how it failed is not told.", detect.Low
		c.Why = "the CronJob saw its Job end as failed"
	case s.Cause == symptom.JobDeadline:
		c.Text = "The Job takes longer than its deadline: it hangs, waits for something, or has more to do than before."
	default:
		c.Text = "The program that the Job runs fails each time that it is tried."
	}
	if n := f.Failed(); n > 1 {
		c.Why += fmt.Sprintf("; %d runs of it failed", n)
	}
	return c
}

func investigation(pass *detect.Pass, s *symptom.Symptom) []detect.Command {
	job := s.Object
	if pass.Workload(job) == nil {
		if s.Workload.Kind == "CronJob" {
			return []detect.Command{{Why: "its runs, as far as they are kept", Command: detect.Kubectl("describe", "cronjob", s.Workload.Name, "-n", job.Namespace)}}
		}
		return []detect.Command{{Why: "what the Job said before it was deleted", Command: detect.Kubectl("get", "events", "-n", job.Namespace,
			"--field-selector", "involvedObject.name="+job.Name)}}
	}
	out := []detect.Command{{Why: "its condition, and what became of its pods", Command: detect.Kubectl("describe", "job", job.Name, "-n", job.Namespace)}}
	if slices.ContainsFunc(pass.PodsOf(s.Workload), func(p *cluster.Pod) bool { return p.Owner.Key() == job.Key() }) {
		out = append(out, detect.Command{Why: "the last words of its pods", Command: detect.Kubectl("logs", "-n", job.Namespace, "-l", "job-name="+job.Name, "--tail=50", "--prefix")})
	}
	return out
}

func recommendations(s *symptom.Symptom) []detect.Recommendation {
	text := fmt.Sprintf("Find out why the pods of %s fail; a higher backoffLimit only repeats it.", s.Object.Path())
	if s.Cause == symptom.JobDeadline {
		text = fmt.Sprintf("Find out what %s waits for; raise activeDeadlineSeconds only if it has more to do than the deadline was made for.", s.Object.Path())
	}
	out := []detect.Recommendation{{Urgency: detect.Immediate, Text: text}}
	if s.Workload.Kind == "CronJob" {
		out = append(out, detect.Recommendation{Urgency: detect.Later,
			Text: fmt.Sprintf("Keep more than one failed Job of %s (failedJobsHistoryLimit), so that its last words are there when somebody looks.", s.Workload.Path())})
	}
	return out
}
