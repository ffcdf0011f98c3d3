package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// nodeConditions reads when conditions of nodes turned.
func (r *promReading) nodeConditions(ctx context.Context) error {
	group, all := r.state.by("node", "condition", "status"), r.over(r.selector(nodeConditionMetric))
	found, err := r.instant(ctx, fmt.Sprintf("max %s (max_over_time(%s)) > min %s (min_over_time(%s))", group, all, group, all))
	if err != nil {
		return err
	}
	var nodes []string
	for _, s := range found {
		nodes = append(nodes, r.state.of(s.metric, "node"))
	}
	for _, names := range chunks(nodes) {
		moved, err := r.steps(ctx, r.changed(group, r.selector(nodeConditionMetric, r.state.is("node", names...))), r.step)
		if err != nil {
			return err
		}
		for _, s := range moved {
			if s.value == 1 { // there is a series for each status; this one became true
				r.turn(s.at, cluster.Turn{Object: cluster.Ref{Kind: "Node", Name: r.state.of(s.metric, "node")},
					Condition: cluster.Condition{Type: r.state.of(s.metric, "condition"), Status: statusOf(r.state.of(s.metric, "status"))}})
			}
		}
	}
	return nil
}

// statusOf is a status as the API writes it.
func statusOf(label string) string {
	switch label {
	case "true":
		return "True"
	case "false":
		return "False"
	}
	return "Unknown"
}

// turn keeps a turn that showed at a step, if its time is known.
func (r *promReading) turn(at time.Time, t cluster.Turn) {
	within, dated := r.seen.within(at, r.step)
	if !dated {
		return
	}
	t.Transition, t.Within = at, t.Within+within
	r.add(func(p *cluster.Past) { p.Turns = append(p.Turns, t) })
}

// ordinaryWaits are no trouble, or are told better by the ends that lead to
// them.
const ordinaryWaits = "ContainerCreating|PodInitializing|CrashLoopBackOff"

// waiting reads when containers could not be started, and when that was over.
func (r *promReading) waiting(ctx context.Context) error {
	troubled := []string{r.inScope(r.state), matcher(r.state.real("reason"), "!~", ordinaryWaits)}
	found, err := r.most(ctx, "containers that waited", waitedLimit,
		fmt.Sprintf("max %s (max_over_time(%s)) == 1", r.state.by(containerLabels...), r.over(r.selector(waitingMetric, troubled...))))
	if err != nil {
		return err
	}
	var pods []string
	for _, s := range found {
		pods = append(pods, r.state.of(s.metric, "pod"))
	}
	for _, names := range chunks(pods) {
		if err := r.waitsOf(ctx, append(troubled[:2:2], r.state.is("pod", names...))); err != nil {
			return err
		}
	}
	return nil
}

// waitsOf reads the waits of some pods. Reasons alternate (ErrImagePull and
// ImagePullBackOff) while the wait goes on: the one that it began with is told.
func (r *promReading) waitsOf(ctx context.Context, these []string) error {
	selector := r.selector(waitingMetric, these...)
	whole, byReason := r.state.by(containerLabels...), r.state.by(append(containerLabels[:4:4], "reason")...)
	start := fmt.Sprintf("(max %s (%s) == 1) and on (%s) (%s)", byReason, selector, r.state.labels(containerLabels...), r.began(whole, selector))
	for _, turned := range []struct {
		query, status string
		late          time.Duration // how long a series may show that is over
	}{{start, "True", 0}, {r.ceased(whole, selector), "False", lookback}} {
		found, err := r.steps(ctx, turned.query, r.step)
		if err != nil {
			return err
		}
		for _, s := range found {
			t := r.thing(r.state, s.metric)
			if !r.asks(t.namespace) || !r.seen.has(s.at, r.step) {
				continue
			}
			r.turn(s.at, cluster.Turn{Object: t.pod(), Container: t.container, Within: turned.late,
				Condition: cluster.Condition{Type: cluster.ContainerWaiting, Status: turned.status, Reason: r.state.of(s.metric, "reason")}})
		}
	}
	return nil
}

// evictions reads when pods were evicted. Why is not told.
func (r *promReading) evictions(ctx context.Context) error {
	labels, evicted := []string{"namespace", "pod", "uid"}, []string{r.inScope(r.state), matcher(r.state.real("reason"), "=", "Evicted")}
	found, err := r.most(ctx, "evicted pods", evictedLimit,
		fmt.Sprintf("max %s (max_over_time(%s)) == 1", r.state.by(labels...), r.over(r.selector(podReasonMetric, evicted...))))
	if err != nil {
		return err
	}
	var pods []string
	for _, s := range found {
		pods = append(pods, r.state.of(s.metric, "pod"))
	}
	for _, names := range chunks(pods) {
		these := r.selector(podReasonMetric, append(evicted[:2:2], r.state.is("pod", names...))...)
		first, err := r.instant(ctx, r.firstTime(r.state.by(labels...), these))
		if err != nil {
			return err
		}
		for _, s := range first {
			r.evicted(r.thing(r.state, s.metric), time.Unix(int64(s.value), 0).UTC())
		}
	}
	return nil
}

func (r *promReading) evicted(t thing, at time.Time) {
	within, dated := r.seen.within(at, r.step)
	if !dated || !r.asks(t.namespace) {
		return
	}
	event := cluster.Event{Object: t.pod(), Warning: true, Reason: "Evicted", Component: "kubelet", First: at.Add(-within), Last: at, Count: 1}
	r.add(func(p *cluster.Past) { p.Events = append(p.Events, event) })
}

// failedJobs reads when Jobs failed for good, and for which reason.
func (r *promReading) failedJobs(ctx context.Context) error {
	group := r.state.by("namespace", "job_name")
	found, err := r.most(ctx, "failed jobs", jobsLimit,
		r.firstTime(group, r.selector(jobFailedMetric, r.inScope(r.state), matcher("condition", "=", "true"))))
	if err != nil || len(found) == 0 {
		return err
	}
	reasons, err := r.jobReasons(ctx)
	if err != nil {
		r.gap("reasons of failed jobs", err)
	}
	for _, s := range found {
		if ref := r.job(s); r.asks(ref.Namespace) {
			r.turn(time.Unix(int64(s.value), 0).UTC(), cluster.Turn{Object: ref,
				Condition: cluster.Condition{Type: "Failed", Status: "True", Reason: reasons[ref]}})
		}
	}
	return nil
}

func (r *promReading) job(s sampled) cluster.Ref {
	return cluster.Ref{Kind: "Job", Namespace: r.state.of(s.metric, "namespace"), Name: r.state.of(s.metric, "job_name")}
}

func (r *promReading) jobReasons(ctx context.Context) (map[cluster.Ref]string, error) {
	if !r.has[jobReasonMetric] {
		return nil, nil
	}
	found, err := r.instant(ctx, fmt.Sprintf("max %s (max_over_time(%s)) > 0", r.state.by("namespace", "job_name", "reason"),
		r.over(r.selector(jobReasonMetric, r.inScope(r.state), matcher(r.state.real("reason"), "!=", "")))))
	out := map[cluster.Ref]string{}
	for _, s := range found {
		out[r.job(s)] = r.state.of(s.metric, "reason")
	}
	return out, err
}

// completedJobs reads when Jobs succeeded: the metric tells the very time.
func (r *promReading) completedJobs(ctx context.Context) error {
	found, err := r.most(ctx, "completed jobs", jobsLimit,
		fmt.Sprintf("max %s (max_over_time(%s)) >= %d", r.state.by("namespace", "job_name"), r.over(r.selector(jobCompletionMetric, r.inScope(r.state))), r.from.Unix()))
	for _, s := range found {
		ref, at := r.job(s), time.Unix(int64(s.value), 0).UTC()
		if !r.asks(ref.Namespace) || at.After(r.to) {
			continue
		}
		turn := cluster.Turn{Object: ref, Condition: cluster.Condition{Type: "Complete", Status: "True", Transition: at}}
		r.add(func(p *cluster.Past) { p.Turns = append(p.Turns, turn) })
	}
	return err
}
