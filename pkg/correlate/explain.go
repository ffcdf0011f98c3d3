package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Following is what decided that a pattern follows from another: what of it
// the other touches too, and by how much the other was noticed earlier.
type Following struct {
	Unit       string // pods, workloads or nodes; "link" where no count decides
	Common, Of int
	// Link says in words what ties both where no count decides.
	Link string
	// Lead is from the first sign of what explains to the first of what
	// follows from it; negative when that takes longer to be noticed.
	Lead  time.Duration
	Dated bool
}

// following measures a child by the rule that gave it its parent.
func (r *rule) following(parent, child *Pattern) *Following {
	touched := r.by(parent, child)
	f := &Following{Unit: "link", Link: r.link}
	if len(touched) > 0 && touched[0].Kind != "link" {
		f.Unit, f.Common, f.Of = unitOf(touched[0], child), len(touched), len(r.by(child, child))
	}
	if first := firstWithin(parent, child); !first.IsZero() && !parent.Tally.First.IsZero() {
		f.Lead, f.Dated = first.Sub(parent.Tally.First), true
	}
	return f
}

func unitOf(ref cluster.Ref, child *Pattern) string {
	switch {
	case ref.Kind == "Node":
		return "nodes"
	case slices.Contains(child.Tally.Pods, ref):
		return "pods"
	}
	return "workloads"
}

// Text says it in words.
func (f *Following) Text() string {
	how := f.Link
	if f.Unit != "link" {
		how = fmt.Sprintf("both touch %d of its %s", f.Common, detect.Count(f.Of, strings.TrimSuffix(f.Unit, "s")))
	}
	switch {
	case !f.Dated:
		return how
	case f.Lead.Abs() < time.Second:
		return how + "; both were first seen at the same time"
	case f.Lead >= 0:
		return fmt.Sprintf("%s; it was first seen %s later", how, detect.Span(f.Lead))
	}
	return fmt.Sprintf("%s; it was first seen %s earlier, for the two are noticed by different means", how, detect.Span(-f.Lead))
}

// Explained is one pattern of a story with everything around it.
type Explained struct {
	Pattern *Pattern
	// Above are the patterns that it follows from, nearest first; Below those
	// that follow from it, each after the one that explains it.
	Above, Below []*Pattern
	// Comparison says among whom shared factors were looked for, or what is
	// lacking to compare.
	Comparison string
	// NotChecked are the sources and detectors that could have told more.
	NotChecked []string
}

// Around gathers what there is to tell of one pattern.
func (s *Story) Around(p *Pattern) Explained {
	known := byID(s.Patterns)
	out := Explained{Pattern: p, Comparison: p.comparison, NotChecked: s.notChecked(p)}
	for up := known[p.ExplainedBy]; up != nil; up = known[up.ExplainedBy] {
		out.Above = append(out.Above, up)
	}
	for _, q := range s.Patterns {
		if q != p && descends(q, p, known) {
			out.Below = append(out.Below, q)
		}
	}
	return out
}

// notChecked says what could have told more of a pattern and was not looked
// at: what was not read, and detectors that could not judge.
func (s *Story) notChecked(p *Pattern) []string {
	var out []string
	for _, src := range s.Snapshot.Sources {
		if src.Gap != "" && src.Resource != "others" && src.Resource != cluster.Metrics {
			out = append(out, strings.TrimPrefix(fmt.Sprintf("%s: %s", src.Resource, src.Gap), ": "))
		}
	}
	if !s.Snapshot.Read(cluster.PodLogs) && hasContainers(p) {
		out = append(out, "what the containers wrote last: "+map[bool]string{true: "not in the files", false: "not asked for; --logs reads it"}[s.Snapshot.Identity.IsDump()])
	}
	for _, k := range s.Skipped {
		how := "could not judge"
		if k.Partly {
			how = "judged in part"
		}
		text := fmt.Sprintf("detector %s %s: %s", k.Detector, how, k.Why)
		if couldExplain(k.Detector, p) {
			text += "; this pattern could follow from what it finds"
		}
		out = append(out, text)
	}
	if p.Tally.SinceBefore {
		from, _ := s.Snapshot.Window()
		out = append(out, "when it began: events reach back to "+from.UTC().Format(time.RFC3339)+" only, and it is older")
	}
	return distinctTexts(out)
}

func distinctTexts(texts []string) []string {
	var out []string
	for _, t := range texts {
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// hasContainers reports whether a pattern is about containers that ran, which
// may have written something.
func hasContainers(p *Pattern) bool {
	return slices.ContainsFunc(p.Symptoms, func(s *symptom.Symptom) bool {
		return s.Container != "" && (s.Kind == symptom.Exit || s.Kind == symptom.CrashLoop || s.Kind == symptom.Probe || s.Kind == symptom.OOM)
	})
}

// couldExplain reports whether some rule lets patterns of a detector explain a
// pattern.
func couldExplain(detector string, p *Pattern) bool {
	return slices.ContainsFunc(rules, func(r rule) bool {
		return r.isChild(p) && slices.ContainsFunc(r.parent, func(name string) bool {
			of, _, _ := strings.Cut(name, "/")
			return of == detector
		})
	})
}
