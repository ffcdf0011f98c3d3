package correlate

import (
	"cmp"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// NodeView is one node: what is on it, and how it compares with its peers.
type NodeView struct {
	Name     string
	Node     *cluster.Node // nil when nodes could not be read
	Services []NodeService
	Self     Share
	Peers    []Peers
	// Comparisons say which of the failures are more than chance, and Differs
	// what the node has that its peers have not.
	Comparisons []Comparison
	Differs     []Difference
}

// NodeService is one workload's part of a node.
type NodeService struct {
	Workload cluster.Ref
	Service  string
	Pods     int // on the node, those that are gone and failed there too
	Failed   int
	Reasons  []string
}

// Share is how many pods of some nodes failed there.
type Share struct{ Nodes, Pods, Failed int }

// Peers are nodes that a node is compared with.
type Peers struct {
	What string // "pool default", "zone a", "all other nodes"
	Share
}

// ViewNode looks at one node of a story; ok is false when neither the nodes
// nor any pod know it.
func ViewNode(story *Story, symptoms []symptom.Symptom, name string) (NodeView, bool) {
	s := story.Snapshot
	v := NodeView{Name: name, Node: s.Node(name)}
	if v.Node == nil && len(s.PodsOn(name)) == 0 {
		return v, false
	}
	failed := failedOn(symptoms)
	v.Self = share(s, failed, []string{name})
	v.Services = nodeServices(s, failed[name], name)
	if v.Node != nil {
		groups := peerGroups(s, v.Node)
		v.Peers = peers(s, failed, groups)
		v.Comparisons = compareNode(s, symptoms, name, groups)
		v.Differs = differences(s, v.Node)
	}
	return v, true
}

// failedOn lists the symptoms of pods by node.
func failedOn(symptoms []symptom.Symptom) map[string][]*symptom.Symptom {
	out := map[string][]*symptom.Symptom{}
	for i := range symptoms {
		s := &symptoms[i]
		if s.Object.Kind == "Pod" && s.Node != "" && s.Kind != symptom.PullSecret {
			out[s.Node] = append(out[s.Node], s)
		}
	}
	return out
}

// share counts the pods on nodes: those bound there, those that are gone and
// known to have failed there, and for a lost node those that are not ready.
func share(s *cluster.Snapshot, failed map[string][]*symptom.Symptom, nodes []string) Share {
	out := Share{Nodes: len(nodes)}
	for _, n := range nodes {
		bad := map[cluster.Ref]bool{}
		for _, sym := range failed[n] {
			bad[sym.Object.Key()] = true
		}
		all := map[cluster.Ref]bool{}
		for ref := range bad {
			all[ref] = true
		}
		for _, p := range s.PodsOn(n) {
			all[p.Key()] = true
			if lostWith(s, p) {
				bad[p.Key()] = true
			}
		}
		out.Pods += len(all)
		out.Failed += len(bad)
	}
	return out
}

// lostWith reports whether a pod is not ready because its node is lost: its
// status is the last that was heard.
func lostWith(s *cluster.Snapshot, p *cluster.Pod) bool {
	n := s.Node(p.Node)
	return n != nil && n.Condition("Ready").Status == "Unknown" && !p.Ready() && !p.Finished()
}

func nodeServices(s *cluster.Snapshot, failed []*symptom.Symptom, node string) []NodeService {
	by := map[cluster.Ref]*NodeService{}
	get := func(w cluster.Ref) *NodeService {
		if by[w] == nil {
			by[w] = &NodeService{Workload: w}
			for _, svc := range s.ServicesOf(w) {
				by[w].Service = svc.Name
			}
		}
		return by[w]
	}
	counted := map[cluster.Ref]bool{}
	bad := map[cluster.Ref]bool{}
	for _, p := range s.PodsOn(node) {
		counted[p.Key()] = true
		ns := get(s.WorkloadOf(p))
		ns.Pods++
		if lostWith(s, p) {
			bad[p.Key()] = true
			ns.Failed++
			ns.Reasons = []string{"Lost"}
		}
	}
	for _, sym := range failed {
		ns := get(sym.Workload.Key())
		if !counted[sym.Object.Key()] {
			counted[sym.Object.Key()] = true
			ns.Pods++
		}
		if !bad[sym.Object.Key()] {
			bad[sym.Object.Key()] = true
			ns.Failed++
		}
		if r := reason(sym); !slices.Contains(ns.Reasons, r) {
			ns.Reasons = append(ns.Reasons, r)
		}
	}
	out := make([]NodeService, 0, len(by))
	for _, ns := range by {
		slices.Sort(ns.Reasons)
		out = append(out, *ns)
	}
	slices.SortFunc(out, func(a, b NodeService) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), a.Workload.Compare(b.Workload))
	})
	return out
}

// group is some of the other nodes, by name.
type group struct {
	what  string
	names []string
	has   map[string]bool
}

// coveredBy reports whether another group is of the same nodes: to compare
// with both says the same twice.
func (g *group) coveredBy(others []group) bool {
	return slices.ContainsFunc(others, func(o group) bool { return slices.Equal(g.names, o.names) })
}

// allOthers is what the group of all other nodes is called.
const allOthers = "all other nodes"

// peerGroups are the other nodes of the same pool, of the same zone, and all;
// those that there are.
func peerGroups(s *cluster.Snapshot, n *cluster.Node) []group {
	var out []group
	for _, g := range []struct {
		what string
		same func(*cluster.Node) bool
	}{
		{"pool " + n.Pool(), func(o *cluster.Node) bool { return n.Pool() != "" && o.Pool() == n.Pool() }},
		{"zone " + n.Zone(), func(o *cluster.Node) bool { return n.Zone() != "" && o.Zone() == n.Zone() }},
		{allOthers, func(*cluster.Node) bool { return true }},
	} {
		made := group{what: g.what, has: map[string]bool{}}
		for i := range s.Nodes {
			if o := &s.Nodes[i]; o.Name != n.Name && g.same(o) {
				made.names = append(made.names, o.Name)
				made.has[o.Name] = true
			}
		}
		if len(made.names) > 0 {
			out = append(out, made)
		}
	}
	return out
}

// peers count what failed on groups of nodes.
func peers(s *cluster.Snapshot, failed map[string][]*symptom.Symptom, groups []group) []Peers {
	var out []Peers
	for _, g := range groups {
		out = append(out, Peers{What: g.what, Share: share(s, failed, g.names)})
	}
	return out
}
