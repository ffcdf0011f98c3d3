package collect

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Prometheus reads the past of a cluster from a Prometheus-compatible API:
// what kube-state-metrics and the kubelets' cAdvisor told of it. It asks a
// number of queries that does not grow with the cluster, each bounded in time
// and size; which things are asked about is decided by the server, so that
// what stood still is never sent.
type Prometheus struct {
	api      v1.API
	answers  *answers
	from     string            // as sources name it
	remedy   string            // the rule that its service needs
	labels   map[string]string // which of several clusters
	reach    time.Duration
	patience time.Duration // for one query
	// Progress is told what is being read; may be nil.
	Progress func(resource cluster.Resource, objects int)
}

// NewPrometheus makes a reader that looks back for reach. The labels choose
// one of several clusters that one API holds.
func NewPrometheus(o PrometheusOptions, labels map[string]string, reach time.Duration) (*Prometheus, error) {
	client, answers, err := o.client()
	if err != nil {
		return nil, err
	}
	p := &Prometheus{api: client, answers: answers, from: o.Address, labels: labels, reach: reach, patience: queryPatience}
	if o.Patience > 0 {
		p.patience = min(p.patience, o.Patience)
	}
	if service, ok := ParsePrometheusService(o.Address); ok {
		p.remedy = service.remedy()
	}
	return p, nil
}

// promReading is one look.
type promReading struct {
	p        *Prometheus
	s        *cluster.Snapshot
	from, to time.Time
	step     time.Duration
	state    naming // of kube-state-metrics
	usage    naming // of cAdvisor and the kubelet
	has      map[string]bool
	seen     presence

	mu      sync.Mutex // guards what follows
	past    cluster.Past
	usages  []cluster.Usage
	sources []cluster.Source
	gaps    []string
	warned  []string
}

// finest is how exactly times are asked for: most scrape every 30 s or 60 s.
const finest = time.Minute

// stepFor keeps a period within two answers of the API's bound of points.
func stepFor(reach time.Duration) time.Duration {
	least := reach / (2 * pointsAtOnce)
	return max(finest, (least + finest - 1).Truncate(finest))
}

// Past reads what is known of the time before a snapshot. What could not be
// read becomes a gap; only an interruption is an error.
func (p *Prometheus) Past(ctx context.Context, s *cluster.Snapshot) (cluster.Parts, error) {
	step := stepFor(p.reach)
	r := &promReading{p: p, s: s, step: step, to: s.At.Truncate(step), has: map[string]bool{}}
	r.from = r.to.Add(-p.reach.Truncate(step))
	limited, cancel := context.WithTimeout(ctx, prometheusPatience)
	defer cancel()
	remedy, err := r.meet(limited)
	if err == nil {
		r.readAll(limited)
	} else {
		r.gap("", err)
	}
	if ctx.Err() != nil {
		return cluster.Parts{}, ctx.Err()
	}
	return r.finish(remedy), nil
}

// fact is one thing that is asked about.
type fact struct {
	name   string
	metric string // without it there is nothing to ask
	read   func(context.Context) error
}

// readAll asks for all facts, some at once. Owners come last, and are asked
// for those alone that something is told of; so does memory, of which most is
// asked about what was killed for it.
func (r *promReading) readAll(ctx context.Context) {
	r.each(ctx, []fact{
		{"restarts", restartsMetric, r.restarts},
		{"waiting containers", waitingMetric, r.waiting},
		{"node conditions", nodeConditionMetric, r.nodeConditions},
		{"evictions", podReasonMetric, r.evictions},
		{"failed jobs", jobFailedMetric, r.failedJobs},
		{"completed jobs", jobCompletionMetric, r.completedJobs},
		{"CPU throttling", throttledMetric, r.throttling},
		{"present CPU throttling", throttledMetric, r.throttledNow},
		{"full volumes", volumeLeftMetric, r.volumes},
	})
	r.each(ctx, []fact{{"memory", workingSetMetric, r.memory}})
	r.each(ctx, []fact{{"owners of pods", podInfoMetric, r.settle}})
}

func (r *promReading) each(ctx context.Context, facts []fact) {
	var group errgroup.Group
	group.SetLimit(queriesAtOnce)
	for _, f := range facts {
		if !r.has[f.metric] {
			continue
		}
		group.Go(func() error {
			if err := f.read(ctx); err != nil {
				r.gap(f.name, err)
			}
			if r.p.Progress != nil {
				r.p.Progress(cluster.Prometheus, 0)
			}
			return nil
		})
	}
	_ = group.Wait() // none of them returns an error
}

// gap notes what could not be read.
func (r *promReading) gap(name string, err error) {
	r.missing(strings.TrimPrefix(name+": "+wordsOf(err), ": "))
}

func (r *promReading) missing(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gaps = append(r.gaps, what)
}

// warn notes what a server said of its own answer: that it is partial.
func (r *promReading) warn(warnings v1.Warnings) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range warnings {
		if w = short(w); !slices.Contains(r.warned, w) {
			r.warned = append(r.warned, w)
		}
	}
}

// add keeps facts.
func (r *promReading) add(put func(*cluster.Past)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	put(&r.past)
}

// finish makes one source of all that was read.
func (r *promReading) finish(remedy string) cluster.Parts {
	past := &r.past
	past.Watched = r.seen.spans(r.step)
	source := cluster.Source{Resource: cluster.Prometheus, From: r.p.from, Remedy: remedy,
		Objects: len(past.Ends) + len(past.Turns) + len(past.Events) + len(past.Series)}
	if n := len(past.Watched); n > 0 {
		source.Period = cluster.Span{From: past.Watched[0].From, To: past.Watched[n-1].To}
	}
	slices.Sort(r.gaps)
	if len(r.warned) > 0 {
		slices.Sort(r.warned)
		r.gaps = append(r.gaps, "it warns: "+strings.Join(r.warned[:min(3, len(r.warned))], "; "))
	}
	if r.p.answers.partial.Load() {
		r.gaps = append(r.gaps, "it says that its answers are partial")
	}
	parts := cluster.Parts{Past: *past, Usages: r.usages}
	if source.Gap = strings.Join(r.gaps, "; "); source.Gap != "" {
		parts.Gaps = []cluster.Gap{{Resource: cluster.Prometheus, Reason: source.Gap, Remedy: remedy}}
	}
	parts.Sources = append([]cluster.Source{source}, r.sources...)
	if r.p.Progress != nil {
		r.p.Progress(cluster.Prometheus, source.Objects)
	}
	return parts
}

// asks reports whether a namespace is looked at.
func (r *promReading) asks(namespace string) bool {
	return r.s.Identity.Offline || r.s.Scope.Includes(namespace)
}

// inScope is a condition on the namespace, where not all are read.
func (r *promReading) inScope(n naming) string {
	if scope := &r.s.Scope; !r.s.Identity.Offline && !scope.AllNamespaces && len(scope.Namespaces) > 0 {
		return n.is("namespace", scope.Namespaces...)
	}
	return ""
}

// meet learns what there is, under which labels, and of which cluster.
func (r *promReading) meet(ctx context.Context) (remedy string, err error) {
	names, err := r.names(ctx)
	if err != nil {
		return r.remedyOf(err), err
	}
	for _, n := range names {
		r.has[string(n)] = true
	}
	for _, family := range []struct {
		of      *naming
		metrics []string
	}{{&r.state, stateMetrics}, {&r.usage, usageMetrics}} {
		if *family.of, err = r.labelsOf(ctx, family.metrics); err != nil {
			return "", err
		}
	}
	if remedy, err = r.recognise(ctx); err != nil {
		return remedy, err
	}
	r.sayMissing()
	if !r.has[nodeInfoMetric] && !r.has[podInfoMetric] {
		return "", nil
	}
	r.seen, err = r.presence(ctx)
	return "", err
}

// sayMissing names the metrics that would have been of use.
func (r *promReading) sayMissing() {
	var missing []string
	for _, m := range wantedMetrics {
		if !r.has[m] {
			missing = append(missing, m)
		}
	}
	switch {
	case len(missing) == 0:
	case !r.has[nodeInfoMetric] && !r.has[podInfoMetric]:
		r.missing("it holds nothing of kube-state-metrics for this period, so that no restart, condition, eviction or Job is told")
	default:
		r.missing("it does not hold " + strings.Join(missing, ", "))
	}
}

// names are those of the metrics that are there in the period.
func (r *promReading) names(ctx context.Context) (model.LabelValues, error) {
	ctx, cancel := context.WithTimeout(ctx, r.p.patience)
	defer cancel()
	all := slices.Concat(stateMetrics, usageMetrics)
	values, warnings, err := r.p.api.LabelValues(ctx, model.MetricNameLabel,
		[]string{r.selector("", naming{}.is(model.MetricNameLabel, all...))}, r.from, r.to)
	r.warn(warnings)
	return values, err
}

func (r *promReading) labelsOf(ctx context.Context, metrics []string) (naming, error) {
	ctx, cancel := context.WithTimeout(ctx, r.p.patience)
	defer cancel()
	labels, warnings, err := r.p.api.LabelNames(ctx, []string{r.selector("", naming{}.is(model.MetricNameLabel, metrics...))}, r.from, r.to)
	r.warn(warnings)
	return namingOf(labels), err
}

// remedyOf is the rule that the API server misses.
func (r *promReading) remedyOf(err error) string {
	if refused := asRefusal(err); refused != nil && refused.cluster && refused.code == http.StatusForbidden {
		return r.p.remedy
	}
	return ""
}
