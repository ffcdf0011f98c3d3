// Package oom detects containers that were killed for memory.
package oom

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups OOM kills by the limit that was reached, or by the node
// when it was the node that ran out of memory.
var Detector = &detect.Detector{
	Name:     "oom",
	Category: "infrastructure",
	Doc: `containers killed for want of memory

Means that containers were killed because they, or their node, ran out of memory.

Reads the reason of containers that ended, their memory limits, the events SystemOOM
and OOMKilling of nodes, and the defaults of LimitRanges as far as pods show them.

Groups by the memory limit that was reached (container-limit), over replicas and
workloads; by node where the node itself had no memory left (node-oom).

Speaks when a container ended with reason OOMKilled, sidecars and starts that the
limit is too low for included. It is the node's when the kernel reports memory
exhausted on the node itself, when the container has no limit that it could have
reached, and when pods of several workloads were killed on it at one time, each once
and nowhere else. Says when the limit is not the workload's own but the default of a
LimitRange.

Silent on exit code 137 without that reason, which is no OOM kill.

What to do: raise the limit, or find what takes the memory; on a node, give its pods
requests that match their use.`,
	Causes: []string{containerLimit, nodeOOM},
	Needs:  []cluster.Resource{cluster.Pods},
	Run:    run,
}

const (
	containerLimit = "container-limit"
	nodeOOM        = "node-oom"
)

func run(pass *detect.Pass) {
	global := pass.Of(symptom.NodeOOM)
	kills := pass.Of(symptom.OOM)
	atOnce := together(kills)
	for _, g := range detect.GroupBy(kills, func(s *symptom.Symptom) string {
		if ofNode(s, global) || atOnce[s] {
			return ""
		}
		if s.Limit != "" && s.LongPast(pass.At) {
			return s.Limit + " | past"
		}
		return s.Limit
	}) {
		pass.Report(limitPattern(pass, g))
	}
	byNode := detect.GroupBy(append(global, kills...), func(s *symptom.Symptom) string {
		if s.Kind == symptom.NodeOOM || ofNode(s, global) || atOnce[s] {
			return s.Node
		}
		return ""
	})
	for _, g := range byNode {
		pass.Report(nodePattern(g))
	}
}

// reported is how close an OOM kill must be to the kernel's report about its
// node to be counted as the same.
const reported = 2 * time.Minute

// ofNode reports whether a container was killed because its node, not the
// container, had no memory left.
func ofNode(s *symptom.Symptom, global []*symptom.Symptom) bool {
	if s.Limit == "" {
		return true
	}
	for _, n := range global {
		if n.Node == s.Node && s.Ended.After(n.First.Add(-reported)) && s.Ended.Before(n.Last.Add(reported)) {
			return true
		}
	}
	return false
}

func limitPattern(pass *detect.Pass, g detect.Group) detect.Pattern {
	t := detect.Sum(g.Symptoms)
	limit := g.Symptoms[0].Limit
	verb := "keep being OOMKilled"
	switch {
	case t.Ongoing && len(t.Pods) == 1:
		verb = "keeps being OOMKilled"
	case !t.Ongoing && len(t.Pods) == 1:
		verb = "was OOMKilled"
	case !t.Ongoing:
		verb = "were OOMKilled"
	}
	p := detect.Pattern{
		Cause:    containerLimit,
		Key:      g.Key,
		Symptoms: g.Symptoms,
		Title:    fmt.Sprintf("%s %s%s at the memory limit of %s", t.Who(), verb, oneOfSeveral(g.Symptoms), limit),
		Factors: []detect.Factor{{Attribute: "memoryLimit", Value: limit, Holds: func(p *cluster.Pod) bool {
			return hasLimit(p, limit)
		}}},
		Probable: detect.Cause{
			Text:       fmt.Sprintf("The containers need more memory than their limit of %s allows, or leak it.", limit),
			Confidence: detect.High,
			Why:        "Kubernetes reports OOMKilled, and every one of them has this limit",
		},
	}
	if names := defaulted(pass, g.Symptoms); len(names) > 0 {
		p.Probable.Text += fmt.Sprintf(" The template of %s sets no limit for them: it is a LimitRange's default, or an admission webhook's.", detect.List(names, 3))
	}
	if len(t.Workloads) > 1 {
		p.Counter = []string{fmt.Sprintf("%s share the limit, which does not say that they share a cause", detect.Count(len(t.Workloads), "workload"))}
	}
	p.Investigation = investigation(g.Symptoms[0])
	p.Recommendations = []detect.Recommendation{{Urgency: detect.Immediate,
		Text:     fmt.Sprintf("Raise the memory limit of %s above %s, or find what takes the memory.", detect.List(detect.Paths(t.Workloads), 3), limit),
		Commands: raise(&t, g.Symptoms)}}
	return p
}

// oneOfSeveral names the container where the pods have others that live.
func oneOfSeveral(symptoms []*symptom.Symptom) string {
	names := detect.Values(symptoms, func(s *symptom.Symptom) string { return s.Container })
	for _, s := range symptoms {
		if s.Pod == nil || len(s.Pod.Containers) < 2 {
			return ""
		}
	}
	if len(names) != 1 {
		return ""
	}
	return fmt.Sprintf(" (container %s)", names[0])
}

// defaulted are the workloads whose own template sets no memory limit where
// their pods have one: a LimitRange's default is filled in on creation.
func defaulted(pass *detect.Pass, symptoms []*symptom.Symptom) []string {
	return detect.Values(symptoms, func(s *symptom.Symptom) string {
		w := pass.Workload(s.Workload)
		if w == nil || w.Template == nil || s.Pod == nil || w.Template.MemoryLimit != "" {
			return ""
		}
		spec := s.Pod.SpecOf(s.Container)
		for _, c := range w.Template.Containers {
			if c.Name == s.Container && c.MemoryLimit == "" && spec != nil && spec.MemoryLimit != "" {
				return w.Path()
			}
		}
		return ""
	})
}

func hasLimit(p *cluster.Pod, limit string) bool {
	if p.Template == nil {
		return false
	}
	for _, c := range p.Template.Containers {
		if c.MemoryLimit == limit {
			return true
		}
	}
	return false
}

func investigation(s *symptom.Symptom) []detect.Command {
	pod := s.Object
	return []detect.Command{
		{Why: "memory in use now, against the limit (needs metrics-server)", Command: detect.Kubectl("top", "pod", "-n", pod.Namespace, "--containers")},
		{Why: "the last words of the container before the kill", Command: detect.Kubectl("logs", pod.Name, "-n", pod.Namespace, "-c", s.Container, "--previous", "--tail=50")},
	}
}

// raise are commands that set a higher limit; how high is for the reader.
func raise(t *detect.Tally, symptoms []*symptom.Symptom) []string {
	var out []string
	for _, w := range t.Workloads {
		if detect.Rolls(w) {
			out = append(out, fmt.Sprintf("%s --limits=memory=NEW_LIMIT",
				detect.Kubectl("set", "resources", detect.Target(w), "-n", w.Namespace, "-c", containerOf(symptoms, w))))
		}
	}
	return out
}

func containerOf(symptoms []*symptom.Symptom, w cluster.Ref) string {
	for _, s := range symptoms {
		if s.Workload.Key() == w {
			return s.Container
		}
	}
	return ""
}

func nodePattern(g detect.Group) detect.Pattern {
	node := g.Key
	var killed []*symptom.Symptom
	for _, s := range g.Symptoms {
		if s.Kind == symptom.OOM {
			killed = append(killed, s)
		}
	}
	t := detect.Sum(killed)
	title := fmt.Sprintf("Node %s ran out of memory", node)
	if len(killed) > 0 {
		title += ": " + t.Who() + " OOMKilled there below or without a limit"
	}
	why, tier := "containers without a memory limit were OOMKilled, which only the node's own shortage can do", detect.Stated
	switch {
	case len(killed) < len(g.Symptoms):
		why = "the kernel reports it on the node"
	case !slices.ContainsFunc(killed, func(s *symptom.Symptom) bool { return s.Limit == "" }):
		why = "pods of several workloads were OOMKilled on it at one time, each once, and none of them on another node"
		tier = detect.Strong
	}
	return detect.Pattern{
		Tier:     tier,
		Cause:    nodeOOM,
		Key:      node,
		Symptoms: g.Symptoms,
		Nodes:    []string{node},
		Title:    title,
		Factors:  []detect.Factor{detect.OnNode(node)},
		Probable: detect.Cause{
			Text:       fmt.Sprintf("The processes on node %s together needed more memory than it has.", node),
			Confidence: detect.Medium,
			Why:        why,
		},
		Investigation: []detect.Command{
			{Why: "what the node promised and what it has", Command: detect.Kubectl("describe", "node", node)},
			{Why: "who uses the memory (needs metrics-server)", Command: detect.Kubectl("top", "pod", "-A", "--sort-by=memory")},
		},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon,
			Text: fmt.Sprintf("Give the pods on node %s memory requests that match their use, and limits.", node)}},
	}
}
