package jobfailure

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// missedPattern tells of CronJobs that do not start.
func missedPattern(g detect.Group) detect.Pattern {
	s := g.Symptoms[0]
	of := s.Object
	words := missedWords[s.Item]
	p := detect.Pattern{
		Cause:    symptom.JobMissedSchedule,
		Key:      g.Key,
		Symptoms: g.Symptoms,
		Title:    fmt.Sprintf("CronJob %s %s", of.Path(), words.title),
		Probable: detect.Cause{Text: words.text, Confidence: words.confidence, Why: words.why},
		Investigation: []detect.Command{
			{Why: "its schedule, last start and events", Command: detect.Kubectl("describe", "cronjob", of.Name, "-n", of.Namespace)},
			{Why: "its Jobs", Command: detect.Kubectl("get", "jobs", "-n", of.Namespace)},
		},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf(words.do, of.Path())}},
	}
	if t := detect.Sum(g.Symptoms); len(t.Workloads) > 1 {
		p.Title = fmt.Sprintf("%s did not start when their schedules meant them to: %s",
			detect.Count(len(t.Workloads), "CronJob"), detect.List(detect.Paths(t.Workloads), 3))
	}
	if s.Item == symptom.NotStarted {
		p.Investigation = append(p.Investigation, detect.Command{Why: "whether the controllers are at work: their leases are renewed every few seconds",
			Command: detect.Kubectl("get", "lease", "-n", "kube-system")})
	}
	return p
}

// telling is how one way to miss a schedule is told.
type telling struct {
	title, text, why, do string
	confidence           detect.Confidence
}

var missedWords = map[string]telling{
	symptom.NotStarted: {
		title:      "did not start when its schedule meant it to",
		text:       "The CronJob controller does not start what is due: it does not run, or it cannot keep up.",
		why:        "the last start fits the schedule, the next ones are overdue, and no event says why",
		do:         "See that the controller manager runs and that its clock is right; %s is overdue.",
		confidence: detect.Low,
	},
	symptom.StillRunning: {
		title:      "does not start again: its last run is still active, and it forbids another beside it",
		text:       "The run before does not come to its end, and concurrencyPolicy Forbid lets none start until it does.",
		why:        "the CronJob has an active Job from before several starts that were due, and it has nothing ready or takes far longer than the runs before",
		do:         "See what the active Job of %s waits for; give it an activeDeadlineSeconds, so that a run that hangs cannot stop the next ones.",
		confidence: detect.High,
	},
	symptom.BadSchedule: {
		title:      "never starts: its schedule cannot be read",
		text:       "Its schedule or time zone is not one that the controller understands.",
		why:        "the CronJob controller says so",
		do:         "Correct spec.schedule or spec.timeZone of %s.",
		confidence: detect.High,
	},
	symptom.CreateFailed: {
		title:      "cannot start: its Job is refused",
		text:       "The API server refuses the Job that the CronJob controller wants to make.",
		why:        "the CronJob controller repeats the refusal",
		do:         "Remove what the refusal of %s's Job is about.",
		confidence: detect.High,
	},
	symptom.StartedTooLate: {
		title:      "misses its schedule: the controller came too late",
		text:       "Starts were missed by more than startingDeadlineSeconds, or so many were missed that the controller gave up counting.",
		why:        "the CronJob controller says so, and no start was made good since",
		do:         "See that the controller manager runs without long breaks, and raise startingDeadlineSeconds of %s.",
		confidence: detect.High,
	},
}
