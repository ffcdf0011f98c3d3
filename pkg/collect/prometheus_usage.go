package collect

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// recent is the time that counts as the present: long enough for several
// scrapes.
const recent = 10 * time.Minute

// throttledNow reads how much containers are throttled at present, unless the
// kubelets themselves were asked, who know it better.
func (r *promReading) throttledNow(ctx context.Context) error {
	if r.s.Read(cluster.Metrics) {
		return nil
	}
	found, err := r.most(ctx, "containers that are throttled", seriesLimit, fmt.Sprintf("%s > %g", r.throttledShare(recent), highThrottling))
	if err != nil {
		return err
	}
	counted := map[thing]*cluster.Usage{}
	var order []thing
	var pods []string
	for _, s := range found {
		t := r.thing(r.usage, s.metric)
		if p := r.s.Pod(t.namespace, t.name); p != nil {
			counted[t] = &cluster.Usage{Pod: p.Key(), Container: t.container, Node: p.Node, At: r.to, Since: r.to.Add(-recent), CPU: -1, WorkingSet: -1, CPUWait: -1, MemoryWait: -1}
			order = append(order, t)
			pods = append(pods, t.name)
		}
	}
	for _, names := range chunks(pods) {
		for metric, count := range map[string]func(*cluster.Usage) *int64{
			periodsMetric:   func(u *cluster.Usage) *int64 { return &u.Periods },
			throttledMetric: func(u *cluster.Usage) *int64 { return &u.Throttled },
		} {
			increase, err := r.instant(ctx, fmt.Sprintf("max %s (increase(%s[%s]))", r.usage.by("namespace", "pod", "container"),
				r.selector(metric, r.usage.is("pod", names...), r.inScope(r.usage), r.ofContainers()), inSeconds(recent)))
			if err != nil {
				return err
			}
			for _, s := range increase {
				if u := counted[r.thing(r.usage, s.metric)]; u != nil && s.value >= 0 && s.value < maxValue {
					*count(u) = int64(math.Round(s.value))
				}
			}
		}
	}
	r.measured(order, counted)
	return nil
}

func (r *promReading) measured(order []thing, counted map[thing]*cluster.Usage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range order {
		r.usages = append(r.usages, *counted[t])
	}
	r.sources = append(r.sources, cluster.Source{Resource: cluster.Metrics, Objects: len(order), From: r.p.from})
}

// ofContainers leaves out what cAdvisor measures of whole pods.
func (r *promReading) ofContainers() string {
	return matcher(r.usage.real("container"), "!=", "")
}

// throttledShare is the share of the CPU periods of a time in which containers
// had to wait.
func (r *promReading) throttledShare(window time.Duration, matchers ...string) string {
	matchers = append(matchers, r.inScope(r.usage), r.ofContainers())
	group := r.usage.by("namespace", "pod", "container")
	return fmt.Sprintf("max %s (rate(%s[%s])) / (max %s (rate(%s[%s])) > 0)",
		group, r.selector(throttledMetric, matchers...), inSeconds(window), group, r.selector(periodsMetric, matchers...), inSeconds(window))
}
