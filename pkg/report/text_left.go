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

// remedy of a gap: a rule that grants what is missing, or what else to do.
func remedy(s Source) string {
	if strings.HasPrefix(s.Remedy, "{") {
		return fmt.Sprintf("a rule that would grant %s: %s", s.Resource, s.Remedy)
	}
	return s.Resource + ": " + s.Remedy
}
