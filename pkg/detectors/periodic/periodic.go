// Package periodic recognises failures that come again at even intervals.
package periodic

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector looks for CronJobs whose runs fail, and for rhythms in history.
var Detector = &detect.Detector{
	Name:     "periodic",
	Category: "timing",
	Doc: `failures that come again at even intervals

Means that failures follow a clock: a CronJob whose every run fails, or something
that fails whenever a CronJob has started, or every so many minutes or hours.

Reads the runs of Jobs, from the Jobs that are kept and from events; CronJobs with
their schedules and time zones; and, where there is a history or a Prometheus, when
failures began as far back as it goes. Failures of one workload and sort less than
30 minutes apart are one incident (6 minutes, for periods below an hour).

Groups by workload: what is best founded of it is told, with the CronJobs that start
in the same rhythm or the interval that is known for it.

Speaks of a CronJob of which the last 4 runs or more failed. Of history, in this
order: of incidents that begin within 10 minutes after the starts of a CronJob
(binomial test against the share of the time that lies so; CronJobs that cover more
than 30 % of it are not tested); of 4 gaps or more that vary by 15 % at most (chance
of 0.1 %, Greenwood's statistic); of incidents that lie in a tenth of a round period
of 10 minutes to 7 days in 4 rounds or more (circular scan). All that is tried is
counted, and the chance that any of it is wrong is 1 % at most (Benjamini-Hochberg).

Silent on what keeps time by itself: the kubelet's back-off (10 seconds doubled up
to 5 minutes) beside a run of less than 10 minutes, whatever comes every 10 minutes
or less, probes that fail for as long as their period and threshold say, and the
5 minutes between two writes of one event, which are the recorder's. Without history
it knows of CronJobs alone: events live an hour, and one event tells of two moments.
Silent on warnings that no table knows.

What to do: look at what runs at that time. Where a CronJob is named, read its last
run, suspend it once, or move it, and see whether the failures go with it.`,
	Causes: []string{"interval"},
	Needs:  []cluster.Resource{cluster.Jobs, cluster.CronJobs, cluster.Events, cluster.Pods},
	Any:    true,
	Run:    run,
}

const (
	certain   = 0.01
	leastRuns = 4                // failed runs of a CronJob
	coarse    = 30 * time.Minute // between incidents
	fine      = 6 * time.Minute  // for periods below an hour
	after     = 10 * time.Minute // how long after a start it may be the CronJob's
	mostShare = 0.3              // of the time that starts may cover
)

func run(pass *detect.Pass) {
	for _, f := range symptom.RunHistory(pass.Snapshot) {
		if p, ok := failingCronJob(pass, &f); ok {
			pass.Report(p)
		}
	}
	if len(pass.Past.Watched) == 0 {
		return // within the hour of the events no rhythm has enough rounds
	}
	for _, p := range rhythms(pass) {
		pass.Report(p)
	}
}

// candidates are the streams that could have a rhythm: not those of Jobs,
// which their schedule gives theirs.
func candidates(pass *detect.Pass) []*symptom.Stream {
	return slices.DeleteFunc(slices.Clone(pass.Streams()), func(s *symptom.Stream) bool {
		return s.Kind == symptom.Job || s.Of.Kind == "CronJob" || s.Of.Kind == "Job" || s.Told() < 2
	})
}
