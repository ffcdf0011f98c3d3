package correlate

import (
	"fmt"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// BenchmarkGraph builds the graph of 2,000 workloads with 50 pods each in one
// namespace, each with a Service and three addresses.
func BenchmarkGraph(b *testing.B) {
	const apps = 2000
	var p cluster.Parts
	for i := range apps {
		name := fmt.Sprintf("app-%04d", i)
		t := &cluster.Template{}
		for j := 1; j <= 3; j++ {
			t.Endpoints = append(t.Endpoints, cluster.Endpoint{Host: fmt.Sprintf("app-%04d", (i*7+j)%apps), Port: "80", From: "env X"})
		}
		p.Services = append(p.Services, cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: name}, Selector: map[string]string{"app": name, "tier": "back"}})
		p.Workloads = append(p.Workloads, cluster.Workload{Ref: deployment("shop", name), Template: t})
		for j := range 50 {
			p.Pods = append(p.Pods, cluster.Pod{Ref: pod("shop", fmt.Sprintf("%s-%d", name, j)), Owner: deployment("shop", name), Template: t,
				Labels: map[string]string{"app": name, "tier": "back"}})
		}
	}
	p.At = noon
	s := cluster.New(p)
	b.ResetTimer()
	for range b.N {
		if g := newExplainer(s, nil).dependencies(); len(g.edges) < 3*apps-3 { // some would be their own
			b.Fatalf("%d edges", len(g.edges))
		}
	}
}
