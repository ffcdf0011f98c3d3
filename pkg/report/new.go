package report

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// New makes the report of a story.
func New(story *correlate.Story) *Report {
	s := story.Snapshot
	from, to := s.Window()
	r := &Report{
		APIVersion:  APIVersion,
		Kind:        Kind,
		GeneratedAt: s.At.UTC(),
		Cluster:     Cluster{Context: s.Identity.Context, Server: s.Identity.Server, Version: s.Identity.Version, Offline: s.Identity.Offline},
		Scope: Scope{AllNamespaces: s.Scope.AllNamespaces, Namespaces: orEmpty(s.Scope.Namespaces),
			Selector: s.Scope.Selector, Node: s.Scope.Node},
		Window: Window{From: from.UTC(), To: to.UTC()},
		Totals: Totals{Namespaces: len(s.Namespaces), Nodes: len(s.Nodes), Workloads: s.CountWorkloads(),
			Pods: len(s.Pods), PodsInScope: story.Looked, FailingPods: len(story.Failing), Events: len(s.Events)},
		Unexplained: convert(story.Unexplained, ref),
		Hidden:      story.Hidden,
		Ignored:     ignored(story.Ignored, story.Patterns),
		Sources:     convert(s.Sources, source),
		Patterns:    convert(story.Patterns, pattern),
		Timeline:    convert(story.Timeline, entry),
		Matrix:      matrix(story.Matrix),
		Tree:        convert(story.Tree, branches),
		Skipped: convert(story.Skipped, func(k detect.Skipped) Skipped {
			return Skipped{Detector: k.Detector, Why: k.Why, Unasked: k.Unasked, Partly: k.Partly}
		}),
	}
	r.pastIgnored(story.Ignored)
	r.Recommendations = r.recommendations(story.Patterns)
	return r
}

// convert maps a slice and never returns nil: an empty list is [] in JSON.
func convert[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, a := range in {
		out = append(out, f(a))
	}
	return out
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func source(s cluster.Source) Source {
	out := Source{Resource: string(s.Resource), Objects: s.Objects, From: s.From, Gap: s.Gap, Remedy: s.Remedy}
	if s.Period.Length() > 0 {
		out.Window = &Window{From: s.Period.From.UTC(), To: s.Period.To.UTC()}
	}
	return out
}

func pattern(p *correlate.Pattern) Pattern {
	t := &p.Tally
	return Pattern{
		ID: p.ID, Detector: p.Detector, Cause: p.Cause, Category: p.Category,
		Severity: string(p.Severity), Tier: string(p.Tier), Title: p.Title,
		ExplainedBy: p.ExplainedBy, Explains: orEmpty(p.Explains), Follows: follows(p.Following),
		Frequency: Frequency{Pods: len(t.Pods), Workloads: len(t.Workloads), Namespaces: len(t.Namespaces),
			Nodes: len(t.Nodes), Occurrences: t.Occurrences, OccurrencesAreLowerBound: true},
		FirstSeen: moment(t.First), LastSeen: moment(t.Last), FirstSeenIsBound: t.SinceBefore, Ongoing: t.Ongoing,
		Affected:         convert(p.Affected, affected),
		SharedFactors:    convert(p.Shared, sharedFactor),
		PrecedingChanges: convert(p.Changes, precedingChange),
		Impact:           convert(p.Impact, impact),
		Evidence:         evidence(p),
		CounterEvidence:  convert(p.Counter, func(s string) Sentence { return Sentence{s} }),
		ProbableCause:    ProbableCause{Text: p.Probable.Text, Confidence: string(p.Probable.Confidence), Why: p.Probable.Why},
		Timeline:         convert(p.Timeline, entry),
		SeenBefore:       seenBefore(p.Before),
		Timing:           timing(p.Timing),
		Chain:            convert(p.Chain, hop),
		Investigation:    convert(p.Investigation, func(c detect.Command) Command { return Command(c) }),
		Recommendations: append(convert(p.Recommendations, func(r detect.Recommendation) Recommendation { return recommendation(r, p.ID) }),
			monitoring(p)...),
	}
}

func evidence(p *correlate.Pattern) []Evidence {
	out := make([]Evidence, 0, len(p.Evidence))
	for _, e := range p.Evidence {
		out = append(out, Evidence{Source: string(e.Source), Subject: ref(e.Subject), Time: moment(e.Time),
			Reason: e.Reason, Text: e.Text, Count: e.Count})
	}
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func ref(r cluster.Ref) Ref {
	return Ref{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name, UID: r.UID}
}

func workload(r cluster.Ref) Workload { return Workload{Kind: r.Kind, Name: r.Name} }

func affected(a correlate.Affected) Affected {
	return Affected{Kind: a.Kind, Namespace: a.Namespace, Name: a.Name, Workload: workload(a.Workload),
		Node: a.Node, Container: a.Container, Image: a.Image, Detail: a.Detail}
}

func sharedFactor(f correlate.SharedFactor) SharedFactor {
	out := SharedFactor{Attribute: f.Attribute, Value: f.Value, Unit: f.Unit, Affected: f.Affected, AffectedOf: f.AffectedOf,
		Healthy: f.Healthy, HealthyOf: f.HealthyOf, Tier: string(f.Tier), Text: f.Text, Interval: []float64{},
		P: probability(f.P), Q: probability(f.Q), Tested: f.Tested, Residue: f.Residue,
		With: convert(f.With, func(c correlate.Column) Attribute { return Attribute(c) }), Aliases: convert(f.Aliases, func(c correlate.Column) Attribute { return Attribute(c) })}
	if !math.IsNaN(f.RiskRatio) {
		rr := round(f.RiskRatio)
		out.RiskRatio, out.Interval = &rr, []float64{round(f.Low), round(f.High)}
	}
	return out
}

func round(x float64) float64 { return math.Round(x*100) / 100 }

func precedingChange(c correlate.LinkedChange) PrecedingChange {
	return PrecedingChange{Time: c.Time.UTC(), LeadSeconds: int(c.Lead.Seconds()), Kind: c.Object.Kind,
		Namespace: c.Object.Namespace, Name: c.Object.Name, What: string(c.Kind) + ": " + c.What, By: c.By,
		Link: c.Link, Chance: chance(c.Chance), Tier: string(c.Tier),
		Contrast: c.Contrast, Reversal: c.Reversal, Rivals: c.Rivals}
}

// chance is null where it cannot be told.
func chance(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	x = math.Round(x*10000) / 10000
	return &x
}

// probability is rounded to three digits: the last ones differ between
// machines. It is null where nothing was compared.
func probability(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'e', 2, 64), 64)
	return &x
}

func impact(i correlate.Impact) Impact {
	return Impact{Namespace: i.Workload.Namespace, Workload: workload(i.Workload), Service: i.Service,
		Desired: int(i.Desired), Ready: int(i.Ready), State: string(i.State), DowntimeSeconds: int(i.Downtime.Seconds()),
		DowntimeIsLowerBound: i.LowerBound, DowntimeAtMostSeconds: int(i.AtMost.Seconds()), Since: moment(i.Since), Until: moment(i.Until),
		RecoveredBy: i.RecoveredBy, HealedItself: i.HealedItself, WorsenedBy: i.WorsenedBy, Routes: i.Routes}
}

func hop(h correlate.Hop) Hop {
	return Hop{From: ref(h.From), To: ref(h.To), LagSeconds: int(h.Lag.Seconds()), Edge: Edge{Class: h.Class, How: h.How, Hidden: h.Hidden}}
}

func entry(e correlate.Entry) Entry {
	return Entry{Time: e.Time.UTC(), Until: moment(e.Until), Kind: string(e.Kind), Subject: ref(e.Subject),
		Reason: e.Reason, Message: e.Message, Count: e.Count, Pattern: e.Pattern}
}

func matrix(m correlate.Matrix) Matrix {
	out := Matrix{Rows: orEmpty(m.Rows), Columns: convert(m.Columns, func(c correlate.Column) Attribute { return Attribute(c) })}
	out.Cells = convert(m.Cells, func(row []correlate.Cell) []Cell {
		return convert(row, func(c correlate.Cell) Cell { return Cell(c) })
	})
	out.Between = between(m.Between)
	return out
}

func branches(b correlate.Branches) Branches {
	return Branches{Heading: b.Heading, Root: b.Root, Branches: orEmpty(b.Branches)}
}

func recommendation(r detect.Recommendation, id string) Recommendation {
	return Recommendation{Urgency: string(r.Urgency), Text: r.Text, Commands: orEmpty(r.Commands), Patterns: []string{id}}
}

// recommendations are those of the roots, most urgent first, the same advice
// once: what follows from a root is mended with it, but where that root is not
// told (it is ignored) it speaks for itself.
func (r *Report) recommendations(ps []*correlate.Pattern) []Recommendation {
	out := []Recommendation{}
	at, told := map[string]int{}, map[string]bool{}
	for _, p := range ps {
		told[p.ID] = true
	}
	for i, p := range ps {
		if told[r.Patterns[i].ExplainedBy] {
			continue
		}
		for _, advice := range p.Recommendations {
			if advice.Urgency == detect.Immediate && p.Severity == correlate.Info {
				advice.Urgency = detect.Later // nothing hurts now
			}
			key := string(advice.Urgency) + advice.Text
			if k, ok := at[key]; ok {
				out[k].Patterns = append(out[k].Patterns, p.ID)
				continue
			}
			at[key] = len(out)
			out = append(out, recommendation(advice, p.ID))
		}
	}
	out = append(out, alerts(ps)...)
	slices.SortStableFunc(out, func(a, b Recommendation) int { return urgencyRank(a.Urgency) - urgencyRank(b.Urgency) })
	return out
}

func urgencyRank(u string) int {
	return slices.Index([]string{string(detect.Immediate), string(detect.Soon), string(detect.Later), string(detect.Monitoring)}, u)
}
