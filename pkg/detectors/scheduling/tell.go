package scheduling

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (p *problem) title() string {
	verb := "cannot be placed"
	switch {
	case refused(p.first):
		verb = "refused by the node that they had been given"
		if len(p.tally.Pods) == 1 {
			verb = "refused by the node that it had been given"
		}
	case !p.tally.Ongoing:
		verb = "could not be placed"
	}
	return fmt.Sprintf("%s %s: %s", p.tally.Who(), verb, p.obstacle())
}

// obstacle says what stands in the way, with its numbers.
func (p *problem) obstacle() string {
	switch p.first.Cause {
	case symptom.UntoleratedTaints:
		return p.taints()
	case symptom.CordonedNodes:
		return areNodes(p.first, symptom.CordonedNodes) + " closed for new pods (cordoned)"
	case symptom.UnmetAffinity:
		return p.affinity()
	case symptom.UnfitVolume:
		return p.volume()
	case symptom.TakenPorts:
		if p.first.Item == "" {
			return "the host ports that they ask for are taken"
		}
		return "host port " + p.first.Item + " is taken on " + nodesOf(p.first, symptom.TakenPorts)
	}
	return p.shortage()
}

func (p *problem) shortage() string {
	r := &p.room
	switch {
	case r.name == "nodes":
		return "the cluster has no nodes"
	case refused(p.first):
		return "not enough " + noun(r.name) + " left there"
	case r.tooLarge():
		return r.tooSmallNodes()
	case r.asked && len(p.pass.Nodes) > 0 && !r.offered():
		return "no node offers " + r.request()
	case r.name == "pods":
		return areNodes(p.first, p.first.Cause) + " at the limit of pods"
	case r.asked:
		return r.taken()
	}
	return "not enough " + noun(r.name)
}

func (p *problem) taints() string {
	word, are := "taint", "is"
	if strings.Contains(p.first.Item, ", ") {
		word, are = "taints", "are"
	}
	switch {
	case p.first.Item == "":
		return "a taint that they do not tolerate, on " + nodesOf(p.first, symptom.UntoleratedTaints)
	case refused(p.first):
		return word + " " + p.first.Item
	}
	return fmt.Sprintf("%s %s %s not tolerated", word, p.first.Item, are)
}

func (p *problem) affinity() string {
	item := p.first.Item
	switch {
	case refused(p.first):
		if item == "" {
			return "it did not match their node selector or affinity"
		}
		return "it did not match " + item
	case isPodRule(p.first):
		return "no node left meets their " + strings.TrimPrefix(item, "existing pods ")
	case item == "":
		return "no node matches their node selector or affinity"
	}
	return "no node matches " + item
}

func (p *problem) volume() string {
	about := detect.Values(p.symptoms, func(s *symptom.Symptom) string { return s.About.Path() })
	claim := "a claim of theirs"
	if len(about) == 1 && !p.first.About.IsZero() {
		claim = "claim " + about[0]
	} else if p.first.Class != "" {
		claim = "each claim of StorageClass " + p.first.Class
	}
	return claim + " " + p.first.Item
}

// nodesOf is how many nodes a cause holds for, of how many: "3 of 5 nodes".
func nodesOf(s *symptom.Symptom, cause string) string {
	n, all := 0, 0
	for _, c := range s.Clauses {
		all += c.Nodes
		if c.Cause == cause {
			n += c.Nodes
		}
	}
	switch n {
	case 0:
		return "the nodes"
	case all:
		return detect.Count(n, "node")
	}
	return fmt.Sprintf("%d of %d nodes", n, all)
}

// areNodes is the same with its verb.
func areNodes(s *symptom.Symptom, cause string) string {
	nodes := nodesOf(s, cause)
	if strings.HasPrefix(nodes, "1 ") {
		return nodes + " is"
	}
	return nodes + " are"
}

var texts = map[string]string{
	symptom.InsufficientCPU:    "What the pods ask for in CPU is more than the nodes they may use have left.",
	symptom.InsufficientMemory: "What the pods ask for in memory is more than the nodes they may use have left.",
	symptom.InsufficientOther:  "The nodes that the pods may use do not have what they ask for.",
	symptom.UntoleratedTaints:  "The nodes carry taints that the pods do not tolerate.",
	symptom.UnmetAffinity:      "What the pods demand of their node is not met by any that is open to them.",
	symptom.UnfitVolume:        "A volume that the pods need is not there, or cannot be used on the nodes that are open to them.",
	symptom.TakenPorts:         "Another pod has the host port on every node that is open to them.",
	symptom.CordonedNodes:      "The nodes that the pods could use are closed for new pods.",
}

func (p *problem) probable() detect.Cause {
	c := detect.Cause{Text: texts[p.first.Cause], Confidence: detect.High}
	if p.room.tooLarge() {
		c.Text = "The pods ask for more than any node could ever give: their request is too large, or a larger node is missing."
	}
	switch {
	case refused(p.first):
		c.Why = "the kubelet says: " + detect.Said(p.first.Message)
	case len(p.first.Clauses) > 0:
		c.Why = "the scheduler says: " + detect.Said(said(p.first.Clauses))
	default:
		c.Why = "the scheduler says so"
	}
	return c
}

// said are all reasons with their counts, as the scheduler gives them.
func said(clauses []symptom.Clause) string {
	parts := make([]string, len(clauses))
	for i, c := range clauses {
		parts[i] = c.Text
		if c.Nodes > 0 {
			parts[i] = fmt.Sprintf("%d %s", c.Nodes, c.Text)
		}
	}
	return strings.Join(parts, ", ")
}

func (p *problem) counter() []string {
	var out []string
	if len(p.first.Clauses) > 1 {
		out = append(out, "other nodes are passed over for other reasons; the cause told is that of the nodes which are closest to taking the pods")
	}
	if p.first.Cause == symptom.UntoleratedTaints && p.first.Item != "" && !refused(p.first) && len(p.pass.Nodes) > 0 && !strings.Contains(said(p.first.Clauses), "{") {
		out = append(out, "Kubernetes 1.34 and newer do not say which taint it is: these are the taints that the nodes have now")
	}
	if p.room.asked && !p.room.freeKnown {
		out = append(out, "what is free on the nodes is not known: pods of other namespaces were not read")
	}
	return out
}
