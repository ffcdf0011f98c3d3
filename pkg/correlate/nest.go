package correlate

import (
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// nest gives every consequence its parent, rule by rule. No pattern explains
// itself, not even by way of others.
func (e *explainer) nest(ps []*Pattern) {
	known := byID(ps)
	for i := range rules {
		for _, child := range ps {
			if child.ExplainedBy != "" || !rules[i].isChild(child) {
				continue
			}
			if parent := e.parentOf(&rules[i], ps, child, known); parent != nil {
				child.ExplainedBy, child.Following = parent.ID, rules[i].following(parent, child)
				parent.Explains = append(parent.Explains, child.ID)
			}
		}
	}
	for _, p := range ps {
		slices.Sort(p.Explains)
		for up := known[p.ExplainedBy]; up != nil; up = known[up.ExplainedBy] {
			if p.Severity.Rank() < up.Severity.Rank() {
				up.Severity = p.Severity // an incident is as bad as the worst that follows
			}
		}
	}
}

// distinguish gives patterns whose IDs collide different ones: a hash is short,
// and whoever explains is found by ID.
func distinguish(ps []*Pattern) {
	seen := map[string]bool{}
	for _, p := range ps {
		id := p.ID
		for n := 2; seen[p.ID]; n++ {
			p.ID = fmt.Sprintf("%s-%d", id, n)
		}
		seen[p.ID] = true
	}
}

// parentOf finds the pattern that a rule says a child follows from: the one
// that touches most of it. Where the child is only touched in part by each,
// all that qualify have to touch all of it together.
func (e *explainer) parentOf(r *rule, ps []*Pattern, child *Pattern, byID map[string]*Pattern) *Pattern {
	var best *Pattern
	most := 0
	touched := map[cluster.Ref]bool{}
	for _, p := range ps {
		if p == child || !r.isParent(p) || !r.inTime(p, child) || descends(p, child, byID) || (r.when != nil && !r.when(e, p, child)) {
			continue
		}
		common := r.by(p, child)
		for _, ref := range common {
			touched[ref] = true
		}
		if len(common) > most || (len(common) == most && most > 0 && compare(p, best) < 0) {
			best, most = p, len(common)
		}
	}
	if best == nil || len(touched) < len(r.by(child, child)) {
		return nil
	}
	return best
}

func descends(p, ancestor *Pattern, byID map[string]*Pattern) bool {
	for ; p != nil; p = byID[p.ExplainedBy] {
		if p == ancestor {
			return true
		}
	}
	return false
}

// afterwards is how long after a node's trouble failures on it may still be
// laid to it.
const afterwards = 5 * time.Minute

// whileItLasted reports whether the child began during the parent's trouble,
// or just after it.
func whileItLasted(_ *explainer, parent, child *Pattern) bool {
	return parent.Tally.Ongoing || child.Tally.First.Before(parent.Tally.Last.Add(afterwards))
}

// onPeersNode reports whether the objects that the child's text names (the
// pods that still hold a volume) sit on a node that the parent is about.
func onPeersNode(e *explainer, parent, child *Pattern) bool {
	for _, s := range child.Symptoms {
		for _, peer := range s.Peers {
			if p := e.s.Pod(peer.Namespace, peer.Name); p != nil && slices.Contains(parent.Nodes, p.Node) {
				return true
			}
			if peer.Kind == "Node" && slices.Contains(parent.Nodes, peer.Name) {
				return true
			}
		}
	}
	return false
}

// needsParent reports whether the child's pods call what the parent is about:
// everything that they say they cannot reach is a Service whose pods the
// parent touches. So does an admission webhook whose Service stands among the
// peers.
func needsParent(e *explainer, parent, child *Pattern) bool {
	called := 0
	for _, s := range child.Symptoms {
		if s.Target.Host != "" || s.Cause == symptom.NetworkDNS {
			if !touchesAny(parent, e.behindTarget(s)) {
				return false
			}
			called++
		}
		for _, svc := range e.peerServices(s) {
			if svc == nil || !touchesAny(parent, e.backends(svc)) {
				return false
			}
			called++
		}
	}
	return called > 0
}

// behindTarget are the workloads behind the peer that a symptom's words name:
// behind the name server, where it is that which does not answer.
func (e *explainer) behindTarget(s *symptom.Symptom) []cluster.Ref {
	if s.Cause != symptom.NetworkDNS || s.Item == "" {
		return e.behindHost(s.Target.Host, s.Object.Namespace)
	}
	if host, _, err := net.SplitHostPort(s.Item); err == nil && e.s.ServiceByIP(host) != nil {
		return e.behindHost(host, s.Object.Namespace)
	}
	if svc := e.s.DNS(); svc != nil { // by another address, or a cache on the node before it
		return e.backends(svc)
	}
	return nil
}

// behindHost are the workloads behind a host: those of the Service that it
// names, or that of the pod whose address it is, as behind a headless Service.
func (e *explainer) behindHost(host, namespace string) []cluster.Ref {
	if svc, _ := e.serviceAt(host, namespace); svc != nil {
		return e.backends(svc)
	}
	var out []cluster.Ref
	for _, p := range e.s.PodsAt(host) {
		if !p.Finished() {
			out = append(out, e.s.WorkloadOf(p))
		}
	}
	return out
}

func touchesAny(p *Pattern, workloads []cluster.Ref) bool {
	return slices.ContainsFunc(workloads, func(w cluster.Ref) bool { return slices.Contains(p.Tally.Workloads, w) })
}

// isOfItsRollout reports whether the child is about dependants of a rollout
// of what the parent is about.
func isOfItsRollout(_ *explainer, parent, child *Pattern) bool {
	return child.Change != nil && slices.Contains(parent.Tally.Workloads, child.Change.Object)
}

// sharesClaim reports whether parent and child name the same object, or sit
// on the same pods.
func sharesClaim(_ *explainer, parent, child *Pattern) bool {
	if n := len(byPods(parent, child)); n > 0 && n == len(child.Tally.Pods) {
		return true
	}
	for _, c := range child.Symptoms {
		if c.About.IsZero() {
			return false
		}
		found := false
		for _, p := range parent.Symptoms {
			found = found || p.About.Key() == c.About.Key() || p.Object.Key() == c.About.Key()
		}
		if !found {
			return false
		}
	}
	return len(child.Symptoms) > 0
}
