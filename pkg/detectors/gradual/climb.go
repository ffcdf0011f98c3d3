package gradual

import (
	"math"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// climb is one measure of one workload's container, or of one filesystem, that
// rises to its limit.
type climb struct {
	metric    cluster.Metric
	of        cluster.Ref // the workload; the claim or node of a filesystem
	container string
	newest    life
	trend     stats.Trend
	lives     int // that rise at a similar pace
	p         float64
}

// life is one run of a container as it was measured, or all of a filesystem.
type life struct {
	series *cluster.Series
	points []cluster.Point
	trend  stats.Trend
	rises  bool
}

const (
	mostSamples = 24 // of one life: more would only be more alike
	drop        = 0.4
	fresh       = 0.1 // of its length may have passed since the last sample
	similar     = 2   // times another's pace
)

// climbs are what rises to a limit in time.
func climbs(pass *detect.Pass) []detect.Pattern {
	var tested []climb
	var ps []float64
	for _, group := range grouped(pass.Past.Series) {
		if c, ok := newest(pass, group); ok {
			tested, ps = append(tested, c), append(ps, c.p)
		}
	}
	var out []detect.Pattern
	for i, q := range stats.FalseDiscovery(ps) {
		c := &tested[i]
		c.p = q
		if q <= certain && c.newest.rises && c.inTime(pass.At) {
			out = append(out, c.pattern(pass))
		}
	}
	return out
}

// grouped are the series of one workload's container, those of its pods
// together, in order.
func grouped(all []cluster.Series) [][]*cluster.Series {
	at := map[seriesKey]int{}
	var out [][]*cluster.Series
	for i := range all {
		s := &all[i]
		if s.Limit <= 0 || (s.Metric != cluster.WorkingSet && s.Metric != cluster.Used) {
			continue
		}
		key := keyOf(s)
		n, ok := at[key]
		if !ok {
			n = len(out)
			at[key] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], s)
	}
	return out
}

type seriesKey struct {
	metric    cluster.Metric
	of        cluster.Ref
	container string
}

func keyOf(s *cluster.Series) seriesKey {
	if s.Metric == cluster.WorkingSet && !s.Workload.IsZero() {
		return seriesKey{s.Metric, s.Workload.Key(), s.Container}
	}
	return seriesKey{s.Metric, s.Of.Key(), s.Container}
}

// newest is the life of a group that goes on, with how many others rise like
// it. Of several that go on it is the one that is nearest to its limit.
func newest(pass *detect.Pass, group []*cluster.Series) (climb, bool) {
	var lives []life
	for _, s := range group {
		lives = append(lives, livesOf(s)...)
	}
	key := keyOf(group[0])
	c := climb{metric: key.metric, of: key.of, container: key.container, p: 1}
	found := false
	for _, l := range lives {
		if !goesOn(&l, pass.At) || (found && l.fill() <= c.newest.fill()) {
			continue
		}
		c.newest, c.trend, c.p, found = l, l.trend, l.trend.P, true
	}
	if !found || !c.newest.rises {
		return c, found
	}
	for _, l := range lives {
		if ratio := l.trend.Slope / c.trend.Slope; l.rises && ratio >= 1./similar && ratio <= similar {
			c.lives++
		}
	}
	return c, true
}

// livesOf cuts a series where the value falls by much: the container was
// started anew.
func livesOf(s *cluster.Series) []life {
	var out []life
	from := 0
	for i := 1; i <= len(s.Points); i++ {
		if i < len(s.Points) && s.Points[i].Value >= (1-drop)*s.Points[i-1].Value {
			continue
		}
		l := life{series: s, points: s.Points[from:i]}
		if len(l.points) >= fewest {
			l.trend, l.rises = rises(thinned(l.points))
			out = append(out, l)
		}
		from = i
	}
	return out
}

// thinned are the medians of as many parts of the points as are tested, by
// seconds.
func thinned(points []cluster.Point) (times, values []float64) {
	parts := min(len(points), mostSamples)
	for i := range parts {
		part := points[i*len(points)/parts : (i+1)*len(points)/parts]
		sorted := make([]float64, len(part))
		for j, p := range part {
			sorted[j] = p.Value
		}
		slices.Sort(sorted)
		values = append(values, sorted[len(sorted)/2])
		times = append(times, float64(part[len(part)/2].Time.Unix()))
	}
	for i := 1; i < len(times); i++ { // two samples of one second have no slope
		times[i] = max(times[i], times[i-1]+1)
	}
	return times, values
}

func (l *life) last() cluster.Point   { return l.points[len(l.points)-1] }
func (l *life) length() time.Duration { return l.last().Time.Sub(l.points[0].Time) }
func (l *life) fill() float64         { return l.last().Value / l.series.Limit }

// goesOn reports whether a life was measured until lately.
func goesOn(l *life, at time.Time) bool {
	return at.Sub(l.last().Time) <= max(time.Duration(fresh*float64(l.length())), 10*time.Minute)
}

// reaches is when the limit is reached at this pace.
func (c *climb) reaches() time.Time {
	left := (c.newest.series.Limit - c.newest.last().Value) / c.trend.Slope
	return c.newest.last().Time.Add(time.Duration(max(0, left) * float64(time.Second)))
}

// inTime reports whether the limit is reached within as long as the rise was
// watched: further on nothing is known.
func (c *climb) inTime(at time.Time) bool {
	left := (c.newest.series.Limit - c.newest.last().Value) / c.trend.Slope
	return left <= c.newest.length().Seconds() && !math.IsInf(left, 0) && c.reaches().After(at.Add(-time.Hour))
}
