package contrast

import (
	"cmp"
	"slices"
)

// finding makes the finding of a candidate, refined to a pair where only one
// part of its pods fails, and under the name by which it is best known. It
// returns who holds it. Where the second of a pair is a part of the first, as
// a node is of its zone, the second is the finding, if it is among the found.
func (g *groups) finding(c candidate, found []candidate) (Finding, []bool) {
	holds := g.table.holds(c.id)
	second, ok := g.refine(c, holds)
	if !ok {
		return g.named(c, holds, c.tally, g.alike(c, holds)), holds
	}
	also := g.table.holds(second)
	part := true
	for pod := range holds {
		part = part && (holds[pod] || !also[pod])
		holds[pod] = holds[pod] && also[pod]
	}
	if part {
		at := slices.IndexFunc(found, func(o candidate) bool { return o.id == second })
		if at >= 0 {
			return g.finding(found[at], found)
		}
		holds = g.table.holds(c.id)
		return g.named(c, holds, c.tally, g.alike(c, holds)), holds
	}
	f := g.named(c, holds, g.pair(holds), []id{c.id})
	f.Values = append(f.Values, g.table.value(second))
	return f, holds
}

// named is a finding of those that hold it, under the first of its names.
func (g *groups) named(c candidate, holds []bool, t tally, names []id) Finding {
	column := g.table.Columns[c.column]
	f := Finding{P: c.p, Q: c.q, Placement: column.Placement, Within: column.Within, Struck: t.struck,
		Values: []Value{g.table.value(names[0])}}
	for _, other := range names[1:] {
		f.Aliases = append(f.Aliases, g.table.value(other))
	}
	f.Affected, f.AffectedOf, f.Healthy, f.HealthyOf = g.counts(f.Placement, &t)
	f.Ratio, f.Low, f.High = g.ratio(f.Placement, &t)
	f.Covered = make([]bool, len(holds))
	for pod := range holds {
		f.Covered[pod] = holds[pod] && g.failing[pod]
	}
	f.Families = g.table.families(f.Covered)
	f.Strong = f.Q <= StrongShare && t.struck >= StrongUnits && f.Families >= StrongFamilies &&
		f.Ratio >= StrongRatio && f.Low >= StrongLow && 2*t.struck >= g.struck
	return f
}

// families counts those of the workloads of some pods.
func (t *Table) families(pods []bool) int {
	seen := map[int32]bool{}
	for pod, in := range pods {
		if !in {
			continue
		}
		w := t.Revisions[t.Pods[pod]]
		if t.Families != nil {
			w = t.Families[w]
		}
		seen[w] = true
	}
	return len(seen)
}

// inside of a value, how much of its failing pods a second one has to hold to
// be named with it.
const refined = .7

// refine looks for the second value that parts the failing from the healthy
// among those that hold the first: a productive refinement.
func (g *groups) refine(c candidate, holds []bool) (id, bool) {
	atRisk := make([]bool, len(holds))
	for _, u := range g.units {
		for _, r := range u.runs {
			for _, pod := range r.pods {
				atRisk[pod] = holds[pod]
			}
		}
	}
	inside := g.table.group(atRisk, g.failing)
	if inside.failed == inside.pods {
		return id{}, false
	}
	tested := inside.candidates()
	best := -1
	for i := range tested {
		if tested[i].struck >= SuggestiveUnits && (best < 0 || g.table.compare(tested[i], tested[best]) < 0) {
			best = i
		}
	}
	if best < 0 {
		return id{}, false
	}
	b := tested[best]
	return b.id, b.p*float64(len(tested)) <= SuggestiveShare && float64(b.failed) >= refined*float64(c.failed)
}

// pair counts a set of pods as if it were one value.
func (g *groups) pair(holds []bool) tally {
	c := &Column{Placement: true}
	code := c.Encode("pair")
	for _, has := range holds {
		if has {
			c.Add(code)
		} else {
			c.Add(nil)
		}
	}
	return g.tallies(c)[0]
}

// apart is how large a share of their pods two values have to have in common
// to be the same for all that can be told here.
const apart = .95

// alike are the values of the same pods, or all but, the one to show first:
// what can be looked at and mended before topology, owners and labels.
func (g *groups) alike(c candidate, holds []bool) []id {
	out := append([]id{c.id}, slices.Concat(byColumn(g.table, func(i int, column *Column) []id {
		var names []id
		for code, common := range g.common(column, holds) {
			v := id{i, uint32(code)}
			if v != c.id && float64(common) >= nearly*float64(c.pods) && g.jaccard(holds, g.table.holds(v)) >= apart {
				names = append(names, v)
			}
		}
		return names
	})...)...)
	slices.SortFunc(out, func(a, b id) int {
		va, vb := g.table.value(a), g.table.value(b)
		return cmp.Or(cmp.Compare(g.table.Columns[a.column].Rank, g.table.Columns[b.column].Rank),
			cmp.Compare(va.Attribute, vb.Attribute), cmp.Compare(va.Value, vb.Value))
	})
	return g.table.withoutRanges(out)
}

// withoutRanges leaves out the ranges of an attribute that is named first, for
// they are no other names of it.
func (t *Table) withoutRanges(names []id) []id {
	first := t.Columns[names[0].column]
	return append(names[:1], slices.DeleteFunc(names[1:], func(v id) bool {
		c := t.Columns[v.column]
		return c.Range && c.Attribute == first.Attribute
	})...)
}

// nearly is how many of the pods of a value another has to hold before it is
// worth while to count by revisions.
const nearly = .8

// common counts, for each value of a column, the pods at risk of a set that
// hold it.
func (g *groups) common(c *Column, holds []bool) []int {
	out := make([]int, len(c.names))
	for _, u := range g.units {
		for _, r := range u.runs {
			for _, pod := range r.pods {
				if !holds[pod] {
					continue
				}
				for _, code := range g.table.of(c, pod) {
					out[code]++
				}
			}
		}
	}
	return out
}

// jaccard is how much two sets of pods at risk have in common, each revision
// counted once, by the share of its pods, so that a large one hides no small
// ones.
func (g *groups) jaccard(a, b []bool) float64 {
	var both, either float64
	for _, u := range g.units {
		for _, r := range u.runs {
			common, any := 0, 0
			for _, pod := range r.pods {
				if a[pod] && b[pod] {
					common++
				}
				if a[pod] || b[pod] {
					any++
				}
			}
			both += float64(common) / float64(len(r.pods))
			either += float64(any) / float64(len(r.pods))
		}
	}
	if either == 0 {
		return 0
	}
	return both / either
}
