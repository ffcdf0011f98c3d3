package scheduling

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// room sets what pods ask of one resource against what the nodes that they may
// go to have of it.
type room struct {
	name        string
	least, most resource.Quantity // asked by a pod
	asked       bool              // at least one pod's request is known
	fitting     int               // nodes that the pods may go to but for the room
	largest     resource.Quantity // allocatable on one of them
	free        resource.Quantity // most that is free on one of them
	anywhere    resource.Quantity // allocatable on any node of the cluster
	freeKnown   bool              // all pods were read
}

// newRoom looks at the nodes; how much is free on them, which takes a look at
// all pods, only where free is set.
func newRoom(pass *detect.Pass, symptoms []*symptom.Symptom, free bool) room {
	r := room{name: symptoms[0].Item}
	r.freeKnown = pass.Scope.AllNamespaces || pass.Identity.IsDump()
	switch symptoms[0].Cause {
	case symptom.InsufficientCPU, symptom.InsufficientMemory, symptom.InsufficientOther:
	default:
		return r
	}
	var template *cluster.Template
	for _, s := range symptoms {
		if s.Pod == nil || s.Pod.Template == nil {
			continue
		}
		template = s.Pod.Template
		r.ask(template.Request(r.name))
	}
	if template != nil {
		r.look(pass, template, free)
	}
	return r
}

func (r *room) ask(q resource.Quantity) {
	if q.IsZero() {
		return
	}
	if !r.asked || q.Cmp(r.least) < 0 {
		r.least = q
	}
	if q.Cmp(r.most) > 0 {
		r.most = q
	}
	r.asked = true
}

func (r *room) look(pass *detect.Pass, t *cluster.Template, withFree bool) {
	for i := range pass.Nodes {
		n := &pass.Nodes[i]
		has := n.Allocates(r.name)
		if has.Cmp(r.anywhere) > 0 {
			r.anywhere = has
		}
		if !n.Matches(t.NodeSelector) || len(forOthers(n, t)) > 0 {
			continue
		}
		if has.Cmp(r.largest) > 0 {
			r.largest = has
		}
		if n.Unschedulable || len(n.Untolerated(t.Tolerations)) > 0 {
			continue // closed for now
		}
		r.fitting++
		if !withFree {
			continue
		}
		if free := pass.Free(n, r.name); free.Cmp(r.free) > 0 {
			r.free = free
		}
	}
}

// forOthers are the taints of a node that are not there for its condition or
// a cordon: the node is meant for other pods.
func forOthers(n *cluster.Node, t *cluster.Template) []cluster.Taint {
	var out []cluster.Taint
	for _, taint := range n.Untolerated(t.Tolerations) {
		if !taint.OfCondition() && !taint.OfCordon() {
			out = append(out, taint)
		}
	}
	return out
}

// tooLarge reports whether even an empty node would not do.
func (r *room) tooLarge() bool {
	return r.asked && r.name != "pods" && !r.anywhere.IsZero() && r.least.Cmp(r.largest) > 0
}

// offered reports whether any node has some of the resource.
func (r *room) offered() bool { return !r.anywhere.IsZero() }

// request is "500m CPU", "64Gi of memory", "1 to 4 nvidia.com/gpu".
func (r *room) request() string {
	asked := amount(r.name, r.most)
	if r.least.Cmp(r.most) != 0 {
		asked = amount(r.name, r.least) + " to " + asked
	}
	if r.name == "memory" || strings.HasSuffix(r.name, "storage") {
		asked += " of"
	}
	return asked + " " + noun(r.name)
}

// noun is a resource as a person calls it.
func noun(name string) string {
	switch name {
	case "cpu":
		return "CPU"
	case "pods":
		return "room for pods"
	}
	return name
}

// amount writes a quantity for reading: bytes in the largest unit, others as
// they are.
func amount(name string, q resource.Quantity) string {
	if name != "memory" && !strings.HasSuffix(name, "storage") {
		return q.String()
	}
	bytes := q.AsApproximateFloat64()
	for _, unit := range []struct {
		name string
		size float64
	}{{"Ti", 1 << 40}, {"Gi", 1 << 30}, {"Mi", 1 << 20}} {
		if bytes >= unit.size {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", bytes/unit.size), ".0") + unit.name
		}
	}
	return q.String()
}

// tooSmallNodes says that none of the nodes is large enough, however empty.
func (r *room) tooSmallNodes() string {
	if r.largest.IsZero() {
		return "no node that they may use offers " + r.request()
	}
	where := "no node that they may use is"
	if r.least.Cmp(r.anywhere) > 0 {
		where = "no node in the cluster is"
	}
	return fmt.Sprintf("%s large enough for %s, the largest has %s", where, r.request(), amount(r.name, r.largest))
}

// taken says that what there is on the nodes is given away already.
func (r *room) taken() string {
	switch {
	case r.fitting == 0 || !r.freeKnown:
		return fmt.Sprintf("no node has %s left", r.request())
	case r.free.Cmp(r.least) >= 0: // freed since, or taken by pods that were gone when these data were read
		return fmt.Sprintf("no node had %s left when the scheduler looked, now a fitting node has %s", r.request(), amount(r.name, r.free))
	}
	return fmt.Sprintf("no node has %s left, the most on a fitting node is %s", r.request(), amount(r.name, r.free))
}
