package symptom

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // so that a schedule means the same on every machine

	"github.com/robfig/cron/v3"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// What keeps a CronJob from starting its Jobs: the Item of a Job symptom
// whose cause is a missed schedule.
const (
	NotStarted     = "not-started"  // it is overdue and nobody says why
	StillRunning   = "still-active" // concurrencyPolicy Forbid, and the run before has not ended
	BadSchedule    = "schedule"     // its schedule or time zone cannot be read
	CreateFailed   = "create"       // the API server refused the Job
	StartedTooLate = "too-late"     // missed by more than startingDeadlineSeconds
)

// cronEvents says what the events of a CronJob mean
// (pkg/controller/cronjob/cronjob_controllerv2.go). UnsupportedSchedule is
// none of them: it warns of a time zone within the schedule, which works.
var cronEvents = map[string]string{
	"MissSchedule":               StartedTooLate,
	"TooManyMissedTimes":         StartedTooLate,
	"UnparseableSchedule":        BadSchedule,
	"UnParseableCronJobSchedule": BadSchedule,
	"InvalidSchedule":            BadSchedule,
	"UnknownTimeZone":            BadSchedule,
	"FailedCreate":               CreateFailed,
}

// cronJob recognises a CronJob that does not start its Jobs.
func (r *recogniser) cronJob(w *cluster.Workload) {
	if w.Cron.Suspended {
		return
	}
	s := Symptom{Kind: Job, Cause: JobMissedSchedule, Object: w.Key(), Workload: w.Key(), About: w.Key()}
	for _, e := range r.s.EventsOf(w.Key()) {
		item := cronEvents[e.Reason]
		if item == "" || !e.Warning {
			continue
		}
		s.Item, s.Message = item, e.Message
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Count += e.Count
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	switch {
	case len(s.Evidence) == 0:
		if !r.overdue(w, &s) {
			return
		}
	case r.startedSince(w, s.Last):
		return // a miss made good
	default:
		s.Ongoing, s.Last = true, r.s.At
	}
	s.Template = Mask(s.Message)
	r.add(s)
}

// startedSince reports whether a CronJob got its Jobs going after a moment:
// it says so, or no start is due by its schedule (a start that was caught up
// keeps the time that it was meant for).
func (r *recogniser) startedSince(w *cluster.Workload, at time.Time) bool {
	for _, e := range r.s.EventsOf(w.Key()) {
		if e.Reason == "SuccessfulCreate" && !e.Last.Before(at) {
			return true
		}
	}
	missed, _, known := missedStarts(w.Cron, r.s.At)
	return w.Cron.LastStart.After(at) || (known && missed == 0)
}

const (
	// late is how long after its time a start may come: the controller looks
	// every ten seconds, and reading a cluster takes a while.
	late = 5 * time.Minute
	// patience is how many starts, and how many times its longest known run, a
	// run may take of a CronJob that forbids another beside it: to run "as
	// soon as the last one is done" is what some are for.
	patience = 3
)

// overdue recognises by its schedule that a CronJob did not start.
func (r *recogniser) overdue(w *cluster.Workload, s *Symptom) bool {
	missed, first, _ := missedStarts(w.Cron, r.s.At.Add(-late))
	if missed == 0 {
		return false
	}
	s.Item, s.About = NotStarted, cluster.Ref{}
	s.Message = fmt.Sprintf("last started %s; schedule %q meant the next start for %s",
		w.Cron.LastStart.UTC().Format(time.RFC3339), w.Cron.Schedule, first.UTC().Format(time.RFC3339))
	if w.Cron.Active > 0 && w.Cron.Concurrency == "Forbid" {
		if missed < patience || !r.isStuck(w) {
			return false
		}
		s.Item, s.About = StillRunning, w.Key()
	} else if w.Cron.Deadline > 0 {
		s.About = w.Key()
	}
	s.First, s.Last, s.Count, s.Ongoing = first, r.s.At, missed, true
	s.Evidence = []Evidence{{Source: FromStatus, Subject: w.Key(), Time: first, Reason: "LastScheduleTime", Text: s.Message, Count: 1}}
	return true
}

// isStuck reports whether the active run of a CronJob has no ready pod, or
// takes far longer than any that is known.
func (r *recogniser) isStuck(cron *cluster.Workload) bool {
	var longest time.Duration
	var active *cluster.Workload
	for i := range r.s.Workloads {
		switch w := &r.s.Workloads[i]; {
		case w.Job == nil || w.Owner.Key() != cron.Key():
		case w.Job.Active > 0:
			active = w
		case !w.Job.Completed.IsZero():
			longest = max(longest, w.Job.Completed.Sub(w.Job.Started))
		}
	}
	if active == nil || active.Ready == 0 {
		return active != nil
	}
	return longest > 0 && r.s.At.Sub(active.Job.Started) > patience*longest
}

// mostMissed is where counting missed starts ends.
const mostMissed = 100

// missedStarts counts the starts that a schedule meant between the last one
// and a moment. The last one has to fit the schedule: if it does not, the
// schedule was changed since, or the controller's time zone is another, and
// nothing is known.
func missedStarts(c *cluster.CronState, until time.Time) (n int, first time.Time, known bool) {
	schedule, ok := parseSchedule(c.Schedule, c.TimeZone)
	if !ok || c.LastStart.IsZero() || !schedule.Next(c.LastStart.Add(-time.Second)).Equal(c.LastStart) {
		return 0, time.Time{}, false
	}
	for at := schedule.Next(c.LastStart); !at.IsZero() && at.Before(until) && n < mostMissed; at = schedule.Next(at) {
		if n == 0 {
			first = at
		}
		n++
	}
	return n, first, true
}

// parseSchedule reads a schedule as the CronJob controller does. An interval
// ("@every 1h") fits any last start and is left alone.
func parseSchedule(spec, zone string) (cron.Schedule, bool) {
	if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") || strings.HasPrefix(spec, "@every") {
		return nil, false // the first two the API refuses today, and the library panics on some
	}
	location, err := time.LoadLocation(zone) // "" is UTC
	if err != nil || zone == "Local" {
		return nil, false
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, false
	}
	if s, ok := parsed.(*cron.SpecSchedule); ok {
		s.Location = location
		return s, true
	}
	return nil, false
}
