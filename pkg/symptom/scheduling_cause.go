package symptom

import (
	"cmp"
	"math"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// dominant is the clause that says why a pod has no node. The scheduler's
// filters run in a fixed order (cordon, taints, node affinity, ports,
// resources, volumes, other pods) and a node counts for the first that refuses
// it. So the nodes that only a late filter refuses are those that the pod was
// meant for, and what earlier ones refuse is background: the control plane,
// other pools, closed nodes.
func (r *recogniser) dominant(p *cluster.Pod, clauses []Clause) Clause {
	var early, late []Clause
	for _, c := range clauses {
		switch {
		case c.Cause == "":
		case isEarly(&c):
			early = append(early, c)
		default:
			late = append(late, c)
		}
	}
	if len(late) > 0 {
		return r.heaviest(p, late)
	}
	return r.dominantEarly(p, early)
}

func isEarly(c *Clause) bool {
	switch c.Cause {
	case CordonedNodes, UntoleratedTaints:
		return true
	case UnmetAffinity:
		return !podRules.MatchString(c.Text)
	}
	return false
}

// precedence decides between clauses that hold for equally many nodes.
var precedence = []string{UnfitVolume, InsufficientCPU, InsufficientMemory, InsufficientOther, UnmetAffinity, TakenPorts}

// heaviest is the clause of most nodes; of two resources that are short on the
// same nodes the one that is shorter.
func (r *recogniser) heaviest(p *cluster.Pod, clauses []Clause) Clause {
	return slices.MinFunc(clauses, func(a, b Clause) int {
		return cmp.Or(cmp.Compare(b.Nodes, a.Nodes), cmp.Compare(r.shortage(p, &b), r.shortage(p, &a)),
			cmp.Compare(slices.Index(precedence, a.Cause), slices.Index(precedence, b.Cause)))
	})
}

// shortage is how many times more a pod asks for than any node that it may go
// to has free; 0 where that is not known.
func (r *recogniser) shortage(p *cluster.Pod, c *Clause) float64 {
	if p == nil || p.Template == nil || len(r.s.Nodes) == 0 {
		return 0
	}
	switch c.Cause {
	case InsufficientCPU, InsufficientMemory, InsufficientOther:
	default:
		return 0
	}
	name := shortOf(c.Text)
	largest := r.largestFree(p.Template, name)
	if largest == 0 {
		return math.MaxFloat64
	}
	asked := p.Template.Request(name)
	return asked.AsApproximateFloat64() / largest
}

// freeFor is a resource and a template that looks for room; pods of one
// revision share their template.
type freeFor struct {
	template *cluster.Template
	resource string
}

// largestFree is the most of a resource that is free on a node which takes a
// template; it is remembered, since hundreds of pods may ask.
func (r *recogniser) largestFree(t *cluster.Template, name string) float64 {
	key := freeFor{t, name}
	if known, ok := r.free[key]; ok {
		return known
	}
	largest := 0.0
	for i := range r.s.Nodes {
		if n := &r.s.Nodes[i]; takes(n, t) {
			free := r.s.Free(n, name)
			largest = max(largest, free.AsApproximateFloat64())
		}
	}
	if r.free == nil {
		r.free = map[freeFor]float64{}
	}
	r.free[key] = largest
	return largest
}

// takes reports whether a node would take pods of a template if it had the
// room.
func takes(n *cluster.Node, t *cluster.Template) bool {
	return !n.Unschedulable && n.Matches(t.NodeSelector) && len(n.Untolerated(t.Tolerations)) == 0
}

// dominantEarly decides between cordon, taints and node affinity. Nodes that
// the pod selects and that are closed to it say more than those that it never
// meant; where no node is selected at all, the selector is to blame.
func (r *recogniser) dominantEarly(p *cluster.Pod, clauses []Clause) Clause {
	if len(clauses) < 2 {
		if len(clauses) == 1 {
			return clauses[0]
		}
		return Clause{}
	}
	clauses = r.withoutBackground(p, clauses)
	if len(clauses) > 1 && p != nil && p.Template != nil && len(p.Template.NodeSelector) > 0 && len(r.s.Nodes) > 0 {
		if cause := r.ofSelected(p.Template); cause != "" {
			for _, c := range clauses {
				if c.Cause == cause {
					return c
				}
			}
		}
	}
	order := []string{CordonedNodes, UntoleratedTaints, UnmetAffinity}
	return slices.MinFunc(clauses, func(a, b Clause) int {
		return cmp.Or(cmp.Compare(b.Nodes, a.Nodes), cmp.Compare(slices.Index(order, a.Cause), slices.Index(order, b.Cause)))
	})
}

// withoutBackground takes off what holds for a pod wherever it is: the taint
// of the control plane, and for a DaemonSet's pod all nodes but its own.
func (r *recogniser) withoutBackground(p *cluster.Pod, clauses []Clause) []Clause {
	var out []Clause
	for _, c := range clauses {
		switch {
		case c.Cause == UntoleratedTaints && taintOf(c.Text) != "":
			if isControlPlaneTaint(taintOf(c.Text)) {
				continue
			}
		case c.Cause == UntoleratedTaints:
			if c.Nodes -= r.controlPlaneNodes(p); c.Nodes <= 0 {
				continue
			}
		case c.Cause == UnmetAffinity && p != nil && p.Owner.Kind == "DaemonSet":
			continue
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return clauses
	}
	return out
}

func isControlPlaneTaint(taint string) bool {
	t := cluster.Taint{Key: taint}
	return t.OfControlPlane()
}

// controlPlaneNodes counts the nodes that only their control plane's taint
// closes to a pod.
func (r *recogniser) controlPlaneNodes(p *cluster.Pod) int {
	count := 0
	for i := range r.s.Nodes {
		taints := r.s.Nodes[i].Untolerated(tolerationsOf(p))
		if len(taints) > 0 && !slices.ContainsFunc(taints, func(t cluster.Taint) bool { return !t.OfControlPlane() }) {
			count++
		}
	}
	return count
}

func tolerationsOf(p *cluster.Pod) []cluster.Toleration {
	if p == nil || p.Template == nil {
		return nil
	}
	return p.Template.Tolerations
}

// ofSelected says what closes the nodes that a template selects to it: taints
// or a cordon. UnmetAffinity when it selects none.
func (r *recogniser) ofSelected(t *cluster.Template) string {
	selected, cordoned, tainted := 0, 0, 0
	for i := range r.s.Nodes {
		n := &r.s.Nodes[i]
		if !n.Matches(t.NodeSelector) {
			continue
		}
		selected++
		switch {
		case n.Unschedulable:
			cordoned++
		case len(n.Untolerated(t.Tolerations)) > 0:
			tainted++
		}
	}
	switch {
	case selected == 0:
		return UnmetAffinity
	case cordoned+tainted == 0:
		return ""
	case cordoned >= tainted:
		return CordonedNodes
	}
	return UntoleratedTaints
}
