package detect

import (
	"cmp"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Pass is all that a detector sees and the only thing it can do: look at a
// snapshot and its symptoms, and report. It has no client, context, clock or
// writer, so a detector cannot fail, but by a mistake in it, and always says the same
// of the same.
type Pass struct {
	*cluster.Snapshot
	symptoms []symptom.Symptom
	detector *Detector
	reports  []Pattern
	broken   string // by which mistake of ours it ended; empty: it ended well
	dated    *dated // shared by the passes of one run
}

// Skipped is a detector that could not judge.
type Skipped struct {
	Detector string
	Why      string
	// Unasked is set when it lacks nothing but what nobody asked for.
	Unasked bool
	// Partly is set when it judged by a part of what it needs.
	Partly bool
}

// Run runs every detector of a suite whose needs were read and returns what
// they report, in a fixed order.
func Run(suite Suite, s *cluster.Snapshot, symptoms []symptom.Symptom) ([]Pattern, []Skipped) {
	var skipped []Skipped
	var passes []*Pass
	streams := &dated{}
	for _, d := range suite {
		if why := Unmet(d, s); why != "" {
			skipped = append(skipped, Skipped{Detector: d.Name, Why: why, Unasked: unasked(d, s)})
			continue
		}
		if lacks := lacking(d, s); len(lacks) > 0 {
			skipped = append(skipped, Skipped{Detector: d.Name, Why: "without " + join(lacks), Partly: true})
		}
		if d.Run == nil {
			continue
		}
		passes = append(passes, &Pass{Snapshot: s, symptoms: symptoms, detector: d, dated: streams})
	}
	patterns, broken := judge(passes)
	return patterns, append(skipped, broken...)
}

// judge runs detectors, several at a time, for they know nothing of each
// other; what they report is put in the order of the suite.
func judge(passes []*Pass) (patterns []Pattern, broken []Skipped) {
	var running errgroup.Group
	running.SetLimit(runtime.GOMAXPROCS(0))
	for _, pass := range passes {
		running.Go(func() error {
			pass.run()
			return nil
		})
	}
	_ = running.Wait() // none of them can fail
	for _, pass := range passes {
		if pass.broken != "" {
			broken = append(broken, Skipped{Detector: pass.detector.Name, Why: pass.broken})
			continue
		}
		slices.SortStableFunc(pass.reports, func(a, b Pattern) int {
			return cmp.Or(cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Key, b.Key))
		})
		patterns = append(patterns, pass.reports...)
	}
	return patterns, broken
}

// lacking are those needs that were asked for in vain. What is not in saved
// data is told once, with the data.
func lacking(d *Detector, s *cluster.Snapshot) []string {
	var out []string
	for _, need := range d.Needs {
		asked := slices.ContainsFunc(s.Gaps, func(g cluster.Gap) bool { return g.Resource == need && !g.Unasked })
		if asked && !s.Identity.IsDump() && !s.Read(need) {
			out = append(out, string(need))
		}
	}
	return out
}

// Unmet says what of a detector's needs was not read; empty when all was.
func Unmet(d *Detector, s *cluster.Snapshot) string {
	var missing []string // of a detector to which any one is enough
	for _, need := range d.Needs {
		if s.Read(need) {
			if d.Any {
				return ""
			}
			continue
		}
		why := string(need) + " not read"
		for _, g := range s.Gaps {
			if g.Resource == need {
				why = string(need) + ": " + g.Reason
			}
		}
		if d.Any {
			missing = append(missing, why)
			continue
		}
		return why
	}
	return strings.Join(missing, ", ")
}

// unasked reports whether all that a detector lacks was left out because
// nobody asked for it.
func unasked(d *Detector, s *cluster.Snapshot) bool {
	return !slices.ContainsFunc(d.Needs, func(need cluster.Resource) bool {
		return !s.Read(need) && !slices.ContainsFunc(s.Gaps, func(g cluster.Gap) bool { return g.Resource == need && g.Unasked })
	})
}

// Of returns the symptoms of some kinds, in their fixed order.
func (p *Pass) Of(kinds ...symptom.Kind) []*symptom.Symptom {
	var out []*symptom.Symptom
	for i := range p.symptoms {
		if slices.Contains(kinds, p.symptoms[i].Kind) {
			out = append(out, &p.symptoms[i])
		}
	}
	return out
}

// All returns every symptom, in their fixed order.
func (p *Pass) All() []*symptom.Symptom {
	out := make([]*symptom.Symptom, len(p.symptoms))
	for i := range p.symptoms {
		out[i] = &p.symptoms[i]
	}
	return out
}

// Report adds a pattern of the running detector.
func (p *Pass) Report(pattern Pattern) {
	pattern.Detector, pattern.Category = p.detector.Name, p.detector.Category
	if pattern.Tier == "" {
		pattern.Tier = Stated
	}
	p.reports = append(p.reports, pattern)
}

// Group is symptoms that have one key.
type Group struct {
	Key      string
	Symptoms []*symptom.Symptom
}

// GroupBy groups symptoms by a key, in the order of the keys. Symptoms with
// an empty key are left out.
func GroupBy(symptoms []*symptom.Symptom, key func(*symptom.Symptom) string) []Group {
	at := map[string]int{}
	var groups []Group
	for _, s := range symptoms {
		k := key(s)
		if k == "" {
			continue
		}
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, Group{Key: k})
		}
		groups[i].Symptoms = append(groups[i].Symptoms, s)
	}
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Compare(a.Key, b.Key) })
	return groups
}
