package correlate

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Aftermath is one sort of failure of the workload's own pods.
type Aftermath struct {
	Reason    string
	Pods      []cluster.Ref // those that failed so; none where none could be made
	Ongoing   int
	Restarts  int32
	Lag       time.Duration // from the rollout to the first; negative before it
	Revisions []string      // whose pods
	Message   string
}

// Dependant is a workload that depends on the rolled out one, perhaps by way
// of others, and first failed in the window after the rollout.
type Dependant struct {
	Workload cluster.Ref
	// Via is what it depends on; Class is how surely, and How what tells of it.
	Via        cluster.Ref
	Class, How string
	Lag        time.Duration
	Pods       int
	Ongoing    bool
	Reasons    []string
	// Earlier is set when it failed before the rollout already.
	Earlier bool
	// Hidden is set when no manifest that was read declares the dependency.
	Hidden bool
	// SaysOther is set when its own words name another peer that it cannot
	// reach, and not this one.
	SaysOther bool
	// Pattern holds its failures, where these are another incident's; empty
	// when none does.
	Pattern string
}

// Bystander failed at the same time.
type Bystander struct {
	Workload cluster.Ref
	Lag      time.Duration
	Reasons  []string
	// Pattern is one that holds it together with the rolled out workload: both
	// have the same trouble. Empty when there is none.
	Pattern string
}

// tellsOfFailure leaves out what makes no workload fail.
func tellsOfFailure(s *symptom.Symptom) bool {
	switch s.Kind {
	case symptom.Unclassified, symptom.Throttling, symptom.Stale, symptom.PullSecret:
		return false
	}
	return !s.Workload.IsZero() && s.Object.Kind != "Node"
}

// afterRollout sorts everything that failed around a rollout into its own pods, what
// depends on it, and what has no known link.
func (e *explainer) afterRollout(v *RolloutView, story *Story) {
	by := map[cluster.Ref][]*symptom.Symptom{}
	for i := range e.symptoms {
		if s := &e.symptoms[i]; tellsOfFailure(s) {
			by[s.Workload.Key()] = append(by[s.Workload.Key()], s)
		}
	}
	v.Own, v.Before = e.ownFailures(by[v.Workload], v)
	linked := e.rolloutDependants(v, by, story.incidents(v.Workload))
	e.rolloutUpstream(v, by, linked)
	for w, symptoms := range by {
		lag := firstFailureOf(symptoms).Sub(v.Began)
		if w != v.Workload && !linked[w] && lag >= -tolerance && lag <= v.Window {
			v.Unrelated = append(v.Unrelated, Bystander{Workload: w, Lag: max(lag, 0), Reasons: reasonsOf(symptoms)})
		}
	}
	slices.SortFunc(v.Unrelated, func(a, b Bystander) int { return cmp.Or(cmp.Compare(a.Lag, b.Lag), a.Workload.Compare(b.Workload)) })
}

func firstFailureOf(symptoms []*symptom.Symptom) time.Time {
	var first time.Time
	for _, s := range symptoms {
		if first.IsZero() || (!s.First.IsZero() && s.First.Before(first)) {
			first = s.First
		}
	}
	return first
}

func reasonsOf(symptoms []*symptom.Symptom) []string {
	seen := map[string]bool{}
	for _, s := range symptoms {
		seen[reason(s)] = true
	}
	return sortedKeys(seen)
}

// ownFailures groups the workload's own failures by their reason, those that began
// before the rollout apart.
func (e *explainer) ownFailures(symptoms []*symptom.Symptom, v *RolloutView) (after, before []Aftermath) {
	groups := map[string][]*symptom.Symptom{}
	for _, s := range symptoms {
		key := reason(s)
		if s.First.Sub(v.Began) < -tolerance {
			key = "before " + key
		}
		groups[key] = append(groups[key], s)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		a := aftermath(groups[key], v)
		if a.Lag < -tolerance {
			before = append(before, a)
		} else {
			a.Lag = max(a.Lag, 0)
			after = append(after, a)
		}
	}
	order := func(a, b Aftermath) int { return cmp.Or(cmp.Compare(a.Lag, b.Lag), cmp.Compare(a.Reason, b.Reason)) }
	slices.SortStableFunc(after, order)
	slices.SortStableFunc(before, order)
	return after, before
}

func aftermath(symptoms []*symptom.Symptom, v *RolloutView) Aftermath {
	a := Aftermath{Reason: reason(symptoms[0]), Message: symptoms[0].Message, Lag: firstFailureOf(symptoms).Sub(v.Began)}
	for _, s := range symptoms {
		if s.Ongoing {
			a.Ongoing++
		}
		if s.Object.Kind == "Pod" && !slices.Contains(a.Pods, s.Object.Key()) {
			a.Pods = append(a.Pods, s.Object.Key())
			a.Restarts += s.Restarts
		}
		if s.Pod == nil {
			continue
		}
		for _, r := range v.Revisions {
			if r.Hash == s.Pod.Revision() && !slices.Contains(a.Revisions, r.Label) {
				a.Revisions = append(a.Revisions, r.Label)
			}
		}
	}
	slices.SortFunc(a.Pods, cluster.Ref.Compare)
	slices.Sort(a.Revisions)
	return a
}
