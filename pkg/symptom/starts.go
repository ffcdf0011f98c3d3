package symptom

import (
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Starts are the moments at which a CronJob's schedule means it to start,
// within a period, at most so many; ok is false where its schedule cannot be
// read. A suspended one starts nothing.
func Starts(c *cluster.CronState, from, to time.Time, most int) (starts []time.Time, ok bool) {
	schedule, ok := parseSchedule(c.Schedule, c.TimeZone)
	if !ok || c.Suspended {
		return nil, false
	}
	for at := schedule.Next(from.Add(-time.Second)); !at.IsZero() && at.Before(to) && len(starts) < most; at = schedule.Next(at) {
		starts = append(starts, at)
	}
	return starts, true
}

// Due is the moment that a run of a CronJob was meant to start at: the
// controller names a Job by it, in minutes since 1970
// (pkg/controller/cronjob/utils.go, getJobName). Zero for other Jobs.
func (r *Run) Due() time.Time {
	name, ok := strings.CutPrefix(r.Job.Name, r.Owner.Name+"-")
	if !ok || r.Owner.Kind != "CronJob" {
		return time.Time{}
	}
	minutes, err := strconv.ParseInt(name, 10, 64)
	if at := time.Unix(minutes*60, 0).UTC(); err == nil && !at.After(r.Ended) && r.Ended.Sub(at) < 7*24*time.Hour {
		return at
	}
	return time.Time{}
}
