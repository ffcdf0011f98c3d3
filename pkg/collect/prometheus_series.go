package collect

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// pointsOfSeries is about how many points a series has: enough for a trend.
const pointsOfSeries = 500

// seriesStep is how far the points of a series lie apart.
func (r *promReading) seriesStep() time.Duration {
	return max(r.step, (r.to.Sub(r.from) / pointsOfSeries).Truncate(r.step))
}

// High enough to be asked about: a share of the periods in which a container
// had to wait, in some hour; a share of a container's memory limit; a share of
// a volume.
const (
	highThrottling = 0.25
	highMemory     = 0.8
	highVolume     = 0.7
)

// throttling reads the share of CPU periods in which containers had to wait,
// of those for which it was high in some hour.
func (r *promReading) throttling(ctx context.Context) error {
	found, err := r.most(ctx, "throttled containers", seriesLimit, fmt.Sprintf("max_over_time((%s)[%s:%s]) > %g",
		r.throttledShare(time.Hour), inSeconds(r.to.Sub(r.from)), inSeconds(time.Hour), highThrottling))
	if err != nil {
		return err
	}
	return r.containerSeries(ctx, cluster.Throttled, r.things(found), func(pods string) string {
		return r.throttledShare(max(r.seriesStep(), lookback), pods)
	})
}

// things are the containers that an answer is of.
func (r *promReading) things(found []sampled) []thing {
	out := make([]thing, len(found))
	for i, s := range found {
		out[i] = r.thing(r.usage, s.metric)
	}
	return out
}

// memory reads the working set of containers that came near their limit or
// were killed for it, with the limit.
func (r *promReading) memory(ctx context.Context) error {
	set := func(matchers ...string) string {
		return r.selector(workingSetMetric, append(matchers, r.inScope(r.usage), matcher(r.usage.real("container"), "!~", "POD|"))...)
	}
	group := r.usage.by("namespace", "pod", "container")
	wanted := r.killed()
	if r.has[limitMetric] {
		near, err := r.most(ctx, "containers near their memory limit", seriesLimit,
			r.nearLimit(fmt.Sprintf("max %s (max_over_time(%s))", group, r.over(set()))))
		if err != nil {
			r.gap("containers near their memory limit", err)
		}
		for _, s := range near { // the answer has the plain labels
			wanted = append(wanted, r.thing(naming{}, s.metric))
		}
	}
	return r.containerSeries(ctx, cluster.WorkingSet, wanted, func(pods string) string {
		return fmt.Sprintf("max %s (%s)", group, set(pods))
	})
}

// killed are the containers that were killed for want of memory, the latest
// first.
func (r *promReading) killed() []thing {
	seen := map[thing]bool{}
	var out []thing
	for i := len(r.past.Ends) - 1; i >= 0 && len(out) < seriesLimit; i-- {
		e := &r.past.Ends[i]
		t := thing{namespace: e.Pod.Namespace, name: e.Pod.Name, container: e.Container}
		if e.State.Reason == "OOMKilled" && !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

// containerSeries reads one measure of some containers over time.
func (r *promReading) containerSeries(ctx context.Context, metric cluster.Metric, wanted []thing, query func(pods string) string) error {
	asked := map[thing]bool{}
	var pods []string
	for _, t := range wanted {
		if r.asks(t.namespace) {
			asked[t] = true
			pods = append(pods, t.name)
		}
	}
	for _, names := range chunks(pods) {
		found, err := r.steps(ctx, query(r.usage.is("pod", names...)), r.seriesStep())
		if err != nil {
			return err
		}
		limits := map[thing]float64{}
		if metric == cluster.WorkingSet && r.has[limitMetric] {
			if limits, err = r.limits(ctx, names); err != nil {
				r.gap("memory limits", err)
			}
		}
		r.keepSeries(metric, found, asked, limits)
	}
	return nil
}

// keepSeries makes series of the samples of an answer.
func (r *promReading) keepSeries(metric cluster.Metric, found []sampled, asked map[thing]bool, limits map[thing]float64) {
	points := map[thing][]cluster.Point{}
	var order []thing
	for _, s := range found {
		t := r.thing(r.usage, s.metric)
		if !asked[t] || math.IsNaN(s.value) {
			continue
		}
		if points[t] == nil {
			order = append(order, t)
		}
		points[t] = append(points[t], cluster.Point{Time: s.at, Value: s.value})
	}
	for _, t := range order {
		series := cluster.Series{Metric: metric, Of: t.pod(), Container: t.container, Limit: limits[t], Points: points[t]}
		r.add(func(p *cluster.Past) { p.Series = append(p.Series, series) })
	}
}

// nearLimit is what a container used at most, of those for which it was a high
// share of the limit. The two metrics come from different targets, so that
// their labels are made the same first.
func (r *promReading) nearLimit(used string) string {
	limits := r.selector(limitMetric, r.inScope(r.state), matcher("resource", "=", "memory"))
	limit := fmt.Sprintf("max %s (max_over_time(%s)) > 0", r.state.by("namespace", "pod", "container"), r.over(limits))
	return fmt.Sprintf("%s / on (namespace, pod, container) (%s) > %g", plainly(r.usage, used), plainly(r.state, limit), highMemory)
}

// plainly gives a result the plain names of labels.
func plainly(n naming, query string) string {
	for _, label := range []string{"namespace", "pod", "container"} {
		if real := n.real(label); real != label {
			query = fmt.Sprintf("label_replace(%s, %q, \"$1\", %q, \"(.+)\")", query, label, real)
		}
	}
	return "max by (namespace, pod, container) (" + query + ")"
}

// limits are the memory limits of some pods' containers, the last of each.
func (r *promReading) limits(ctx context.Context, pods []string) (map[thing]float64, error) {
	selector := r.selector(limitMetric, r.inScope(r.state), matcher("resource", "=", "memory"), r.state.is("pod", pods...))
	found, err := r.instant(ctx, fmt.Sprintf("max %s (last_over_time(%s))", r.state.by("namespace", "pod", "container"), r.over(selector)))
	out := map[thing]float64{}
	for _, s := range found {
		out[r.thing(r.state, s.metric)] = s.value
	}
	return out, err
}

// volumes reads how full claims were, of those that came near their size.
func (r *promReading) volumes(ctx context.Context) error {
	group := r.usage.by("namespace", "persistentvolumeclaim")
	left := func(of func(string) string, matchers ...string) string {
		matchers = append(matchers, r.inScope(r.usage))
		return fmt.Sprintf("1 - min %s (%s) / max %s (%s)", group, of(r.selector(volumeLeftMetric, matchers...)), group, of(r.selector(volumeSizeMetric, matchers...)))
	}
	fullest := left(func(selector string) string { return "min_over_time(" + r.over(selector) + ")" })
	found, err := r.most(ctx, "volumes that are filling up", seriesLimit, "("+fullest+fmt.Sprintf(") > %g", highVolume))
	if err != nil {
		return err
	}
	var claims []string
	for _, s := range found {
		claims = append(claims, r.usage.of(s.metric, "persistentvolumeclaim"))
	}
	for _, names := range chunks(claims) {
		share, err := r.steps(ctx, left(func(selector string) string { return selector }, r.usage.is("persistentvolumeclaim", names...)), r.seriesStep())
		if err != nil {
			return err
		}
		r.keepVolumes(share)
	}
	return nil
}

func (r *promReading) keepVolumes(found []sampled) {
	points := map[cluster.Ref][]cluster.Point{}
	var order []cluster.Ref
	for _, s := range found {
		claim := cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: r.usage.of(s.metric, "namespace"), Name: r.usage.of(s.metric, "persistentvolumeclaim")}
		if !r.asks(claim.Namespace) || math.IsNaN(s.value) {
			continue
		}
		if points[claim] == nil {
			order = append(order, claim)
		}
		points[claim] = append(points[claim], cluster.Point{Time: s.at, Value: s.value})
	}
	for _, claim := range order {
		series := cluster.Series{Metric: cluster.Used, Of: claim, Limit: 1, Points: points[claim]}
		r.add(func(p *cluster.Past) { p.Series = append(p.Series, series) })
	}
}
