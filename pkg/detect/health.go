package detect

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Health of a pod as a comparison sees it: what it fails by, if that is of the
// kinds in question, and whether it fails by something else, which says
// nothing for or against.
type Health struct {
	Failing []*symptom.Symptom
	Other   bool
}

// Health is that of every pod with a symptom that stands.
func (p *Pass) Health(kinds map[symptom.Kind]bool) map[cluster.Ref]Health {
	out := map[cluster.Ref]Health{}
	for i := range p.symptoms {
		s := &p.symptoms[i]
		if s.Object.Kind != "Pod" || !s.Ongoing || s.Kind == symptom.Unclassified {
			continue
		}
		h := out[s.Object.Key()]
		if s.Pod != nil && kinds[s.Kind] {
			h.Failing = append(h.Failing, s)
		} else {
			h.Other = true
		}
		out[s.Object.Key()] = h
	}
	return out
}

// Fine reports whether a pod of this health is ready and has nothing wrong.
func (h Health) Fine(p *cluster.Pod) bool { return len(h.Failing) == 0 && !h.Other && p.Ready() }

// OfContainer are the symptoms that are about a container of the pod: those
// that name it, and those of the pod as a whole if the container is not ready.
func (h Health) OfContainer(p *cluster.Pod, name string) []*symptom.Symptom {
	unready := slices.ContainsFunc(p.Containers, func(c cluster.Container) bool { return c.Name == name && !c.Ready })
	var out []*symptom.Symptom
	for _, s := range h.Failing {
		if s.Container == name || (s.Container == "" && unready) {
			out = append(out, s)
		}
	}
	return out
}
