package cluster

import (
	"cmp"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"
)

// Identity says which cluster a snapshot is of.
type Identity struct {
	Context string
	Server  string
	Version string
	Offline bool // read from files
	// Archived is set beside Offline when the files are a snapshot of a live
	// reading: what was asked for then, and what was refused, is known.
	Archived bool
}

// IsDump reports whether a cluster was read from files of which it is not known
// what was asked for.
func (i *Identity) IsDump() bool { return i.Offline && !i.Archived }

// Scope is whose failures are asked for. Everything that was read stays in
// the snapshot: the healthy are needed to compare with.
type Scope struct {
	AllNamespaces bool
	Namespaces    []string
	Selector      string
	Node          string
	// MatchPod is Selector compiled; nil matches every pod.
	MatchPod func(labels map[string]string) bool
	Since    time.Time // zero: all that there is
	// AsRead is set when an archived reading was asked about these namespaces
	// and read no others.
	AsRead bool
}

// Select has trouble of those pods asked for that a label selector matches; the
// empty one matches every pod.
func (s *Scope) Select(selector string) error {
	s.Selector, s.MatchPod = selector, nil
	if selector == "" {
		return nil
	}
	compiled, err := labels.Parse(selector)
	if err != nil {
		return err
	}
	s.MatchPod = func(l map[string]string) bool { return compiled.Matches(labels.Set(l)) }
	return nil
}

// IsWhole reports whether nothing was read beside the namespaces that are asked
// for.
func (s *Scope) IsWhole(of *Identity) bool {
	return !of.Offline || len(s.Namespaces) == 0 || s.AsRead
}

// Includes reports whether trouble in a namespace is asked for.
// Cluster-scoped objects (namespace "") always are.
func (s *Scope) Includes(namespace string) bool {
	return s.AllNamespaces || namespace == "" || len(s.Namespaces) == 0 ||
		slices.Contains(s.Namespaces, namespace)
}

// Asks reports whether the failures of a pod are asked for.
func (s *Scope) Asks(p *Pod) bool {
	return s.Includes(p.Namespace) && (s.MatchPod == nil || s.MatchPod(p.Labels))
}

// Parts is everything that was read, in any order; New makes a Snapshot of
// it.
type Parts struct {
	At        time.Time
	Identity  Identity
	Scope     Scope
	Pods      []Pod
	Events    []Event
	Nodes     []Node
	Workloads []Workload
	Revisions []Revision
	Services  []Service
	Claims    []Claim
	Configs   []Config
	Settings  []Setting
	Routes    []Route
	Logs      []Log
	// Usages and Filesystems are what kubelets measured, where they were asked.
	Usages      []Usage
	Filesystems []Filesystem
	// Past is what is known of the time that the API no longer tells of.
	Past    Past
	Sources []Source
	Gaps    []Gap
	// Namespaces that were seen or asked for.
	Namespaces []string
}

// Snapshot is a cluster at one moment: sorted, indexed, and not to be
// changed. The moment is At; nothing after it is known.
type Snapshot struct {
	Parts
	index
}

// New sorts and indexes what was read.
func New(p Parts) *Snapshot {
	sortBy(p.Pods, func(p *Pod) Ref { return p.Ref })
	sortBy(p.Nodes, func(n *Node) Ref { return n.Ref })
	sortBy(p.Workloads, func(w *Workload) Ref { return w.Ref })
	sortBy(p.Revisions, func(r *Revision) Ref { return r.Ref })
	sortBy(p.Services, func(s *Service) Ref { return s.Ref })
	sortBy(p.Claims, func(c *Claim) Ref { return c.Ref })
	sortBy(p.Configs, func(c *Config) Ref { return c.Ref })
	sortBy(p.Settings, func(x *Setting) Ref { return x.Ref })
	sortBy(p.Routes, func(r *Route) Ref { return r.Ref })
	sortLogs(p.Logs)
	sortLarge(p.Events, compareEvents)
	p.Namespaces = namespacesOf(&p)
	p.Past = p.Past.sorted()
	s := &Snapshot{Parts: p}
	s.index = buildIndex(&s.Parts)
	s.written = s.writtenServices()
	s.daemonRevisions()
	s.measured()
	return s
}

func sortBy[T any](items []T, ref func(*T) Ref) {
	sortLarge(items, func(a, b *T) int { return ref(a).Compare(ref(b)) })
}

// sortLarge sorts stably by way of positions: items are large, and moving one
// again and again costs more than all comparisons.
func sortLarge[T any](items []T, compare func(a, b *T) int) {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(compare(&items[a], &items[b]), cmp.Compare(a, b))
	})
	for i := range order { // each cycle of the permutation is moved on by one
		held, to := items[i], i
		for order[to] != i {
			from := order[to]
			items[to], order[to] = items[from], to
			to = from
		}
		items[to], order[to] = held, to
	}
}

func compareEvents(a, b *Event) int {
	if c := a.Last.Compare(b.Last); c != 0 {
		return c
	}
	return cmp.Or(
		a.Object.Compare(b.Object),
		cmp.Compare(a.Reason, b.Reason),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Container, b.Container),
		a.First.Compare(b.First),
		cmp.Compare(a.Object.UID, b.Object.UID),
		cmp.Compare(a.Component, b.Component),
		cmp.Compare(a.Host, b.Host),
		cmp.Compare(a.Count, b.Count),
	)
}

func namespacesOf(p *Parts) []string {
	seen := map[string]bool{}
	for _, ns := range p.Namespaces {
		seen[ns] = true
	}
	for i := range p.Pods {
		seen[p.Pods[i].Namespace] = true
	}
	for i := range p.Workloads {
		seen[p.Workloads[i].Namespace] = true
	}
	delete(seen, "")
	out := make([]string, 0, len(seen))
	for ns := range seen {
		out = append(out, ns)
	}
	slices.Sort(out)
	return out
}

// Read reports whether a resource was read, wholly or in part.
func (s *Snapshot) Read(r Resource) bool {
	for _, src := range s.Sources {
		if src.Resource == r && (src.Objects > 0 || src.Gap == "") {
			return true
		}
	}
	return false
}

// Window is the period that the events cover: from the oldest that the API
// still held to the moment of the snapshot. An event is kept for an hour
// after its last write, so the reach back is the oldest last-seen time, not
// the oldest first-seen one. Without events both ends are At.
func (s *Snapshot) Window() (from, to time.Time) {
	from = s.At
	for i := range s.Events {
		if t := s.Events[i].Last; !t.IsZero() && t.Before(from) {
			from = t
		}
	}
	if s.Scope.Since.After(from) {
		from = s.Scope.Since
	}
	return from, s.At
}

// Everywhere is the snapshot asked about all that was read.
func (s *Snapshot) Everywhere() *Snapshot {
	out := *s
	out.Scope = Scope{AllNamespaces: true, Since: s.Scope.Since}
	return &out
}

// IsPart reports whether more was read than is asked about.
func (s *Snapshot) IsPart() bool {
	return s.Scope.MatchPod != nil || !s.Scope.IsWhole(&s.Identity)
}

// WithConfigs is the snapshot with metadata of ConfigMaps and Secrets that
// were read in a second step.
func (s *Snapshot) WithConfigs(p Parts) *Snapshot {
	out := *s
	out.Configs = append(slices.Clone(s.Configs), p.Configs...)
	out.Sources = append(slices.Clone(s.Sources), p.Sources...)
	out.Gaps = append(slices.Clone(s.Gaps), p.Gaps...)
	sortBy(out.Configs, func(c *Config) Ref { return c.Ref })
	out.configs = make(map[Ref]*Config, len(out.Configs))
	for i := range out.Configs {
		out.configs[out.Configs[i].Key()] = &out.Configs[i]
	}
	return &out
}
