package cluster

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Request is what a pod of this template asks a node for of one resource, as
// the scheduler counts: what runs at the same time, or the largest init
// container if that is more. Every pod asks for one of "pods".
func (t *Template) Request(name string) resource.Quantity {
	if name == "pods" {
		return *resource.NewQuantity(1, resource.DecimalSI)
	}
	var together, sidecars, largest resource.Quantity
	for i := range t.Containers {
		c := &t.Containers[i]
		q := c.request(name)
		switch c.Role {
		case Regular:
			together.Add(q)
		case Sidecar:
			together.Add(q)
			sidecars.Add(q)
		case Init:
			if q.Cmp(largest) > 0 {
				largest = q
			}
		}
	}
	largest.Add(sidecars)
	if largest.Cmp(together) > 0 {
		return largest
	}
	return together
}

func (c *ContainerSpec) request(name string) resource.Quantity {
	switch name {
	case "cpu":
		return quantityOf(c.CPURequest)
	case "memory":
		return quantityOf(c.MemoryRequest)
	}
	for _, part := range strings.Split(c.Extended, ",") {
		if k, v, _ := strings.Cut(part, "="); k == name {
			return quantityOf(v)
		}
	}
	return resource.Quantity{}
}

func quantityOf(text string) resource.Quantity {
	q, err := resource.ParseQuantity(text)
	if err != nil {
		return resource.Quantity{} // unset
	}
	return q
}

// Allocates is how much of a resource a node has for pods, all together.
func (n *Node) Allocates(name string) resource.Quantity { return quantityOf(n.Allocatable[name]) }

// Free is what of a resource the pods bound to a node have not asked for. It
// is too much where not all pods were read.
func (s *Snapshot) Free(n *Node, name string) resource.Quantity {
	free := n.Allocates(name)
	for _, p := range s.PodsOn(n.Name) {
		if p.Template != nil && !p.Finished() {
			free.Sub(p.Template.Request(name))
		}
	}
	return free
}
