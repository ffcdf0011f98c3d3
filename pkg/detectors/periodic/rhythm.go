package periodic

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// rhythm is what one test finds in one stream.
type rhythm struct {
	stream   *symptom.Stream
	test     string
	p        float64
	period   time.Duration
	phase    time.Duration // in the period, from midnight UTC on; of a known clock the lag after its starts
	count    int           // incidents that fit
	of       int
	cron     *cluster.Workload // of the test of known clocks
	episodes []symptom.Episode
	own      string // what else could make it, in words
}

// rhythms tests every stream in every way, and keeps what is still unlikely
// when all that was tried is counted: one claim for each workload.
func rhythms(pass *detect.Pass) []detect.Pattern {
	watched := pass.Watched()
	var clocks, gaps, folds []rhythm
	known := startsIn(pass, watched)
	for _, s := range candidates(pass) {
		episodes := within(s.Episodes(coarse), watched)
		clocks = append(clocks, atClocks(s, episodes, known)...)
		gaps = append(gaps, evenGaps(pass, s, watched))
		folds = append(folds, folded(pass, s, watched))
	}
	var found []rhythm
	for _, family := range [][]rhythm{clocks, gaps, folds} {
		found = append(found, certainOf(family)...)
	}
	return patterns(pass, best(found))
}

// within keeps the episodes that began while somebody looked.
func within(episodes []symptom.Episode, watched []cluster.Span) []symptom.Episode {
	return slices.DeleteFunc(episodes, func(e symptom.Episode) bool {
		return e.Newest || !slices.ContainsFunc(watched, func(w cluster.Span) bool { return w.Holds(e.From) })
	})
}

// certainOf are those of a family of tests of which at most one in a hundred
// is wrong.
func certainOf(family []rhythm) []rhythm {
	ps := make([]float64, len(family))
	for i := range family {
		ps[i] = family[i].p
	}
	var out []rhythm
	for i, q := range stats.FalseDiscovery(ps) {
		if q <= certain {
			family[i].p = q
			out = append(out, family[i])
		}
	}
	return out
}

// best keeps one rhythm of each workload: the first family that found one, and
// of that the least likely.
func best(found []rhythm) []rhythm {
	var out []rhythm
	for _, r := range found {
		i := slices.IndexFunc(out, func(o rhythm) bool { return o.stream.Of == r.stream.Of })
		switch {
		case i < 0:
			out = append(out, r)
		case out[i].test == r.test && r.p < out[i].p:
			out[i] = r
		}
	}
	return out
}

const (
	leastGaps = 4
	evenness  = 0.15
	byChance  = 0.001
)

// evenGaps looks for gaps of one length, coarsely and finely.
func evenGaps(pass *detect.Pass, s *symptom.Stream, watched []cluster.Span) rhythm {
	out := rhythm{stream: s, test: "regular gaps", p: 1}
	for _, gap := range []time.Duration{coarse, fine} {
		episodes := within(s.Episodes(gap), watched)
		if len(episodes) <= leastGaps {
			continue
		}
		times := moments(episodes)
		cv, p := stats.EvenGaps(times)
		period := time.Duration((times[len(times)-1] - times[0]) / float64(len(times)-1) * float64(time.Second)).Round(time.Second)
		if p > byChance || cv > evenness || 2*p >= out.p || (gap == fine && period >= time.Hour) || keepsTime(pass, s, period, episodes) {
			continue
		}
		out.p, out.period, out.count, out.of, out.episodes = 2*p, period, len(episodes), len(episodes), episodes
		out.phase = phaseOf(episodes[len(episodes)-1].From, period)
		out.own = ownRhythm(period, episodes)
	}
	return out
}

// moments are when episodes began, in seconds of 1970.
func moments(episodes []symptom.Episode) []float64 {
	out := make([]float64, len(episodes))
	for i, e := range episodes {
		out[i] = float64(e.From.Unix()) - e.Within.Seconds()/2
	}
	return out
}

// phaseOf a moment in a period that is counted from midnight UTC of 1970.
func phaseOf(t time.Time, period time.Duration) time.Duration {
	return time.Duration(t.Unix()%max(int64(period/time.Second), 1)) * time.Second
}

// rounds are the periods that incidents are folded on: those that people and
// tools set. The day is left to time-of-day.
var rounds = []time.Duration{10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour, 7 * 24 * time.Hour}

const (
	leastCycles = 4
	arc         = 0.1 // of the period
)

// folded looks for incidents that keep to a tenth of a round period, though
// some beats are missing.
func folded(pass *detect.Pass, s *symptom.Stream, watched []cluster.Span) rhythm {
	out := rhythm{stream: s, test: "fold", p: 1}
	span := watched[len(watched)-1].To.Sub(watched[0].From)
	for _, period := range rounds {
		gap := coarse
		if period < time.Hour {
			gap = fine
		}
		episodes := within(s.Episodes(gap), watched)
		if len(episodes) < leastCycles || span < 3*period || keepsTime(pass, s, period, episodes) {
			continue
		}
		cover := coverOf(watched, period)
		phases, order := phasesOf(episodes, cover)
		peak := stats.CircularScan(phases, cover, []float64{arc * period.Seconds()})
		p := peak.P * float64(len(rounds))
		if p > certain || p > 10*out.p || peak.Count < max(leastCycles, out.count) {
			continue // what keeps to a period keeps to its parts: the longest that holds as many is it
		}
		var members []symptom.Episode
		for i := range peak.Count {
			members = append(members, episodes[order[(peak.First+i)%len(order)]])
		}
		if cycles(members, period) < leastCycles || peak.Count*2 < len(episodes) {
			continue
		}
		out.p, out.period, out.count, out.of, out.episodes = p, period, peak.Count, len(episodes), episodes
		out.phase = time.Duration(phases[peak.First] * float64(time.Second)).Round(time.Second)
	}
	return out
}

// coverOf folds the watched periods on one, counted from midnight UTC of 1970.
func coverOf(watched []cluster.Span, period time.Duration) *stats.Cover {
	var intervals []stats.Interval
	for _, w := range watched {
		intervals = append(intervals, stats.Interval{From: float64(w.From.Unix()), To: float64(w.To.Unix())})
	}
	return stats.NewCover(intervals, period.Seconds())
}

// phasesOf are the phases of episodes, sorted, and which is whose.
func phasesOf(episodes []symptom.Episode, cover *stats.Cover) (phases []float64, order []int) {
	all := moments(episodes)
	for i := range all {
		all[i] = cover.Phase(all[i])
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case all[a] < all[b]:
			return -1
		case all[a] > all[b]:
			return 1
		}
		return 0
	})
	for _, i := range order {
		phases = append(phases, all[i])
	}
	return phases, order
}

// cycles counts the rounds of a period that hold an episode.
func cycles(members []symptom.Episode, period time.Duration) int {
	seen := map[int64]bool{}
	for _, e := range members {
		seen[(e.From.Unix()-members[0].From.Unix()+int64(period.Seconds())/2+1e6*int64(period.Seconds()))/int64(period.Seconds())] = true
	}
	return len(seen)
}
