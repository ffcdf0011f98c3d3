package symptom

import (
	"strconv"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Causes of pods that no node takes.
const (
	InsufficientCPU    = "insufficient-cpu"
	InsufficientMemory = "insufficient-memory"
	InsufficientOther  = "insufficient-other"
	UntoleratedTaints  = "taints"
	UnmetAffinity      = "affinity"
	UnfitVolume        = "volume"
	TakenPorts         = "ports"
	CordonedNodes      = "cordoned"
)

// clauseSignatures classify the reasons for which the scheduler's plugins
// pass over nodes (pkg/scheduler/framework/plugins), Kubernetes 1.19 to 1.37.
var clauseSignatures = []signature{
	{cause: InsufficientCPU, source: "noderesources/fit.go", texts: []string{"insufficient cpu"}},
	{cause: InsufficientMemory, source: "noderesources/fit.go", texts: []string{"insufficient memory"}},
	{cause: InsufficientOther, source: "noderesources/fit.go; dynamicresources", texts: []string{
		"insufficient ", "too many pods", "no nodes available to schedule pods", "cannot allocate all claims"}},
	{cause: CordonedNodes, source: "nodeunschedulable/node_unschedulable.go", texts: []string{
		"node(s) were unschedulable", "node.kubernetes.io/unschedulable"}},
	{cause: UntoleratedTaints, source: "tainttoleration/taint_toleration.go", texts: []string{
		"untolerated taint", "that the pod didn't tolerate"}},
	// "volume node affinity" and "PersistentVolume's node affinity" are of volumes,
	// so volumes come before affinity.
	{cause: UnfitVolume, source: "volumebinding, volumezone, nodevolumelimits, volumerestrictions", texts: []string{
		"volume node affinity conflict", "persistentvolume's node affinity", "no available volume zone", "exceed max volume count",
		"didn't find available persistent volumes to bind", "did not have enough free storage",
		"non-existent pv", "readwriteoncepod access mode", "no available disk", "persistentvolumeclaim",
		"non-existent persistentvolume", "binding volumes", "volumebinding", "csi driver is not installed on the node"}},
	{cause: TakenPorts, source: "nodeports/node_ports.go", texts: []string{"didn't have free ports"}},
	{cause: UnmetAffinity, source: "nodeaffinity, nodename, interpodaffinity, podtopologyspread, nodedeclaredfeatures", texts: []string{
		"node affinity", "nodeaffinity", "match node selector", "the requested node name", "the requested hostname",
		"affinity rules", "topology spread constraints", "affinity terms conflict", "pod's required features"}},
}

// podRules are the reasons of UnmetAffinity that are about other pods, not
// about the node itself.
var podRules = lazyregexp.New(`affinity rules|topology spread`)

// podRule finds such a rule's name in a clause.
var podRule = lazyregexp.New(`pod anti-affinity rules|existing pods anti-affinity rules|pod affinity rules|pod topology spread constraints`)

const (
	nodesAvailable = " nodes are available: "
	preemptionTail = "preemption: "
	mostClauses    = 64
)

// clauseStart finds where a clause begins: its number, after the comma that
// ends the one before. Texts may hold commas themselves.
var clauseStart = lazyregexp.New(`(?:^|, )(\d{1,6}) `)

// ParseUnschedulable takes apart what the scheduler says of a pod that no
// node takes: "0/N nodes are available: N reason, N reason. preemption: …".
// What preemption would change is left out, since it repeats other causes.
// A text without counts (PreFilter plugins, binding) is one clause.
func ParseUnschedulable(message string) []Clause {
	main := message
	if i := strings.Index(main, preemptionTail); i >= 0 {
		main = main[:i]
	}
	if _, rest, ok := strings.Cut(main, nodesAvailable); ok {
		main = rest
	}
	starts := clauseStart.FindAllStringSubmatchIndex(main, mostClauses)
	if len(starts) == 0 || starts[0][0] > 0 {
		return uncounted(main)
	}
	out := make([]Clause, 0, len(starts))
	for i, at := range starts {
		end := len(main)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		text := sentence(main[at[1]:end])
		n, _ := strconv.Atoi(main[at[2]:at[3]]) // six digits at most, by the form
		out = append(out, Clause{Nodes: n, Text: text, Cause: classify(clauseSignatures, text)})
	}
	return out
}

func uncounted(text string) []Clause {
	text = sentence(text)
	if text == "" || strings.HasPrefix(text, "skip schedule deleting pod") {
		return nil
	}
	return []Clause{{Text: text, Cause: classify(clauseSignatures, text)}}
}

// sentence is a text up to its full stop. Names have dots too, but no space
// after them.
func sentence(text string) string {
	text, _, _ = strings.Cut(text, ". ")
	return strings.TrimRight(strings.TrimSpace(text), ". ")
}

// schedulerSaid is the scheduler's message without what preemption would
// change.
func schedulerSaid(message string) string {
	if head, rest, ok := strings.Cut(message, nodesAvailable); ok {
		if i := strings.Index(rest, preemptionTail); i >= 0 {
			rest = rest[:i]
		}
		return head + nodesAvailable + sentence(rest)
	}
	return sentence(message)
}

// toldTaint finds the taint that Kubernetes 1.33 and older name:
// "untolerated taint {key: value}".
var toldTaint = lazyregexp.New(`taint \{([^:{}\s]{1,317}): ?([^{}\s]{0,63})\}`)

// taintOf is the taint that a clause names as "key=value" or "key", empty
// where it names none (1.34 and newer).
func taintOf(clause string) string {
	m := toldTaint.FindStringSubmatch(clause)
	switch {
	case m == nil:
		return ""
	case m[2] == "":
		return m[1]
	}
	return m[1] + "=" + m[2]
}

// shortOf is the resource that a clause of insufficiency names.
func shortOf(clause string) string {
	if name, ok := strings.CutPrefix(clause, "Insufficient "); ok {
		return name
	}
	if strings.EqualFold(clause, "too many pods") {
		return "pods"
	}
	if strings.Contains(clause, "no nodes available") {
		return "nodes"
	}
	return "devices" // dynamicresources: cannot allocate all claims
}
