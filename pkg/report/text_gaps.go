package report

import (
	"fmt"
	"slices"
	"strings"
)

// hasGaps reports whether anything is missing that was asked for.
func (t *text) hasGaps() bool {
	for _, s := range t.r.Sources {
		if s.Gap != "" && s.Resource != "others" {
			return true
		}
	}
	return slices.ContainsFunc(t.r.Skipped, func(s Skipped) bool { return !s.Unasked })
}

// gaps says what is missing from the picture; nothing in it counts as clean.
func (t *text) gaps() {
	if !t.hasGaps() {
		return
	}
	t.heading("Not seen")
	for _, gap := range t.gapsByReason() {
		t.bullet(2, "-", gap, t.palette.warning)
	}
	t.remedies()
	for _, s := range t.r.Skipped {
		if s.Unasked || s.Partly {
			continue // told with how it was found, and below
		}
		t.bullet(2, "-", fmt.Sprintf("detector %s could not judge: %s", s.Detector, s.Why), t.palette.warning)
	}
	if partly := t.namesOf(func(s Skipped) bool { return s.Partly }); partly != "" {
		t.bullet(2, "-", "judged in part: "+partly, t.palette.warning)
	}
}

// remedies are the rules that would grant what is missing, and what else to do.
func (t *text) remedies() {
	for _, remedy := range remedies(t.r.Sources) {
		t.bullet(2, "-", remedy, t.palette.dim)
	}
}

// gapsByReason names each reason once, with everything that is missing for it.
func (t *text) gapsByReason() []string { return t.gapsWhere(func(Source) bool { return true }) }

func (t *text) gapsWhere(of func(Source) bool) []string {
	names := map[string][]string{}
	var order []string
	for _, s := range t.r.Sources {
		if s.Gap == "" || !of(s) {
			continue
		}
		if _, ok := names[s.Gap]; !ok {
			order = append(order, s.Gap)
		}
		if s.Resource != "" {
			names[s.Gap] = append(names[s.Gap], s.Resource)
		}
	}
	out := make([]string, len(order))
	for i, gap := range order {
		out[i] = strings.TrimPrefix(strings.Join(names[gap], ", ")+": "+gap, ": ")
	}
	return out
}
