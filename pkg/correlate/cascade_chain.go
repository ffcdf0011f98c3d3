package correlate

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// endsOf are the symptoms of a workload's programs that end, as positions among
// all symptoms; of one whose programs run, those of probes that fail without a
// word of why.
func (e *explainer) endsOf(w cluster.Ref) []int {
	if e.ends == nil {
		e.ends = map[cluster.Ref][]int{}
		for i := range e.symptoms {
			if s := &e.symptoms[i]; s.Kind == symptom.Exit || s.Kind == symptom.CrashLoop {
				e.ends[s.Workload.Key()] = append(e.ends[s.Workload.Key()], i)
			}
		}
		e.addProbes()
	}
	return e.ends[w]
}

func (e *explainer) addProbes() {
	probes := map[cluster.Ref][]int{}
	for i := range e.symptoms {
		s := &e.symptoms[i]
		if w := s.Workload.Key(); s.Kind == symptom.Probe && isMute(s) && len(e.ends[w]) == 0 {
			probes[w] = append(probes[w], i)
		}
	}
	for w, at := range probes {
		e.ends[w] = at
	}
}

// cascade follows the graph from a changed workload to those that depend on
// it and first failed in the window after the change, and on from these. Nil
// unless two are reached, one of which names the dependency in its own words.
func (e *explainer) cascade(change cluster.Change) *cascade {
	g := e.dependencies()
	if len(g.serves[change.Object]) == 0 {
		return nil
	}
	c := &cascade{change: change, dependants: map[cluster.Ref]edge{}, services: map[string]bool{}}
	onset := map[cluster.Ref]time.Time{change.Object: change.Time}
	var at []int
	for queue := []cluster.Ref{change.Object}; len(queue) > 0; queue = queue[1:] {
		for _, d := range g.serves[queue[0]] {
			if _, reached := onset[d.From]; reached {
				continue
			}
			step, ok := e.step(c, d, onset[queue[0]])
			if !ok {
				continue
			}
			onset[d.From], c.dependants[d.From] = step.first, step.class
			c.hops = append(c.hops, hop(d, step, onset[queue[0]]))
			at, queue = append(at, step.symptoms...), append(queue, d.From)
		}
	}
	if len(c.dependants) < 2 || !c.heard() {
		return nil
	}
	slices.Sort(at)
	for _, i := range at {
		c.symptoms = append(c.symptoms, &e.symptoms[i])
	}
	e.settle(c)
	c.hops = inTreeOrder(change.Object, c.hops)
	c.unhurt = e.unhurt(c)
	return c
}

// heard reports whether a dependant names the dependency in its own words.
func (c *cascade) heard() bool {
	for _, class := range c.dependants {
		if class >= observed {
			return true
		}
	}
	return false
}

// step is how a failure is carried over one edge.
type step struct {
	class    edge
	first    time.Time
	symptoms []int
}

func (s *step) add(symptom int, first time.Time, class edge) {
	if s.first.IsZero() || first.Before(s.first) {
		s.first = first
	}
	s.class = max(s.class, class)
	s.symptoms = append(s.symptoms, symptom)
}

// step looks whether a dependant failed after what it depends on did. What
// failed before the change did not fail by it; and further on than to the
// changed workload itself only words carry.
func (e *explainer) step(c *cascade, d *dependency, onset time.Time) (step, bool) {
	var out step
	for _, i := range e.endsOf(d.From) {
		s := &e.symptoms[i]
		class := e.saysItNeeds(s, d)
		if class == noEdge || (class < observed && d.To != c.change.Object) {
			continue
		}
		if s.First.Sub(c.change.Time) < -tolerance || e.restartedTooOften(s, c.change.Time) {
			return step{}, false
		}
		if !soonAfter(s, onset) || !e.inWindow(s, c.change.Time) {
			continue
		}
		out.add(i, s.First, class)
		c.spoken = c.spoken || (class == observed && s.Target.Host == "")
	}
	if len(out.symptoms) == 0 {
		return step{}, false
	}
	if d.To == c.change.Object && d.Service != "" {
		c.services[d.Service] = true
	}
	return out, true
}

// soonAfter reports whether a failure came soon enough after what it may follow
// from, as far as clocks agree; means that notice late have longer.
func soonAfter(s *symptom.Symptom, onset time.Time) bool {
	lag := s.First.Sub(onset)
	return lag >= -tolerance && lag <= cascadeWindow+delay(s)
}

func hop(d *dependency, s step, onset time.Time) Hop {
	h := Hop{From: d.To, To: d.From, Lag: s.first.Sub(onset), Class: s.class.String(), How: d.How, Hidden: d.Declares == ""}
	if s.class < d.Class { // its failure does not say what others of its pods do
		h.How = d.Declares
	}
	return h
}
