package correlate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Difference is something that a node has and few of its peers have.
type Difference struct {
	Attribute string
	Value     string
	Peers     []string // those that have it too
	Of        int      // peers of which it is known
}

// rare is of how many peers at most one may have what is told as a difference.
const rare = 4

// differences lists what a node has that at most a quarter of the other nodes
// have. Those that the same peers have stand together: they cannot be told
// apart here.
func differences(s *cluster.Snapshot, n *cluster.Node) []Difference {
	var out []Difference
	for _, t := range traitsOf(n, s.At) {
		d := Difference{Attribute: t.attribute, Value: t.value}
		values := map[string]bool{}
		for i := range s.Nodes {
			o := &s.Nodes[i]
			if o.Name == n.Name {
				continue
			}
			d.Of++
			if t.has(o) {
				d.Peers = append(d.Peers, o.Name)
			}
			if key, ok := strings.CutPrefix(t.attribute, "label:"); ok && o.Labels[key] != "" {
				values[o.Labels[key]] = true
			}
		}
		name := len(d.Peers) == 0 && d.Of > 1 && len(values) == d.Of // a label of another value on every node is a name
		if d.Of > 0 && len(d.Peers)*rare <= d.Of && !name {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(len(a.Peers), len(b.Peers)), slices.Compare(a.Peers, b.Peers))
	})
	return out
}

// trait is one thing that can be said of a node, and asked of others.
type trait struct {
	attribute, value string
	has              func(*cluster.Node) bool
}

func traitsOf(n *cluster.Node, at time.Time) []trait {
	var out []trait
	told := map[string]bool{}       // values that a label would only say again
	for _, p := range placeOf[1:] { // without its name
		if v := p.of(n); v != "" {
			told[v] = true
			out = append(out, trait{p.name, v, func(o *cluster.Node) bool { return p.of(o) == v }})
		}
	}
	out = append(out, conditionTraits(n)...)
	out = append(out, taintTraits(n)...)
	out = append(out, ageTrait(n, at)...)
	out = append(out, allocatableTraits(n)...)
	return append(out, labelTraits(n, told)...)
}

// conditionTraits are the conditions of a node that are not plainly good.
func conditionTraits(n *cluster.Node) []trait {
	var out []trait
	for _, c := range n.Conditions {
		if bad, known := cluster.Unhealthy(c); bad || !known {
			out = append(out, trait{"condition", c.Type + "=" + c.Status, func(o *cluster.Node) bool { return o.Condition(c.Type).Status == c.Status }})
		}
	}
	if n.Unschedulable {
		out = append(out, trait{"cordoned", "yes", func(o *cluster.Node) bool { return o.Unschedulable }})
	}
	return out
}

func taintTraits(n *cluster.Node) []trait {
	var out []trait
	for _, t := range n.Taints {
		out = append(out, trait{"taint", t.String(), func(o *cluster.Node) bool {
			return slices.ContainsFunc(o.Taints, func(x cluster.Taint) bool { return x.String() == t.String() })
		}})
	}
	return out
}

// ageTrait is the age of a node; within a factor of two it is the same.
func ageTrait(n *cluster.Node, at time.Time) []trait {
	age := at.Sub(n.Created)
	if n.Created.IsZero() || age <= 0 {
		return nil
	}
	return []trait{{"age", detect.Span(age), func(o *cluster.Node) bool {
		other := at.Sub(o.Created)
		return o.Created.IsZero() || (other <= 2*age && age <= 2*other)
	}}}
}

// allocatableTraits are what a node has for pods; within a twentieth it is the
// same, for what the system keeps for itself differs a little.
func allocatableTraits(n *cluster.Node) []trait {
	var out []trait
	for _, name := range slices.Sorted(maps.Keys(n.Allocatable)) {
		own, err := resource.ParseQuantity(n.Allocatable[name])
		if err != nil || own.IsZero() {
			continue
		}
		mine := own.AsApproximateFloat64()
		out = append(out, trait{"allocatable:" + name, n.Allocatable[name], func(o *cluster.Node) bool {
			other, err := resource.ParseQuantity(o.Allocatable[name])
			theirs := other.AsApproximateFloat64()
			return err == nil && theirs <= mine*1.05 && mine <= theirs*1.05
		}})
	}
	return out
}

// labelTraits are the labels that say something else than the node's name and
// what the attributes before say already.
func labelTraits(n *cluster.Node, told map[string]bool) []trait {
	var out []trait
	for _, key := range slices.Sorted(maps.Keys(n.Labels)) {
		v := n.Labels[key]
		if key == "kubernetes.io/hostname" || v == n.Name || told[v] {
			continue
		}
		out = append(out, trait{"label:" + key, v, func(o *cluster.Node) bool {
			other, ok := o.Labels[key]
			return ok && other == v
		}})
	}
	return out
}
