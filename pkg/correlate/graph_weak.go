package correlate

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// weakly names what fails beside those of a pattern on the same volume and did
// not begin later. That two use one claim ties them only weakly, so it is no
// edge of the graph and carries nothing on: it is said where nothing else says
// what fails them.
func (e *explainer) weakly(p *Pattern) []string {
	if p.ExplainedBy != "" || !mute(p) {
		return nil
	}
	failing := e.failures()
	var out []string
	for _, w := range p.Tally.Workloads {
		from, fails := failing[w]
		for _, claim := range e.claimsOf(w) {
			for _, other := range e.usersOf()[claim] {
				at, too := failing[other]
				if !fails || !too || slices.Contains(p.Tally.Workloads, other) || at.onset.After(from.onset.Add(tolerance+max(at.delay, from.delay))) {
					continue
				}
				out = append(out, fmt.Sprintf("may be related, by a weak edge: %s, which fails too and did not begin later, uses the same %s as %s; that alone says nothing of why",
					other.Path(), claim, w.Path()))
			}
		}
	}
	return out[:min(2, len(out))]
}

// claimsOf are the claims that the template of a workload's pods names.
func (e *explainer) claimsOf(w cluster.Ref) []cluster.Ref {
	var t *cluster.Template
	if pods := e.s.PodsOf(w); len(pods) > 0 {
		t = pods[0].Template
	} else if known := e.s.Workload(w); known != nil {
		t = known.Template
	}
	if t == nil {
		return nil
	}
	out := make([]cluster.Ref, 0, len(t.Claims))
	for _, name := range t.Claims {
		out = append(out, cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: w.Namespace, Name: name})
	}
	return out
}

// usersOf are the failing workloads by the claims that they use, in order.
func (e *explainer) usersOf() map[cluster.Ref][]cluster.Ref {
	if e.sharers == nil {
		e.sharers = map[cluster.Ref][]cluster.Ref{}
		for w := range e.failures() {
			for _, claim := range e.claimsOf(w) {
				e.sharers[claim] = append(e.sharers[claim], w)
			}
		}
		for _, users := range e.sharers {
			slices.SortFunc(users, cluster.Ref.Compare)
		}
	}
	return e.sharers
}

// keptOut says of connections that timed out whether policies keep the caller
// from whom it calls: then nobody answers, though both are well. Who is refused
// was answered, which few network plugins do in a policy's name.
func (e *explainer) keptOut(p *Pattern) []string {
	var out []string
	for _, s := range p.Symptoms {
		if s.Cause != symptom.NetworkTimeout || s.Pod == nil || s.Target.Host == "" || len(out) == 2 {
			continue
		}
		for _, to := range e.behindHost(s.Target.Host, s.Object.Namespace) {
			pods := e.s.PodsOf(to)
			if len(pods) == 0 {
				continue
			}
			policies := e.s.KeptOut(s.Pod, pods[0])
			text := fmt.Sprintf("%s isolates %s, and none of its namespace's policies lets %s in: where the network plugin enforces them, such connections time out",
				detect.List(refNames(policies), 2), to.Path(), s.Workload.Path())
			if len(policies) > 0 && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

func refNames(refs []cluster.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.String()
	}
	return out
}
