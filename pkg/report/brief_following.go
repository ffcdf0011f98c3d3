package report

import (
	"cmp"
	"fmt"
	"slices"
)

// briefFollowing is a line for each sort of thing that follows from a root.
func (t *text) briefFollowing(p *Pattern) {
	label := "Follows"
	for _, l := range t.following(p, 0) {
		room := t.style.width() - briefIndent - briefLabel - 2*l.depth
		t.laid(briefIndent, cell{pad(label, briefLabel+2*l.depth), t.palette.dim}, cell{clip(t.clean(l.text), room), t.palette.severity(l.severity)})
		label = ""
	}
}

// followLine is one line of what follows.
type followLine struct {
	depth          int
	severity, text string
}

// deepestFollowing is how far the screen follows consequences of consequences.
const deepestFollowing = 3

// following groups what a pattern explains by its sort, each with what follows
// from it in turn.
func (t *text) following(p *Pattern, depth int) []followLine {
	if depth > deepestFollowing {
		return nil
	}
	of := map[string][]*Pattern{}
	var order []string
	for _, id := range p.Explains {
		if c := t.find(id); c != nil {
			k := c.Detector + " " + c.Cause
			if of[k] == nil {
				order = append(order, k)
			}
			of[k] = append(of[k], c)
		}
	}
	var out []followLine
	for _, k := range order {
		group := of[k]
		text := group[0].Title
		if len(group) > 1 {
			text = fmt.Sprintf("%d × %s, %s: %s", len(group), group[0].Detector, group[0].Cause, list(touched(group), len(group)))
		}
		out = append(out, followLine{depth, worst(group), text})
		for _, c := range group {
			out = append(out, t.following(c, depth+1)...)
		}
	}
	return out
}

// touched names what each of several patterns is about: its first workload,
// else its first object.
func touched(group []*Pattern) []string {
	var out []string
	for _, c := range group {
		switch {
		case len(c.Impact) > 0:
			out = append(out, subject(c.Impact[0]))
		case len(c.Affected) > 0:
			out = append(out, path(c.Affected[0].Namespace, c.Affected[0].Name))
		}
	}
	return out
}

func worst(group []*Pattern) string {
	return slices.MinFunc(group, func(a, b *Pattern) int { return cmp.Compare(severityRank(a.Severity), severityRank(b.Severity)) }).Severity
}
