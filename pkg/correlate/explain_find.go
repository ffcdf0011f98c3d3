package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Ambiguous is the answer to a name that is none, or that of several patterns.
type Ambiguous struct {
	Name string
	// Fits are the IDs that begin with the name; where none does, Near are all
	// that there are, nearest first.
	Fits, Near []string
}

func (a *Ambiguous) Error() string {
	switch {
	case len(a.Fits) > 0:
		return fmt.Sprintf("%q fits %s: %s", a.Name, detect.Count(len(a.Fits), "pattern"), detect.List(a.Fits, 8))
	case len(a.Near) > 0:
		return fmt.Sprintf("there is no pattern %q; there is %s", a.Name, detect.List(a.Near, 8))
	}
	return fmt.Sprintf("there is no pattern %q, nor any other", a.Name)
}

// Find looks a pattern up by its ID, by a beginning of it that no other has, or
// by its detector where that made one only.
func (s *Story) Find(name string) (*Pattern, error) {
	var fits []*Pattern
	for _, p := range s.Patterns {
		switch {
		case p.ID == name:
			return p, nil
		case strings.HasPrefix(p.ID, name):
			fits = append(fits, p)
		}
	}
	if len(fits) == 1 && name != "" {
		return fits[0], nil
	}
	return nil, &Ambiguous{Name: name, Fits: idsOf(fits), Near: nearest(name, idsOf(s.Patterns))}
}

func idsOf(ps []*Pattern) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.ID
	}
	return out
}

// Nearest is the one of some names that may be meant by another: it has little
// to be changed. It is empty where none is near.
func Nearest(name string, among []string) string {
	for _, near := range nearest(name, among) {
		if n := edits(name, near); n <= 2 || 3*n <= len(name) || strings.HasPrefix(near, name) {
			return near
		}
	}
	return ""
}

// nearest orders names by how little has to be changed to make them of one.
func nearest(name string, among []string) []string {
	out := slices.Clone(among)
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(edits(name, a), edits(name, b)), cmp.Compare(a, b))
	})
	return out
}

// edits is how many bytes have to be put in, taken out or replaced to make one
// name of the other (Levenshtein's distance), of names as long as ours.
func edits(a, b string) int {
	a, b = a[:min(len(a), 100)], b[:min(len(b), 100)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
