package collect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// The metrics that are read: of kube-state-metrics (its docs/metrics), of
// cAdvisor and of the kubelet's volumes.
const (
	nodeInfoMetric      = "kube_node_info"
	nodeConditionMetric = "kube_node_status_condition"
	podInfoMetric       = "kube_pod_info"
	podOwnerMetric      = "kube_pod_owner"
	podReasonMetric     = "kube_pod_status_reason"
	replicaSetMetric    = "kube_replicaset_owner"
	containerInfoMetric = "kube_pod_container_info"
	limitMetric         = "kube_pod_container_resource_limits"
	restartsMetric      = "kube_pod_container_status_restarts_total"
	reasonMetric        = "kube_pod_container_status_last_terminated_reason"
	exitCodeMetric      = "kube_pod_container_status_last_terminated_exitcode"
	endTimeMetric       = "kube_pod_container_status_last_terminated_timestamp"
	waitingMetric       = "kube_pod_container_status_waiting_reason"
	jobFailedMetric     = "kube_job_failed"
	jobReasonMetric     = "kube_job_status_failed"
	jobCompletionMetric = "kube_job_status_completion_time"
	jobOwnerMetric      = "kube_job_owner"
	workingSetMetric    = "container_memory_working_set_bytes"
	throttledMetric     = "container_cpu_cfs_throttled_periods_total"
	periodsMetric       = "container_cpu_cfs_periods_total"
	volumeLeftMetric    = "kubelet_volume_stats_available_bytes"
	volumeSizeMetric    = "kubelet_volume_stats_capacity_bytes"
)

var (
	stateMetrics = []string{nodeInfoMetric, nodeConditionMetric, podInfoMetric, podOwnerMetric, podReasonMetric,
		replicaSetMetric, containerInfoMetric, limitMetric, restartsMetric, reasonMetric, exitCodeMetric, endTimeMetric,
		waitingMetric, jobFailedMetric, jobReasonMetric, jobCompletionMetric, jobOwnerMetric}
	usageMetrics = []string{workingSetMetric, throttledMetric, periodsMetric, volumeLeftMetric, volumeSizeMetric}
	// wantedMetrics are there in every cluster that is measured. The others are
	// missing too where there is nothing to tell: no Job, no container that
	// waits, no CPU limit, no volume.
	wantedMetrics = []string{nodeInfoMetric, nodeConditionMetric, podInfoMetric, podReasonMetric, restartsMetric, workingSetMetric}
)

// clusterLabels are what those who keep several clusters in one place tell
// them apart by.
var clusterLabels = []model.LabelName{"cluster", "cluster_name", "clusterName", "cluster_id", "k8s_cluster", "k8s_cluster_name",
	"kubernetes_cluster", "prometheus", "tenant", "tenant_id", "environment", "env", "region", "datacenter"}

// recognise makes sure that it is this cluster of which is told, and of this
// one alone: pods of two clusters may have the same name.
func (r *promReading) recognise(ctx context.Context) (remedy string, err error) {
	ours := r.nodesKnown()
	if !r.has[nodeInfoMetric] || len(ours) == 0 {
		return "", nil
	}
	found, err := r.instant(ctx, "max_over_time("+r.selector(nodeInfoMetric)+"[1h])")
	if err != nil {
		return "", err
	}
	var known, foreign []model.Metric
	for _, s := range found {
		if ours[r.state.of(s.metric, "node")] {
			known = append(known, s.metric)
		} else {
			foreign = append(foreign, s.metric)
		}
	}
	switch {
	case len(found) == 0: // nothing was told in this hour
		return "", nil
	case len(known) == 0:
		return "", fmt.Errorf("it knows %d nodes, none of which is of this cluster", len(found))
	}
	label, value, others := tellsApart(known, foreign)
	switch {
	case label != "":
		return fmt.Sprintf("--prometheus-label %s=%s chooses this cluster", label, value),
			fmt.Errorf("it holds several clusters (%s %s beside %s), and without a choice their pods could be taken for each other's",
				label, strings.Join(others, ", "), value)
	case r.s.Read(cluster.Nodes) && len(foreign) > len(known):
		return "", fmt.Errorf("it holds %d nodes that are not of this cluster, and no label that tells clusters apart", len(foreign))
	}
	return "", nil
}

// nodesKnown are the names of the cluster's nodes, as far as they were read.
func (r *promReading) nodesKnown() map[string]bool {
	out := map[string]bool{}
	for i := range r.s.Nodes {
		out[r.s.Nodes[i].Name] = true
	}
	for i := range r.s.Pods {
		if node := r.s.Pods[i].Node; node != "" {
			out[node] = true
		}
	}
	return out
}

// tellsApart is the label of which all known nodes have one value and some
// others another.
func tellsApart(known, foreign []model.Metric) (label model.LabelName, value string, others []string) {
	for _, label := range clusterLabels {
		ours, theirs := valuesOf(known, label), valuesOf(foreign, label)
		if len(ours) == 1 && len(theirs) > 0 && !slices.Contains(theirs, ours[0]) {
			return label, ours[0], theirs
		}
	}
	return "", "", nil
}

func valuesOf(metrics []model.Metric, label model.LabelName) []string {
	seen := map[string]bool{}
	for _, m := range metrics {
		seen[string(m[label])] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func asRefusal(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}

// presence are the steps in which kube-state-metrics was scraped, in order.
type presence []scraped

type scraped struct {
	at    time.Time
	times float64 // how often in the step
}

// presence asks when somebody looked, by a few things that were always there.
func (r *promReading) presence(ctx context.Context) (presence, error) {
	var always []string
	if r.has[nodeInfoMetric] {
		always = append(always, r.selector(nodeInfoMetric, r.oldest("node", r.oldNodes())))
	} else {
		always = append(always, r.selector(podInfoMetric, r.inScope(r.state), r.oldest("pod", r.oldPods())))
	}
	found, err := r.steps(ctx, fmt.Sprintf("max(count_over_time(%s[%s]))", strings.Join(always, " or "), inSeconds(r.step)), r.step)
	if err != nil {
		return nil, err
	}
	out := make(presence, len(found))
	for i, s := range found {
		out[i] = scraped{s.at, max(1, s.value)}
	}
	return out, nil
}

// oldest is a condition that takes a few of many names.
func (r *promReading) oldest(label string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return r.state.is(label, names[:min(5, len(names))]...)
}

func (r *promReading) oldNodes() []string {
	nodes := slices.Clone(r.s.Nodes)
	slices.SortStableFunc(nodes, func(a, b cluster.Node) int { return a.Created.Compare(b.Created) })
	out := make([]string, len(nodes))
	for i := range nodes {
		out[i] = nodes[i].Name
	}
	return out
}

func (r *promReading) oldPods() []string {
	var pods []*cluster.Pod
	for i := range r.s.Pods {
		pods = append(pods, &r.s.Pods[i])
	}
	slices.SortStableFunc(pods, func(a, b *cluster.Pod) int { return a.Created.Compare(b.Created) })
	out := make([]string, len(pods))
	for i, p := range pods {
		out[i] = p.Name
	}
	return out
}

// lookback is how long Prometheus takes a sample for the present one.
const lookback = 5 * time.Minute

// spans are the periods without a gap in which something could have been
// overlooked.
func (p presence) spans(step time.Duration) []cluster.Span {
	var out []cluster.Span
	for _, s := range p {
		if n := len(out); n > 0 && s.at.Sub(out[n-1].To) <= lookback {
			out[n-1].To = s.at
			continue
		}
		out = append(out, cluster.Span{From: s.at.Add(-step), To: s.at})
	}
	return out
}

// within is how much earlier than a step what shows in it may have been: since
// the scrape before. It is false where nobody had looked for long, so that
// what shows has no date.
func (p presence) within(at time.Time, step time.Duration) (time.Duration, bool) {
	i, _ := slices.BinarySearchFunc(p, at, func(s scraped, t time.Time) int { return s.at.Compare(t) })
	if i == 0 {
		return 0, false
	}
	before := p[i-1]
	apart := at.Sub(before.at)
	return apart + time.Duration(float64(step)/before.times).Truncate(time.Second), apart <= lookback
}

// unbroken reports whether nothing can have been overlooked between two times.
func (p presence) unbroken(from, to time.Time) bool {
	i, _ := slices.BinarySearchFunc(p, from, func(s scraped, t time.Time) int { return s.at.Compare(t) })
	if i == 0 && len(p) > 0 {
		from = p[0].at // before, nothing had been counted that could move
	}
	for last := from; i < len(p) && !last.After(to); i++ {
		if p[i].at.Sub(last) > lookback {
			return false
		}
		last = p[i].at
	}
	return true
}

// has reports whether somebody looked in a step: a thing that is missing from
// a step in which nobody did has not gone.
func (p presence) has(at time.Time, step time.Duration) bool {
	i, found := slices.BinarySearchFunc(p, at, func(s scraped, t time.Time) int { return s.at.Compare(t) })
	return found || (i > 0 && at.Sub(p[i-1].at) < step)
}
