package periodic

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// ticks are the starts of one CronJob while somebody looked.
type ticks struct {
	cron   *cluster.Workload
	starts []time.Time
	share  float64 // of the watched time that lies shortly after a start
}

// mostStarts of one CronJob that are looked at: hourly for a year.
const mostStarts = 10_000

// startsIn are the CronJobs that can be tested.
func startsIn(pass *detect.Pass, watched []cluster.Span) []ticks {
	var out []ticks
	for i := range pass.Workloads {
		w := &pass.Workloads[i]
		if w.Cron == nil {
			continue
		}
		t := ticks{cron: w}
		for _, span := range watched {
			starts, ok := symptom.Starts(w.Cron, span.From.Add(-after), span.To, mostStarts-len(t.starts))
			if !ok {
				break
			}
			t.starts = append(t.starts, starts...)
		}
		t.share = shareAfter(t.starts, watched)
		if t.share > 0 && t.share <= mostShare && len(t.starts) < mostStarts {
			out = append(out, t)
		}
	}
	return out
}

// shareAfter is the part of what was watched that lies shortly after a start.
func shareAfter(starts []time.Time, watched []cluster.Span) float64 {
	var covered time.Duration
	for _, span := range watched {
		end := span.From
		i, _ := slices.BinarySearchFunc(starts, span.From.Add(-after), time.Time.Compare)
		for ; i < len(starts) && starts[i].Before(span.To); i++ {
			from, to := starts[i], starts[i].Add(after)
			if from.Before(end) {
				from = end
			}
			if to.After(span.To) {
				to = span.To
			}
			if to.After(from) {
				covered += to.Sub(from)
				end = to
			}
		}
	}
	return float64(covered) / float64(detect.TotalOf(watched))
}

// atClocks tests the incidents of a stream against every CronJob.
func atClocks(s *symptom.Stream, episodes []symptom.Episode, known []ticks) []rhythm {
	var out []rhythm
	for _, t := range known {
		r := rhythm{stream: s, test: "known clock", p: 1, cron: t.cron, of: len(episodes), episodes: episodes}
		hit := map[int]bool{}
		var lags []time.Duration
		for _, e := range episodes {
			i, found := slices.BinarySearchFunc(t.starts, e.From, time.Time.Compare)
			if !found {
				i--
			}
			if i >= 0 && e.From.Sub(t.starts[i]) < after {
				hit[i], lags = true, append(lags, e.From.Sub(t.starts[i]))
			}
		}
		if r.count = len(lags); len(hit) > 1 && 2*r.count >= r.of {
			r.p = stats.BinomialTail(r.count, r.of, t.share)
			slices.Sort(lags)
			r.phase = lags[len(lags)/2]
		}
		out = append(out, r)
	}
	return out
}
