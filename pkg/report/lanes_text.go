package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// How many lanes are drawn: of one root, and in all.
const (
	lanesOfRoot = 4
	lanesInAll  = 12
)

// track is a lane as it is drawn: what its entries are about, of which root.
type track struct {
	name, number string
	root         string // the ID; empty for what belongs to no pattern
	entries      []Entry
}

// drawLanes draws a timeline: a line for each workload, node or other object,
// the columns are time; the rest is where those are that are too many. It
// reports false where there is no time to draw.
func (t *text) drawLanes(entries []Entry, most int, rest string) bool {
	tracks := t.tracks(entries)
	d := &drawing{text: t}
	d.layOut(tracks[:min(most, len(tracks))], entries)
	if d.columns() == 0 {
		return false
	}
	d.header()
	for _, x := range d.tracks {
		d.track(x)
	}
	d.legend()
	if more := len(tracks) - len(d.tracks); more > 0 {
		t.paragraph(2, 0, fmt.Sprintf("and %s more; %s", detect.Count(more, "lane"), rest), t.palette.dim)
	}
	return true
}

// tracks are the lanes by the rank of their roots. Of a root with many the
// first are drawn for themselves, those with changes and of nodes before
// others, and the rest together.
func (t *text) tracks(entries []Entry) []track {
	of := map[string][]track{}
	for _, l := range t.r.lanes(entries) {
		x := track{name: laneName(l.Subject)}
		for _, i := range l.Entries {
			x.entries = append(x.entries, entries[i])
		}
		x.root = t.rootOf(x.entries)
		if n := t.number[x.root]; n > 0 {
			x.number = fmt.Sprintf("P%d", n)
		}
		of[x.root] = append(of[x.root], x)
	}
	var out []track
	for i := range t.r.Patterns {
		id := t.r.Patterns[i].ID
		out = append(out, bundled(of[id])...)
		delete(of, id)
	}
	return append(out, bundled(of[""])...)
}

// rootOf is the first shown root that any entry of a lane belongs to.
func (t *text) rootOf(entries []Entry) string {
	for _, e := range entries {
		if id := t.root(e.Pattern); t.number[id] > 0 {
			return id
		}
	}
	return ""
}

// laneName leaves out the kind where everybody knows it.
func laneName(s Ref) string {
	switch s.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod":
		return path(s.Namespace, s.Name)
	}
	return s.Kind + " " + path(s.Namespace, s.Name)
}

// bundled puts what is too much of one root together.
func bundled(all []track) []track {
	if len(all) <= lanesOfRoot {
		return all
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[a].weight(), all[b].weight()) })
	kept := order[:lanesOfRoot-1]
	slices.Sort(kept)
	rest := track{number: all[0].number, root: all[0].root, name: fmt.Sprintf("and %d more", len(all)-len(kept))}
	var out []track
	for i, x := range all {
		if slices.Contains(kept, i) {
			out = append(out, x)
		} else {
			rest.entries = append(rest.entries, x.entries...)
		}
	}
	slices.SortStableFunc(rest.entries, func(a, b Entry) int { return a.Time.Compare(b.Time) })
	return append(out, rest)
}

// weight sorts lanes by what is worth one of its own.
func (x *track) weight() int {
	for _, e := range x.entries {
		if e.Kind == "change" || e.Subject.Kind == "Node" {
			return 0
		}
	}
	return 1
}

// says sums up what a lane tells: what failed first and how often at least,
// else what changed.
func (x *track) says() string {
	count := map[string]int{}
	var order []string
	for _, kind := range []string{"symptom", "change", "recovery"} {
		for _, e := range x.entries {
			if e.Kind != kind {
				continue
			}
			if count[e.Reason] == 0 {
				order = append(order, e.Reason)
			}
			count[e.Reason] += max(e.Count, 1)
		}
		if len(order) > 0 {
			break
		}
	}
	if len(order) == 0 {
		return ""
	}
	out := order[0]
	if n := count[out]; n > 1 {
		out = fmt.Sprintf("%d× %s", n, out)
	}
	return out
}
