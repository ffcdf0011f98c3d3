// Package nodepressure detects nodes short of a resource and what they put
// off for it.
package nodepressure

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

var causes = []string{symptom.DiskPressure, symptom.MemoryPressure, symptom.PIDPressure}

// Detector groups a node's pressure and the evictions that it caused.
var Detector = &detect.Detector{
	Name:     "node-pressure",
	Category: "infrastructure",
	Doc: `nodes short of disk, memory or process IDs, and the pods they evicted

Means that a node is, or was, short of disk, memory or process IDs, and that the
kubelet may put pods off it.

Reads the pressure conditions of nodes, the kubelet's events about nodes (of type
Normal) and its evictions, with the resource and the offenders that they name, and
the pods that a node under pressure turned away.

Groups by node and resource, with every eviction.

Speaks when a node's pressure condition is True, when its events tell of a pressure
that has passed, and when the kubelet evicted pods because the node was low on a
resource.

Silent on conditions that are Unknown (a node that does not report is not under
pressure), and on evictions for a pod's own limits, which belong to eviction.

What to do: keep new pods off the node while it is short, find what fills it (the
pods evicted first need not be that), and set requests and limits.`,
	Causes: causes,
	Needs:  []cluster.Resource{cluster.Pods, cluster.Nodes, cluster.Events},
	Any:    true,
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Pressure, symptom.Eviction), key) {
		n := newNode(pass, g)
		pass.Report(n.pattern())
	}
}

func key(s *symptom.Symptom) string {
	if s.Node == "" || !slices.Contains(causes, s.Cause) {
		return ""
	}
	return s.Node + " " + s.Cause
}

// node is one node under one pressure.
type node struct {
	pass      *detect.Pass
	name      string
	cause     string
	symptoms  []*symptom.Symptom
	evictions []*symptom.Symptom
	evicted   detect.Tally
	ongoing   bool
}

func newNode(pass *detect.Pass, g detect.Group) *node {
	n := &node{pass: pass, name: g.Symptoms[0].Node, cause: g.Symptoms[0].Cause, symptoms: g.Symptoms}
	for _, s := range g.Symptoms {
		if s.Kind == symptom.Eviction {
			n.evictions = append(n.evictions, s)
		}
		n.ongoing = n.ongoing || s.Ongoing
	}
	n.evicted = detect.Sum(n.evictions)
	return n
}

func (n *node) pattern() detect.Pattern {
	name := n.name
	return detect.Pattern{
		Cause:           n.cause,
		Key:             name,
		Symptoms:        n.symptoms,
		Nodes:           []string{name},
		Title:           n.title(),
		Factors:         []detect.Factor{detect.OnNode(name)},
		Probable:        n.probable(),
		Counter:         n.counter(),
		Investigation:   n.investigation(),
		Recommendations: n.recommendations(),
	}
}

var resources = map[string]string{
	symptom.DiskPressure:   "disk space",
	symptom.MemoryPressure: "memory",
	symptom.PIDPressure:    "process IDs",
}

func (n *node) title() string {
	verb := "ran short of"
	if n.ongoing {
		verb = "is short of"
	}
	title := fmt.Sprintf("Node %s %s %s", n.name, verb, resources[n.cause])
	if len(n.evictions) == 0 {
		if len(n.pass.Scope.Namespaces) > 0 || n.pass.Scope.MatchPod != nil {
			return title + "; no pod that was asked for was evicted"
		}
		return title + "; no eviction was seen"
	}
	if ws := n.evicted.Workloads; len(ws) == 1 {
		return fmt.Sprintf("%s: %s of %s evicted", title, detect.Count(len(n.evicted.Pods), "pod"), ws[0].Path())
	}
	return fmt.Sprintf("%s: %s of %s evicted", title, detect.Count(len(n.evicted.Pods), "pod"), detect.Count(len(n.evicted.Workloads), "workload"))
}

func (n *node) probable() detect.Cause {
	c := detect.Cause{Confidence: detect.High}
	c.Why = "the node's condition and events say so"
	if len(n.evictions) > 0 {
		c.Why = "the kubelet names the shortage in every eviction"
	}
	switch n.cause {
	case symptom.DiskPressure:
		c.Text = fmt.Sprintf("Node %s ran short of disk space or inodes. Usual takers: container logs, the image cache, emptyDir volumes and other ephemeral storage.", n.name)
	case symptom.MemoryPressure:
		c.Text = fmt.Sprintf("The pods on node %s used more memory than it could spare.", n.name)
	default:
		c.Text = fmt.Sprintf("The processes on node %s used up its process IDs.", n.name)
	}
	if who, usage := n.largest(); who != "" {
		c.Text += fmt.Sprintf(" The largest user that the kubelet named was %s with %s.", who, usage)
	}
	return c
}

// counter warns of what the evictions do not say.
func (n *node) counter() []string {
	var out []string
	if n.pass.Node(n.name) == nil {
		out = append(out, "the node itself was not read: whether it is still short is not known")
	}
	if len(n.evictions) == 0 {
		return out
	}
	return append(out, "the pods evicted first exceeded their requests; they need not be what filled the node (the kubelet measures disk use about once a minute)")
}

func (n *node) investigation() []detect.Command {
	out := []detect.Command{
		{Why: "conditions, taints and what is requested", Command: detect.Kubectl("describe", "node", n.name)},
		{Why: "the pods that run there", Command: detect.Kubectl("get", "pods", "-A", "-o", "wide", "--field-selector", "spec.nodeName="+n.name)},
		{Why: "the evictions while their events live", Command: detect.Kubectl("get", "events", "-A", "--field-selector", "reason=Evicted")},
	}
	if n.cause == symptom.DiskPressure {
		out = append(out, detect.Command{Why: "what fills the disk, by pod and volume (needs the right nodes/proxy)",
			Command: detect.Kubectl("get", "--raw", "/api/v1/nodes/"+n.name+"/proxy/stats/summary")})
	}
	return out
}

func (n *node) recommendations() []detect.Recommendation {
	out := []detect.Recommendation{}
	if n.ongoing {
		out = append(out,
			detect.Recommendation{Urgency: detect.Immediate, Text: fmt.Sprintf("Keep new pods off node %s.", n.name),
				Commands: []string{detect.Kubectl("cordon", n.name)}},
			detect.Recommendation{Urgency: detect.Soon,
				Text:     fmt.Sprintf("Empty node %s, see that it has %s again, and only then open it again with kubectl uncordon.", n.name, resources[n.cause]),
				Commands: []string{detect.Kubectl("drain", n.name, "--ignore-daemonsets")}})
	}
	switch n.cause {
	case symptom.DiskPressure:
		out = append(out, detect.Recommendation{Urgency: detect.Later,
			Text: "Set ephemeral-storage requests and limits and sizeLimit on emptyDir volumes, and rotate container logs, so that one pod cannot fill a node."})
	case symptom.MemoryPressure:
		out = append(out, detect.Recommendation{Urgency: detect.Later,
			Text: "Set memory requests near the real use, and limits, so that the scheduler does not place more on a node than it can hold."})
	}
	return out
}
