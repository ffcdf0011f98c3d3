// Package rolloutfailure detects rollouts whose new revision does not work.
package rolloutfailure

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector contrasts the revisions of one workload.
var Detector = &detect.Detector{
	Name:     "rollout-failure",
	Category: "deployment",
	Doc: `rollouts whose new revision fails

Means that the newest revision of a workload does not work.

Reads workloads with their revisions and conditions, pods, and whatever is wrong
with these.

Groups by workload.

Speaks when most pods of a workload's newest revision fail from their start on (they
crash, cannot pull their image, or do not become ready, whatever keeps them: a node,
a volume, something that is missing, a probe, a peer), when no pod of it can be made
at all, and when the Deployment controller says that the rollout exceeded its
deadline; tells how the revision before fares, and where a StatefulSet waits.
Rolling back is a rollout too. Where a cause closer to the failure is known (an
image that cannot be pulled, a memory limit), the failed rollout is reported as its
consequence.

Silent when a revision failed only after it had worked, while a rollout goes on and
nothing fails, on paused Deployments, and on the first revision of a workload unless
its deadline passed.

What to do: go back to the revision before, unless the cause is found at once, and
correct what is new.`,
	Causes: []string{crash, image, notReady, deadline},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Deployments, cluster.ReplicaSets},
	Run:    run,
}

const (
	crash    = "crash"
	image    = "image"
	notReady = "not-ready"
	deadline = "deadline"
)

// soon is how soon after its beginning a revision must fail for the rollout to
// be called failed: the default progressDeadlineSeconds.
const soon = 10 * time.Minute

// kinds are what can keep the pods of a new revision from working.
var kinds = []symptom.Kind{symptom.ImagePull, symptom.Exit, symptom.CrashLoop, symptom.OOM, symptom.Start, symptom.MissingConfig, symptom.Probe,
	symptom.Unready, symptom.Storage, symptom.Scheduling, symptom.Network, symptom.Credentials, symptom.Environment, symptom.RBAC, symptom.Version,
	symptom.Admission, symptom.Rollout}

func run(pass *detect.Pass) {
	failing := detect.GroupBy(pass.Of(kinds...), func(s *symptom.Symptom) string { return s.Workload.String() })
	for _, g := range failing {
		if r, ok := newRollout(pass, g.Symptoms); ok {
			pass.Report(r.pattern())
		}
	}
}

// rollout is a workload with its newest revision and the one before.
type rollout struct {
	pass     *detect.Pass
	workload cluster.Ref
	current  *cluster.Revision
	previous *cluster.Revision // nil for a first revision
	began    time.Time         // when the newest revision became so
	running  bool              // a StatefulSet or DaemonSet that has not replaced all its pods yet
	failing  []*symptom.Symptom
	pods     int // of the newest revision
	oldPods  int // of earlier revisions
	oldReady int
	overdue  *symptom.Symptom
	refused  []*symptom.Symptom // why no pod of the newest revision can be made
}

func newRollout(pass *detect.Pass, symptoms []*symptom.Symptom) (*rollout, bool) {
	r := &rollout{pass: pass, workload: symptoms[0].Workload.Key()}
	w := pass.Workload(r.workload)
	if (w != nil && w.Paused) || !r.setRevisions(pass.RevisionsOf(r.workload)) {
		return nil, false
	}
	r.running = w != nil && w.Progressing && w.Kind != "Deployment"
	r.began = r.beginning()
	r.countPods()
	for _, s := range symptoms {
		r.sort(s)
	}
	return r, r.overdue != nil || (r.previous != nil && (r.mostFail() || len(r.refused) > 0))
}

// sort keeps a symptom if it is of the newest revision.
func (r *rollout) sort(s *symptom.Symptom) {
	switch {
	case s.Kind == symptom.Rollout:
		r.overdue = s
	case !s.Ongoing || !r.fromTheStart(s):
	case s.Pod != nil && s.Pod.Revision() == r.current.Hash:
		r.failing = append(r.failing, s)
	case s.Object.Kind != "Pod" && r.pods == 0:
		r.refused = append(r.refused, s)
	}
}

// mostFail reports whether half of the newest revision's pods fail, or more.
func (r *rollout) mostFail() bool {
	return len(r.failing) > 0 && 2*len(detect.Sum(r.failing).Pods) >= r.pods
}

// beginning is when the newest revision became so: with a rollback long after
// it was made.
func (r *rollout) beginning() time.Time {
	began := r.current.Created
	if r.current.Reused || (r.previous != nil && r.previous.Created.After(began)) {
		for _, c := range r.pass.Changes() {
			if c.Object == r.workload && c.Kind == cluster.Rollback && c.Time.After(began) {
				began = c.Time
			}
		}
	}
	return began
}

// fromTheStart reports whether a failure came with the newest revision. Where
// pods are replaced one by one, it came with the pod.
func (r *rollout) fromTheStart(s *symptom.Symptom) bool {
	if s.First.Sub(r.began) <= soon {
		return s.First.After(r.began.Add(-soon)) || s.Pod == nil || !s.Pod.Created.Before(r.began)
	}
	return r.running && s.Pod != nil && s.First.Sub(s.Pod.Created) <= soon
}

// setRevisions finds the newest revision and the one before. A rollback makes
// an older one current again, which the workload itself says.
func (r *rollout) setRevisions(revs []*cluster.Revision) bool {
	if len(revs) == 0 {
		return false
	}
	current := len(revs) - 1
	if w := r.pass.Workload(r.workload); w != nil && w.Revision != "" {
		for i, rev := range revs {
			if rev.Name == w.Revision || fmt.Sprint(rev.Number) == w.Revision {
				current = i
			}
		}
	}
	r.current = revs[current]
	if len(revs) == 1 {
		return true
	}
	r.previous = revs[len(revs)-1] // what a StatefulSet was rolled back from
	if r.previous == r.current {
		r.previous = revs[current-1]
	}
	return true
}

func (r *rollout) countPods() {
	for _, p := range r.pass.PodsOf(r.workload) {
		switch {
		case p.Finished() || !p.Deleting.IsZero():
		case p.Revision() == r.current.Hash:
			r.pods++
		default:
			r.oldPods++
			if p.Ready() {
				r.oldReady++
			}
		}
	}
}
