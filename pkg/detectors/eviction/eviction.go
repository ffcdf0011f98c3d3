// Package eviction detects pods that were put off their node for another
// reason than the node's own shortage.
package eviction

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

var causes = []string{symptom.EvictedStorageLimit, symptom.EvictedEmptyDirLimit, symptom.EvictedPreempted,
	symptom.EvictedTaint, symptom.EvictedAPI}

// Detector groups such evictions by whose doing they were.
var Detector = &detect.Detector{
	Name:     "eviction",
	Category: "infrastructure",
	Doc: `pods put off their node for their own limits or by the will of others

Means that pods were put off their node for their own limits, for others that needed
the room, or by the will of somebody.

Reads the reason and message of pods, their condition DisruptionTarget, and the
events Evicted, Preempted, Preempting and TaintManagerEviction, most of which are of
type Normal.

Groups by workload where a pod exceeded a limit of its own, by who needed the room,
by taint and node, and by node where pods were evicted through the API.

Speaks when the kubelet evicted a pod for exceeding a limit on ephemeral storage or
on an emptyDir volume, when the scheduler or a kubelet made room for a pod of higher
priority, when a taint with effect NoExecute drove pods away, and when pods were
evicted through the API and their workload has not got them back.

Silent on evictions through the API that were made good or are less than a minute
old: drains and autoscalers do that every day. Evictions by a node that is short of
a resource belong to node-pressure.

What to do: raise the limit or find what writes, give the victims or the preemptor
another priority or more nodes, tolerate or remove the taint.`,
	Causes: causes,
	Needs:  []cluster.Resource{cluster.Pods, cluster.Events},
	Any:    true,
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Eviction), key) {
		e := &evictions{pass: pass, symptoms: g.Symptoms, first: g.Symptoms[0], tally: detect.Sum(g.Symptoms)}
		pass.Report(e.pattern(g.Key))
	}
}

func key(s *symptom.Symptom) string {
	switch s.Cause {
	case symptom.EvictedStorageLimit, symptom.EvictedEmptyDirLimit:
		return s.Cause + " | " + s.Workload.String()
	case symptom.EvictedPreempted:
		if s.About.IsZero() {
			return s.Cause + " | node " + s.Node
		}
		return s.Cause + " | " + s.About.String()
	case symptom.EvictedTaint:
		return s.Cause + " | " + s.Item + " " + s.Node
	case symptom.EvictedAPI:
		if s.Node == "" {
			return s.Cause + " | " + s.Workload.String()
		}
		return s.Cause + " | node " + s.Node
	}
	return "" // the node's own shortage
}

// evictions are those of one doing.
type evictions struct {
	pass     *detect.Pass
	symptoms []*symptom.Symptom
	first    *symptom.Symptom
	tally    detect.Tally
}

func (e *evictions) pattern(key string) detect.Pattern {
	p := detect.Pattern{
		Cause:           e.first.Cause,
		Key:             key,
		Symptoms:        e.symptoms,
		Title:           e.title(),
		Probable:        e.probable(),
		Counter:         e.counter(),
		Investigation:   e.investigation(),
		Recommendations: e.recommendations(),
	}
	if node := e.first.Node; node != "" && slices.Contains([]string{symptom.EvictedTaint, symptom.EvictedAPI}, e.first.Cause) {
		p.Factors = []detect.Factor{detect.OnNode(node)}
	}
	return p
}
