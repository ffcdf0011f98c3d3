package correlate

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// pullSecretsKept says of refused pulls that nobody wrote to the pull Secrets
// in use: credentials that expire, or are withdrawn at the registry, leave no
// other trace in a cluster. It is empty where one was written in the window, or
// could not be looked at.
func (e *explainer) pullSecretsKept(p *Pattern) string {
	if p.Detector != "image-pull" || p.Cause != symptom.PullAuth || p.Tally.SinceBefore || p.Tally.First.IsZero() {
		return ""
	}
	if slices.ContainsFunc(p.Changes, func(c LinkedChange) bool { return c.Object.Kind == "Secret" }) {
		return ""
	}
	secrets := map[cluster.Ref]bool{}
	var newest time.Time
	for _, w := range p.Tally.Workloads {
		for _, pod := range e.s.PodsOf(w) {
			if pod.Template == nil {
				continue
			}
			for _, name := range pod.Template.PullSecrets {
				c := e.s.Config(cluster.Ref{Kind: "Secret", Namespace: w.Namespace, Name: name})
				if c == nil {
					return ""
				}
				at, _ := c.Changed()
				if at.After(newest) {
					newest = at
				}
				secrets[c.Key()] = true
			}
		}
	}
	before := p.Tally.First.Sub(newest)
	if len(secrets) == 0 || newest.IsZero() || before < 0 {
		return ""
	}
	return fmt.Sprintf("no change to the %s in use in the %s before: what expired or was withdrawn at the registry shows nowhere else",
		detect.Count(len(secrets), "pull Secret"), detect.Span(before))
}
