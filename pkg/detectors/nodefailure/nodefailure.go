// Package nodefailure detects nodes that do not work.
package nodefailure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups nodes that fail in the same way, with the pods that they
// took along.
var Detector = &detect.Detector{
	Name:     "node-failure",
	Category: "infrastructure",
	Doc: `nodes that do not work, and the pods on them

Means that a node, its kubelet, runtime, network or machine does not work, or is
being taken away.

Reads the conditions and taints of nodes, the events about them (that a node is not
ready, or its kubelet starts, is of type Normal), those of node-problem-detector,
the clouds and Karpenter, and the reason of pods that ended with their node.

Groups by the way in which nodes fail.

Speaks when a node's Ready condition is False or Unknown, when a condition of a
known meaning reports trouble with network, runtime, kernel or hardware (True is bad
for most, False for some), when a kubelet starts three times within twenty minutes,
when events tell of a reboot or shutdown, when a taint says that the machine is
being taken away, and when pods were ended by a shutdown.

Silent on new nodes for their first two minutes, on nodes that are merely cordoned,
on reboots and removals of nodes that were closed before, on a node that was not
ready for less than half a minute, and on conditions whose meaning is not known.

What to do: look at the machine from the outside; if it does not come back, drain or
delete the node, so that its pods are placed elsewhere.`,
	Causes: []string{symptom.NodeNotReady, symptom.NodeUnreachable, symptom.NodeNetworkUnavailable,
		symptom.NodeRuntimeDown, symptom.NodeKernel, symptom.NodeRebooted, symptom.NodeShutdown},
	Needs: []cluster.Resource{cluster.Nodes, cluster.Events, cluster.Pods},
	Any:   true,
	Run:   run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.NodeDown), func(s *symptom.Symptom) string { return strings.TrimSpace(s.Cause + " " + s.Item) }) {
		pass.Report(pattern(pass, g))
	}
}

func pattern(pass *detect.Pass, g detect.Group) detect.Pattern {
	cause := g.Symptoms[0].Cause
	nodes := detect.Values(g.Symptoms, func(s *symptom.Symptom) string { return s.Node })
	down := detect.Values(g.Symptoms, func(s *symptom.Symptom) string {
		if s.Ongoing {
			return s.Node
		}
		return ""
	})
	pods := lost(pass, down, g.Symptoms)
	p := detect.Pattern{
		Cause:         cause,
		Key:           g.Key,
		Symptoms:      g.Symptoms,
		Nodes:         nodes,
		Also:          pods,
		Title:         title(pass, g.Symptoms, nodes, down, pods),
		Probable:      probable(cause, nodes, g.Symptoms[0]),
		Investigation: investigation(nodes[0]),
	}
	for _, n := range nodes {
		p.Factors = append(p.Factors, detect.OnNode(n))
	}
	if len(down) > 0 {
		p.Recommendations = []detect.Recommendation{{Urgency: detect.Immediate,
			Text:     fmt.Sprintf("Look at %s from the outside (machine, network, kubelet). If it does not come back, drain or delete it, so that its pods are placed elsewhere.", subject(nodes)),
			Commands: []string{detect.Kubectl("cordon", down[0])}}}
	} else {
		p.Recommendations = []detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("Find out why %s failed: it may again.", subject(nodes))}}
	}
	return p
}

// lost are the pods on nodes that are down and which are not ready for it, and
// those that ended with their node.
func lost(pass *detect.Pass, nodes []string, symptoms []*symptom.Symptom) []*cluster.Pod {
	var out []*cluster.Pod
	for _, s := range symptoms {
		if s.Pod != nil {
			out = append(out, s.Pod)
		}
	}
	for _, n := range nodes {
		for _, p := range pass.PodsOn(n) {
			if !p.Finished() && !p.Ready() && pass.Scope.Includes(p.Namespace) && !failedBefore(pass, p, n, symptoms) {
				out = append(out, p)
			}
		}
	}
	return out
}

// noticed is how long a node's trouble may go on before it is told of.
const noticed = 2 * time.Minute

// failedBefore reports whether a pod had stopped being ready before its node
// had trouble: it was not lost with it. Of a node that is not ready itself
// nothing is known but that no pod on it serves.
func failedBefore(pass *detect.Pass, p *cluster.Pod, node string, symptoms []*symptom.Symptom) bool {
	if n := pass.Node(node); n == nil || !n.Ready() {
		return false
	}
	since := p.Condition("Ready").Transition
	for _, s := range symptoms {
		if s.Node == node && (since.IsZero() || !since.Before(s.First.Add(-noticed))) {
			return false
		}
	}
	return true
}

var verbs = map[string][2]string{ // now, before
	symptom.NodeNotReady:           {"not ready", "was not ready for a time"},
	symptom.NodeUnreachable:        {"unreachable", "could not be reached for a time"},
	symptom.NodeNetworkUnavailable: {"without network", "had no network for a time"},
	symptom.NodeRuntimeDown:        {"without a working container runtime", "had no working container runtime for a time"},
	symptom.NodeKernel:             {"in kernel or hardware trouble", "had kernel or hardware trouble"},
	symptom.NodeRebooted:           {"rebooted", "rebooted"},
	symptom.NodeShutdown:           {"shutting down", "shut down or was told to"},
}

// flapping is how often a node must have become not ready to be said to flap.
const flapping = 3

func title(pass *detect.Pass, symptoms []*symptom.Symptom, nodes, down []string, pods []*cluster.Pod) string {
	cause, times := symptoms[0].Cause, slices.MaxFunc(symptoms, func(a, b *symptom.Symptom) int { return a.Count - b.Count }).Count
	out := "Node " + nodes[0]
	if len(nodes) > 1 {
		out = fmt.Sprintf("%d of %d nodes", len(nodes), max(len(pass.Nodes), len(nodes)))
	}
	switch {
	case symptoms[0].Item == symptom.KubeletRestarts:
		out += fmt.Sprintf(": the kubelet started up to %d times in short order", times)
	case len(down) == 0 && cause == symptom.NodeNotReady && times >= flapping:
		out += fmt.Sprintf(" became not ready %d times", times)
	case len(down) == 0:
		out += " " + past(cause, len(nodes))
	case len(nodes) > 1:
		out += " are " + verbs[cause][0]
	default:
		out += " is " + verbs[cause][0]
	}
	if len(pods) > 0 {
		var t detect.Tally
		t.AddPods(pass.Snapshot, pods)
		with := "it"
		if len(nodes) > 1 {
			with = "them"
		}
		out += fmt.Sprintf(": %s of %s lost with %s", detect.Count(len(t.Pods), "pod"), detect.Count(len(t.Workloads), "workload"), with)
	}
	return out
}

// past is what nodes did or were, in the number that fits.
func past(cause string, nodes int) string {
	if nodes == 1 {
		return verbs[cause][1]
	}
	return strings.Replace(verbs[cause][1], "was ", "were ", 1)
}

func subject(nodes []string) string {
	if len(nodes) == 1 {
		return "node " + nodes[0]
	}
	return "the nodes " + detect.List(slices.Clone(nodes), 3)
}

var texts = map[string]string{
	symptom.NodeNotReady:           "The kubelet of %s reports that it is not ready.",
	symptom.NodeUnreachable:        "Nothing was heard from %s: the machine is down, cut off, or its kubelet has stopped.",
	symptom.NodeNetworkUnavailable: "The network of %s is not set up or not working (CNI plugin, routes).",
	symptom.NodeRuntimeDown:        "The container runtime of %s does not answer.",
	symptom.NodeKernel:             "The kernel or the hardware of %s reports trouble.",
	symptom.NodeRebooted:           "A reboot of %s ended everything that ran on it.",
	symptom.NodeShutdown:           "A shutdown of %s ended the pods on it.",
}

func probable(cause string, nodes []string, first *symptom.Symptom) detect.Cause {
	c := detect.Cause{Text: fmt.Sprintf(texts[cause], subject(nodes)), Confidence: detect.High}
	if first.Item == symptom.KubeletRestarts {
		c.Text = fmt.Sprintf("The kubelet of %s crashes or is killed, and is started again.", subject(nodes))
	}
	c.Why = "Kubernetes reports it"
	if first.Message != "" {
		c.Why += ": " + detect.Said(first.Message)
	}
	return c
}

func investigation(node string) []detect.Command {
	return []detect.Command{
		{Why: "conditions, since when, and the events of the node", Command: detect.Kubectl("describe", "node", node)},
		{Why: "when the node was last heard of", Command: detect.Kubectl("get", "lease", node, "-n", "kube-node-lease", "-o", "jsonpath={.spec.renewTime}")},
		{Why: "what ran there", Command: detect.Kubectl("get", "pods", "-A", "-o", "wide", "--field-selector", "spec.nodeName="+node)},
	}
}
