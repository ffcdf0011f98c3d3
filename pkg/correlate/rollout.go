package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// RolloutView is the newest rollout of one workload: its revisions, and what
// failed after it.
type RolloutView struct {
	Workload cluster.Ref
	// Began is when the newest revision became so; zero when nothing dates it.
	Began time.Time
	First bool // the workload's first revision
	State RolloutState
	Why   string // what the state stands on
	// Desired, Updated and Ready are of the workload's status; Known is unset
	// when the workload itself was not read.
	Known                   bool
	Desired, Updated, Ready int32
	Revisions               []RevisionView // the current one first, then the newest
	Own                     []Aftermath
	// Before are sorts of failures that the workload had before, and has still.
	Before     []Aftermath
	Dependants []Dependant
	// Elsewhere depend on it and failed in the window too, but by another
	// incident: what fails them does not follow from a dependency, or follows
	// from something else.
	Elsewhere []Dependant
	// Upstream is what it depends on itself and that fails too.
	Upstream []Dependant
	// Unhurt depend on it too, and did not fail.
	Unhurt []cluster.Ref
	// Alike have the same trouble as it, in one pattern; Unrelated failed first
	// in the same window without a known link.
	Alike, Unrelated []Bystander
	Window           time.Duration
}

// RolloutState is how far a rollout is.
type RolloutState string

// The states of a rollout.
const (
	RolledOut  RolloutState = "complete"
	InProgress RolloutState = "in progress"
	Stuck      RolloutState = "stuck"
	Paused     RolloutState = "paused"
	NotReady   RolloutState = "not ready"
	NotKnown   RolloutState = "unknown"
)

// RevisionView is one revision with what became of its pods.
type RevisionView struct {
	*cluster.Revision
	Label   string // its number, else the hash of its pods
	Current bool
	Kind    cluster.ChangeKind // how it became current, where a change tells
	By      string
	// What differs from the revision Against, empty when that is not known.
	What, Against string
	// Unread is set when its template, or that of the one before, was not read.
	Unread bool
	// Healthy pods are ready and have no trouble.
	Pods, Healthy, Failing int
	Reasons                []string // of the failing ones
}

// ViewRollout looks at one workload of a story; ok is false when nothing that
// was read knows it.
func ViewRollout(story *Story, ref cluster.Ref) (RolloutView, bool) {
	s := story.Snapshot
	v := RolloutView{Workload: ref.Key(), Window: cascadeWindow}
	w := s.Workload(ref)
	if w == nil && len(s.PodsOf(ref)) == 0 {
		return v, false
	}
	e := story.explainer
	v.Revisions = e.revisionViews(ref)
	v.Began, v.First = e.rolloutBegan(ref, v.Revisions)
	if w != nil {
		v.Known, v.Desired, v.Updated, v.Ready = true, w.Desired, w.Updated, w.Ready
	}
	v.State, v.Why = rolloutState(w, v.Revisions)
	if !v.Began.IsZero() {
		e.afterRollout(&v, story)
		v.split(story.Patterns)
	}
	return v, true
}

// revisionViews are the revisions of a workload with the pods of each, the current one first.
func (e *explainer) revisionViews(ref cluster.Ref) []RevisionView {
	revs := e.s.RevisionsOf(ref)
	current := currentRevision(e.s.Workload(ref), revs)
	out := make([]RevisionView, 0, len(revs))
	for i, r := range revs {
		v := RevisionView{Revision: r, Label: revisionLabel(r), Current: i == current}
		if i > 0 {
			v.Against = revisionLabel(revs[i-1])
			v.What = cluster.Difference(revs[i-1].Template, r.Template)
		}
		e.dateRevision(&v)
		v.Unread = v.What == "" && i > 0 && (r.Template == nil || revs[i-1].Template == nil)
		e.podsOfRevision(ref, &v)
		out = append(out, v)
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b RevisionView) int { return cmp.Compare(notCurrent(a), notCurrent(b)) })
	return out
}

func notCurrent(v RevisionView) int {
	if v.Current {
		return 0
	}
	return 1
}

// currentRevision is the revision that the workload says is its newest: a rollback
// of a StatefulSet makes an older one that again.
func currentRevision(w *cluster.Workload, revs []*cluster.Revision) int {
	if w != nil && w.Revision != "" {
		for i, r := range revs {
			if r.Name == w.Revision || fmt.Sprint(r.Number) == w.Revision {
				return i
			}
		}
	}
	return len(revs) - 1
}

func revisionLabel(r *cluster.Revision) string {
	if r.Number > 0 {
		return fmt.Sprint(r.Number)
	}
	return r.Hash
}

// dateRevision adds what the change says that made a revision current.
func (e *explainer) dateRevision(v *RevisionView) {
	for _, c := range e.changes {
		ours := c.Object == v.Owner.Key() && isRollout(c.Kind)
		if ours && (c.Time.Equal(v.Created) || (v.Reused && v.Current && c.Kind == cluster.Rollback)) {
			v.Kind, v.By = c.Kind, c.By
			if v.What == "" && v.Against != "" && tellsDifference(c.What, v.Number) {
				v.What = c.What
			}
		}
	}
}

// tellsDifference reports whether a change says more than that there is a new
// revision, which is all that is known without templates.
func tellsDifference(what string, number int64) bool {
	return what != "a new revision" && what != fmt.Sprintf("revision %d", number)
}

func isRollout(k cluster.ChangeKind) bool {
	return k == cluster.Rollout || k == cluster.Rollback || k == cluster.Restart
}

// podsOfRevision counts the pods of a revision that are there and are to stay.
func (e *explainer) podsOfRevision(ref cluster.Ref, v *RevisionView) {
	failing := map[cluster.Ref]bool{}
	for _, p := range e.s.PodsOf(ref) {
		if p.Finished() || !p.Deleting.IsZero() || p.Revision() != v.Hash {
			continue
		}
		v.Pods++
		switch {
		case e.failing[p.Key()] || e.notReady(p):
			v.Failing++
			failing[p.Key()] = true
		case p.Ready():
			v.Healthy++
		}
	}
	for i := range e.symptoms {
		if s := &e.symptoms[i]; s.Ongoing && failing[s.Object.Key()] && s.Kind != symptom.Unclassified {
			if r := reason(s); !slices.Contains(v.Reasons, r) {
				v.Reasons = append(v.Reasons, r)
			}
		}
	}
	slices.Sort(v.Reasons)
}

// rolloutBegan is when the newest revision became so: by the change that dates it,
// else with the revision, else with the workload.
func (e *explainer) rolloutBegan(ref cluster.Ref, revs []RevisionView) (at time.Time, first bool) {
	for _, c := range e.changes {
		if c.Object == ref.Key() && isRollout(c.Kind) {
			at = c.Time
		}
	}
	if !at.IsZero() {
		return at, false
	}
	if len(revs) > 0 {
		return revs[0].Created, true
	}
	if w := e.s.Workload(ref); w != nil {
		return w.Created, true
	}
	return at, true
}

// rolloutState reads how far a rollout is from the workload's status and from
// the pods of its current revision.
func rolloutState(w *cluster.Workload, revs []RevisionView) (state RolloutState, why string) {
	if w == nil {
		return NotKnown, "the workload itself was not read"
	}
	fails := ""
	if len(revs) > 0 && revs[0].Failing > 0 {
		fails = fmt.Sprintf("; %d of %s of revision %s failing", revs[0].Failing, detect.Count(revs[0].Pods, "pod"), revs[0].Label)
	}
	numbers := fmt.Sprintf("%d of %d updated, %d ready%s", w.Updated, w.Desired, w.Ready, fails)
	progress := w.Condition("Progressing")
	switch {
	case w.Paused:
		return Paused, "somebody paused it; " + numbers
	case progress.Reason == "ProgressDeadlineExceeded":
		return Stuck, "its progress deadline passed: " + numbers
	case w.Progressing && fails != "" && w.Kind == "StatefulSet":
		return Stuck, "a StatefulSet waits for each new pod to be ready before it makes the next: " + numbers
	case w.Progressing:
		return InProgress, numbers
	case w.Ready < w.Desired:
		return NotReady, "all pods are of the current revision, not all are ready: " + numbers
	}
	return RolledOut, numbers
}
