package correlate

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// What begins in so many clusters within half a minute, about as exactly as
// kubelets and controllers notice, is told where chance makes that in less than
// one of a hundred comparisons. Two are never enough: an hour of events has but
// 120 such times.
const (
	leastAtOnce  = 3
	oneTime      = 30 * time.Second
	atOnceChance = .01
)

// onset is the beginning of a root that nothing else connects with others.
type onset struct {
	member
	at time.Time
}

// atOnce finds failures of one detector and cause that began in several
// clusters at one time. That is an observation: nothing but time connects them.
func (a *across) atOnce(told []Common) []Common {
	byCause, order, periods := a.onsets()
	var out []Common
	for _, s := range order {
		all := byCause[s]
		slices.SortStableFunc(all, func(x, y onset) int { return x.at.Compare(y.at) })
		members := closest(all)
		chance := chanceOf(members, all, periods) * float64(len(order))
		if len(members) < leastAtOnce || chance > atOnceChance || slices.ContainsFunc(told, func(c Common) bool { return c.hasAny(members) }) {
			continue
		}
		c := a.common(&commonness{sameness: s, members: members})
		c.Values = []string{}
		c.Title = fmt.Sprintf("at one time in %d of %d clusters: %s, %s", len(c.In), c.Of, c.Detector, c.Cause)
		c.Text = fmt.Sprintf("In %d of %d clusters that were read it began within %s (chance of that about %s): time is all that connects them. %s",
			len(c.In), c.Of, detect.Span(oneTime), small(chance), c.beginnings())
		out = append(out, c)
	}
	return out
}

// onsets are the beginnings in the periods that the events of clusters cover,
// by detector and cause, in a fixed order; and how long these periods are. Of
// several contexts of one cluster the first is asked.
func (a *across) onsets() (of map[sameness][]onset, order []sameness, periods []time.Duration) {
	of = map[sameness][]onset{}
	for i, contexts := range a.clusters {
		t := contexts[0]
		from, to := t.Story.Snapshot.Window()
		periods = append(periods, to.Sub(from))
		for _, p := range t.Story.Patterns {
			at := p.Tally.First
			if p.ExplainedBy != "" || p.Severity == Info || p.Category == "timing" || p.Tally.SinceBefore || at.IsZero() || at.Before(from) {
				continue
			}
			s := sameness{detector: p.Detector, cause: p.Cause, attribute: "time"}
			if of[s] == nil {
				order = append(order, s)
			}
			of[s] = append(of[s], onset{member{cluster: i, context: t.Context, pattern: p, tier: detect.Observation}, at})
		}
	}
	return of, order, periods
}

// closest are the first beginnings of as many clusters as begin within one
// time.
func closest(all []onset) []member {
	var best []member
	for i := range all {
		var here []member
		for _, o := range all[i:] {
			if o.at.Sub(all[i].at) > oneTime {
				break
			}
			if !slices.ContainsFunc(here, func(m member) bool { return m.cluster == o.cluster }) {
				here = append(here, o.member)
			}
		}
		if len(here) > len(best) {
			best = here
		}
	}
	return best
}

// chanceOf bounds the chance that as many clusters begin near to one of them by
// accident: each has so many in the period that its events cover, it may be near
// to any one of all, and the clusters may be any of those that were read.
func chanceOf(members []member, all []onset, periods []time.Duration) float64 {
	chance := float64(len(all))
	for k, m := range members {
		begun := 0
		for _, o := range all {
			if o.cluster == m.cluster {
				begun++
			}
		}
		share := 1.0
		if period := periods[m.cluster]; period > 0 {
			share = min(1, float64(begun)*2*oneTime.Seconds()/period.Seconds())
		}
		if k > 0 { // the others meet the first, each may be any that is left
			chance *= share * float64(len(periods)-k) / float64(k)
		}
	}
	return chance
}

func (c *Common) hasAny(members []member) bool {
	return slices.ContainsFunc(c.In, func(in CommonIn) bool {
		return slices.ContainsFunc(members, func(m member) bool { return slices.Contains(in.Patterns, m.pattern) })
	})
}
