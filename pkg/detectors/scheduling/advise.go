package scheduling

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (p *problem) investigation() []detect.Command {
	pod := p.first.Object
	out := []detect.Command{{Why: "what the scheduler says now", Command: detect.Kubectl("describe", "pod", pod.Name, "-n", pod.Namespace)}}
	switch p.first.Cause {
	case symptom.UntoleratedTaints:
		out = append(out, detect.Command{Why: "the taints of all nodes",
			Command: detect.Kubectl("get", "nodes", "-o", "custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key")})
	case symptom.UnmetAffinity:
		out = append(out, detect.Command{Why: "the labels of all nodes", Command: detect.Kubectl("get", "nodes", "--show-labels")})
	case symptom.CordonedNodes:
		out = append(out, detect.Command{Why: "which nodes are closed", Command: detect.Kubectl("get", "nodes")})
	case symptom.TakenPorts:
		out = append(out, detect.Command{Why: "which pods use ports of the nodes themselves",
			Command: detect.Kubectl("get", "pods", "-A", "-o", "custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,NODE:.spec.nodeName,PORTS:.spec.containers[*].ports[*].hostPort")})
	case symptom.UnfitVolume:
		out = append(out, p.claimCommands()...)
	default:
		out = append(out, detect.Command{Why: "what each node has and what is asked of it", Command: detect.Kubectl("describe", "nodes")})
	}
	return out
}

func (p *problem) claimCommands() []detect.Command {
	about := p.first.About
	if about.IsZero() {
		return []detect.Command{{Why: "the claims and whether they are bound", Command: detect.Kubectl("get", "pvc", "-n", p.first.Object.Namespace)}}
	}
	return []detect.Command{
		{Why: "state and events of the claim", Command: detect.Kubectl("describe", "pvc", about.Name, "-n", about.Namespace)},
		{Why: "the StorageClasses that there are", Command: detect.Kubectl("get", "storageclass")},
	}
}

func (p *problem) recommendations() []detect.Recommendation {
	now := func(format string, args ...any) []detect.Recommendation {
		return []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf(format, args...)}}
	}
	who := detect.List(detect.Paths(p.tally.Workloads), 3)
	if refused(p.first) {
		return []detect.Recommendation{{Urgency: detect.Soon,
			Text: fmt.Sprintf("See that %s has its pods again: a refused pod stays Failed, and its controller makes another.", who)}}
	}
	switch p.first.Cause {
	case symptom.UntoleratedTaints:
		return now("Give %s a toleration if it belongs on these nodes, else take the taint off or add nodes without it.", who)
	case symptom.UnmetAffinity:
		if isPodRule(p.first) {
			return now("Ask for fewer replicas of %s, add nodes, or make the rule a preference.", who)
		}
		return now("Correct the node selector or affinity of %s, or label a node as it demands.", who)
	case symptom.CordonedNodes:
		return p.uncordon()
	case symptom.TakenPorts:
		return now("Take the host port out of %s (a Service does not need it), or add nodes.", who)
	case symptom.UnfitVolume:
		if !p.first.About.IsZero() && strings.Contains(p.first.Message, fmt.Sprintf("persistentvolumeclaim %q not found", p.first.About.Name)) {
			return now("Create claim %s, or correct the reference: %s waits for it.", p.first.About.Path(), who)
		}
		return now("See to the volume first: %s waits for it.", who)
	}
	if p.room.tooLarge() {
		return now("Lower the request of %s to what a node can give, or add a larger node.", who)
	}
	return now("Add nodes or free some: lower requests that are not used, or scale down what can wait. %s waits.", who)
}

// uncordon opens the nodes that are closed.
func (p *problem) uncordon() []detect.Recommendation {
	r := detect.Recommendation{Urgency: detect.Immediate, Text: "Open the nodes again when their maintenance is over, or add others."}
	for _, n := range p.first.Peers {
		if node := p.pass.Node(n.Name); node != nil && node.Unschedulable {
			r.Commands = append(r.Commands, detect.Kubectl("uncordon", n.Name))
		}
	}
	return []detect.Recommendation{r}
}
