package rolloutfailure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (r *rollout) pattern() detect.Pattern {
	symptoms := append(slices.Clone(r.failing), r.refused...)
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
		p.Change = &cluster.Change{Time: r.began, Kind: r.kind(), Object: r.workload, What: r.what()}
	}
	return p
}

func (r *rollout) label(rev *cluster.Revision) string {
	if rev.Number > 0 {
		return fmt.Sprint(rev.Number)
	}
	return rev.Hash
}

// cause is that of most of the failing pods, each counted once: one that
// cannot pull has not started, and one that ends is not ready for that. A
// deadline says least, and stands only where nothing else is known.
func (r *rollout) cause() string {
	of := map[cluster.Ref]string{}
	for _, s := range r.failing {
		pod := s.Object.Key()
		switch c := causeOf(s); {
		case of[pod] == "", c == image, c == crash && of[pod] == notReady:
			of[pod] = c
		}
	}
	count := map[string]int{}
	for _, c := range of {
		count[c]++
	}
	best := deadline
	if len(r.refused) > 0 {
		best = notReady
	}
	for _, c := range []string{crash, image, notReady} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

func causeOf(s *symptom.Symptom) string {
	switch s.Kind {
	case symptom.ImagePull:
		return image
	case symptom.Exit, symptom.CrashLoop, symptom.OOM, symptom.Start:
		return crash
	case symptom.Probe:
		if s.Cause != symptom.Readiness {
			return crash
		}
	}
	return notReady
}

var verbs = map[string]string{
	crash: "crash", image: "cannot pull their image", notReady: "do not become ready", deadline: "did not come up in time",
}

func (r *rollout) title() string {
	failing := len(detect.Sum(r.failing).Pods)
	if failing == 0 && len(r.refused) > 0 {
		title := fmt.Sprintf("Rollout of %s fails: no pod of revision %s can be made", r.workload.Path(), r.label(r.current))
		if r.oldPods > 0 {
			title += fmt.Sprintf(", %d of %d of the revision before are ready", r.oldReady, r.oldPods)
		}
		return title
	}
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
	if r.running && r.workload.Kind == "StatefulSet" && len(r.failing) > 0 {
		c.Why += fmt.Sprintf("; the StatefulSet goes on only when %s is ready", r.failing[0].Object.Name)
	}
	return c
}

// kind of the change that the rollout is.
func (r *rollout) kind() cluster.ChangeKind {
	if r.began.After(r.current.Created) {
		return cluster.Rollback
	}
	return cluster.Rollout
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
		Commands: []string{detect.Kubectl("rollout", "undo", detect.Target(r.workload), "-n", r.workload.Namespace)}}}
}
