// Package probe detects probes that fail and do harm.
package probe

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups failing probes by their kind and by what they meet.
var Detector = &detect.Detector{
	Name:     "probe",
	Category: "configuration",
	Doc: `probes that fail, and the restarts and lost traffic that follow

Means that the probes of containers fail and do harm: restarts, or traffic that is
lost.

Reads the events Unhealthy and Killing of pods, the readiness of pods and their
gates, and the probes of templates.

Groups by kind of probe and by what it met, for output of commands by its text
without variable parts: that containers of several workloads fail alike does not say
that they have one cause.

Speaks when the kubelet kills a container for its liveness or startup probe, when a
container that runs is not ready and its readiness probe fails, and when a pod waits
for a readiness gate. Says what the probe met (a status, no listener, no answer
within its timeout, a command's output) and what the template allows.

Silent on failures during a start (90 seconds beyond the probe's delay, twice what
ready replicas took, five minutes while an old revision serves), on startup probes
that have not used up their tries, on failures too few to do harm, on one kill that
helped, on pods that are being deleted, on what has been ready again for long, and
on containers that fail on their own: their probes then only say so again.

What to do: see what the container serves at the probe's address; if it is only
slow, give the probe more time, or a startup probe beside it.`,
	Causes: []string{symptom.Liveness, symptom.Readiness, symptom.Startup},
	Needs:  []cluster.Resource{cluster.Pods},
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Probe), func(s *symptom.Symptom) string { return s.Cause + " " + keyWithoutCause(s) }) {
		b := &builder{pass: pass, group: g.Symptoms, tally: detect.Sum(g.Symptoms), first: g.Symptoms[0]}
		pass.Report(b.pattern(keyWithoutCause(b.first)))
	}
}

func keyWithoutCause(s *symptom.Symptom) string {
	switch s.Item {
	case symptom.ProbeOutput:
		return s.Item + " " + s.Template
	case symptom.ProbeGate:
		return s.Item + " " + detect.List(s.Names, 1)
	case symptom.ProbeUnknown: // nothing says that it is the same
		return s.Item + " " + s.Workload.String() + " " + s.Container
	}
	return s.Item
}

// builder makes the pattern of one group.
type builder struct {
	pass  *detect.Pass
	group []*symptom.Symptom
	first *symptom.Symptom
	tally detect.Tally
}

func (b *builder) pattern(key string) detect.Pattern {
	return detect.Pattern{
		Cause:           b.first.Cause,
		Key:             key,
		Symptoms:        b.group,
		Title:           b.title(),
		Factors:         b.factors(),
		Probable:        b.probable(),
		Counter:         b.counter(),
		Investigation:   b.investigation(),
		Recommendations: b.recommendations(),
	}
}

// spec is what a symptom's template asks of the probe.
func spec(s *symptom.Symptom) cluster.Probe {
	if s.Pod == nil {
		return cluster.Probe{}
	}
	c := s.Pod.SpecOf(s.Container)
	switch {
	case c == nil:
		return cluster.Probe{}
	case s.Cause == symptom.Liveness:
		return c.Liveness
	case s.Cause == symptom.Startup:
		return c.Startup
	}
	return c.Readiness
}

// specs are the distinct probes of the group.
func (b *builder) specs() []cluster.Probe {
	var out []cluster.Probe
	for _, s := range b.group {
		if p := spec(s); p.Exists() && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// factors name the node when replicas of the same workloads are ready on
// others.
func (b *builder) factors() []detect.Factor {
	if len(b.tally.Nodes) != 1 || len(b.tally.Workloads) < 2 {
		return nil
	}
	node := b.tally.Nodes[0]
	for _, w := range b.tally.Workloads {
		if !slices.ContainsFunc(b.pass.PodsOf(w), func(p *cluster.Pod) bool { return p.Ready() && p.Node != node }) {
			return nil
		}
	}
	return []detect.Factor{detect.OnNode(node)}
}

// kills counts those of the liveness or startup probe, a lower bound.
func (b *builder) kills() int {
	n := 0
	for _, s := range b.group {
		n += int(s.Restarts)
	}
	return n
}
