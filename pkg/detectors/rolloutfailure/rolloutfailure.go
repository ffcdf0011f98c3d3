// Package rolloutfailure detects rollouts whose new revision does not work.
package rolloutfailure

import (
	"fmt"
	"slices"
	"strings"
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

Speaks when the pods of a workload's newest revision fail from its start on,
or when the Deployment controller says that the rollout exceeded its deadline,
and tells how the revision before fares. Where a cause closer to the failure is
known (an image that cannot be pulled, a memory limit), the failed rollout is
reported as its consequence. Silent when a revision failed only after it had
worked, and on the first revision of a workload unless its deadline passed.`,
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

// fromTheStart is how soon after its creation a revision must fail for the
// rollout to be called failed: the default progressDeadlineSeconds.
const fromTheStart = 10 * time.Minute

func run(pass *detect.Pass) {
	failing := detect.GroupBy(pass.Of(symptom.ImagePull, symptom.Exit, symptom.OOM, symptom.Start, symptom.MissingConfig, symptom.Probe, symptom.Unready, symptom.Rollout),
		func(s *symptom.Symptom) string { return s.Workload.String() })
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
	failing  []*symptom.Symptom
	pods     int // of the newest revision
	oldPods  int // of earlier revisions
	oldReady int
	overdue  *symptom.Symptom
}

func newRollout(pass *detect.Pass, symptoms []*symptom.Symptom) (*rollout, bool) {
	r := &rollout{pass: pass, workload: symptoms[0].Workload.Key()}
	if !r.setRevisions(pass.RevisionsOf(r.workload)) {
		return nil, false
	}
	r.countPods()
	for _, s := range symptoms {
		switch {
		case s.Kind == symptom.Rollout:
			r.overdue = s
		case s.Ongoing && s.Pod != nil && s.Pod.Revision() == r.current.Hash && s.First.Sub(r.current.Created) <= fromTheStart:
			r.failing = append(r.failing, s)
		}
	}
	started := r.previous != nil && len(r.failing) > 0 && 2*len(detect.Sum(r.failing).Pods) >= r.pods
	return r, started || r.overdue != nil
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
	if r.previous = revs[max(current-1, 0)]; r.previous == r.current {
		r.previous = revs[len(revs)-1]
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

func (r *rollout) pattern() detect.Pattern {
	symptoms := r.failing
	if r.overdue != nil {
		symptoms = append(symptoms, r.overdue)
	}
	p := detect.Pattern{
		Cause:           r.cause(),
		Key:             r.workload.String(),
		Symptoms:        symptoms,
		Title:           r.title(),
		Probable:        r.probable(),
		Counter:         r.counter(),
		Contrast:        r.oldReady > 0,
		Investigation:   r.investigation(),
		Recommendations: r.recommendations(),
	}
	hash := r.current.Hash
	p.Factors = []detect.Factor{{Attribute: "revision", Value: r.workload.Path() + "@" + r.label(r.current), Placement: true,
		Holds: func(p *cluster.Pod) bool {
			return r.pass.WorkloadOf(p) == r.workload && p.Revision() == hash
		}}}
	if r.previous != nil {
		p.Change = &cluster.Change{Time: r.current.Created, Kind: cluster.Rollout, Object: r.workload, What: r.what()}
	}
	return p
}

func (r *rollout) label(rev *cluster.Revision) string {
	if rev.Number > 0 {
		return fmt.Sprint(rev.Number)
	}
	return rev.Hash
}

// cause is that of most of the failing pods; a deadline says least, and
// stands only where nothing else is known.
func (r *rollout) cause() string {
	count := map[string]int{}
	for _, s := range r.failing {
		switch {
		case s.Kind == symptom.ImagePull:
			count[image]++
		case s.Kind == symptom.Unready, s.Kind == symptom.MissingConfig, s.Kind == symptom.Probe && s.Cause == symptom.Readiness:
			count[notReady]++
		default:
			count[crash]++
		}
	}
	best := deadline
	for _, c := range []string{crash, image, notReady} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

var verbs = map[string]string{
	crash: "crash", image: "cannot pull their image", notReady: "do not become ready", deadline: "did not come up in time",
}

func (r *rollout) title() string {
	failing := len(detect.Sum(r.failing).Pods)
	if failing == 0 {
		return fmt.Sprintf("Rollout of %s (revision %s) exceeded its deadline", r.workload.Path(), r.label(r.current))
	}
	title := fmt.Sprintf("Rollout of %s fails: %d of %d new pods (revision %s) %s",
		r.workload.Path(), failing, r.pods, r.label(r.current), verbs[r.cause()])
	if r.oldPods > 0 {
		title += fmt.Sprintf(", %d of %d of the revision before are ready", r.oldReady, r.oldPods)
	}
	return title
}

func (r *rollout) what() string {
	if d := cluster.Difference(r.previous.Template, r.current.Template); d != "" {
		return d
	}
	return "revision " + r.label(r.current)
}

func (r *rollout) probable() detect.Cause {
	c := detect.Cause{Confidence: detect.Low, Why: "the failure began with the new revision's pods"}
	switch {
	case r.previous == nil:
		c.Text = "The workload's first revision did not come up."
	case r.oldReady > 0:
		c.Text = fmt.Sprintf("The change most consistent with the evidence: %s.", r.what())
		c.Confidence = detect.Medium
		c.Why = fmt.Sprintf("pods of the new revision fail while %d of %d of the old one are ready at the same time", r.oldReady, r.oldPods)
	default:
		c.Text = fmt.Sprintf("It started with the rollout that changed: %s.", r.what())
	}
	return c
}

func (r *rollout) counter() []string {
	if r.previous != nil && r.oldPods == 0 {
		return []string{"no pod of the revision before is left to compare with"}
	}
	return nil
}

func (r *rollout) investigation() []detect.Command {
	kind := strings.ToLower(r.workload.Kind)
	out := []detect.Command{
		{Why: "how far the rollout got", Command: detect.Kubectl("rollout", "status", kind+"/"+r.workload.Name, "-n", r.workload.Namespace, "--watch=false")},
		{Why: "its revisions", Command: detect.Kubectl("rollout", "history", kind+"/"+r.workload.Name, "-n", r.workload.Namespace)},
	}
	crashed := slices.IndexFunc(r.failing, func(s *symptom.Symptom) bool {
		return s.Kind == symptom.Exit || s.Kind == symptom.OOM || s.Kind == symptom.Start
	})
	if crashed >= 0 && r.cause() == crash {
		s := r.failing[crashed]
		out = append(out, detect.Command{Why: "the last words of a new pod", Command: detect.Kubectl("logs", s.Object.Name, "-n", s.Object.Namespace, "-c", s.Container, "--previous", "--tail=50")})
	}
	return out
}

func (r *rollout) recommendations() []detect.Recommendation {
	if r.previous == nil {
		return nil
	}
	return []detect.Recommendation{{Urgency: detect.Immediate,
		Text:     fmt.Sprintf("Go back to the revision before, unless the cause is found at once: %s.", r.workload.Path()),
		Commands: []string{detect.Kubectl("rollout", "undo", strings.ToLower(r.workload.Kind)+"/"+r.workload.Name, "-n", r.workload.Namespace)}}}
}
