package configdrift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// comparison is a workload that fails in some namespaces and is fine in
// others, with what they differ in.
type comparison struct {
	failing, fine []*cluster.Workload
	symptoms      []*symptom.Symptom
	kind          symptom.Kind // what the failure is told by
	drift         []drift
	beside        int // fields that differ and do not matter to such a failure
}

// drift is one field in which a failing workload differs from all that are
// fine.
type drift struct {
	field
	rank       int
	namespaces []string // in which it fails and differs
	here       string   // what it says there; empty: nothing
	there      string
}

// compare finds what the failing differ in from the fine that run the same
// program.
func compare(failing, fine []*cluster.Workload, troubles map[cluster.Ref][]*symptom.Symptom) (*comparison, bool) {
	c := &comparison{}
	for _, w := range failing {
		healthy := slices.DeleteFunc(slices.Clone(fine), func(f *cluster.Workload) bool { return !sameProgram(w, f) })
		if len(healthy) == 0 {
			continue
		}
		symptoms := troubles[w.Key()]
		kind := mostTelling(symptoms)
		if !c.add(w, healthy, kind) {
			continue
		}
		c.failing, c.symptoms = append(c.failing, w), append(c.symptoms, symptoms...)
		for _, h := range healthy {
			if !slices.Contains(c.fine, h) {
				c.fine = append(c.fine, h)
			}
		}
		if c.kind == "" || slices.Index(tellingFirst, kind) < slices.Index(tellingFirst, c.kind) {
			c.kind = kind
		}
	}
	slices.SortStableFunc(c.drift, func(a, b drift) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name)) })
	return c, len(c.drift) > 0
}

func mostTelling(symptoms []*symptom.Symptom) symptom.Kind {
	for _, k := range tellingFirst {
		if slices.ContainsFunc(symptoms, func(s *symptom.Symptom) bool { return s.Kind == k }) {
			return k
		}
	}
	return symptoms[0].Kind
}

// add notes what one failing workload differs in from all that are fine, as
// far as they agree and it matters. It reports whether there is any such.
func (c *comparison) add(w *cluster.Workload, healthy []*cluster.Workload, kind symptom.Kind) bool {
	own := fields(w.Template, w.Namespace)
	others := make([]map[string]field, len(healthy))
	names := map[string]field{}
	for n, f := range own {
		names[n] = f
	}
	for i, h := range healthy {
		others[i] = fields(h.Template, h.Namespace)
		for n, f := range others[i] {
			names[n] = f
		}
	}
	any := false
	for n, f := range names {
		there := others[0][n]
		if own[n].value == there.value || !agree(others, n) {
			continue
		}
		rank := slices.Index(relevance[kind], f.class)
		if rank < 0 {
			c.beside++
			continue
		}
		any = true
		c.note(drift{field: f, rank: rank, namespaces: []string{w.Namespace}, here: tellValue(own[n]), there: tellValue(there)})
	}
	return any
}

func agree(others []map[string]field, name string) bool {
	for _, o := range others {
		if o[name].value != others[0][name].value {
			return false
		}
	}
	return true
}

// tellValue is what a field says, as far as it may be shown.
func tellValue(f field) string {
	switch {
	case f.value == "":
		return ""
	case f.shown == "":
		return "set"
	}
	return f.shown
}

// note adds a drift, or a namespace to one that is the same.
func (c *comparison) note(d drift) {
	for i := range c.drift {
		if o := &c.drift[i]; o.name == d.name && o.here == d.here && o.there == d.there {
			o.namespaces = append(o.namespaces, d.namespaces...)
			return
		}
	}
	c.drift = append(c.drift, d)
}

// words tell a drift: "memory limit 64Mi, elsewhere 256Mi".
func (d *drift) words() string {
	switch {
	case d.here == "" && (d.shown == "" || d.class == env):
		return d.name + " is missing"
	case d.there == "" && d.shown == "":
		return d.name + " is there only"
	case d.shown == "":
		return d.name + " has another value"
	}
	return fmt.Sprintf("%s %s, elsewhere %s", d.name, cmp.Or(d.here, "none"), cmp.Or(d.there, "none"))
}

// short is what a title says of a drift: the name, without a container's, and
// of images only the tags where the rest is the same.
func (d *drift) short() string {
	name, _, _ := strings.Cut(d.name, " of container ")
	here, there := d.here, d.there
	if a, b := symptom.ParseImage(here), symptom.ParseImage(there); d.class == image && a.Registry == b.Registry && a.Repository == b.Repository && a.Tag != "" {
		here, there = a.Tag, b.Tag
	}
	switch {
	case d.class == image || d.class == memory || d.class == cpu:
		return fmt.Sprintf("%s (%s, not %s)", name, cmp.Or(here, "none"), cmp.Or(there, "none"))
	case here == "" && d.shown == "":
		return name + " (missing)"
	}
	return name
}
