package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// Difference is how the patterns of two moments differ. A pattern is the same
// in both when its ID is: the same detector, cause and grouping key.
type Difference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Old        Side   `json:"old"`
	New        Side   `json:"new"`
	// Appeared are patterns of the new side alone, and so on; the most important
	// first.
	Appeared []PatternDifference `json:"appeared"`
	Worse    []PatternDifference `json:"worse"`
	Better   []PatternDifference `json:"better"`
	Gone     []PatternDifference `json:"gone"`
	Same     []PatternDifference `json:"same"`
	// Unknown are patterns of one side that the other could not judge.
	Unknown []PatternDifference `json:"unknown"`
	// Hidden counts the differences that filters left out.
	Hidden int `json:"hidden"`
	// Ignored are the patterns that rules of the user's own kept out.
	Ignored []Ignored `json:"ignored,omitempty"`
}

// Side is one of the two moments.
type Side struct {
	From    string    `json:"from"` // a file, or "live"
	At      time.Time `json:"at"`
	Cluster Cluster   `json:"cluster"`
	Totals  Totals    `json:"totals"`
	// Gaps are what could not be read of it.
	Gaps []Source `json:"gaps"`
}

// PatternDifference is one pattern on both sides; null where it is not there.
type PatternDifference struct {
	ID          string   `json:"id"`
	Detector    string   `json:"detector"`
	Cause       string   `json:"cause"`
	Title       string   `json:"title"` // of the new side, where it is there
	ExplainedBy string   `json:"explainedBy"`
	Old         *Measure `json:"old"`
	New         *Measure `json:"new"`
	// Why says why the other side could not judge.
	Why string `json:"why,omitempty"`
}

// Measure is how large a pattern is.
type Measure struct {
	Severity    string     `json:"severity"`
	Ongoing     bool       `json:"ongoing"`
	Workloads   int        `json:"workloads"`
	Pods        int        `json:"pods"`
	Nodes       int        `json:"nodes"`
	Occurrences int        `json:"occurrences"`
	FirstSeen   *time.Time `json:"firstSeen"`
	LastSeen    *time.Time `json:"lastSeen"`
}

// NewDifference compares two reports. What shows lets through on either side
// is told.
func NewDifference(old, now *Report, oldFrom, newFrom string, shows func(*Pattern) bool) *Difference {
	d := &Difference{APIVersion: APIVersion, Kind: "PatternDifference", Old: side(old, oldFrom), New: side(now, newFrom),
		Appeared: []PatternDifference{}, Worse: []PatternDifference{}, Better: []PatternDifference{},
		Gone: []PatternDifference{}, Same: []PatternDifference{}, Unknown: []PatternDifference{}, Ignored: now.Ignored}
	before := map[string]*Pattern{}
	for i := range old.Patterns {
		before[old.Patterns[i].ID] = &old.Patterns[i]
	}
	for i := range now.Patterns {
		p := &now.Patterns[i]
		d.add(old, now, before[p.ID], p, shows)
		delete(before, p.ID)
	}
	for i := range old.Patterns { // in their order
		if p := &old.Patterns[i]; before[p.ID] != nil {
			d.add(old, now, p, nil, shows)
		}
	}
	return d
}

func side(r *Report, from string) Side {
	s := Side{From: from, At: r.GeneratedAt, Cluster: r.Cluster, Totals: r.Totals, Gaps: []Source{}}
	for _, src := range r.Sources {
		if src.Gap != "" {
			s.Gaps = append(s.Gaps, src)
		}
	}
	return s
}

// add puts one pattern where it belongs. Of what the other side could not
// judge nothing is said but that.
func (d *Difference) add(old, now *Report, before, after *Pattern, shows func(*Pattern) bool) {
	if (before == nil || !shows(before)) && (after == nil || !shows(after)) {
		d.Hidden++
		return
	}
	p := cmp.Or(after, before)
	x := PatternDifference{ID: p.ID, Detector: p.Detector, Cause: p.Cause, Title: p.Title, ExplainedBy: p.ExplainedBy,
		Old: measure(before), New: measure(after)}
	into := &d.Same
	switch {
	case before == nil:
		if x.Why = blind(old, p.Detector); x.Why != "" {
			into = &d.Unknown
		} else {
			into = &d.Appeared
		}
	case after == nil:
		if x.Why = blind(now, p.Detector); x.Why != "" {
			into = &d.Unknown
		} else {
			into = &d.Gone
		}
	default:
		switch c := x.Old.compare(x.New); {
		case c < 0:
			into = &d.Worse
		case c > 0:
			into = &d.Better
		}
	}
	*into = append(*into, x)
}

// blind is why a report says nothing of a detector, empty where it could.
func blind(r *Report, detector string) string {
	i := slices.IndexFunc(r.Skipped, func(s Skipped) bool { return s.Detector == detector && !s.Partly })
	if i < 0 {
		return ""
	}
	return r.Skipped[i].Why
}

func measure(p *Pattern) *Measure {
	if p == nil {
		return nil
	}
	f := p.Frequency
	return &Measure{Severity: p.Severity, Ongoing: p.Ongoing, Workloads: f.Workloads, Pods: f.Pods, Nodes: f.Nodes,
		Occurrences: f.Occurrences, FirstSeen: p.FirstSeen, LastSeen: p.LastSeen}
}

// compare orders by how bad it is: below 0 where the other is worse. What
// weighs more decides; occurrences only add up with time and decide nothing.
func (m *Measure) compare(o *Measure) int {
	return cmp.Or(
		cmp.Compare(correlate.Severity(o.Severity).Rank(), correlate.Severity(m.Severity).Rank()), // 0 is the worst
		cmp.Compare(truth(m.Ongoing), truth(o.Ongoing)),
		cmp.Compare(m.Workloads, o.Workloads),
		cmp.Compare(m.Pods, o.Pods),
		cmp.Compare(m.Nodes, o.Nodes),
	)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// numbers says what is different, with its numbers.
func (x *PatternDifference) numbers() string {
	if x.Old == nil || x.New == nil {
		m := cmp.Or(x.New, x.Old)
		return fmt.Sprintf("%s, %s, at least %s", count(m.Workloads, "workload"), count(m.Pods, "pod"), count(m.Occurrences, "occurrence"))
	}
	var out string
	for _, n := range []struct {
		name     string
		old, now int
	}{{"workloads", x.Old.Workloads, x.New.Workloads}, {"pods", x.Old.Pods, x.New.Pods}, {"nodes", x.Old.Nodes, x.New.Nodes},
		{"occurrences", x.Old.Occurrences, x.New.Occurrences}} {
		if n.old != n.now {
			out += fmt.Sprintf(", %s %d → %d", n.name, n.old, n.now)
		}
	}
	switch {
	case x.Old.Ongoing && !x.New.Ongoing:
		out += ", no longer going on"
	case !x.Old.Ongoing && x.New.Ongoing:
		out += ", going on again"
	}
	if x.Old.Severity != x.New.Severity {
		out = fmt.Sprintf(", %s → %s", x.Old.Severity, x.New.Severity) + out
	}
	if out == "" {
		return "no number differs"
	}
	return out[2:]
}
