package report

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// objectsOf are the objects that a pattern is about, in the order of their
// names, then the events about them, and the logs of its pods.
func objectsOf(s *cluster.Snapshot, p *correlate.Pattern) ([]object, []logEnd) {
	refs := refsOf(s, p)
	out, events, logs := []object{}, []object{}, []logEnd{}
	for _, r := range refs {
		if o := objectFor(s, r); o != nil {
			out = append(out, o)
		}
		if pod := s.Pod(r.Namespace, r.Name); pod != nil && r.Kind == "Pod" {
			logs = append(logs, logsOf(s, pod)...)
		}
		for _, e := range s.EventsOf(r) {
			events = append(events, eventObject(e))
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

// objectFor is an object as far as it was read; nil for what was not.
func objectFor(s *cluster.Snapshot, r cluster.Ref) object {
	switch r.Kind {
	case "Pod":
		if p := s.Pod(r.Namespace, r.Name); p != nil {
			return podObject(p)
		}
	case "Node":
		if n := s.Node(r.Name); n != nil {
			return nodeObject(n)
		}
	case "Service":
		if svc := s.Service(r); svc != nil {
			return serviceObject(svc)
		}
	case "PersistentVolumeClaim":
		if c := s.Claim(r.Namespace, r.Name); c != nil {
			return claimObject(c)
		}
	case "ConfigMap", "Secret":
		if c := s.Config(r); c != nil {
			return metaObject(c.Ref, c.Created, c.Writes)
		}
	}
	if w := s.Workload(r); w != nil {
		return workloadObject(w)
	}
	if rev := s.Revision(r); rev != nil {
		return revisionObject(rev)
	}
	if x := s.Setting(r); x != nil {
		return metaObject(x.Ref, x.Created, x.Writes)
	}
	return nil
}
