package collect

import (
	"maps"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// tabled is what was read of one table. It is taken when all else was read: an
// object tells more than its row, in whatever order they come.
type tabled struct {
	file string
	*bucket
	// lone are the pods of one container.
	lone map[cluster.Ref]bool
}

// joinTables takes the rows of tables that nothing else has told.
func (r *reading) joinTables() {
	if len(r.tabled) == 0 {
		return
	}
	told := map[rowOfEvent]string{}
	for i := range r.b.Events {
		told[rowOf(&r.b.Events[i])] = ""
	}
	for _, t := range r.tabled {
		pods, events := len(t.Pods), len(t.Events)
		t.Pods = slices.DeleteFunc(t.Pods, func(p cluster.Pod) bool { return r.repeated(cluster.Pods, t.file, p.Namespace+"/"+p.Name, "") })
		t.Events = slices.DeleteFunc(t.Events, func(e cluster.Event) bool {
			from, ok := told[rowOf(&e)]
			told[rowOf(&e)] = t.file
			return ok && from != t.file // a table may have two events of one text
		})
		r.recount(cluster.Pods, t.file, len(t.Pods)-pods)
		r.recount(cluster.Events, t.file, len(t.Events)-events)
		r.b.merge(t.bucket)
	}
	r.nameContainers()
}

// recount takes back what was counted of a file.
func (r *reading) recount(resource cluster.Resource, file string, n int) {
	if n != 0 {
		r.count(resource, file, n)
	}
}

// rowOfEvent is what every table tells of an event.
type rowOfEvent struct {
	object          cluster.Ref
	reason, message string
}

func rowOf(e *cluster.Event) rowOfEvent {
	return rowOfEvent{e.Object.Key(), e.Reason, e.Message}
}

// nameContainers names the containers of pods that are known by their row, where
// the pod has one container and its events are of one.
func (r *reading) nameContainers() {
	names := map[cluster.Ref]string{}
	for i := range r.b.Events {
		e := &r.b.Events[i]
		if e.Container == "" {
			continue
		}
		if known, ok := names[e.Object.Key()]; ok && known != e.Container { // it stays empty: no container is called ""
			names[e.Object.Key()] = ""
			continue
		}
		names[e.Object.Key()] = e.Container
	}
	lone := map[cluster.Ref]bool{}
	for _, t := range r.tabled {
		maps.Copy(lone, t.lone)
	}
	for i := range r.b.Pods {
		p := &r.b.Pods[i]
		if name := names[p.Key()]; name != "" && lone[p.Key()] && len(p.Containers) == 1 && p.Containers[0].Name == cluster.ContainerUntold {
			is := *p.Containers[0].ContainerIdentity
			is.Name = name
			p.Containers[0].ContainerIdentity = &is
		}
	}
}
