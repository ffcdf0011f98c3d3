package gradual

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

// quickening is failures of a workload that come ever faster.
type quickening struct {
	streams []*symptom.Stream
	trend   stats.Trend
	times   []float64 // seconds of 1970
	values  []float64
	of      string // what the values are
	gaps    bool   // between OOM kills, which shrink, instead of counts, which grow
	p       float64
}

// faster are the workloads whose containers end more and more often.
func faster(pass *detect.Pass, watched []cluster.Span) []detect.Pattern {
	var tested []quickening
	var ps []float64
	try := func(q quickening, ok bool) {
		if len(q.values) < fewest {
			return
		}
		if q.p = 1; ok {
			q.p = q.trend.P
		}
		tested, ps = append(tested, q), append(ps, q.p)
	}
	for _, group := range detect.ByWorkload(pass.Streams()) {
		try(counts(ofContainers(group), watched))
		for _, s := range group {
			if s.Kind == symptom.OOM {
				try(shrinking(s))
			}
		}
	}
	var out []detect.Pattern
	told := map[cluster.Ref]bool{}
	for i, q := range stats.FalseDiscovery(ps) {
		t := &tested[i]
		if t.p = q; q <= certain && !told[t.streams[0].Of] {
			told[t.streams[0].Of] = true
			out = append(out, t.pattern(pass, watched))
		}
	}
	return out
}

// ofContainers are the streams that ends of containers make.
func ofContainers(group []*symptom.Stream) []*symptom.Stream {
	return slices.DeleteFunc(slices.Clone(group), func(s *symptom.Stream) bool {
		return s.Newest.Container == "" || s.Kind == symptom.ImagePull || s.Kind == symptom.Probe || s.Kind == symptom.CrashLoop
	})
}

const (
	parts   = 8  // that the time is cut into; a day each where there are more
	enough  = 12 // ends
	doubled = 2
)

// counts are the ends in equal parts of what was watched, as a rate where a
// part was watched for less.
func counts(streams []*symptom.Stream, watched []cluster.Span) (quickening, bool) {
	q := quickening{streams: streams, of: "restarts"}
	total := 0
	for _, s := range streams {
		total += s.Told()
	}
	if total < enough {
		return q, false
	}
	from, to := watched[0].From, watched[len(watched)-1].To
	n := max(parts, min(mostSamples, int(to.Sub(from)/(24*time.Hour))))
	part := to.Sub(from) / time.Duration(n)
	ends := symptom.Together(streams, 0)
	for i := range n {
		span := cluster.Span{From: from.Add(time.Duration(i) * part), To: from.Add(time.Duration(i+1) * part)}
		seen := watchedIn(watched, span)
		if seen < part/2 {
			continue
		}
		k := 0
		for _, e := range ends {
			if span.Holds(e.From) {
				k += e.Count
			}
		}
		q.times = append(q.times, float64(span.From.Add(part/2).Unix()))
		q.values = append(q.values, float64(k)/seen.Hours())
	}
	return q.judged(func() bool { return grew(q.values) })
}

func watchedIn(watched []cluster.Span, in cluster.Span) time.Duration {
	var out time.Duration
	for _, w := range watched {
		from, to := w.From, w.To
		if from.Before(in.From) {
			from = in.From
		}
		if to.After(in.To) {
			to = in.To
		}
		out += max(0, to.Sub(from))
	}
	return out
}

// judged tests what was gathered; big says whether the growth is worth a word.
func (q quickening) judged(big func() bool) (quickening, bool) {
	if len(q.values) < fewest {
		return q, false
	}
	ok := false
	q.trend, ok = rises(q.times, q.values)
	return q, ok && big()
}

// grew reports whether the second half is at least twice the first.
func grew(values []float64) bool {
	half := len(values) / 2
	a, b := 0.0, 0.0
	for i := range half {
		a, b = a+values[i], b+values[len(values)-1-i]
	}
	return b >= doubled*a
}

// shrinking are the gaps between the OOM kills of one workload, with their
// sign turned: what grows is how soon the next one comes.
func shrinking(s *symptom.Stream) (quickening, bool) {
	q := quickening{streams: []*symptom.Stream{s}, of: "OOM kills", gaps: true}
	kills := s.Episodes(time.Second)
	for i := 1; i < len(kills); i++ {
		q.times = append(q.times, float64(kills[i].From.Unix()))
		q.values = append(q.values, -kills[i].From.Sub(kills[i-1].From).Hours())
	}
	return q.judged(func() bool { return q.values[0] <= doubled*q.values[len(q.values)-1] })
}

func (q *quickening) pattern(pass *detect.Pass, watched []cluster.Span) detect.Pattern {
	of := q.streams[0].Of
	how := fmt.Sprintf("from %.2g to %.2g an hour", q.values[0], q.values[len(q.values)-1])
	if q.gaps {
		how = fmt.Sprintf("%s apart at first, %s at last", span(-q.values[0]), span(-q.values[len(q.values)-1]))
	}
	return detect.Pattern{
		Cause: "growth", Key: q.of + " " + of.String(), Tier: detect.Suggestive, Symptoms: pass.Affected(q.streams), Timing: q.timing(watched),
		Title: fmt.Sprintf("%s of %s come more and more often: %s, in %s", capital(q.of), of.Path(), how, detect.Span(q.lasts())),
		Probable: detect.Cause{Confidence: detect.Low, Text: "Something builds up from one failure to the next: load, data, or what other programs leave behind.",
			Why: fmt.Sprintf("%s rise, %d of %d pairs against it; with all that was tried the chance of that in values without order is %s (Mann-Kendall)",
				detect.Count(q.trend.Samples, "value"), q.trend.Discordant, q.trend.Pairs(), detect.Chance(q.p))},
		Investigation: []detect.Command{{Why: "its pods and their restarts", Command: detect.Kubectl("get", "pods", "-n", cmp.Or(of.Namespace, "default"), "-o", "wide")}},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon,
			Text: fmt.Sprintf("Find out what grows with time in %s before its failures follow one another without a break.", of.Path())}},
	}
}

func span(hours float64) string { return detect.Span(time.Duration(hours * float64(time.Hour))) }

func (q *quickening) lasts() time.Duration {
	return time.Duration(q.times[len(q.times)-1]-q.times[0]) * time.Second
}

func (q *quickening) timing(watched []cluster.Span) *detect.Timing {
	unit, sign := q.of+" an hour", 1.
	if q.gaps {
		unit, sign = "hours between "+q.of, -1
	}
	last := len(q.values) - 1
	t := &detect.Timing{Test: "Mann-Kendall", From: watched[0].From, To: watched[len(watched)-1].To, Watched: detect.TotalOf(watched), Count: q.trend.Samples, Of: q.trend.Samples, Units: 1, P: q.p,
		Rise: &detect.Rise{Unit: unit, First: sign * q.values[0], Last: sign * q.values[last], PerHour: sign * q.trend.Slope * 3600, Low: sign * q.trend.Low * 3600, High: sign * q.trend.High * 3600,
			Lives: 1, Samples: q.trend.Samples, Pairs: q.trend.Pairs(), Against: q.trend.Discordant}}
	if q.gaps {
		t.Rise.Low, t.Rise.High = t.Rise.High, t.Rise.Low
	}
	t.Bucket = q.lasts() / time.Duration(max(1, last))
	for i, at := range q.times {
		t.Buckets = append(t.Buckets, detect.Bucket{From: time.Unix(int64(at), 0).UTC(), Value: sign * q.values[i]})
	}
	return t
}

func capital(text string) string {
	if text[0] >= 'a' && text[0] <= 'z' {
		return string(text[0]-'a'+'A') + text[1:]
	}
	return text
}
