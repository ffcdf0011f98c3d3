package correlate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestCuts(t *testing.T) {
	words := func(_, at float64) cut { return cut{at: at} }
	at := func(numbers ...float64) (out []float64) {
		for _, c := range cutsOf(numbers, mostCuts, words) {
			out = append(out, c.at)
		}
		return out
	}
	var many []float64
	for i := range 100 {
		many = append(many, float64(99-i))
	}
	for name, c := range map[string]struct{ got, want []float64 }{
		"nothing":                     {at(), nil},
		"one number has no two sides": {at(5, 5, 5), nil},
		"few are cut everywhere":      {at(3, 1, 2, 3), []float64{2, 3}},
		"many in nine parts":          {at(many...), []float64{11, 22, 33, 44, 55, 66, 77, 88}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRoundAge(t *testing.T) {
	h := time.Hour.Seconds()
	for _, c := range []struct {
		below, at float64
		want      string
	}{{1.2 * h, 2.3 * h, "2h"}, {5 * h, 80 * h, "3d"}, {10 * h, 800 * h, "30d"}, {61, 119, "119s"}, {59, 61, "1m"}, {h - 1, h, "1h"}, {4000, 4300, "70m"}} {
		got := roundAge(c.below, c.at)
		if got.words != c.want || got.at <= c.below || got.at > c.at {
			t.Errorf("between %g and %g: %+v, want %s", c.below, c.at, got, c.want)
		}
	}
}

// held are the values that a pod has of an attribute.
func held(a *attributes, attribute string, pod int) []string {
	var out []string
	for _, c := range a.table.Columns {
		if c.Attribute == attribute && c.Range {
			out = append(out, a.table.Values(c, pod)...)
		}
	}
	return out
}

func TestRangesOfPods(t *testing.T) {
	node := func(name string, age time.Duration) cluster.Node {
		return cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: name}, Created: noon.Add(-age)}
	}
	pod := func(name, node string, limits ...string) cluster.Pod {
		out := cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: name}, Node: node, Created: noon.Add(-time.Hour), Template: &cluster.Template{}}
		for _, l := range limits {
			out.Template.Containers = append(out.Template.Containers, cluster.ContainerSpec{Name: l, MemoryLimit: l})
		}
		return out
	}
	s := cluster.New(cluster.Parts{At: noon, Nodes: []cluster.Node{node("new", 90*time.Minute), node("old", 48*time.Hour)},
		Pods: []cluster.Pod{pod("a", "new", "128Mi"), pod("b", "old", "64Mi", "1Gi"), pod("c", "old", "256Mi"), pod("d", "gone")}})
	a := newExplainer(s, nil).attributed()
	for i, want := range [][2][]string{
		{{"< 256Mi", "< 1Gi"}, {"of the node < 2d"}},
		{{">= 256Mi", ">= 1Gi"}, {"of the node >= 2d"}}, // by the container with the most
		{{">= 256Mi", "< 1Gi"}, {"of the node >= 2d"}},
		{nil, nil}, // no limit, and a node that is not known
	} {
		if diff := cmp.Diff(want[:], [][]string{held(a, "memoryLimit", i), held(a, "age", i)}); diff != "" {
			t.Errorf("pod %d: %s", i, diff)
		}
	}
	if got := inWords("memoryLimit", ">= 256Mi"); got != "memory limit >= 256Mi" {
		t.Errorf("in words: %q", got)
	}
	if got := inWords("memoryLimit", "256Mi"); got != "memoryLimit 256Mi" {
		t.Errorf("in words: %q", got)
	}
}

// TestFamilies: what an operator makes for each tenant is one family; what
// people make alike is not.
func TestFamilies(t *testing.T) {
	operated := func(ns, image, maker string) (cluster.Workload, cluster.Pod) {
		w := cluster.Workload{Ref: cluster.Ref{Kind: "StatefulSet", Namespace: ns, Name: "db"}}
		if maker != "" {
			w.Maker = cluster.Ref{Kind: maker, Namespace: ns, Name: "tenant"}
		}
		return w, cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: ns, Name: "db-0"}, Owner: w.Ref,
			Template: &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "db", Image: image}}}}
	}
	var parts cluster.Parts
	for _, x := range [][3]string{{"a", "postgres:16", "PostgresCluster"}, {"b", "postgres:16", "PostgresCluster"}, {"c", "postgres:17", "PostgresCluster"},
		{"d", "postgres:16", ""}, {"e", "postgres:16", ""}} {
		w, p := operated(x[0], x[1], x[2])
		parts.Workloads, parts.Pods = append(parts.Workloads, w), append(parts.Pods, p)
	}
	for _, ns := range []string{"f", "g"} { // an operator that makes its pods itself
		_, p := operated(ns, "broker:3", "")
		p.Owner = cluster.Ref{Kind: "BrokerSet", Namespace: ns, Name: "kafka"}
		parts.Pods = append(parts.Pods, p)
	}
	a := newExplainer(cluster.New(parts), nil).attributed()
	if diff := cmp.Diff([]int32{0, 0, 1, 2, 3, 4, 4}, a.table.Families); diff != "" {
		t.Error(diff)
	}
}
