package timeofday

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func pattern(pass *detect.Pass, watched []cluster.Span, group []hour) detect.Pattern {
	var streams []*symptom.Stream
	fit, of, days, p, width := 0, 0, 0, 0.0, time.Duration(0)
	for i := range group {
		h := &group[i]
		streams = append(streams, h.stream)
		fit, of, days = fit+len(h.members), of+len(h.all), max(days, h.days)
		p, width = max(p, h.p), max(width, h.width)
	}
	slices.SortFunc(streams, func(a, b *symptom.Stream) int {
		return cmp.Or(a.Of.Compare(b.Of), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.ExitCode, b.ExitCode))
	})
	from, to := span(group)
	crons := startingIn(pass, watched, from, to)
	t := &detect.Timing{Test: "circular scan", From: watched[0].From, To: watched[len(watched)-1].To, Watched: detect.TotalOf(watched), Days: days,
		Count: fit, Of: of, Units: len(detect.ByWorkload(streams)), P: p, Period: day, Phase: (from + to) / 2 % day, Clock: detect.List(crons, 3),
		Bucket: time.Hour, Folded: true, Buckets: hours(group)}
	out := detect.Pattern{
		Cause: "hour", Key: middle(group), Tier: tier(t), Timing: t, Symptoms: pass.Affected(streams), Nodes: detect.Nodes(streams),
		Title: fmt.Sprintf("%d of %d %s of %s began %s-%s UTC, on %d days", fit, of, detect.Failures(2, streams), detect.Whom(streams), clock(from), clock(to), days),
		Probable: detect.Cause{Confidence: detect.Low, Text: cause(crons, from, to, width),
			Why: fmt.Sprintf("%d of %s lie in that part of the day, on %d of the %s that were watched; with all that was tried the chance of that is %s (circular scan)",
				fit, detect.Count(of, "incident"), days, detect.Count(int(detect.TotalOf(watched)/day), "full day"), detect.Chance(p))},
		Investigation: []detect.Command{{Why: "what runs by the clock, and when", Command: detect.Kubectl("get", "cronjobs", "-A")}},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon,
			Text: fmt.Sprintf("See what runs at %s UTC, in the cluster and beside it (backups, reports, batch loads), before it comes again.", clock(from))}},
	}
	if of > fit {
		out.Counter = []string{fmt.Sprintf("%s came at other times of the day", detect.Count(of-fit, "incident"))}
	}
	return out
}

// tier: the days are the witnesses.
func tier(t *detect.Timing) detect.Tier {
	if t.Days >= leastDays+1 && 2*t.Count >= t.Of && t.P <= certain/10 {
		return detect.Strong
	}
	return detect.Suggestive
}

func cause(crons []string, from, to, width time.Duration) string {
	switch {
	case len(crons) > 0:
		return fmt.Sprintf("They may be related to what starts then: %s.", detect.List(crons, 3))
	case width >= 2*time.Hour:
		return fmt.Sprintf("They come in the hours of %s-%s UTC, which may be busy ones; no CronJob that was read starts just then.", clock(from), clock(to))
	}
	return "Something happens at that time of the day; no CronJob that was read starts just then."
}

func clock(d time.Duration) string {
	m := int(d/time.Minute) % (24 * 60)
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}

// before is how long before the first failure a CronJob may have started.
const before = 30 * time.Minute

// mostAday is how many starts of one CronJob a day say nothing.
const mostAday = 6

// startingIn are the CronJobs that start in a part of the day, or shortly
// before it, each with its schedule.
func startingIn(pass *detect.Pass, watched []cluster.Span, from, to time.Duration) []string {
	end := watched[len(watched)-1].To
	var out []string
	for i := range pass.Workloads {
		w := &pass.Workloads[i]
		if w.Cron == nil {
			continue
		}
		starts, ok := symptom.Starts(w.Cron, end.Add(-7*day), end, 7*mostAday+1)
		if !ok || len(starts) == 0 || len(starts) > 7*mostAday {
			continue
		}
		for _, at := range starts {
			if phase := at.UTC().Sub(at.UTC().Truncate(day)); inside(phase, from-before, to) {
				out = append(out, fmt.Sprintf("CronJob %s (%q, %s), which starts at %s UTC", w.Path(), w.Cron.Schedule, cmp.Or(w.Cron.TimeZone, "UTC"), clock(phase)))
				break
			}
		}
	}
	return out
}

// inside reports whether a phase of the day lies in an arc, which may pass
// midnight at either end.
func inside(phase, from, to time.Duration) bool {
	for _, turn := range []time.Duration{-day, 0, day} {
		if phase+turn >= from && phase+turn <= to {
			return true
		}
	}
	return false
}

// hours count the incidents by the hour of the day.
func hours(group []hour) []detect.Bucket {
	out := make([]detect.Bucket, 24)
	for i := range out {
		out[i].From = time.Unix(0, 0).UTC().Add(time.Duration(i) * time.Hour)
	}
	for i := range group {
		for _, e := range group[i].all {
			out[e.From.UTC().Hour()].Count++
		}
	}
	return out
}
