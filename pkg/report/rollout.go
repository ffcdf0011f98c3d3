package report

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Rollout is what a report about one rollout adds.
type Rollout struct {
	Kind      string     `json:"kind"`
	Namespace string     `json:"namespace"`
	Name      string     `json:"name"`
	Began     *time.Time `json:"began"`
	// FirstRevision is set when nothing was rolled out before.
	FirstRevision bool   `json:"firstRevision"`
	State         string `json:"state"` // complete, in progress, stuck, paused, not ready or unknown
	Why           string `json:"why"`
	Desired       int    `json:"desired"`
	Updated       int    `json:"updated"`
	Ready         int    `json:"ready"`
	// Revisions, the current one first, then the newest.
	Revisions []RolloutRevision `json:"revisions"`
	// Own are failures of its own pods that began after the rollout, Before
	// those that began before it.
	Own        []RolloutFailure   `json:"own"`
	Before     []RolloutFailure   `json:"before"`
	Dependants []RolloutDependant `json:"dependants"`
	// Elsewhere depend on it and failed in the window too, by another incident.
	Elsewhere []RolloutDependant `json:"elsewhere"`
	// Upstream is what it depends on itself and that fails too.
	Upstream []RolloutDependant `json:"upstream"`
	// Unhurt depend on it too and did not fail.
	Unhurt []Ref `json:"unhurt"`
	// Alike and Unrelated first failed within WindowSeconds after the rollout:
	// in one pattern with it, and without a known link to it.
	Alike         []RolloutBystander `json:"alike"`
	Unrelated     []RolloutBystander `json:"unrelated"`
	WindowSeconds int                `json:"windowSeconds"`
	Investigation []Command          `json:"investigation"`
}

// RolloutRevision is one revision and what became of its pods.
type RolloutRevision struct {
	Revision    string     `json:"revision"`
	Name        string     `json:"name"`
	Current     bool       `json:"current"`
	Created     *time.Time `json:"created"`
	How         string     `json:"how"` // rollout, rollback or restart; empty when nothing tells
	By          string     `json:"by"`
	ChangeCause string     `json:"changeCause"`
	// What differs from the revision Against; empty when that is not known.
	What    string `json:"what"`
	Against string `json:"against"`
	// Unread is set when a template that would have to be compared was not read.
	Unread  bool     `json:"unread"`
	Pods    int      `json:"pods"`
	Healthy int      `json:"healthy"`
	Failing int      `json:"failing"`
	Reasons []string `json:"reasons"`
}

// RolloutFailure is one sort of failure of the workload's own pods.
type RolloutFailure struct {
	Reason     string   `json:"reason"`
	Pods       []Ref    `json:"pods"`
	Ongoing    int      `json:"ongoing"`
	Restarts   int      `json:"restarts"`
	LagSeconds int      `json:"lagSeconds"`
	Revisions  []string `json:"revisions"`
	Message    string   `json:"message"`
}

// RolloutDependant is a workload that depends on the one that was rolled out.
type RolloutDependant struct {
	Workload   Ref      `json:"workload"`
	Via        Ref      `json:"via"`
	Class      string   `json:"class"` // of the edge: certain, observed or declared
	How        string   `json:"how"`   // what tells of it
	LagSeconds int      `json:"lagSeconds"`
	Pods       int      `json:"pods"`
	Ongoing    bool     `json:"ongoing"`
	Reasons    []string `json:"reasons"`
	// FailedBefore is set when it failed before the rollout already.
	FailedBefore bool `json:"failedBefore"`
	// Hidden is set when no manifest that was read declares the dependency.
	Hidden bool `json:"hidden"`
	// SaysOther is set when its own words name another peer and not this one.
	SaysOther bool `json:"saysOther"`
	// Pattern holds its failures where these are another incident's.
	Pattern string `json:"pattern,omitempty"`
}

// RolloutBystander failed at the same time, without a known link.
type RolloutBystander struct {
	Workload   Ref      `json:"workload"`
	LagSeconds int      `json:"lagSeconds"`
	Reasons    []string `json:"reasons"`
	Pattern    string   `json:"pattern"` // of both; empty without a link
}

// AddRollout adds the view of one rollout to a report.
func (r *Report) AddRollout(v correlate.RolloutView) {
	r.Rollout = &Rollout{Kind: v.Workload.Kind, Namespace: v.Workload.Namespace, Name: v.Workload.Name,
		Began: moment(v.Began), FirstRevision: v.First, State: string(v.State), Why: v.Why,
		Desired: int(v.Desired), Updated: int(v.Updated), Ready: int(v.Ready),
		Revisions: convert(v.Revisions, rolloutRevision),
		Own:       convert(v.Own, rolloutFailure), Before: convert(v.Before, rolloutFailure),
		Dependants: convert(v.Dependants, rolloutDependant),
		Elsewhere:  convert(v.Elsewhere, rolloutDependant),
		Upstream:   convert(v.Upstream, rolloutDependant),
		Unhurt:     convert(v.Unhurt, ref),
		Alike:      convert(v.Alike, rolloutBystander), Unrelated: convert(v.Unrelated, rolloutBystander),
		WindowSeconds: int(v.Window.Seconds()),
		Investigation: rolloutCommands(v.Workload),
	}
	if v.State == correlate.Paused {
		r.Recommendations = append(r.Recommendations, Recommendation{Urgency: string(detect.Later), Patterns: []string{},
			Text:     "The rollout is paused: nothing of it goes on until it is resumed.",
			Commands: []string{detect.Kubectl("rollout", "resume", detect.Target(v.Workload), "-n", v.Workload.Namespace)}})
	}
}

func rolloutBystander(b correlate.Bystander) RolloutBystander {
	return RolloutBystander{ref(b.Workload), int(b.Lag.Seconds()), orEmpty(b.Reasons), b.Pattern}
}

func rolloutRevision(v correlate.RevisionView) RolloutRevision {
	return RolloutRevision{Revision: v.Label, Name: v.Name, Current: v.Current, Created: moment(v.Created), How: string(v.Kind), By: v.By,
		ChangeCause: v.Cause, What: v.What, Against: v.Against, Unread: v.Unread, Pods: v.Pods, Healthy: v.Healthy, Failing: v.Failing, Reasons: orEmpty(v.Reasons)}
}

func rolloutFailure(a correlate.Aftermath) RolloutFailure {
	return RolloutFailure{Reason: a.Reason, Pods: convert(a.Pods, ref), Ongoing: a.Ongoing, Restarts: int(a.Restarts),
		LagSeconds: int(a.Lag.Seconds()), Revisions: orEmpty(a.Revisions), Message: a.Message}
}

func rolloutDependant(d correlate.Dependant) RolloutDependant {
	return RolloutDependant{Workload: ref(d.Workload), Via: ref(d.Via), Class: d.Class, How: d.How, LagSeconds: int(d.Lag.Seconds()),
		Pods: d.Pods, Ongoing: d.Ongoing, Reasons: orEmpty(d.Reasons), FailedBefore: d.Earlier, Hidden: d.Hidden, SaysOther: d.SaysOther, Pattern: d.Pattern}
}

func rolloutCommands(w cluster.Ref) []Command {
	return []Command{
		{Why: "how far it is", Command: detect.Kubectl("rollout", "status", detect.Target(w), "-n", w.Namespace, "--watch=false")},
		{Why: "its revisions, as Kubernetes lists them", Command: detect.Kubectl("rollout", "history", detect.Target(w), "-n", w.Namespace)},
	}
}
