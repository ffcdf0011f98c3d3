package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// What a rule measures two patterns by: the refs of the child that the parent
// touches too. A pattern touches all of itself.
type measure func(parent, child *Pattern) []cluster.Ref

// byPods counts the child's pods: those in which the parent is about a container
// of the child's, for what befalls one container says nothing of another. A child without pods (a rollout past its
// deadline that never got one) is measured by its workloads.
func byPods(parent, child *Pattern) []cluster.Ref {
	if len(child.Tally.Pods) == 0 {
		return byWorkloads(parent, child)
	}
	of, among := child.touches(), parent.touches()
	both := common(child.Tally.Pods, of.pods, parent.Tally.Pods, among.pods)
	return slices.DeleteFunc(both, func(pod cluster.Ref) bool {
		a, b := of.containers[pod], among.containers[pod]
		return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(c string) bool { return slices.Contains(b, c) })
	})
}

func byWorkloads(parent, child *Pattern) []cluster.Ref {
	return common(child.Tally.Workloads, child.touches().workloads, parent.Tally.Workloads, parent.touches().workloads)
}

// byNodes counts the nodes that the child sits on among those that the parent
// is about.
func byNodes(parent, child *Pattern) []cluster.Ref {
	nodes := child.Tally.Nodes
	if parent == child {
		return nodeRefs(nodes)
	}
	var out []cluster.Ref
	for _, n := range nodes {
		if slices.Contains(parent.Nodes, n) {
			out = append(out, cluster.Ref{Kind: "Node", Name: n})
		}
	}
	return out
}

// commonNodes are those of some nodes that are among others.
func commonNodes(of, among []string) []cluster.Ref {
	return nodeRefs(slices.DeleteFunc(slices.Clone(of), func(n string) bool { return !slices.Contains(among, n) }))
}

func nodeRefs(names []string) []cluster.Ref {
	out := make([]cluster.Ref, len(names))
	for i, n := range names {
		out[i] = cluster.Ref{Kind: "Node", Name: n}
	}
	return out
}

// byLink is for rules whose condition alone decides.
func byLink(_, _ *Pattern) []cluster.Ref { return []cluster.Ref{{Kind: "link"}} }

// common are those of one list that are in another as well, both being sets,
// too: most patterns have nothing in common, which the shorter list tells.
func common(of []cluster.Ref, ofSet map[cluster.Ref]bool, among []cluster.Ref, amongSet map[cluster.Ref]bool) []cluster.Ref {
	if len(among) < len(of) && !slices.ContainsFunc(among, func(ref cluster.Ref) bool { return ofSet[ref] }) {
		return nil
	}
	var out []cluster.Ref
	for _, ref := range of {
		if amongSet[ref] {
			out = append(out, ref)
		}
	}
	return out
}

// covers reports whether every workload that the child touches is touched by
// the parent.
func covers(parent, child *Pattern) bool {
	n := len(child.Tally.Workloads)
	return n > 0 && len(byWorkloads(parent, child)) == n
}
