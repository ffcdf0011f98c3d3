package report

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// objectsOf are the objects that a pattern is about, in the order of their
// names, then the events about them, and the logs of its pods.
func objectsOf(s *cluster.Snapshot, of *archive.Objects, p *correlate.Pattern) ([]any, []logEnd) {
	refs := refsOf(s, p)
	out, events, logs := []any{}, []any{}, []logEnd{}
	for _, r := range refs {
		if o := of.Object(r); o != nil {
			out = append(out, o)
		}
		if pod := s.Pod(r.Namespace, r.Name); pod != nil && r.Kind == "Pod" {
			logs = append(logs, logsOf(s, pod)...)
		}
		for _, e := range s.EventsOf(r) {
			events = append(events, of.Event(e))
		}
	}
	return append(out, events...), logs
}

// refsOf are the objects that a pattern touches, follows or names, each once.
func refsOf(s *cluster.Snapshot, p *correlate.Pattern) []cluster.Ref {
	g := gathered{s: s, seen: map[cluster.Ref]bool{}}
	for _, a := range p.Affected {
		g.add(a.Ref)
		g.add(a.Workload)
	}
	for _, n := range slices.Concat(p.Nodes, p.Tally.Nodes) {
		g.add(cluster.Ref{Kind: "Node", Name: n})
	}
	for _, e := range p.Evidence {
		g.add(e.Subject)
	}
	for _, c := range p.Changes {
		g.add(c.Object)
	}
	for _, i := range p.Impact {
		g.add(i.Workload)
		for _, svc := range s.ServicesOf(i.Workload) {
			g.add(svc.Ref)
		}
	}
	for _, h := range p.Chain {
		g.add(h.From)
		g.add(h.To)
	}
	slices.SortFunc(g.refs, cluster.Ref.Compare)
	return g.refs
}

// gathered are objects with what belongs to them.
type gathered struct {
	s    *cluster.Snapshot
	seen map[cluster.Ref]bool
	refs []cluster.Ref
}

func (g *gathered) add(r cluster.Ref) {
	r = r.Key()
	if r.Name == "" || g.seen[r] {
		return
	}
	g.seen[r] = true
	g.refs = append(g.refs, r)
	for _, rev := range g.s.RevisionsOf(r) {
		g.add(rev.Ref)
	}
	if p := g.s.Pod(r.Namespace, r.Name); p != nil && r.Kind == "Pod" {
		g.add(p.Owner)
		if p.Template == nil {
			return
		}
		for _, claim := range p.Template.Claims {
			g.add(cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: p.Namespace, Name: claim})
		}
	}
}
