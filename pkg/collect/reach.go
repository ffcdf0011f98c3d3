package collect

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// reach is where pods were read.
type reach struct {
	namespaces []string
	// partly is set if they were asked for elsewhere too: an interruption came, or
	// not all namespaces may be read.
	partly bool
}

// narrow makes of a reading whose pods were read in some namespaces alone one of
// these namespaces: as if they had been asked for. What was read of others, which
// may be everything else, would tell of pods that nobody knows.
func (b *bucket) narrow() {
	b.Namespaces = slices.Clone(b.reach.namespaces)
	slices.Sort(b.Namespaces)
	b.Scope.AllNamespaces, b.Scope.Namespaces = false, b.Namespaces
	in := func(namespace string) bool {
		_, found := slices.BinarySearch(b.Namespaces, namespace)
		return found || namespace == ""
	}
	b.Events = slices.DeleteFunc(b.Events, func(e cluster.Event) bool { return e.Object.Kind != "Node" && !in(e.Object.Namespace) })
	b.Workloads = slices.DeleteFunc(b.Workloads, func(w cluster.Workload) bool { return !in(w.Namespace) })
	b.Revisions = slices.DeleteFunc(b.Revisions, func(r cluster.Revision) bool { return !in(r.Namespace) })
	b.Services = slices.DeleteFunc(b.Services, func(s cluster.Service) bool { return !in(s.Namespace) })
	b.Claims = slices.DeleteFunc(b.Claims, func(c cluster.Claim) bool { return !in(c.Namespace) })
}

// lineOf says in a line why a kind was not read in some places: each reason once,
// with where that is, unless there is one place.
func lineOf(gaps []cluster.Gap, places []place) string {
	where := map[string][]string{}
	var order []string
	for _, gap := range gaps {
		if where[gap.Reason] == nil {
			order = append(order, gap.Reason)
		}
		where[gap.Reason] = append(where[gap.Reason], nameOf(gap.Namespace, places))
	}
	for i, reason := range order {
		if len(places) > 1 {
			order[i] = reason + " in " + shortList(where[reason])
		}
	}
	return strings.Join(order, "; ")
}

// nameOf is a place by its name.
func nameOf(namespace string, places []place) string {
	i := slices.IndexFunc(places, func(p place) bool { return p.namespace == namespace })
	if i >= 0 && places[i].fields != "" {
		return namespace + " (events of nodes)"
	}
	return namespace
}
