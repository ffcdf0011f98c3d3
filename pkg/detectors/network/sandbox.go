package network

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// sandboxes tells of pods that get no network or sandbox of their own.
func sandboxes(pass *detect.Pass, g detect.Group) detect.Pattern {
	t := detect.Sum(g.Symptoms)
	first := g.Symptoms[0]
	p := detect.Pattern{
		Cause:         first.Cause,
		Key:           g.Key,
		Symptoms:      g.Symptoms,
		Title:         sandboxTitle(&t, first, len(pass.Nodes)),
		Probable:      sandboxCause(first),
		Investigation: sandboxCommands(&t, first),
	}
	text := "See whether the network plugin's pods run on these nodes and what their logs say."
	if first.Cause == symptom.NetworkIPExhaustion {
		text = "Enlarge the range of addresses (pool, subnet or the node's own), or look for addresses that were never given back; fewer pods on a node help at once."
	}
	p.Recommendations = []detect.Recommendation{{Urgency: detect.Immediate, Text: text}}
	if len(t.Nodes) == 1 {
		node := t.Nodes[0]
		p.Factors = []detect.Factor{detect.OnNode(node)}
		p.Counter = besides(pass, node, &t)
	}
	return p
}

func sandboxTitle(t *detect.Tally, s *symptom.Symptom, nodes int) string {
	where := ""
	switch n := len(t.Nodes); {
	case n == 1:
		where = " on node " + t.Nodes[0]
	case n > 1:
		where = fmt.Sprintf(" on %d of %d nodes", n, max(n, nodes))
	}
	verb := "get"
	if len(t.Pods) == 1 {
		verb = "gets"
	}
	if !t.Ongoing {
		verb = "got"
	}
	plugin := ""
	if s.Driver != "" {
		plugin = " (" + s.Driver + ")"
	}
	if s.Cause == symptom.NetworkIPExhaustion {
		return fmt.Sprintf("%s%s %s no address: none is left%s", t.Who(), where, verb, plugin)
	}
	return fmt.Sprintf("%s%s %s no sandbox: %s%s", t.Who(), where, verb, s.Item, plugin)
}

func sandboxCause(s *symptom.Symptom) detect.Cause {
	c := detect.Cause{Confidence: detect.High, Why: "the kubelet says: " + detect.Said(short(s.Message))}
	if s.Cause == symptom.NetworkIPExhaustion {
		c.Text = "The network plugin has no free address for new pods."
		return c
	}
	c.Text = "The pods' sandbox cannot be made: " + s.Item + "."
	return c
}

// besides says whether other pods on the node run: then it is not the node as
// a whole.
func besides(pass *detect.Pass, node string, t *detect.Tally) []string {
	ready := 0
	for _, p := range pass.PodsOn(node) {
		if p.Ready() && (p.Template == nil || !p.Template.HostNetwork) {
			ready++
		}
	}
	if ready == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s on the node ready, with a network of their own: what runs keeps it, only new ones get none", are(ready))}
}

func are(n int) string {
	if n == 1 {
		return "1 pod is"
	}
	return fmt.Sprintf("%d pods are", n)
}

func sandboxCommands(t *detect.Tally, s *symptom.Symptom) []detect.Command {
	out := []detect.Command{{Why: "what the kubelet says", Command: detect.Kubectl("describe", "pod", s.Object.Name, "-n", s.Object.Namespace)}}
	if len(t.Nodes) > 0 {
		out = append(out, detect.Command{Why: "what runs on the node, the agent of the plugin among it",
			Command: detect.Kubectl("get", "pods", "-A", "-o", "wide", "--field-selector", "spec.nodeName="+t.Nodes[0])})
	}
	return out
}
