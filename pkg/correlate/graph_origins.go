package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// failure is when a workload was first seen failing.
type failure struct {
	onset time.Time
	delay time.Duration // how much later than it began that may be
	bound bool          // it may have begun at any time before
	until time.Time     // when it was over; zero while it lasts
}

// origin is where failures come from: a failing workload, or several that
// need each other, none of whose dependencies failed before it.
type origin struct {
	members []cluster.Ref
	reached []cluster.Ref // those that failed and depend on it, directly or not
	onset   time.Time
}

// keeps reports whether a failure may have gone over an edge: both fail, and
// the dependency no later than who depends on it, as far as means of noticing
// allow to say so.
func (d *dependency) keeps(failing map[cluster.Ref]failure, least edge) bool {
	from, ok := failing[d.From]
	to, too := failing[d.To]
	if !ok || !too || d.Class < least {
		return false
	}
	tol := tolerance + max(from.delay, to.delay)
	if !to.until.IsZero() && from.onset.After(to.until.Add(afterwards+tol)) {
		return false // it was over
	}
	return to.bound || !to.onset.After(from.onset.Add(tol))
}

// origins are the sources of the part of the graph that fails, over edges at
// least so sure: those that reach most first, then the earliest. Several that
// need each other are one. Each edge is looked at a fixed number of times, but
// for what two origins both reach.
func (g *graph) origins(failing map[cluster.Ref]failure, least edge) []origin {
	refs := make([]cluster.Ref, 0, len(failing))
	for ref := range failing {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, cluster.Ref.Compare)
	walk := &components{g: g, failing: failing, least: least, order: map[cluster.Ref]int{}, low: map[cluster.Ref]int{}, of: map[cluster.Ref]int{}}
	for _, ref := range refs {
		if walk.order[ref] == 0 {
			walk.visit(ref)
		}
	}
	var out []origin
	for i, members := range walk.found {
		if walk.isSource(i) {
			slices.SortFunc(members, cluster.Ref.Compare)
			o := origin{members: members, reached: g.reach(members, failing, least)}
			for _, m := range members {
				if t := failing[m].onset; o.onset.IsZero() || t.Before(o.onset) {
					o.onset = t
				}
			}
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b origin) int {
		return cmp.Or(cmp.Compare(len(b.reached), len(a.reached)), a.onset.Compare(b.onset), a.members[0].Compare(b.members[0]))
	})
	return out
}

// reach are the failing that depend on the members, over kept edges.
func (g *graph) reach(members []cluster.Ref, failing map[cluster.Ref]failure, least edge) []cluster.Ref {
	seen := map[cluster.Ref]bool{}
	for _, m := range members {
		seen[m] = true
	}
	var out []cluster.Ref
	for queue := slices.Clone(members); len(queue) > 0; queue = queue[1:] {
		for _, d := range g.serves[queue[0]] {
			if !seen[d.From] && d.keeps(failing, least) {
				seen[d.From] = true
				out, queue = append(out, d.From), append(queue, d.From)
			}
		}
	}
	slices.SortFunc(out, cluster.Ref.Compare)
	return out
}

// components finds the strongly connected components of the failing part of a
// graph (Tarjan 1972).
type components struct {
	g          *graph
	failing    map[cluster.Ref]failure
	least      edge
	order, low map[cluster.Ref]int
	of         map[cluster.Ref]int // the component of each, counted from 1
	stack      []cluster.Ref
	found      [][]cluster.Ref
}

func (c *components) visit(ref cluster.Ref) {
	c.order[ref] = len(c.order) + 1
	c.low[ref] = c.order[ref]
	c.stack = append(c.stack, ref)
	for _, d := range c.g.needs[ref] {
		switch {
		case !d.keeps(c.failing, c.least):
		case c.order[d.To] == 0:
			c.visit(d.To)
			c.low[ref] = min(c.low[ref], c.low[d.To])
		case c.of[d.To] == 0:
			c.low[ref] = min(c.low[ref], c.order[d.To])
		}
	}
	if c.low[ref] < c.order[ref] {
		return
	}
	at := len(c.stack) - 1
	for c.stack[at] != ref {
		at--
	}
	members := slices.Clone(c.stack[at:])
	c.stack = c.stack[:at]
	c.found = append(c.found, members)
	for _, m := range members {
		c.of[m] = len(c.found)
	}
}

// isSource reports whether a component depends on no other that fails.
func (c *components) isSource(i int) bool {
	for _, m := range c.found[i] {
		for _, d := range c.g.needs[m] {
			if d.keeps(c.failing, c.least) && c.of[d.To] != i+1 {
				return false
			}
		}
	}
	return true
}
