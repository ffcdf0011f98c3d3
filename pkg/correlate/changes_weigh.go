package correlate

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// weigh adds to each linked change what there is beside its time: who failed
// with it and who did not, whether it ended when the change was undone, and
// which other linked changes are as near. Timing alone is an observation; a
// contrast or a reversal makes it suggestive; a contrast of three or more
// units beyond chance, or both, strong (Hill, Proc. R. Soc. Med. 58, 1965:
// temporality, strength, experiment).
func (e *explainer) weigh(p *Pattern, changes []LinkedChange) {
	for i := range changes {
		c := &changes[i]
		found := e.contrastOf(p, c.Change)
		c.Contrast = found.text
		tier := found.tier(len(changes))
		if c.Reversal = e.reversal(p, c.Change); c.Reversal != "" {
			tier = above(tier)
		}
		if names(p, c.Object) {
			tier = detect.Stated
		}
		if rank(tier) < rank(c.Tier) {
			c.Tier = tier
		}
	}
	for i := range changes {
		changes[i].Rivals = rivals(p, changes, &changes[i])
	}
	standsOut(changes)
}

// names reports whether Kubernetes itself names an object in what it says of
// a pattern's failures.
func names(p *Pattern, object cluster.Ref) bool {
	return slices.ContainsFunc(p.Symptoms, func(s *symptom.Symptom) bool { return s.About.Key() == object })
}

// rank orders tiers: 0 is the best founded.
func rank(t detect.Tier) int {
	return slices.Index([]detect.Tier{detect.Stated, detect.Strong, detect.Suggestive, detect.Observation}, t)
}

// above is the tier that a second, independent confirmation makes of one.
func above(t detect.Tier) detect.Tier {
	if t == detect.Observation {
		return detect.Suggestive
	}
	return detect.Strong
}

// near is how much further back a change may lie than another and still be as
// near as that.
const near = time.Minute

// rivals are the other linked changes that lie as near to the failure as a
// change, or nearer. What one act wrote is no rival of itself, and the rollout
// of one affected workload none of another's.
func rivals(p *Pattern, changes []LinkedChange, c *LinkedChange) []string {
	var out []string
	for i := range changes {
		r := &changes[i]
		sameAct := r.By != "" && r.By == c.By && r.Time.Sub(c.Time).Abs() <= tolerance
		if r == c || r.Object == c.Object || sameAct || r.Lead > c.Lead+near || (ownRollout(p, r) && ownRollout(p, c)) {
			continue
		}
		out = append(out, fmt.Sprintf("%s of %s %s before", r.Kind, r.Object, detect.Span(r.Lead)))
	}
	return out
}

// ownRollout reports whether a change is the new revision of an affected
// workload.
func ownRollout(p *Pattern, c *LinkedChange) bool {
	return (c.Kind == cluster.Rollout || c.Kind == cluster.Rollback || c.Kind == cluster.Restart) && slices.Contains(p.Tally.Workloads, c.Object)
}

// standsOut says of the one change that more speaks for than for all others
// that it does.
func standsOut(changes []LinkedChange) {
	best, alone := -1, false
	for i := range changes {
		switch {
		case best < 0 || rank(changes[i].Tier) < rank(changes[best].Tier):
			best, alone = i, true
		case rank(changes[i].Tier) == rank(changes[best].Tier):
			alone = false
		}
	}
	if alone && len(changes) > 1 && changes[best].Contrast != "" && changes[best].Tier != detect.Observation {
		changes[best].Contrast += "; of these changes the one most consistent with the evidence"
	}
}

// subsides is how long after a change was undone its failures may still be
// seen: back-off of restarts and of pulls ends with the pods, which take
// their time to go.
const subsides = 5 * time.Minute

// reversal says that the failures ended when a rollout was taken back.
func (e *explainer) reversal(p *Pattern, c cluster.Change) string {
	if c.Kind != cluster.Rollout || p.Tally.Ongoing || len(p.Symptoms) == 0 {
		return ""
	}
	for _, back := range e.changes {
		if back.Kind != cluster.Rollback || back.Object != c.Object || !back.Time.After(p.Tally.First) || p.Tally.Last.Sub(back.Time) > subsides {
			continue
		}
		return fmt.Sprintf("ended with the rollback %s later", detect.Span(back.Time.Sub(c.Time)))
	}
	return ""
}
