package collect

import (
	"slices"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func podsOf(namespaces ...string) *bucket {
	b := newBucket()
	for _, ns := range namespaces {
		b.Pods = append(b.Pods, cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: ns}})
	}
	return b
}

// Of a list that an interruption breaks off whole namespaces alone are kept, and
// where nothing is known to be whole, nothing.
func TestOfPodsWholeNamespacesAreKept(t *testing.T) {
	pods := kind{resource: cluster.Pods}
	for _, c := range []struct {
		in   *bucket
		at   place
		kept int
		gap  string
	}{
		{podsOf("a", "a", "b", "c"), place{}, 3, "interrupted after 4; all of 2 namespaces had come, a to b, what is from c on is left out"},
		{podsOf("a", "b", "b"), place{}, 1, "interrupted after 3; all of namespace a had come, what is from b on is left out"},
		{podsOf("a", "a"), place{}, 0, "interrupted after 2"},
		{podsOf("b", "a", "c"), place{}, 0, "interrupted after 3"}, // in an order that says nothing
		{podsOf("a", "a"), place{namespace: "a"}, 0, "interrupted after 2"},
		{podsOf(), place{}, 0, "interrupted"},
	} {
		b := brokenOff(pods, c.at, c.in)
		if len(b.Pods) != c.kept || b.Sources[0].Objects != c.kept || b.Gaps[0].Reason != c.gap {
			t.Errorf("%d pods, sources %+v, gaps %+v; want %d, %q", len(b.Pods), b.Sources, b.Gaps, c.kept, c.gap)
		}
	}
	events := podsOf()
	events.Events = make([]cluster.Event, 7)
	if b := brokenOff(kind{resource: cluster.Events}, place{}, events); len(b.Events) != 0 || b.Gaps[0].Reason != Interrupted {
		t.Errorf("a part of the events is kept: %+v", b)
	}
}

// What is told of other namespaces goes with their pods; nodes are of all.
func TestNarrowingDropsWhatIsOfOtherNamespaces(t *testing.T) {
	b := podsOf("a", "b")
	of := func(kind, ns string) cluster.Ref { return cluster.Ref{Kind: kind, Namespace: ns} }
	b.Events = []cluster.Event{{Object: of("Pod", "a")}, {Object: of("Pod", "c")}, {Object: of("Node", "")}}
	b.Workloads = []cluster.Workload{{Ref: of("Deployment", "b")}, {Ref: of("Deployment", "c")}}
	b.Revisions = []cluster.Revision{{Ref: of("ReplicaSet", "c")}}
	b.Services = []cluster.Service{{Ref: of("Service", "c")}}
	b.Claims = []cluster.Claim{{Ref: of("PersistentVolumeClaim", "c")}}
	b.Scope.AllNamespaces = true
	b.reach = reach{namespaces: []string{"b", "a"}, partly: true}
	b.narrow()
	if b.Scope.AllNamespaces || !slices.Equal(b.Scope.Namespaces, []string{"a", "b"}) {
		t.Errorf("scope %+v", b.Scope)
	}
	if len(b.Events) != 2 || len(b.Workloads) != 1 || len(b.Revisions)+len(b.Services)+len(b.Claims) != 0 {
		t.Errorf("%d events, %d workloads, %d revisions, %d services, %d claims", len(b.Events), len(b.Workloads), len(b.Revisions), len(b.Services), len(b.Claims))
	}
}
