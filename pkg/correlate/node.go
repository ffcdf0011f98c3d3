package correlate

import (
	"cmp"
	"fmt"
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
		v.Peers = peers(s, failed, v.Node)
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
		lost := s.Node(n) != nil && s.Node(n).Condition("Ready").Status == "Unknown"
		for _, p := range s.PodsOn(n) {
			all[p.Key()] = true
			if lost && !p.Ready() && !p.Finished() {
				bad[p.Key()] = true
			}
		}
		out.Pods += len(all)
		out.Failed += len(bad)
	}
	return out
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
	for _, p := range s.PodsOn(node) {
		counted[p.Key()] = true
		get(s.WorkloadOf(p)).Pods++
	}
	bad := map[cluster.Ref]bool{}
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

// peers are the other nodes of the same pool, of the same zone, and all.
func peers(s *cluster.Snapshot, failed map[string][]*symptom.Symptom, n *cluster.Node) []Peers {
	groups := []struct {
		what string
		same func(*cluster.Node) bool
	}{
		{fmt.Sprintf("pool %s", n.Pool()), func(o *cluster.Node) bool { return n.Pool() != "" && o.Pool() == n.Pool() }},
		{fmt.Sprintf("zone %s", n.Zone()), func(o *cluster.Node) bool { return n.Zone() != "" && o.Zone() == n.Zone() }},
		{"all other nodes", func(*cluster.Node) bool { return true }},
	}
	var out []Peers
	for _, g := range groups {
		var names []string
		for i := range s.Nodes {
			if o := &s.Nodes[i]; o.Name != n.Name && g.same(o) {
				names = append(names, o.Name)
			}
		}
		if len(names) > 0 {
			out = append(out, Peers{What: g.what, Share: share(s, failed, names)})
		}
	}
	return out
}
