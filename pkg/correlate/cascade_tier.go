package correlate

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// settle decides how sure a cascade is. It is strong where at least two
// dependants say themselves, at every hop, what they could not do, where these
// are more than all others that failed in the window and do not say why, and
// where what was changed does not fail for something else. Whoever knows fewer
// edges hears fewer of them and counts more of the others, so no edge that is
// missing makes a claim stronger: that is why rivals are counted by time, and
// not by the edges that are known of them.
//
// Of a strong cascade those dependants are no part which only a manifest ties
// to it. They stay in its chain, with the class of their edge.
func (e *explainer) settle(c *cascade) {
	c.tier = detect.Suggestive
	told := e.told(c)
	if len(told) < dependants || len(told) <= len(e.unsaid(c, told)) || e.mayFollow(c, told) {
		return
	}
	c.tier = detect.Strong
	for w := range c.dependants {
		if !told[w] {
			delete(c.dependants, w)
		}
	}
	c.symptoms = slices.DeleteFunc(c.symptoms, func(s *symptom.Symptom) bool { return !told[s.Workload.Key()] })
}

// isInChain reports whether all of a child that does not say why it fails stands
// in the chain of a cascade.
func isInChain(_ *explainer, parent, child *Pattern) bool {
	return mute(child) && len(child.Tally.Workloads) > 0 && !slices.ContainsFunc(child.Tally.Workloads, func(w cluster.Ref) bool {
		return !slices.ContainsFunc(parent.Chain, func(h Hop) bool { return h.To == w })
	})
}

// told are the dependants all of whose ends say that they need what was
// changed, or another that says so.
func (e *explainer) told(c *cascade) map[cluster.Ref]bool {
	refs := make([]cluster.Ref, 0, len(c.dependants))
	for w := range c.dependants {
		refs = append(refs, w)
	}
	slices.SortFunc(refs, cluster.Ref.Compare)
	out := map[cluster.Ref]bool{}
	for grows := true; grows; {
		grows = false
		for _, w := range refs {
			if !out[w] && e.saysAll(c, w, out) {
				out[w], grows = true, true
			}
		}
	}
	return out
}

// saysAll reports whether each end of a workload in the window says that it
// needs what was changed or one of those that say so, each after it.
func (e *explainer) saysAll(c *cascade, w cluster.Ref, told map[cluster.Ref]bool) bool {
	said := false
	for _, i := range e.endsOf(w) {
		s := &e.symptoms[i]
		if !e.inWindow(s, c.change.Time) {
			continue
		}
		if !e.saysOne(c, s, told) {
			return false
		}
		said = true
	}
	return said
}

func (e *explainer) saysOne(c *cascade, s *symptom.Symptom, told map[cluster.Ref]bool) bool {
	for _, d := range e.dependencies().needs[s.Workload.Key()] {
		onset := c.change.Time
		if d.To != c.change.Object {
			if !told[d.To] {
				continue
			}
			onset = e.failures()[d.To].onset
		}
		if e.saysItNeeds(s, d) >= observed && soonAfter(s, onset) {
			return true
		}
	}
	return false
}

// inWindow reports whether a symptom began so soon after a change that it may
// have to do with it.
func (e *explainer) inWindow(s *symptom.Symptom, since time.Time) bool {
	return soonAfter(s, since) && !e.restartedTooOften(s, since)
}

// unsaid are the other workloads that began to fail in the window without a
// word of why: each may depend on what was changed without an edge that tells.
func (e *explainer) unsaid(c *cascade, told map[cluster.Ref]bool) []cluster.Ref {
	e.endsOf(cluster.Ref{})
	var out []cluster.Ref
	for w, at := range e.ends {
		if w == c.change.Object || told[w] || e.selfExplained(w) {
			continue
		}
		if slices.ContainsFunc(at, func(i int) bool { return isMute(&e.symptoms[i]) && e.inWindow(&e.symptoms[i], c.change.Time) }) {
			out = append(out, w)
		}
	}
	return out
}

// mayFollow reports whether what was changed fails itself for something else:
// it does not say why or names another, and another was rolled out or failed in
// time before it.
func (e *explainer) mayFollow(c *cascade, told map[cluster.Ref]bool) bool {
	up := c.change.Object
	if e.selfExplained(up) {
		return false
	}
	for _, i := range e.endsOf(up) {
		s := &e.symptoms[i]
		if (!isMute(s) && s.Target.Host == "") || !e.inWindow(s, c.change.Time) {
			continue
		}
		named := e.behindHost(s.Target.Host, s.Object.Namespace)
		if e.beganBefore(s, func(w cluster.Ref) bool {
			return w != up && !told[w] && (len(named) == 0 || slices.Contains(named, w))
		}) {
			return true
		}
	}
	return false
}

// beganBefore reports whether another workload was rolled out or began to fail
// in the window before a symptom, as far as means of noticing allow to say so.
func (e *explainer) beganBefore(s *symptom.Symptom, isOther func(cluster.Ref) bool) bool {
	before := func(t time.Time, slack time.Duration) bool {
		lag := s.First.Sub(t)
		return lag >= -tolerance-slack && lag <= cascadeWindow
	}
	for i := range e.changes {
		if c := &e.changes[i]; isRollout(c.Kind) && isOther(c.Object) && before(c.Time, 0) {
			return true
		}
	}
	for w, f := range e.failures() {
		if isOther(w) && before(f.onset, max(f.delay, delay(s))) {
			return true
		}
	}
	return false
}

// selfExplained reports whether something else than an end or a probe says what
// fails a workload: what killed it, or what it does not get.
func (e *explainer) selfExplained(w cluster.Ref) bool {
	if e.selfSaid == nil {
		e.selfSaid = map[cluster.Ref]bool{}
		for i := range e.symptoms {
			if selfSaying[e.symptoms[i].Kind] {
				e.selfSaid[e.symptoms[i].Workload.Key()] = true
			}
		}
	}
	return e.selfSaid[w]
}

// selfSaying are the kinds of symptoms that name what fails a workload without
// naming another.
var selfSaying = map[symptom.Kind]bool{
	symptom.OOM: true, symptom.ImagePull: true, symptom.Start: true, symptom.Eviction: true, symptom.Scheduling: true, symptom.Admission: true,
	symptom.MissingConfig: true, symptom.Storage: true, symptom.RBAC: true, symptom.Environment: true,
}
