package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Told is the story of one of several clusters, under the name of the context
// by which it was read.
type Told struct {
	Context string
	Story   *Story
}

// Common is an incident that several clusters have in common.
type Common struct {
	Detector string
	Cause    string // empty where it is not the same in all of them
	// Attribute says what they have in common (registry, repository, image,
	// dependency, workload, or time alone), and Values what it is.
	Attribute string
	Values    []string
	In        []CommonIn // the clusters that have it, the earliest first
	Of        int        // clusters that were read
	Beside    []Beside   // clusters that use the same without failing on it
	Spread    time.Duration
	// Dated is whether the beginning is known of all of them, and with it Spread.
	Dated bool
	Tier  detect.Tier
	Title string
	Text  string
}

// CommonIn is what an incident is in one cluster.
type CommonIn struct {
	Contexts        []string // by which it was read: several may be of one cluster
	Patterns        []*Pattern
	First           time.Time // zero where it is not told
	Bound           bool      // it began at First or earlier
	Ongoing         bool
	Pods, Workloads int
}

// Beside is a cluster that uses the same and does not fail on it.
type Beside struct {
	Contexts  []string
	Workloads int // that use it, with pods that are ready
	Since     int // ready pods of theirs that were made since the incident began
}

// Across finds what the incidents of several clusters have in common: a root of
// the same detector and cause, at the same time, about the same thing outside
// of any of them, or about workloads of the same names; or one that began in so
// many at one time that it is hardly chance. Contexts of one cluster
// are counted once. It is nil where fewer than two clusters were read.
func Across(all []Told) []Common {
	clusters := distinct(all)
	if len(clusters) < 2 {
		return nil
	}
	a := &across{clusters: clusters, of: map[sameness][]member{}}
	for i, c := range clusters {
		for _, t := range c {
			a.add(i, t)
		}
	}
	var out []Common
	for _, g := range a.incidents() {
		out = append(out, a.common(&g))
	}
	out = append(out, a.atOnce(out)...)
	slices.SortStableFunc(out, func(x, y Common) int {
		return cmp.Or(cmp.Compare(observedOnly(x), observedOnly(y)), cmp.Compare(len(y.In), len(x.In)), cmp.Compare(worstOf(x), worstOf(y)))
	})
	return out
}

// observedOnly puts observations last.
func observedOnly(c Common) int {
	if c.Tier == detect.Observation {
		return 1
	}
	return 0
}

func worstOf(c Common) int {
	rank := Info.Rank()
	for _, in := range c.In {
		for _, p := range in.Patterns {
			rank = min(rank, p.Severity.Rank())
		}
	}
	return rank
}

// distinct puts contexts of one cluster together: those of one server, and
// those that see the same nodes, whatever the address.
func distinct(all []Told) [][]Told {
	var out [][]Told
	known := map[string]int{}
	for _, t := range all {
		marks := marksOf(t)
		at := len(out)
		for _, m := range marks {
			if i, ok := known[m]; ok {
				at = i
				break
			}
		}
		if at == len(out) {
			out = append(out, nil)
		}
		out[at] = append(out[at], t)
		for _, m := range marks {
			known[m] = at
		}
	}
	return out
}

// SameCluster names for contexts the first one of the same cluster, where there
// is an earlier one.
func SameCluster(all []Told) map[string]string {
	out := map[string]string{}
	for _, contexts := range distinct(all) {
		for _, t := range contexts[1:] {
			out[t.Context] = contexts[0].Context
		}
	}
	return out
}

func marksOf(t Told) []string {
	var out []string
	if server := t.Story.Snapshot.Identity.Server; server != "" {
		out = append(out, "server "+server)
	}
	for i := range t.Story.Snapshot.Nodes {
		if uid := t.Story.Snapshot.Nodes[i].UID; uid != "" {
			out = append(out, "node "+uid)
		}
	}
	return out
}

// across is the state of one comparison.
type across struct {
	clusters [][]Told
	order    []sameness
	of       map[sameness][]member
}

// member is a pattern of one cluster, with when it stood.
type member struct {
	cluster  int
	context  string
	pattern  *Pattern
	from, to time.Time
	tier     detect.Tier
}

// commonness is what members have in common that stood at one time.
type commonness struct {
	sameness
	workloads []cluster.Ref // of those that have names in common
	members   []member
}

// add files the roots of a cluster by what may be the same elsewhere. Nodes and
// patterns in time are each cluster's own.
func (a *across) add(i int, t Told) {
	for _, p := range t.Story.Patterns {
		if p.ExplainedBy != "" || p.Severity == Info || len(p.Nodes) > 0 || p.Category == "timing" {
			continue
		}
		m := member{cluster: i, context: t.Context, pattern: p, from: p.Tally.First, to: p.Tally.Last}
		if at := t.Story.Snapshot.At; p.Tally.Ongoing {
			m.to = at
		}
		if m.from.IsZero() {
			m.from = m.to
		}
		for _, s := range samenesses(p) {
			m.tier = s.tier
			if a.of[s.sameness] == nil {
				a.order = append(a.order, s.sameness)
			}
			a.of[s.sameness] = append(a.of[s.sameness], m)
		}
	}
}

// incidents are those of several clusters at one time, what says most first;
// patterns that another one holds together already are not told again.
func (a *across) incidents() []commonness {
	slices.SortStableFunc(a.order, func(x, y sameness) int {
		return cmp.Or(cmp.Compare(x.rank(), y.rank()), cmp.Compare(len(a.of[y]), len(a.of[x])))
	})
	var out []commonness
	holding := map[*Pattern][]int{} // those of out that hold a pattern
	for _, s := range a.order {
		for _, members := range atOneTime(a.of[s]) {
			g := commonness{sameness: s, members: members}
			if s.workload != (cluster.Ref{}) {
				g.workloads = []cluster.Ref{s.workload}
			}
			i := slices.IndexFunc(out, func(o commonness) bool { return s.cause == "" && o.tells(&g) })
			for _, k := range holding[members[0].pattern] { // of very many workloads each asks
				if i < 0 && out[k].tells(&g) {
					i = k
				}
			}
			if i < 0 {
				for _, m := range members {
					holding[m.pattern] = append(holding[m.pattern], len(out))
				}
				out = append(out, g)
			} else if o := &out[i]; len(o.workloads)*len(g.workloads) > 0 && len(o.members) == len(g.members) {
				o.workloads = append(o.workloads, s.workload)
			}
		}
	}
	return out
}

// tells reports whether there is nothing in another incident that is not told
// with this one: no other pattern, or for a registry on which several causes meet no
// other cluster.
func (g *commonness) tells(o *commonness) bool {
	return !slices.ContainsFunc(o.members, func(m member) bool {
		return !slices.ContainsFunc(g.members, func(n member) bool {
			return n.pattern == m.pattern || o.cause == "" && g.attribute == o.attribute && g.value == o.value && n.cluster == m.cluster
		})
	})
}

// atOneTime parts members where no time joins them, and keeps what is of
// several clusters.
func atOneTime(members []member) [][]member {
	members = slices.Clone(members)
	slices.SortStableFunc(members, func(x, y member) int { return x.from.Compare(y.from) })
	var out [][]member
	var until time.Time
	for i, m := range members {
		if i == 0 || m.from.After(until) {
			out, until = append(out, nil), m.to
		}
		out[len(out)-1] = append(out[len(out)-1], m)
		if m.to.After(until) {
			until = m.to
		}
	}
	return slices.DeleteFunc(out, func(g []member) bool {
		return !slices.ContainsFunc(g, func(m member) bool { return m.cluster != g[0].cluster })
	})
}
