package symptom

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var noonOfJobs = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func finishedJob(name string, ended time.Time, condition, reason string) cluster.Workload {
	return cluster.Workload{Ref: cluster.Ref{Kind: "Job", Namespace: "ns", Name: name}, Created: ended.Add(-time.Minute), Job: &cluster.JobState{BackoffLimit: 3},
		Conditions: []cluster.Condition{{Type: condition, Status: "True", Reason: reason, Transition: ended}}}
}

func jobSymptoms(p cluster.Parts) []Symptom {
	p.At = noonOfJobs
	r := &recogniser{s: cluster.New(p)}
	r.jobs()
	return r.found
}

// TestFamilyOfJobs: names that differ in numbers, dates and generated tails
// are of one family; words are not generated tails.
func TestFamilyOfJobs(t *testing.T) {
	for name, want := range map[string]string{
		"import-28": "import", "import-2026-11-22": "import", "import-2026-11-22-x7k2p": "import",
		"migrate-8f3ab12": "migrate", "helm-hook": "helm-hook", "db-migrate": "db-migrate", "x7k2p": "x7k2p", "28": "28",
		"send-beef": "send-beef",
	} {
		run := Run{Job: cluster.Ref{Kind: "Job", Namespace: "ns", Name: name}}
		run.Owner = run.Job
		if got := familyOf(&run).Name; got != want {
			t.Errorf("%s: family %s, want %s", name, got, want)
		}
	}
}

func TestJobCauses(t *testing.T) {
	for reason, want := range map[string]string{
		"BackoffLimitExceeded": "backoff-limit", "DeadlineExceeded": "deadline", "PodFailurePolicy": "backoff-limit",
		"MaxFailedIndexesExceeded": "backoff-limit", "FailedIndexes": "backoff-limit", "": "backoff-limit",
	} {
		got := jobSymptoms(cluster.Parts{Workloads: []cluster.Workload{finishedJob("a", noonOfJobs.Add(-time.Minute), "Failed", reason)}})
		if len(got) != 1 || got[0].Cause != want || !got[0].Ongoing {
			t.Errorf("%s: %+v, want one standing %s", reason, got, want)
		}
	}
}

// TestOldJobsAreHistory: a Job that nobody runs again stands for a day; one
// of a CronJob until its next run, unless that is suspended.
func TestOldJobsAreHistory(t *testing.T) {
	old := finishedJob("nightly-1", noonOfJobs.Add(-3*24*time.Hour), "Failed", "BackoffLimitExceeded")
	cron := cluster.Workload{Ref: cluster.Ref{Kind: "CronJob", Namespace: "ns", Name: "nightly"}, Cron: &cluster.CronState{Schedule: "0 0 * * 1"}}
	owned, suspended := old, cron
	owned.Owner = cron.Ref
	suspended.Cron = &cluster.CronState{Suspended: true}
	for name, c := range map[string]struct {
		workloads []cluster.Workload
		ongoing   bool
	}{
		"alone":                  {[]cluster.Workload{old}, false},
		"of a CronJob":           {[]cluster.Workload{owned, cron}, true},
		"of a suspended CronJob": {[]cluster.Workload{owned, suspended}, false},
	} {
		got := jobSymptoms(cluster.Parts{Workloads: c.workloads})
		if len(got) != 1 || got[0].Ongoing != c.ongoing {
			t.Errorf("%s: %+v, want one, ongoing %t", name, got, c.ongoing)
		}
	}
}

// TestRunsFromEvents: the wordings of old and new controllers, and Jobs that
// are gone; a Job that is there and runs is not finished by an event of one
// that had its name before.
func TestRunsFromEvents(t *testing.T) {
	cron := cluster.Ref{Kind: "CronJob", Namespace: "ns", Name: "c"}
	event := func(object cluster.Ref, reason, message string, warning bool, minute int) cluster.Event {
		at := noonOfJobs.Add(time.Duration(minute-60) * time.Minute)
		return cluster.Event{Object: object, Reason: reason, Message: message, Warning: warning, First: at, Last: at, Count: 1}
	}
	again := cluster.Workload{Ref: cluster.Ref{Kind: "Job", Namespace: "ns", Name: "again"}, Job: &cluster.JobState{Active: 1}}
	s := cluster.New(cluster.Parts{At: noonOfJobs, Workloads: []cluster.Workload{{Ref: cron, Cron: &cluster.CronState{}}, again}, Events: []cluster.Event{
		event(cron, "SawCompletedJob", "Saw completed job: c-1, status: Complete", false, 1),
		event(cron, "SawCompletedJob", "Saw completed job: c-2, condition: Failed", false, 2),
		event(cluster.Ref{Kind: "Job", Namespace: "ns", Name: "c-3"}, "DeadlineExceeded", "Job was active longer than specified deadline", true, 3),
		event(cluster.Ref{Kind: "Job", Namespace: "ns", Name: "again"}, "BackoffLimitExceeded", "Job has reached the specified backoff limit", true, 4),
		event(cron, "SawCompletedJob", "something else", false, 5),
	}})
	type told struct {
		Job    string
		Failed bool
		Reason string
	}
	got := map[string][]told{}
	for _, f := range Families(s) {
		for _, run := range f.Runs {
			got[f.Of.String()] = append(got[f.Of.String()], told{run.Job.Name, run.Failed, run.Reason})
		}
	}
	want := map[string][]told{"CronJob ns/c": {{"c-1", false, ""}, {"c-2", true, ""}, {"c-3", true, "DeadlineExceeded"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs: want (-), got (+):\n%s", diff)
	}
}
