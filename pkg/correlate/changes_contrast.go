package correlate

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// changeContrast sets those whom a change reached against those whom it did not.
type changeContrast struct {
	text string
	// units are the failing workloads that the comparison rests on: replicas
	// of one workload are one witness.
	units int
	p     float64 // of at least such a contrast by chance
	// within is set where the comparison is within one workload: its old and
	// its new revision. It is exact, and never more than suggestive.
	within bool
	// bound is set where those who were reached are in part known by their
	// failing: whoever cannot reach a Service says that he calls it. Then it is
	// never more than suggestive.
	bound bool
}

// The tiers of a contrast: the fewest failing workloads that they need, and
// the chance below which they lie, taken over all the changes that were tried.
const (
	strongUnits, strongChance         = 3, .01
	suggestiveUnits, suggestiveChance = 2, .05
)

func (c *changeContrast) tier(tried int) detect.Tier {
	p := c.p * float64(max(tried, 1))
	switch {
	case c.text == "":
		return detect.Observation
	case c.within && c.units > 0:
		return detect.Suggestive
	case c.units >= strongUnits && p <= strongChance && !c.bound:
		return detect.Strong
	case c.units >= suggestiveUnits && p <= suggestiveChance:
		return detect.Suggestive
	}
	return detect.Observation
}

// contrastOf compares by what the kind of change reaches: a rollout its new
// revision, or those who depend on what was rolled out; a written object those
// who refer to it; a node the pods on it.
func (e *explainer) contrastOf(p *Pattern, c cluster.Change) changeContrast {
	switch c.Kind {
	case cluster.Rollout, cluster.Rollback, cluster.Restart:
		if w := e.s.Workload(c.Object); w != nil && e.holds(p, c.Object) {
			return e.revisionContrast(p, w, c)
		}
		return e.dependants(p, func(u *unit) bool { return e.dependsOn(u, c.Object) })
	case cluster.ServiceWrite:
		return e.dependants(p, func(u *unit) bool { return e.callsService(u, c.Object) })
	case cluster.ConfigWrite:
		return e.consumers(e.failedSince(p, c), "consumers", func(u *unit) bool { return u.refersTo(c.Object) })
	case cluster.AccessWrite:
		return e.consumers(workloads(p), "of the bound service accounts", func(u *unit) bool { return e.reaches(c.Object, u) })
	case cluster.NodeCondition, cluster.NodeJoined, cluster.KubeletStart:
		return e.nodeContrast(p, c.Object.Name)
	}
	return changeContrast{}
}

func (e *explainer) holds(p *Pattern, workload cluster.Ref) bool {
	for _, w := range p.Tally.Workloads {
		if w == workload {
			return true
		}
	}
	return false
}

// revisionContrast compares a workload's pods of the new revision with those
// that are left of others, at one time.
func (e *explainer) revisionContrast(p *Pattern, w *cluster.Workload, c cluster.Change) changeContrast {
	hash := e.revisionAt(w, c)
	if hash == "" {
		return changeContrast{}
	}
	hit := e.hit(p)
	var fails, of, oldFails, old int
	for _, pod := range e.s.PodsOf(c.Object) {
		failing := hit[pod.Key()] || e.failing[pod.Key()]
		switch {
		case pod.Finished() || !pod.Deleting.IsZero() || pod.Revision() == "":
		case pod.Revision() == hash:
			of++
			fails += one(failing)
		case failing || pod.Ready():
			old++
			oldFails += one(failing)
		}
	}
	if of == 0 || old == 0 || fails == 0 {
		return changeContrast{}
	}
	out := changeContrast{within: true, text: fmt.Sprintf("new revision: %d of %d pods fail, old revision: %d of %d", fails, of, oldFails, old)}
	if oldFails == 0 && 2*fails >= of {
		out.units = 1
	}
	return out
}

// revisionAt is the hash of the revision that a change made current.
func (e *explainer) revisionAt(w *cluster.Workload, c cluster.Change) string {
	hash := ""
	for _, r := range e.s.RevisionsOf(w.Ref) {
		switch {
		case c.Kind != cluster.Rollback && r.Created.Equal(c.Time):
			return r.Hash
		case c.Kind == cluster.Rollback && (r.Name == w.Revision || fmt.Sprint(r.Number) == w.Revision):
			hash = r.Hash
		}
	}
	return hash
}

// nodeContrast compares the affected workloads' pods on a node with those that
// they have elsewhere, workload by workload.
func (e *explainer) nodeContrast(p *Pattern, node string) changeContrast {
	var on, onFails, off, offFails, units int
	var strata []stats.Stratum
	hit := e.hit(p)
	for _, w := range p.Tally.Workloads {
		var s stats.Stratum
		for _, pod := range e.s.PodsOf(w) {
			if pod.Node == "" || pod.Finished() {
				continue
			}
			here, fails := pod.Node == node, hit[pod.Key()]
			s.Total++
			s.Marked += one(fails)
			s.Drawn += one(here)
			s.Both += one(here && fails)
		}
		on, onFails = on+s.Drawn, onFails+s.Both
		off, offFails = off+s.Total-s.Drawn, offFails+s.Marked-s.Both
		if s.Mixed() && s.Both > 0 {
			units++
		}
		strata = append(strata, s)
	}
	if on == 0 || off == 0 || onFails == 0 {
		return changeContrast{}
	}
	return changeContrast{units: units, p: stats.StratifiedTail(strata),
		text: fmt.Sprintf("of the affected workloads %d of %d pods on the node fail, elsewhere %d of %d", onFails, on, offFails, off)}
}

// hit are the affected pods of a pattern.
func (e *explainer) hit(p *Pattern) map[cluster.Ref]bool {
	out := make(map[cluster.Ref]bool, len(p.Tally.Pods))
	for _, ref := range p.Tally.Pods {
		out[ref.Key()] = true
	}
	return out
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
