package correlate

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// touched is what a pattern touches, to be looked up: every pattern is compared
// with every other.
type touched struct {
	pods, workloads map[cluster.Ref]bool
	// containers are those that it is about, by pod; none for a pod that it
	// touches as a whole.
	containers map[cluster.Ref][]string
	// first is when it began, by object.
	first map[cluster.Ref]time.Time
}

// touches is made when first asked for, and not before the pattern is complete.
func (p *Pattern) touches() *touched {
	if p.touched == nil {
		p.touched = &touched{pods: setOf(p.Tally.Pods), workloads: setOf(p.Tally.Workloads), containers: containers(p), first: begun(p)}
	}
	return p.touched
}

// setOf makes one look-up of what would be a search for each of many.
func setOf(refs []cluster.Ref) map[cluster.Ref]bool {
	out := make(map[cluster.Ref]bool, len(refs))
	for _, ref := range refs {
		out[ref] = true
	}
	return out
}

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

func begun(p *Pattern) map[cluster.Ref]time.Time {
	out := map[cluster.Ref]time.Time{}
	for _, s := range p.Symptoms {
		key := s.Object.Key()
		if first, known := out[key]; !s.First.IsZero() && (!known || s.First.Before(first)) {
			out[key] = s.First
		}
	}
	return out
}

// firstWithin is when the child began on the pods that the parent touches: of
// a child that several parents explain together, each has to explain its part
// only.
func firstWithin(parent, child *Pattern) time.Time {
	begun, pods := child.touches().first, parent.touches().pods
	first := time.Time{}
	earlier := func(at time.Time) {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if len(begun) < len(pods) {
		for object, at := range begun {
			if pods[object] {
				earlier(at)
			}
		}
	} else {
		for pod := range pods {
			if at, ok := begun[pod]; ok {
				earlier(at)
			}
		}
	}
	if first.IsZero() {
		return child.Tally.First
	}
	return first
}
