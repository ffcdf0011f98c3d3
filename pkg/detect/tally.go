package detect

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Tally is how often a pattern was seen, on how much of the cluster, and
// when. Pods are counted by name, so a pod that is gone counts too.
type Tally struct {
	Pods       []cluster.Ref
	Workloads  []cluster.Ref
	Namespaces []string
	Nodes      []string
	// Occurrences is a lower bound: recorders drop events, and a status
	// keeps one termination only.
	Occurrences int
	First, Last time.Time
	Ongoing     bool
	// SinceBefore is set when First is only the oldest time that is known.
	SinceBefore bool
}

// Sum tallies symptoms, in order of names.
func Sum(symptoms []*symptom.Symptom) Tally {
	var t Tally
	for _, s := range symptoms {
		t.add(s)
	}
	t.order()
	return t
}

func (t *Tally) add(s *symptom.Symptom) {
	if s.Object.Kind == "Pod" {
		t.Pods = append(t.Pods, s.Object.Key())
	}
	if !s.Workload.IsZero() {
		t.Workloads = append(t.Workloads, s.Workload.Key())
	}
	if s.Object.Namespace != "" {
		t.Namespaces = append(t.Namespaces, s.Object.Namespace)
	}
	if s.Node != "" {
		t.Nodes = append(t.Nodes, s.Node)
	}
	t.Occurrences += s.Count
	t.Ongoing = t.Ongoing || s.Ongoing
	if t.First.IsZero() || (!s.First.IsZero() && s.First.Before(t.First)) {
		t.First, t.SinceBefore = s.First, s.SinceBefore
	}
	if s.Last.After(t.Last) {
		t.Last = s.Last
	}
}

func (t *Tally) order() {
	t.Pods = distinct(t.Pods, cluster.Ref.Compare)
	t.Workloads = distinct(t.Workloads, cluster.Ref.Compare)
	slices.Sort(t.Namespaces)
	t.Namespaces = slices.Compact(t.Namespaces)
	slices.Sort(t.Nodes)
	t.Nodes = slices.Compact(t.Nodes)
}

func distinct[T comparable](items []T, compare func(a, b T) int) []T {
	slices.SortFunc(items, compare)
	return slices.Compact(items)
}

// AddPods counts further pods in.
func (t *Tally) AddPods(s *cluster.Snapshot, pods []*cluster.Pod) {
	for _, p := range pods {
		t.Pods = append(t.Pods, p.Key())
		t.Workloads = append(t.Workloads, s.WorkloadOf(p))
		t.Namespaces = append(t.Namespaces, p.Namespace)
		if p.Node != "" {
			t.Nodes = append(t.Nodes, p.Node)
		}
	}
	t.order()
}
