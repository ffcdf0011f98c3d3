package correlate

import (
	"path"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// IgnoreRule says which patterns are known, and not to be told. All of its
// conditions must hold; an empty one does. IDs and namespaces may have the
// wildcards of path.Match.
type IgnoreRule struct {
	IDs       []string
	Detectors []string
	Causes    []string
	// Namespaces and MatchLabels must hold of every affected object: what
	// reaches further than a rule says is another problem.
	Namespaces  []string
	MatchLabels func(labels map[string]string) bool
	// Consequences has what follows from a pattern ignored with it.
	Consequences bool
	// Until is when the rule ends; zero for never.
	Until  time.Time
	Reason string
	// Text is the rule in words, At where it is written.
	Text, At string
}

// Expired reports whether the rule has ended at a moment.
func (r *IgnoreRule) Expired(at time.Time) bool { return !r.Until.IsZero() && at.After(r.Until) }

// Ignored is a pattern that a rule keeps from being told.
type Ignored struct {
	*Pattern
	Rule *IgnoreRule
}

// Ignoring returns the story without the patterns that rules ignore; Ignored
// has them. Everything was explained before: what follows from an ignored
// pattern keeps its explanation, and is told unless the rule includes it.
func (s *Story) Ignoring(rules []IgnoreRule) *Story {
	ignored := s.ignored(rules)
	if len(ignored) == 0 {
		return s
	}
	out := s.Only(func(p *Pattern) bool { return ignored[p.ID] == nil })
	out.Hidden = s.Hidden
	for _, p := range s.Patterns {
		if r := ignored[p.ID]; r != nil {
			out.Ignored = append(out.Ignored, Ignored{p, r})
		}
	}
	return out
}

// IgnoringBoth leaves out of two moments what is ignored at the newer, and what
// was at the older and is there no more: a rule neither makes a pattern new nor
// makes it go. Ignored of the newer has them all.
func IgnoringBoth(old, now *Story, rules []IgnoreRule) (before, after *Story) {
	ignored, there, gone := now.Ignoring(rules).Ignored, byID(now.Patterns), map[string]bool{}
	for _, i := range old.Ignoring(rules).Ignored {
		if there[i.ID] == nil {
			ignored = append(ignored, i)
		}
	}
	for _, i := range ignored {
		gone[i.ID] = true
	}
	keep := func(p *Pattern) bool { return !gone[p.ID] }
	before, after = old.Only(keep), now.Only(keep)
	before.Hidden, after.Hidden, after.Ignored = old.Hidden, now.Hidden, ignored
	return before, after
}

// ignored are the first rules that ignore patterns, by the patterns' IDs.
func (s *Story) ignored(rules []IgnoreRule) map[string]*IgnoreRule {
	if len(rules) == 0 {
		return nil
	}
	known, own := byID(s.Patterns), map[string]*IgnoreRule{}
	for _, p := range s.Patterns {
		i := slices.IndexFunc(rules, func(r IgnoreRule) bool { return !r.Expired(s.Snapshot.At) && r.matches(s.Snapshot, p) })
		if i >= 0 {
			own[p.ID] = &rules[i]
		}
	}
	out := map[string]*IgnoreRule{}
	for _, p := range s.Patterns {
		out[p.ID] = own[p.ID]
		for up := known[p.ExplainedBy]; up != nil && out[p.ID] == nil; up = known[up.ExplainedBy] {
			if r := own[up.ID]; r != nil && r.Consequences {
				out[p.ID] = r
			}
		}
		if out[p.ID] == nil {
			delete(out, p.ID)
		}
	}
	return out
}

func (r *IgnoreRule) matches(s *cluster.Snapshot, p *Pattern) bool {
	return anyGlob(r.IDs, p.ID) && anyOf(r.Detectors, p.Detector) && anyOf(r.Causes, p.Cause) && r.coversAll(s, p)
}

// coversAll reports whether every affected object lies where the rule says,
// and has its labels. What has no namespace or no labels that are known, such
// as a node, does not.
func (r *IgnoreRule) coversAll(s *cluster.Snapshot, p *Pattern) bool {
	if len(r.Namespaces) == 0 && r.MatchLabels == nil {
		return true
	}
	for i := range p.Affected {
		a := &p.Affected[i]
		if len(r.Namespaces) > 0 && (a.Namespace == "" || !anyGlob(r.Namespaces, a.Namespace)) {
			return false
		}
		if r.MatchLabels != nil {
			if labels := labelsOf(s, a); labels == nil || !r.MatchLabels(labels) {
				return false
			}
		}
	}
	return len(p.Affected) > 0
}

// labelsOf are those of a pod, or of the pods of a workload; nil where they
// are not known.
func labelsOf(s *cluster.Snapshot, a *Affected) map[string]string {
	if a.Kind == "Pod" {
		if pod := s.Pod(a.Namespace, a.Name); pod != nil {
			return pod.Labels
		}
		return s.PodLabels(a.Workload)
	}
	return s.PodLabels(a.Key())
}

func anyOf(allowed []string, value string) bool {
	return len(allowed) == 0 || slices.Contains(allowed, value)
}

func anyGlob(globs []string, value string) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(g string) bool {
		ok, err := path.Match(g, value)
		return ok && err == nil
	})
}
