package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// What reading metrics may take: so many kubelets at once, so long for the
// answers of one, so much of each answer, and so long for all of them.
const (
	kubeletsAtOnce   = 8
	kubeletPatience  = 15 * time.Second
	answerLimit      = 64 << 20
	metricsPatience  = 2 * time.Minute
	betweenSamples   = 20 * time.Second
	cadvisorPath     = "metrics/cadvisor"
	resourcePath     = "metrics/resource"
	statsSummaryPath = "stats/summary"
)

// polling is one run of reading kubelets, through the API server's proxy.
type polling struct {
	l        *Live
	patience time.Duration // for one kubelet
	mu       sync.Mutex    // guards what follows
	sampler  *sampler
	parts    cluster.Parts
	answers  int
	failed   map[string]error // by node: its first failure
	refused  error            // the API server forbids it: no kubelet need be asked
}

// Metrics reads what the kubelets of nodes measure. Where something was ever
// throttled it reads a second time, so that this is told of the present: a
// kubelet measures a busy container every 10 to 20 s (its housekeeping
// interval, with jitter), so the second time is after that.
func (l *Live) Metrics(ctx context.Context, nodes []string) (cluster.Parts, error) {
	p := &polling{l: l, patience: kubeletPatience, sampler: newSampler(), failed: map[string]error{}}
	if err := p.read(ctx, nodes, metricsPatience, betweenSamples); err != nil {
		return cluster.Parts{}, err
	}
	return p.finish(nodes), nil
}

func (p *polling) read(ctx context.Context, nodes []string, all, between time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, all)
	defer cancel()
	started := p.l.now()
	p.each(limited, nodes, cadvisorPath, resourcePath, statsSummaryPath)
	if again := p.sampler.throttled(); len(again) > 0 && p.refused == nil {
		if p.l.Progress != nil {
			p.l.Progress(cluster.Metrics, p.answers)
		}
		wait(limited, between-p.l.now().Sub(started))
		p.each(limited, again, cadvisorPath)
	}
	return ctx.Err() // not that of the bound: then what was read stands
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// each asks nodes for paths, some nodes at once.
func (p *polling) each(ctx context.Context, nodes []string, paths ...string) {
	var group errgroup.Group
	group.SetLimit(kubeletsAtOnce)
	for _, node := range nodes {
		group.Go(func() error {
			p.node(ctx, node, paths)
			return nil
		})
	}
	_ = group.Wait() // none of them returns an error
}

func (p *polling) node(ctx context.Context, node string, paths []string) {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	for _, path := range paths {
		if p.isRefused() {
			return
		}
		p.note(node, path, p.ask(ctx, node, path))
	}
}

func (p *polling) isRefused() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused != nil
}

func (p *polling) note(node, path string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.answers++
	case isProxyForbidden(err):
		p.refused = err
	case p.failed[node] == nil:
		p.failed[node] = fmt.Errorf("/%s: %w", path, err)
	}
}

// isProxyForbidden tells a refusal of the API server, which holds for all
// nodes, from one of a kubelet, which knows the API server only.
func isProxyForbidden(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), "nodes/proxy")
}

// ask reads one answer of one kubelet.
func (p *polling) ask(ctx context.Context, node, path string) error {
	body, err := p.l.typed.CoreV1().RESTClient().Get().Resource("nodes").Name(node).SubResource("proxy").
		Suffix(path).SetHeader("Accept", "text/plain, application/json").MaxRetries(1).Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read from
	in := &bounded{r: body, left: answerLimit}
	if path == statsSummaryPath {
		found, err := summary(in, node)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.parts.Filesystems = append(p.parts.Filesystems, found...)
		return err
	}
	points, err := exposition(in, p.l.clock().UTC())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sampler.add(node, points)
	return err
}

// bounded ends a stream that is longer than an honest one.
type bounded struct {
	r    io.Reader
	left int64
}

var errTooLong = fmt.Errorf("the answer is longer than %d MiB", answerLimit>>20)

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (p *polling) finish(nodes []string) cluster.Parts {
	p.parts.Usages = p.sampler.usages()
	source := cluster.Source{Resource: cluster.Metrics, From: "live", Objects: p.answers, Gap: p.gap(len(nodes))}
	if p.refused != nil {
		source.Remedy = proxyRemedy
	}
	p.parts.Sources = []cluster.Source{source}
	if source.Gap != "" {
		p.parts.Gaps = []cluster.Gap{{Resource: cluster.Metrics, Reason: source.Gap, Remedy: source.Remedy}}
	}
	if p.l.Progress != nil {
		p.l.Progress(cluster.Metrics, p.answers)
	}
	return p.parts
}

// proxyRemedy names the safer way first: the right itself is a large one.
const proxyRemedy = `safer, if the cluster has a Prometheus: --prometheus URL, or --prometheus service/NAMESPACE/NAME:PORT, reads ` +
	`throttling, memory and volumes from it, which needs no right to the kubelets; the rule {apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"]} ` +
	`would let this plugin ask, but also lets its holder run commands in every pod of every node, for nodes/proxy reaches the kubelet's exec`

// gap says which kubelets could not be read, and why the first of them.
func (p *polling) gap(nodes int) string {
	switch {
	case p.refused != nil:
		return "forbidden"
	case nodes == 0:
		return "no ready node to ask"
	case len(p.failed) == 0:
		return ""
	}
	var names []string
	for n := range p.failed {
		names = append(names, n)
	}
	slices.Sort(names)
	return fmt.Sprintf("%d of %d kubelets did not answer in full: %s %s", len(names), nodes, names[0], reasonOf(p.failed[names[0]]))
}

func reasonOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "did not answer in time"
	}
	return "(" + err.Error() + ")"
}
