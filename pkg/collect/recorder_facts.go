package collect

import (
	"maps"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// facts makes a batch of what is seen. Beside it stands only what is needed to
// tell owners and changes: who owns ReplicaSets and Jobs, the workloads with
// the newest of their revisions, the nodes.
type facts struct {
	batch     *history.Batch
	sums      map[string]int64 // of the last version, by UID
	owners    map[cluster.Ref]cluster.Ref
	workloads map[cluster.Ref]*cluster.Workload
	revisions map[cluster.Ref][]cluster.Revision // by workload
	nodes     map[string]*cluster.Node
	// touched are those whose changes are to be told anew.
	touched      map[cluster.Ref]bool
	touchedNodes bool
	nodeEvents   []cluster.Event
}

func newFacts() *facts {
	return &facts{batch: &history.Batch{}, sums: map[string]int64{}, owners: map[cluster.Ref]cluster.Ref{},
		workloads: map[cluster.Ref]*cluster.Workload{}, revisions: map[cluster.Ref][]cluster.Revision{},
		nodes: map[string]*cluster.Node{}, touched: map[cluster.Ref]bool{}}
}

// add takes one sight. What is the same as before, as most of what a watch
// sends of nodes, makes no fact.
func (f *facts) add(s sight) error {
	if e, ok := s.object.(*cluster.Event); ok {
		f.event(s, e)
		return nil
	}
	o, err := s.keepable()
	if err != nil {
		return err
	}
	if s.gone {
		f.forget(history.Gone(o.Ref, o.Version))
		return nil
	}
	if f.sums[s.uid] == o.Sum() {
		return nil
	}
	f.sums[s.uid] = o.Sum()
	f.batch.Objects = append(f.batch.Objects, o)
	switch x := s.object.(type) {
	case *cluster.Pod:
		f.pod(x)
	case *cluster.Node:
		f.nodes[x.Name], f.touchedNodes = x, true
		f.turns(x.Ref, cluster.Ref{}, x.Created, x.Conditions, nil)
	case *cluster.Workload:
		f.workload(x)
	case *cluster.Revision:
		f.revision(x)
	case *cluster.Service:
		f.changes(cluster.Parts{Services: []cluster.Service{*x}}, x.Key())
	}
	return nil
}

// keepable is a sight as a version to be kept.
func (s *sight) keepable() (history.Object, error) {
	switch x := s.object.(type) {
	case *cluster.Pod:
		return history.ObjectOf(*x, s.version)
	case *cluster.Node:
		return history.ObjectOf(*x, s.version)
	case *cluster.Workload:
		return history.ObjectOf(*x, s.version)
	case *cluster.Revision:
		return history.ObjectOf(*x, s.version)
	case *cluster.Service:
		return history.ObjectOf(*x, s.version)
	}
	return history.ObjectOf(*s.object.(*cluster.Claim), s.version) // sightOf makes no others
}

// event keeps an event unless it went: the API forgets them, and that is all
// that its going means.
func (f *facts) event(s sight, e *cluster.Event) {
	if s.gone || s.uid == "" {
		return
	}
	f.batch.Sightings = append(f.batch.Sightings, history.Sighting{UID: s.uid, Event: *e})
	if e.Object.Kind == "Node" {
		f.nodeEvents = append(f.nodeEvents, *e)
		f.touchedNodes = true
	}
}

// forget takes an object that is gone out of what is known.
func (f *facts) forget(o history.Object) {
	f.batch.Objects = append(f.batch.Objects, o)
	delete(f.sums, o.Ref.UID)
	delete(f.owners, o.Ref.Key())
	delete(f.workloads, o.Ref.Key())
	if o.Ref.Kind == "Node" {
		delete(f.nodes, o.Ref.Name)
	}
	if o.Ref.Kind != "ReplicaSet" && o.Ref.Kind != "ControllerRevision" {
		delete(f.revisions, o.Ref.Key())
	}
}

// pod tells the ends of a pod's containers, and when it became ready or not.
func (f *facts) pod(p *cluster.Pod) {
	workload := f.top(p)
	for i := range p.Containers {
		c := &p.Containers[i]
		end := cluster.End{Pod: p.Ref, Workload: workload, Node: p.Node, Container: c.Name, Image: c.Image}
		if c.State.Phase == cluster.Terminated {
			end.Restarts, end.State = c.Restarts, c.State
			f.end(end)
		}
		if c.Last().Phase == cluster.Terminated {
			end.Restarts, end.State = max(0, c.Restarts-1), *c.Last()
			f.end(end)
		}
	}
	f.turns(p.Ref, workload, p.Created, p.Conditions, []string{"Ready", "DisruptionTarget"})
}

func (f *facts) end(e cluster.End) {
	if !e.State.FinishedAt.IsZero() { // the runtime has lost track of it: it says nothing
		f.batch.Ends = append(f.batch.Ends, e)
	}
}

// born is how long after its creation a condition of an object is part of its
// beginning.
const born = 2 * time.Second

// turns tells conditions that turned after the object's beginning; of the
// given types, or all.
func (f *facts) turns(object, workload cluster.Ref, created time.Time, conditions []cluster.Condition, types []string) {
	for _, c := range conditions {
		if c.Transition.Sub(created) <= born || (types != nil && !slices.Contains(types, c.Type)) {
			continue
		}
		f.batch.Turns = append(f.batch.Turns, cluster.Turn{Object: object, Workload: workload, Condition: c})
	}
}

func (f *facts) workload(w *cluster.Workload) {
	top := w.Key()
	if !w.Owner.IsZero() {
		top = w.Owner.Key()
		f.owners[w.Key()] = top
	}
	f.turns(w.Ref, top, w.Created, w.Conditions, nil)
	if w.Kind != "Job" {
		f.workloads[w.Key()], f.touched[w.Key()] = w, true
	}
}

func (f *facts) revision(r *cluster.Revision) {
	owner := r.Owner.Key()
	f.owners[r.Key()] = owner
	known := f.revisions[owner]
	if i := slices.IndexFunc(known, func(o cluster.Revision) bool { return o.Name == r.Name }); i >= 0 {
		known[i] = *r
	} else {
		known = append(known, *r)
	}
	f.revisions[owner], f.touched[owner] = known, true
}

// top is a pod's top controller, found as a snapshot finds it.
func (f *facts) top(p *cluster.Pod) cluster.Ref {
	var owners cluster.Parts
	if top, ok := f.owners[p.Owner.Key()]; ok {
		owners.Revisions = []cluster.Revision{{Ref: p.Owner, Owner: top}}
	}
	s := cluster.New(cluster.Parts{Pods: []cluster.Pod{*p}, Revisions: owners.Revisions})
	return s.WorkloadOf(&s.Pods[0])
}

// take hands the batch over, with the changes that its objects tell.
func (f *facts) take(now time.Time) *history.Batch {
	for _, ref := range slices.SortedFunc(maps.Keys(f.touched), cluster.Ref.Compare) {
		delete(f.touched, ref)
		w, ok := f.workloads[ref]
		if !ok {
			continue // it is gone, or comes yet and touches itself
		}
		f.changes(cluster.Parts{At: now, Workloads: []cluster.Workload{*w}, Revisions: slices.Clone(f.revisions[ref])}, ref)
		f.revisions[ref] = lastOf(f.revisions[ref])
	}
	if f.touchedNodes {
		parts := cluster.Parts{At: now, Events: f.nodeEvents}
		for _, n := range f.nodes {
			parts.Nodes = append(parts.Nodes, *n)
		}
		f.changes(parts, cluster.Ref{})
		f.touchedNodes, f.nodeEvents = false, nil
	}
	out := f.batch
	out.At = now
	f.batch = &history.Batch{}
	return out
}

// recently is how old a rollback may be to be believed: its date is that of
// the last write of all, which moves on with later ones.
const recently = 10 * time.Minute

// changes keeps the dated changes that some objects tell, of one or of all.
func (f *facts) changes(p cluster.Parts, of cluster.Ref) {
	for _, c := range cluster.New(p).Changes() {
		if !of.IsZero() && c.Object.Key() != of {
			continue
		}
		if c.Kind == cluster.Rollback && p.At.Sub(c.Time) > recently {
			continue
		}
		f.batch.Changes = append(f.batch.Changes, c)
	}
}

// enough revisions to tell the next from the one before, and one more for a
// rollback meanwhile.
const enough = 3

// lastOf are the newest revisions: the older ones have told their changes.
func lastOf(revs []cluster.Revision) []cluster.Revision {
	if len(revs) <= enough {
		return revs
	}
	slices.SortStableFunc(revs, func(a, b cluster.Revision) int {
		if a.Number != b.Number {
			return int(b.Number - a.Number)
		}
		return b.Created.Compare(a.Created)
	})
	return slices.Clone(revs[:enough])
}
