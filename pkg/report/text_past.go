package report

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// ofThePast reports whether a source tells of the time before, not of the
// cluster as it is.
func (s *Source) ofThePast() bool { return s.Resource == "history" || s.Resource == "prometheus" }

// pasts say what is known of the time before, from where, and for which time.
func (t *text) pasts() []string {
	var out []string
	for _, s := range t.r.Sources {
		if !s.ofThePast() || s.Objects == 0 && s.Window == nil {
			continue
		}
		line := fmt.Sprintf("%s of the past from %s", detect.Count(s.Objects, "fact"), s.From)
		if w := s.Window; w != nil {
			line += fmt.Sprintf(", %s – %s (%s)", t.stamp(w.From), t.stamp(w.To), detect.Span(w.To.Sub(w.From)))
		}
		out = append(out, line)
	}
	return out
}
