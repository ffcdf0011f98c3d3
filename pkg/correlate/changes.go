package correlate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// windows are how long before the first symptom a change of a kind may lie
// and still be named. A pull Secret takes effect with the next pull, which
// may be long after; a rollout within its progress deadline.
var windows = map[cluster.ChangeKind]time.Duration{
	cluster.Rollout:       10 * time.Minute,
	cluster.Rollback:      10 * time.Minute,
	cluster.Restart:       10 * time.Minute,
	cluster.ConfigWrite:   time.Hour,
	cluster.NodeCondition: 6 * time.Minute,
	cluster.NodeCordoned:  time.Hour,
	cluster.NodeTainted:   time.Hour,
	cluster.NodeJoined:    time.Hour,
	cluster.KubeletStart:  6 * time.Minute,
	cluster.Scaling:       10 * time.Minute,
	cluster.ServiceWrite:  10 * time.Minute,
	cluster.HelmRelease:   10 * time.Minute,
	cluster.SettingWrite:  time.Hour, // takes effect with the next that is created
	cluster.PolicyWrite:   10 * time.Minute,
	cluster.AccessWrite:   10 * time.Minute, // at the next request, or when a watch ends and is begun anew
	cluster.ScalerWrite:   10 * time.Minute,
	cluster.BudgetWrite:   time.Hour, // takes effect with the next eviction
	cluster.SchemaWrite:   10 * time.Minute,
}

// ofMachine are the detectors of trouble that no rollout or setting makes by
// being one.
var ofMachine = []string{"node-pressure", "node-failure", "eviction", "cpu-throttling"}

// tolerance is how far clocks may disagree about what came first.
const tolerance = 5 * time.Second

// linked are the changes in the window of their kind that are tied to the
// affected by ownership, reference or node.
func (e *explainer) linked(p *Pattern) []LinkedChange {
	var out []LinkedChange
	for _, c := range e.changes {
		lead := firstAfter(p, c).Sub(c.Time)
		window, ok := windows[c.Kind]
		if !ok || lead < 0 || lead > window {
			continue
		}
		link := e.link(p, c)
		if link == "" {
			continue
		}
		out = append(out, LinkedChange{Change: c, Lead: max(lead, 0), Link: link,
			Chance: e.chance(p, c.Kind, window), Tier: detect.Observation})
	}
	if p.Change != nil {
		out = withOwn(out, p, e)
	}
	slices.SortStableFunc(out, func(a, b LinkedChange) int {
		return cmp.Or(cmp.Compare(a.Lead, b.Lead), a.Object.Compare(b.Object))
	})
	e.weigh(p, out)
	return out
}

// firstAfter is the first symptom that a change could have to do with: for a
// workload's own rollout that of this workload, else that of the pattern.
func firstAfter(p *Pattern, c cluster.Change) time.Time {
	if p.firsts == nil {
		p.firsts = map[cluster.Ref]time.Time{}
		for _, s := range p.Symptoms {
			if first := p.firsts[s.Workload.Key()]; first.IsZero() || s.First.Before(first) {
				p.firsts[s.Workload.Key()] = s.First
			}
		}
	}
	if first := p.firsts[c.Object]; !first.IsZero() {
		return first
	}
	return p.Tally.First
}

// withOwn makes sure that the change that a pattern is about is among its
// changes, once.
func withOwn(out []LinkedChange, p *Pattern, e *explainer) []LinkedChange {
	own := LinkedChange{Change: *p.Change, Lead: max(p.Tally.First.Sub(p.Change.Time), 0),
		Link: "the rollout itself", Chance: e.chance(p, p.Change.Kind, windows[p.Change.Kind]), Tier: p.Tier}
	if p.Change.Kind == cluster.ConfigWrite {
		own.Link = "what the affected read when they started"
	} else if p.Detector == "version-skew" && !slices.Contains(p.Tally.Workloads, own.Object) {
		own.Link = "the new revision of what the affected call"
	}
	if p.Detector == "rollout-cascade" {
		own.Link = fmt.Sprintf("dependency of %d of %d affected workloads", len(p.Tally.Workloads), len(p.Tally.Workloads))
	}
	out = slices.DeleteFunc(out, func(c LinkedChange) bool {
		return c.Object == own.Object && c.Time.Equal(own.Time)
	})
	for _, c := range e.changes { // what a detector need not know of it
		if c.Object == own.Object && c.Time.Equal(own.Time) && c.Kind == own.Kind {
			own.By = cmp.Or(own.By, c.By)
			if strings.HasPrefix(own.What, "revision ") {
				own.What = c.What
			}
		}
	}
	return append(out, own)
}

// chance is the probability that some change with a link to this pattern
// would have fallen into a window of this length anyway: 1 - (1 - w/T)^n,
// with the n linked changes of the last T = 24 hours, or of the cluster's
// life if that is shorter.
func (e *explainer) chance(p *Pattern, kind cluster.ChangeKind, window time.Duration) float64 {
	look := min(24*time.Hour, e.age())
	if look <= window {
		return math.NaN()
	}
	n := 0
	for _, c := range e.changes {
		if e.s.At.Sub(c.Time) > look {
			continue
		}
		if e.link(p, c) != "" || (p.Change != nil && c.Object == p.Change.Object && c.Kind == kind) {
			n++
		}
	}
	return 1 - math.Pow(1-window.Hours()/look.Hours(), float64(max(n, 1)))
}

// age of the cluster, as far as its oldest node or workload tells.
func (e *explainer) age() time.Duration {
	oldest := e.s.At
	for i := range e.s.Nodes {
		if t := e.s.Nodes[i].Created; !t.IsZero() && t.Before(oldest) {
			oldest = t
		}
	}
	for i := range e.s.Workloads {
		if t := e.s.Workloads[i].Created; !t.IsZero() && t.Before(oldest) {
			oldest = t
		}
	}
	return e.s.At.Sub(oldest)
}
