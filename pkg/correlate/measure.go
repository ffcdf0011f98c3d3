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
	of, among := containers(child), containers(parent)
	return slices.DeleteFunc(common(child.Tally.Pods, parent.Tally.Pods), func(pod cluster.Ref) bool {
		return len(of[pod]) > 0 && len(among[pod]) > 0 && !slices.ContainsFunc(of[pod], func(c string) bool { return slices.Contains(among[pod], c) })
	})
}

// containers are those that a pattern is about, by pod; none for a pod that it
// touches as a whole.
func containers(p *Pattern) map[cluster.Ref][]string {
	out, whole := map[cluster.Ref][]string{}, map[cluster.Ref]bool{}
	for _, s := range p.Symptoms {
		key := s.Object.Key()
		whole[key] = whole[key] || s.Container == ""
		out[key] = append(out[key], s.Container)
	}
	for key := range whole {
		if whole[key] {
			delete(out, key)
		}
	}
	return out
}

func byWorkloads(parent, child *Pattern) []cluster.Ref {
	return common(child.Tally.Workloads, parent.Tally.Workloads)
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

func nodeRefs(names []string) []cluster.Ref {
	out := make([]cluster.Ref, len(names))
	for i, n := range names {
		out[i] = cluster.Ref{Kind: "Node", Name: n}
	}
	return out
}

// byLink is for rules whose condition alone decides.
func byLink(_, _ *Pattern) []cluster.Ref { return []cluster.Ref{{Kind: "link"}} }

func common(of, among []cluster.Ref) []cluster.Ref {
	var out []cluster.Ref
	set := setOf(among)
	for _, ref := range of {
		if set[ref] {
			out = append(out, ref)
		}
	}
	return out
}

// setOf makes one look-up of what would be a search for each of many.
func setOf(refs []cluster.Ref) map[cluster.Ref]bool {
	out := make(map[cluster.Ref]bool, len(refs))
	for _, ref := range refs {
		out[ref] = true
	}
	return out
}

// covers reports whether every workload that the child touches is touched by
// the parent.
func covers(parent, child *Pattern) bool {
	n := len(child.Tally.Workloads)
	return n > 0 && len(byWorkloads(parent, child)) == n
}
