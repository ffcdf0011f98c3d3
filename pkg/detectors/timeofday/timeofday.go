// Package timeofday recognises failures that come at one hour of the day.
package timeofday

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector lays what is known of several days over one day.
var Detector = &detect.Detector{
	Name:     "time-of-day",
	Category: "timing",
	Doc: `failures that come at one time of the day

Means that failures keep to a time of the day: something that runs then, or the load
of that hour, makes them.

Reads when failures began, as far back as a history or a Prometheus goes. Failures of
one workload and sort less than 30 minutes apart are one incident.

Groups by the hour around which incidents lie, over all workloads for which it is
told.

Speaks when at least 4 full days were watched, and 4 incidents or more of one workload
on 4 days or more lie within 15 minutes, 30 minutes,
1 hour or 2 hours of the day, which incidents that fall at random would do with a
chance of 1 % at most (circular scan; hours that were watched less count for less; all
workloads, widths and both time zones, UTC and the local one, are counted).

Silent on less than 4 days: two nights are what chance does, and the API keeps events
for an hour, so that without a history there is nothing to say. Silent on the Jobs of
CronJobs, whose hour is their schedule's, and on warnings that no table knows.

What to do: see what runs at that hour, in the cluster and beside it: CronJobs that
start then are named. A span of 2 hours may be that of the highest load.`,
	Causes: []string{"hour"},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Events},
	Any:    true,
	Run:    run,
}

const (
	day       = 24 * time.Hour
	leastDays = 4
	least     = 4 // incidents
	certain   = 0.01
	apart     = 30 * time.Minute
	zones     = 2 // UTC and the local one
)

// widths of the arcs, in seconds.
var widths = []float64{900, 1800, 3600, 7200}

// hour is what is found of one stream.
type hour struct {
	stream  *symptom.Stream
	members []symptom.Episode
	all     []symptom.Episode
	width   time.Duration
	days    int
	p       float64
}

func run(pass *detect.Pass) {
	if len(pass.Past.Watched) == 0 {
		return
	}
	watched := pass.Watched()
	if detect.TotalOf(watched) < leastDays*day {
		return
	}
	cover := coverOf(watched)
	var tested []hour
	var ps []float64
	for _, s := range pass.Streams() {
		if s.Kind == symptom.Job || s.Of.Kind == "CronJob" || s.Of.Kind == "Job" || s.Told() < least {
			continue
		}
		h := test(s, watched, cover)
		tested, ps = append(tested, h), append(ps, h.p)
	}
	var found []hour
	for i, q := range stats.FalseDiscovery(ps) {
		h := tested[i]
		if h.p = q; q <= certain && h.days >= leastDays && len(h.members) >= least {
			found = append(found, h)
		}
	}
	for _, group := range together(found) {
		pass.Report(pattern(pass, watched, group))
	}
}

func coverOf(watched []cluster.Span) *stats.Cover {
	var intervals []stats.Interval
	for _, w := range watched {
		intervals = append(intervals, stats.Interval{From: float64(w.From.Unix()), To: float64(w.To.Unix())})
	}
	return stats.NewCover(intervals, day.Seconds())
}

// test finds the arc of the day that holds most of a stream's incidents.
func test(s *symptom.Stream, watched []cluster.Span, cover *stats.Cover) hour {
	h := hour{stream: s, p: 1}
	vague := 0.0
	for _, e := range s.Episodes(apart) {
		if !e.Newest && slices.ContainsFunc(watched, func(w cluster.Span) bool { return w.Holds(e.From) }) {
			h.all, vague = append(h.all, e), max(vague, e.Within.Seconds())
		}
	}
	slices.SortStableFunc(h.all, func(a, b symptom.Episode) int { return cmp.Compare(phase(a, cover), phase(b, cover)) })
	phases := make([]float64, len(h.all))
	for i, e := range h.all {
		phases[i] = phase(e, cover)
	}
	usable := slices.DeleteFunc(slices.Clone(widths), func(w float64) bool { return w < vague })
	peak := stats.CircularScan(phases, cover, usable)
	h.p, h.width = min(1, zones*peak.P), time.Duration(peak.Width)*time.Second
	days := map[string]bool{}
	for i := range peak.Count {
		e := h.all[(peak.First+i)%len(h.all)]
		h.members = append(h.members, e)
		days[e.From.Add(-time.Duration(phases[peak.First]*float64(time.Second))).UTC().Format(time.DateOnly)] = true
	}
	h.days = len(days)
	return h
}

func phase(e symptom.Episode, cover *stats.Cover) float64 {
	return cover.Phase(float64(e.From.Unix()) - e.Within.Seconds()/2)
}

// begins is where the arc begins, in the day.
func (h *hour) begins() time.Duration {
	return h.members[0].From.UTC().Sub(h.members[0].From.UTC().Truncate(day))
}

// ends is where the last of its incidents lies, past midnight if it must.
func (h *hour) ends() time.Duration {
	last := h.members[len(h.members)-1].From.UTC()
	if at := last.Sub(last.Truncate(day)); at >= h.begins() {
		return at
	}
	return last.Sub(last.Truncate(day)) + day
}

// together groups what lies around the same hour, in the order of the hours.
func together(found []hour) [][]hour {
	slices.SortStableFunc(found, func(a, b hour) int { return cmp.Compare(a.begins(), b.begins()) })
	var out [][]hour
	for _, h := range found {
		if n := len(out); n > 0 && h.begins()-out[n-1][0].begins() < time.Hour {
			out[n-1] = append(out[n-1], h)
			continue
		}
		out = append(out, []hour{h})
	}
	return out
}

// middle of what a group's arcs span, to the full hour: what names it.
func middle(group []hour) string {
	from, to := span(group)
	return fmt.Sprintf("%02d:00", int(((from+to)/2+30*time.Minute)/time.Hour)%24)
}

// span is from the earliest to the latest incident of a group, in the day.
func span(group []hour) (from, to time.Duration) {
	from, to = group[0].begins(), group[0].ends()
	for i := range group {
		from, to = min(from, group[i].begins()), max(to, group[i].ends())
	}
	return from, to
}
