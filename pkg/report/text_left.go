package report

import (
	"fmt"
	"strings"
)

// leftOut names in a line the detectors that nobody asked for what they need.
func (t *text) leftOut() string {
	return t.namesOf(func(s Skipped) bool { return s.Unasked })
}

// namesOf lists detectors with why they did not judge, or not wholly: each
// reason once.
func (t *text) namesOf(which func(Skipped) bool) string {
	names := map[string][]string{}
	var order []string
	for _, s := range t.r.Skipped {
		if !which(s) {
			continue
		}
		if names[s.Why] == nil {
			order = append(order, s.Why)
		}
		names[s.Why] = append(names[s.Why], s.Detector)
	}
	parts := make([]string, len(order))
	for i, why := range order {
		parts[i] = fmt.Sprintf("%s (%s)", strings.Join(names[why], ", "), why)
	}
	return strings.Join(parts, "; ")
}

// remedies of gaps: rules that grant what is missing, and what else to do, each
// once with what it is for.
func remedies(sources []Source) []string {
	names := map[string][]string{}
	var order []string
	for _, s := range sources {
		if s.Remedy == "" {
			continue
		}
		if names[s.Remedy] == nil {
			order = append(order, s.Remedy)
		}
		names[s.Remedy] = append(names[s.Remedy], s.Resource)
	}
	out := make([]string, len(order))
	for i, remedy := range order {
		what := strings.Join(names[remedy], ", ")
		if strings.HasPrefix(remedy, "{") {
			out[i] = fmt.Sprintf("a rule that would grant %s: %s", what, remedy)
			continue
		}
		out[i] = what + ": " + remedy
	}
	return out
}
