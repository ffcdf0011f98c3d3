package missingconfig

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// elsewhere is what exists that may be meant instead of what is missing.
type elsewhere struct {
	here       *cluster.Config // the object itself, as it was read after the failure
	namespaces []string        // in which an object of this kind and name exists
	similar    []string        // names in the same namespace that are nearly the same
	otherKind  bool            // one of that name exists, of the other kind
	keys       []string        // all keys of the object that are known, for a missing key
	nearKeys   []string        // keys with nearly the missing one's name
	read       bool            // the objects of this kind in the namespace were listed
}

func (b *builder) look() elsewhere {
	var e elsewhere
	if b.about.Kind != "ConfigMap" && b.about.Kind != "Secret" {
		return e
	}
	e.read = b.listed()
	e.here = b.pass.Config(b.about)
	for i := range b.pass.Configs {
		b.compare(&b.pass.Configs[i], &e)
	}
	if b.key != "" && e.here != nil {
		e.keys = keysOf(e.here)
		for _, k := range e.keys {
			if k != b.key && near(k, b.key) {
				e.nearKeys = append(e.nearKeys, k)
			}
		}
	}
	return e
}

func (b *builder) compare(c *cluster.Config, e *elsewhere) {
	same := c.Name == b.about.Name
	switch {
	case c.Namespace == b.about.Namespace && c.Kind != b.about.Kind:
		e.otherKind = e.otherKind || same
	case c.Kind != b.about.Kind:
	case c.Namespace != b.about.Namespace && same:
		e.namespaces = append(e.namespaces, c.Namespace)
	case c.Namespace == b.about.Namespace && !same && near(c.Name, b.about.Name):
		e.similar = append(e.similar, c.Name)
	}
}

// listed reports whether the objects of the missing one's kind were read in
// its namespace, so that its absence there means something.
func (b *builder) listed() bool {
	resource := cluster.ConfigMaps
	if b.about.Kind == "Secret" {
		resource = cluster.Secrets
	}
	if !b.pass.Read(resource) {
		return false
	}
	return !slices.ContainsFunc(b.pass.Gaps, func(g cluster.Gap) bool {
		return g.Resource == resource && (g.Namespace == "" || g.Namespace == b.about.Namespace)
	})
}

// keysOf are the keys that managedFields names; none of an object whose
// fields are not managed.
func keysOf(c *cluster.Config) []string {
	var out []string
	for _, w := range c.Writes {
		out = append(out, w.Keys...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// near reports whether a name is probably another one misspelt: but for case
// and separators the same, or at most two letters away in a name long enough
// for that to mean something.
func near(a, b string) bool {
	if bare(a) == bare(b) {
		return true
	}
	return distance(a, b) <= min(2, min(len(a), len(b))/4)
}

func bare(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(name))
}

// distance is the number of letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := before
			if a[i-1] != b[j-1] {
				cost++
			}
			before = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
