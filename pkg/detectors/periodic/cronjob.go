package periodic

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// failingCronJob tells of a CronJob whose last runs all failed.
func failingCronJob(pass *detect.Pass, f *symptom.Family) (detect.Pattern, bool) {
	w := pass.Workload(f.Of)
	failed := failedLast(f)
	if w == nil || w.Cron == nil || len(failed) < leastRuns || w.Cron.LastSuccess.After(failed[0].Ended) {
		return detect.Pattern{}, false
	}
	var symptoms []*symptom.Symptom
	for _, s := range pass.Of(symptom.Job) {
		if s.About == f.Of && s.Cause != symptom.JobMissedSchedule {
			symptoms = append(symptoms, s)
		}
	}
	if len(symptoms) == 0 {
		return detect.Pattern{}, false // it is not asked for, or a later run made it good
	}
	t := timingOf(pass, w, f, failed)
	every := "by its schedule"
	if t.Period > 0 {
		every = "every " + detect.Even(t.Period)
	}
	return detect.Pattern{
		Cause: "interval", Key: f.Of.String(), Tier: detect.Stated, Symptoms: symptoms, Timing: t,
		Title: fmt.Sprintf("CronJob %s fails %s: all of its last %d known runs", f.Of.Path(), every, len(failed)),
		Probable: detect.Cause{Confidence: detect.High,
			Text: fmt.Sprintf("The runs fail, not the clock: what CronJob %s runs fails each time that its schedule %s starts it.", f.Of.Path(), clock(w)),
			Why:  fmt.Sprintf("Kubernetes names the CronJob as the owner of the %d Jobs that failed, and of none that succeeded since %s", len(failed), minuteOf(failed[0].Ended))},
		Investigation: []detect.Command{
			{Why: "its schedule, and its runs as far as they are kept", Command: detect.Kubectl("describe", "cronjob", f.Of.Name, "-n", f.Of.Namespace)},
		},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon,
			Text:     fmt.Sprintf("Suspend CronJob %s until what its runs fail by is put right: until then each start adds a failure.", f.Of.Path()),
			Commands: []string{detect.Kubectl("patch", "cronjob", f.Of.Name, "-n", f.Of.Namespace, "-p", `{"spec":{"suspend":true}}`)}}},
	}, true
}

// failedLast are the newest runs of a family, as far back as they failed.
func failedLast(f *symptom.Family) []symptom.Run {
	i := len(f.Runs)
	for i > 0 && f.Runs[i-1].Failed {
		i--
	}
	return f.Runs[i:]
}

func timingOf(pass *detect.Pass, w *cluster.Workload, f *symptom.Family, failed []symptom.Run) *detect.Timing {
	t := &detect.Timing{Test: "schedule", From: failed[0].Ended, To: pass.At, Watched: pass.At.Sub(failed[0].Ended),
		Count: len(failed), Of: len(f.Runs), Units: 1, P: math.NaN(), Clock: "CronJob " + f.Of.Path() + " " + clock(w)}
	t.Period, t.Phase = period(w, pass.At)
	t.Bucket, t.Buckets = bucketsOf(t.From, t.To, startsOf(failed))
	return t
}

// startsOf are when runs were meant to start, or ended where that is not told.
func startsOf(runs []symptom.Run) []time.Time {
	out := make([]time.Time, len(runs))
	for i := range runs {
		out[i] = runs[i].Ended
		if due := runs[i].Due(); !due.IsZero() {
			out[i] = due
		}
	}
	return out
}

// period of a schedule and its phase in the day; 0 where its starts are not
// evenly apart.
func period(w *cluster.Workload, at time.Time) (every, phase time.Duration) {
	starts, ok := symptom.Starts(w.Cron, at, at.AddDate(1, 0, 0), 32)
	if !ok || len(starts) < 3 {
		return 0, 0
	}
	every = starts[1].Sub(starts[0])
	for i := range starts[1:] {
		if starts[i+1].Sub(starts[i]) != every {
			return 0, 0
		}
	}
	midnight := starts[0].UTC().Truncate(24 * time.Hour)
	return every, starts[0].Sub(midnight) % every
}

// clock is a CronJob's schedule and time zone.
func clock(w *cluster.Workload) string {
	return fmt.Sprintf("(%q, %s)", w.Cron.Schedule, cmp.Or(w.Cron.TimeZone, "UTC"))
}

func minuteOf(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// bucketsOf count moments by parts of a period: 5 minutes each where that
// makes no more than two days of them, else hours or days.
func bucketsOf(from, to time.Time, times []time.Time) (time.Duration, []detect.Bucket) {
	bucket := 5 * time.Minute
	for _, larger := range []time.Duration{time.Hour, 24 * time.Hour} {
		if to.Sub(from) > 48*bucket {
			bucket = larger
		}
	}
	var out []detect.Bucket
	for at := from.UTC().Truncate(bucket); at.Before(to) && len(out) < 400; at = at.Add(bucket) {
		out = append(out, detect.Bucket{From: at})
	}
	for _, t := range times {
		if len(out) == 0 || t.Before(out[0].From) {
			continue
		}
		if i := int(t.Sub(out[0].From) / bucket); i < len(out) {
			out[i].Count++
		}
	}
	return bucket, out
}
