// Package detect is the contract between the tool and its detectors: what a
// detector is, what it sees (Pass) and what it says (Pattern).
package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Detector is a value that recognises one sort of pattern. Detectors are
// listed in a Suite and never import each other.
type Detector struct {
	// Name as in the taxonomy: lower case, words joined by hyphens.
	Name string
	// Category is infrastructure, configuration, deployment, timing or any.
	Category string
	// Doc begins with a title line without capital or full stop. After it
	// come, parted by empty lines, the paragraphs that Openings name.
	Doc string
	// Causes that its patterns may have; an upper-case word stands for an
	// open set (N: any exit code).
	Causes []string
	// Needs is what must have been read. A detector whose needs are not
	// met is reported as skipped.
	Needs []cluster.Resource
	// Any is set when one of Needs is enough to say something.
	Any bool
	// Run reports patterns to the pass. It is nil for the detectors whose
	// patterns are made when patterns are explained, which needs the others'
	// results and the dependency graph.
	Run func(*Pass)
}

// Title is the first line of the detector's documentation.
func (d *Detector) Title() string {
	title, _, _ := strings.Cut(d.Doc, "\n")
	return title
}

// Openings are how the paragraphs of a detector's documentation begin, in
// their order: what a pattern of it means, what it reads, what it groups by,
// when it speaks, when it keeps silent, and what to do.
var Openings = []string{"Means", "Reads", "Groups", "Speaks", "Silent", "What to do:"}

// Paragraphs of the detector's documentation, without the title.
func (d *Detector) Paragraphs() []string {
	_, text, _ := strings.Cut(d.Doc, "\n\n")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return strings.Split(strings.TrimSpace(text), "\n\n")
}

// documented reports whether the documentation has its paragraphs.
func (d *Detector) documented() bool {
	ps := d.Paragraphs()
	return len(ps) == len(Openings) && !slices.ContainsFunc(Openings, func(o string) bool {
		p := ps[slices.Index(Openings, o)]
		return !strings.HasPrefix(p, o+" ")
	})
}

// Suite is a list of detectors in the order in which they run.
type Suite []*Detector

// Named returns the detector with a name, nil if there is none.
func (s Suite) Named(name string) *Detector {
	for _, d := range s {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Categories of detectors, in the order of the taxonomy.
var Categories = []string{"infrastructure", "configuration", "deployment", "timing", "any"}

var (
	nameForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	causeForm = regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*|[A-Z]+)$`)
)

// Validate reports everything about a suite that breaks the contract.
func Validate(s Suite) []error {
	var errs []error
	fail := func(d *Detector, format string, args ...any) {
		errs = append(errs, fmt.Errorf("detector %q: %s", d.Name, fmt.Sprintf(format, args...)))
	}
	seen := map[string]bool{}
	for _, d := range s {
		if !nameForm.MatchString(d.Name) {
			fail(d, "name is not lower-case words joined by hyphens")
		}
		if seen[d.Name] {
			fail(d, "listed twice")
		}
		seen[d.Name] = true
		if !slices.Contains(Categories, d.Category) {
			fail(d, "unknown category %q", d.Category)
		}
		if title, rest, _ := strings.Cut(d.Doc, "\n\n"); title == "" || strings.TrimSpace(rest) == "" || strings.HasSuffix(title, ".") {
			fail(d, "documentation needs a title line without full stop and a text")
		} else if !d.documented() {
			fail(d, "documentation needs one paragraph beginning with each of %q, in this order", Openings)
		}
		if len(d.Causes) == 0 {
			fail(d, "no causes")
		}
		for _, c := range d.Causes {
			if !causeForm.MatchString(c) {
				fail(d, "cause %q is neither lower-case words nor an open set", c)
			}
		}
		if len(d.Needs) == 0 {
			fail(d, "no needs")
		}
	}
	return errs
}
