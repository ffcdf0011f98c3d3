package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// rolloutDependants follows the edges from the workload to those who depend on it and
// further on, as far as these failed in the window and by nothing else, and
// returns all that is linked.
func (e *explainer) rolloutDependants(v *RolloutView, by map[cluster.Ref][]*symptom.Symptom, in incidents) map[cluster.Ref]bool {
	linked := map[cluster.Ref]bool{v.Workload: true}
	for queue := []cluster.Ref{v.Workload}; len(queue) > 0; queue = queue[1:] {
		for _, d := range e.dependencies().serves[queue[0]] {
			if linked[d.From] {
				continue
			}
			symptoms := by[d.From]
			if len(symptoms) == 0 && d.To == v.Workload && e.isHealthy(d.From) {
				linked[d.From] = true
				v.Unhurt = append(v.Unhurt, d.From)
			}
			if !inRolloutWindow(symptoms, v) || !e.carries(d, v) {
				continue
			}
			linked[d.From] = true
			if e.dependant(v, d, symptoms, in) {
				queue = append(queue, d.From)
			}
		}
	}
	slices.SortStableFunc(v.Dependants, byLag)
	slices.SortStableFunc(v.Elsewhere, byLag)
	slices.SortFunc(v.Unhurt, cluster.Ref.Compare)
	return linked
}

// carries reports whether a failure may go on over an edge: from the workload
// itself over any, further on over one that is certain or that the failing
// tell of themselves, to what failed after what it depends on.
func (e *explainer) carries(d *dependency, v *RolloutView) bool {
	return d.To == v.Workload || d.keeps(e.failures(), observed)
}

// dependant sorts one end of an edge: what of its failures can follow from
// the edge makes it a dependant, else it fails by another incident. It reports
// whether the failure may go on from there.
func (e *explainer) dependant(v *RolloutView, d *dependency, symptoms []*symptom.Symptom, in incidents) bool {
	var following []*symptom.Symptom
	for _, s := range symptoms {
		if canFollow(s, d) && in.ours(s) {
			following = append(following, s)
		}
	}
	if !inRolloutWindow(following, v) {
		other := e.rolloutEdge(d, d.From, v.Began, symptoms)
		other.Pattern = in.of(symptoms)
		v.Elsewhere = append(v.Elsewhere, other)
		return false
	}
	found := e.rolloutEdge(d, d.From, v.Began, following)
	if found.SaysOther {
		found.Pattern = in.of(following)
		v.Elsewhere = append(v.Elsewhere, found)
		return false
	}
	v.Dependants = append(v.Dependants, found)
	return !found.Earlier
}

// canFollow reports whether what a workload depends on can fail it so. An
// image that is not pulled or a pod that is not placed has nothing to do with
// it; only a webhook keeps pods from being made.
func canFollow(s *symptom.Symptom, d *dependency) bool {
	switch s.Kind {
	case symptom.Exit, symptom.CrashLoop, symptom.Probe, symptom.Unready, symptom.Network, symptom.Credentials, symptom.Version:
		return true
	case symptom.Environment:
		return d.Class >= observed
	case symptom.Admission:
		return d.Class == certain
	}
	return false
}

// rolloutUpstream are those that the workload itself depends on and that fail too:
// what failed after the rollout may have failed for them.
func (e *explainer) rolloutUpstream(v *RolloutView, by map[cluster.Ref][]*symptom.Symptom, linked map[cluster.Ref]bool) {
	for _, d := range e.dependencies().needs[v.Workload] {
		if linked[d.To] || !inRolloutWindow(by[d.To], v) {
			continue
		}
		linked[d.To] = true
		found := e.rolloutEdge(d, d.To, v.Began, by[d.To])
		found.SaysOther = false
		v.Upstream = append(v.Upstream, found)
	}
	slices.SortStableFunc(v.Upstream, byLag)
}

func byLag(a, b Dependant) int {
	return cmp.Or(cmp.Compare(a.Lag, b.Lag), a.Workload.Compare(b.Workload))
}

// inRolloutWindow reports whether something failed first in the window after a
// rollout, or failed before it and does still.
func inRolloutWindow(symptoms []*symptom.Symptom, v *RolloutView) bool {
	if len(symptoms) == 0 {
		return false
	}
	lag := firstFailureOf(symptoms).Sub(v.Began)
	return lag <= v.Window && (lag >= -tolerance || someOngoing(symptoms))
}

func someOngoing(symptoms []*symptom.Symptom) bool {
	return slices.ContainsFunc(symptoms, func(s *symptom.Symptom) bool { return s.Ongoing })
}

// rolloutEdge is one end of an edge, with what failed of it.
func (e *explainer) rolloutEdge(d *dependency, who cluster.Ref, began time.Time, symptoms []*symptom.Symptom) Dependant {
	lag := firstFailureOf(symptoms).Sub(began)
	out := Dependant{Workload: who, Via: d.To, Class: d.Class.String(), How: d.How, Lag: lag, Earlier: lag < -tolerance,
		Ongoing: someOngoing(symptoms), Reasons: reasonsOf(symptoms), Hidden: d.Declares == ""}
	if !out.Earlier {
		out.Lag = max(lag, 0)
	}
	pods := map[cluster.Ref]bool{}
	says, other := false, false
	for _, s := range symptoms {
		if s.Object.Kind == "Pod" {
			pods[s.Object.Key()] = true
		}
		kind := e.saysItNeeds(s, d)
		says = says || kind == observed
		other = other || (s.Target.Host != "" && kind == noEdge)
	}
	out.Pods, out.SaysOther = len(pods), other && !says
	return out
}

func (e *explainer) isHealthy(w cluster.Ref) bool {
	return !e.touched[w] && slices.ContainsFunc(e.s.PodsOf(w), (*cluster.Pod).Ready)
}
