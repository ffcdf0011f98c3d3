package report

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// ClusterRow is one of several contexts that were asked for.
type ClusterRow struct {
	Context string `json:"context"`
	Server  string `json:"server"`
	Version string `json:"version"`
	// Gap says why nothing could be read by it; empty where it was read.
	Gap string `json:"gap"`
	// SameClusterAs is an earlier context of the same cluster.
	SameClusterAs string `json:"sameClusterAs,omitempty"`
	// Repeats is set where that context looks at the same namespaces: the
	// totals of the report leave this one out.
	Repeats    bool     `json:"repeats,omitempty"`
	Namespaces []string `json:"namespaces"`
	Window     Window   `json:"window"`
	Totals     Totals   `json:"totals"`
	Hidden     int      `json:"hidden"`
	Matrix     *Matrix  `json:"matrix"` // null where it was not read
}

// Common is an incident that several clusters have in common.
type Common struct {
	Detector string `json:"detector"`
	Cause    string `json:"cause"` // empty where it is not the same in all
	// Attribute is what they have in common (registry, repository, image,
	// dependency, workload, or time alone), Values are its values.
	Attribute string   `json:"attribute"`
	Values    []string `json:"values"`
	Title     string   `json:"title"`
	Tier      string   `json:"tier"`
	Text      string   `json:"text"`
	// Clusters have it, the earliest first; Of is how many clusters were read.
	// Contexts of one cluster count once.
	Clusters []CommonIn `json:"clusters"`
	Of       int        `json:"of"`
	// HealthyClusters use the same without failing on it.
	HealthyClusters []HealthyCluster `json:"healthyClusters"`
	// SpreadSeconds lie between the first beginning and the last; null where
	// one of them is not known.
	SpreadSeconds *int `json:"spreadSeconds"`
}

// CommonIn is what an incident is in one cluster.
type CommonIn struct {
	Contexts         []string   `json:"contexts"`
	Patterns         []string   `json:"patterns"`
	FirstSeen        *time.Time `json:"firstSeen"`
	FirstSeenIsBound bool       `json:"firstSeenIsBound,omitempty"`
	Ongoing          bool       `json:"ongoing"`
	Pods             int        `json:"pods"`
	Workloads        int        `json:"workloads"`
}

// HealthyCluster uses the same without failing on it: so many workloads of it
// have ready pods, of which some were made since the incident began.
type HealthyCluster struct {
	Contexts      []string `json:"contexts"`
	Workloads     int      `json:"workloads"`
	PodsMadeSince int      `json:"podsMadeSince"`
}

// Context is what came of one of several contexts: a report, or why there is
// none.
type Context struct {
	Name, Server, Gap string
	SameClusterAs     string
	Report            *Report
}

// NewAcross makes one report of those of several contexts.
func NewAcross(contexts []Context, common []correlate.Common) *Report {
	r := &Report{APIVersion: APIVersion, Kind: Kind, Scope: Scope{Namespaces: []string{}}, Sources: []Source{}, Patterns: []Pattern{},
		Timeline: []Entry{}, Matrix: Matrix{Rows: []string{}, Columns: []Attribute{}, Cells: [][]Cell{}}, Tree: []Branches{},
		Recommendations: []Recommendation{}, Skipped: []Skipped{}, Unexplained: []Ref{}, Across: convert(common, commonOf)}
	for _, c := range contexts {
		row := ClusterRow{Context: c.Name, Server: c.Server, Gap: c.Gap, SameClusterAs: c.SameClusterAs, Namespaces: []string{}}
		if one := c.Report; one != nil {
			row.Server, row.Version, row.Namespaces = one.Cluster.Server, one.Cluster.Version, one.Scope.Namespaces
			row.Window, row.Totals, row.Hidden, row.Matrix = one.Window, one.Totals, one.Hidden, &one.Matrix
			row.Repeats = slices.ContainsFunc(r.Clusters, func(o ClusterRow) bool {
				return c.SameClusterAs != "" && (o.Context == c.SameClusterAs || o.SameClusterAs == c.SameClusterAs) && slices.Equal(o.Namespaces, row.Namespaces)
			})
			r.take(one, c.Name)
			r.count(&row)
		}
		r.Clusters = append(r.Clusters, row)
	}
	slices.SortStableFunc(r.Timeline, func(a, b Entry) int { return a.Time.Compare(b.Time) })
	slices.SortStableFunc(r.Recommendations, func(a, b Recommendation) int { return urgencyRank(a.Urgency) - urgencyRank(b.Urgency) })
	return r
}

// take adds what was read by one context, under its name.
func (r *Report) take(one *Report, name string) {
	if one.GeneratedAt.After(r.GeneratedAt) {
		r.GeneratedAt = one.GeneratedAt
	}
	r.Scope.AllNamespaces, r.Scope.Selector = one.Scope.AllNamespaces, one.Scope.Selector
	r.Window.widen(one.Window)
	r.Sources = append(r.Sources, convert(one.Sources, func(s Source) Source { s.Cluster = name; return s })...)
	r.Patterns = append(r.Patterns, convert(one.Patterns, func(p Pattern) Pattern {
		p.Cluster = name
		p.Investigation = convert(p.Investigation, func(c Command) Command { c.Command = inContext(c.Command, name); return c })
		p.Recommendations = convert(p.Recommendations, func(x Recommendation) Recommendation { return x.in(name) })
		return p
	})...)
	r.Timeline = append(r.Timeline, convert(one.Timeline, func(e Entry) Entry { e.Cluster = name; return e })...)
	r.Tree = append(r.Tree, convert(one.Tree, func(b Branches) Branches { b.Cluster = name; return b })...)
	r.Recommendations = append(r.Recommendations, convert(one.Recommendations, func(x Recommendation) Recommendation { return x.in(name) })...)
	r.Skipped = append(r.Skipped, convert(one.Skipped, func(s Skipped) Skipped { s.Cluster = name; return s })...)
	r.Unexplained = append(r.Unexplained, convert(one.Unexplained, func(u Ref) Ref { u.Cluster = name; return u })...)
	for _, i := range one.Ignored {
		i.Cluster = name
		r.Ignored = append(r.Ignored, i)
	}
}

func (x Recommendation) in(name string) Recommendation {
	x.Cluster = name
	x.Commands = convert(x.Commands, func(c string) string { return inContext(c, name) })
	return x
}

// kubectlWord is kubectl where a command begins, alone or as one of several. A
// plugin's flags stand behind its name.
var kubectlWord = regexp.MustCompile(`(^|[|;&(] ?)kubectl( patterns)? `)

// inContext has a command act on the cluster that it is about, whichever is the
// current one.
func inContext(command, name string) string {
	return kubectlWord.ReplaceAllString(command, "${1}kubectl${2} --context "+strings.ReplaceAll(detect.Quote(name), "$", "$$")+" ")
}

func (w *Window) widen(by Window) {
	if by.From.IsZero() {
		return
	}
	if w.From.IsZero() || by.From.Before(w.From) {
		w.From = by.From
	}
	if by.To.After(w.To) {
		w.To = by.To
	}
}

// count adds what a context looks at that no earlier one does.
func (r *Report) count(row *ClusterRow) {
	if row.Repeats {
		return
	}
	t, o := &r.Totals, row.Totals
	r.Hidden += row.Hidden
	if row.SameClusterAs == "" {
		t.Nodes += o.Nodes
	}
	t.Namespaces += o.Namespaces
	t.Workloads += o.Workloads
	t.Pods += o.Pods
	t.FailingPods += o.FailingPods
	t.PodsInScope += o.PodsInScope
	t.Events += o.Events
}

func commonOf(c correlate.Common) Common {
	out := Common{Detector: c.Detector, Cause: c.Cause, Attribute: c.Attribute, Values: c.Values, Title: c.Title, Tier: string(c.Tier), Text: c.Text, Of: c.Of,
		Clusters: convert(c.In, func(in correlate.CommonIn) CommonIn {
			return CommonIn{Contexts: in.Contexts, Patterns: idsOf(in.Patterns), FirstSeen: moment(in.First), FirstSeenIsBound: in.Bound,
				Ongoing: in.Ongoing, Pods: in.Pods, Workloads: in.Workloads}
		}),
		HealthyClusters: convert(c.Beside, func(b correlate.Beside) HealthyCluster {
			return HealthyCluster{Contexts: b.Contexts, Workloads: b.Workloads, PodsMadeSince: b.Since}
		})}
	if c.Dated {
		s := int(c.Spread.Seconds())
		out.SpreadSeconds = &s
	}
	return out
}

// idsOf names each pattern once: two contexts of one cluster may see the same.
func idsOf(ps []*correlate.Pattern) []string {
	out := []string{}
	for _, p := range ps {
		if !slices.Contains(out, p.ID) {
			out = append(out, p.ID)
		}
	}
	return out
}

// of is the report of one of several contexts by itself.
func (r *Report) of(row *ClusterRow) *Report {
	keep := func(cluster string) bool { return cluster == row.Context }
	one := &Report{APIVersion: r.APIVersion, Kind: r.Kind, GeneratedAt: r.GeneratedAt,
		Cluster: Cluster{Context: row.Context, Server: row.Server, Version: row.Version}, Window: row.Window, Totals: row.Totals, Hidden: row.Hidden,
		Scope:           Scope{AllNamespaces: r.Scope.AllNamespaces, Namespaces: row.Namespaces, Selector: r.Scope.Selector},
		Sources:         only(r.Sources, func(s Source) bool { return keep(s.Cluster) }),
		Patterns:        only(r.Patterns, func(p Pattern) bool { return keep(p.Cluster) }),
		Timeline:        only(r.Timeline, func(e Entry) bool { return keep(e.Cluster) }),
		Tree:            only(r.Tree, func(b Branches) bool { return keep(b.Cluster) }),
		Recommendations: only(r.Recommendations, func(x Recommendation) bool { return keep(x.Cluster) }),
		Skipped:         only(r.Skipped, func(s Skipped) bool { return keep(s.Cluster) }),
		Unexplained:     only(r.Unexplained, func(u Ref) bool { return keep(u.Cluster) }),
		Ignored:         only(r.Ignored, func(i Ignored) bool { return keep(i.Cluster) })}
	if row.Matrix != nil {
		one.Matrix = *row.Matrix
	}
	return one
}

func only[T any](all []T, keep func(T) bool) []T {
	var out []T
	for _, x := range all {
		if keep(x) {
			out = append(out, x)
		}
	}
	return out
}
