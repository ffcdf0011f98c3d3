package symptom

import "github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"

// workload recognises what a controller itself says of its pods.
func (r *recogniser) workload(w *cluster.Workload) {
	c := w.Condition("Progressing")
	if w.Kind != "Deployment" || c.Status != "False" || c.Reason != "ProgressDeadlineExceeded" {
		return
	}
	first := latest(c.Updated, c.Transition)
	r.add(Symptom{Kind: Rollout, Cause: "deadline", Object: w.Key(), Workload: w.Key(), First: first, Last: r.s.At,
		Ongoing: true, Message: c.Message,
		Evidence: []Evidence{{Source: FromCondition, Subject: w.Key(), Time: first, Reason: c.Reason, Text: c.Message, Count: 1}}})
}
