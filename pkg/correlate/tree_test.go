package correlate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// A node with the services on it, a registry with who pulls from it, a
// Secret with its consumers, and a Service with what depends on it.
func TestTreeOfTheWholeCluster(t *testing.T) {
	api, web, db, cart := deployment("shop", "api"), deployment("shop", "web"), deployment("data", "db"), deployment("shop", "cart")
	ofKind := func(k symptom.Kind, p *Pattern) *Pattern {
		for _, s := range p.Symptoms {
			s.Kind = k
		}
		return p
	}
	node := ofKind(symptom.Eviction, patternOf("node-pressure", "disk-pressure", noon, []string{"n1"}, map[cluster.Ref][]string{api: {"api-1", "api-2"}, db: {"db-0"}}))
	node.Impact = []Impact{
		{Workload: api, Service: "api,api-admin", State: Recovered, Downtime: 90 * time.Second},
		{Workload: db, Service: "db", State: Down, Desired: 1},
	}
	pull := ofKind(symptom.ImagePull, patternOf("image-pull", "auth", noon, nil, map[cluster.Ref][]string{web: {"web-1"}}))
	pull.Shared = []SharedFactor{
		{Attribute: "registry", Value: "r.example.com", Unit: "workloads", Affected: 1, AffectedOf: 1, Healthy: 1, HealthyOf: 7},
		{Attribute: "age", Affected: 1, AffectedOf: 1},
	}
	secret := ofKind(symptom.MissingConfig, patternOf("missing-config", "secret", noon, nil, map[cluster.Ref][]string{cart: {"cart-1"}}))
	secret.Symptoms[0].Container = "app"
	secret.Shared = []SharedFactor{{Attribute: "secret", Value: "shop/cart-db", Unit: "workloads", Affected: 1, AffectedOf: 1, Healthy: 2, HealthyOf: 7}}
	crash := ofKind(symptom.OOM, patternOf("oom", "container-limit", noon, nil, map[cluster.Ref][]string{db: {"db-0"}}))
	callers := ofKind(symptom.Network, patternOf("network", "connection-refused", noon.Add(40*time.Second), nil, map[cluster.Ref][]string{api: {"api-1"}, web: {"web-1"}, db: {"db-0"}}))
	for _, s := range callers.Symptoms {
		s.Cause = "connection-refused"
	}
	crash.Explains, callers.ExplainedBy = []string{callers.ID}, crash.ID
	crash.Chain = []Hop{{From: db, To: api, Lag: 40 * time.Second}}
	got := tree([]*Pattern{node, pull, secret, crash, callers})
	want := []Branches{
		{"Node issues", "n1 (disk-pressure): 3 pods of 2 workloads in 2 namespaces", []string{
			"data/db: 1 pod Evicted, 0 of 1 ready", "shop/api (Service api, api-admin): 2 pods Evicted, recovered after at least 90s"}},
		{"Registry issues", "r.example.com (auth)", []string{
			"shop/web: 1 pod ImagePullBackOff", "1 of 7 healthy workloads pulls from it too", "only new pods are affected"}},
		{"Configuration issues", "Secret shop/cart-db (secret)", []string{
			"shop/cart: 1 pod CreateContainerConfigError", "2 of 7 healthy workloads refer to it too"}},
		{"Container failures", "oom (container-limit)", []string{
			"data/db: 1 pod OOMKilled", "shop/api: 1 pod network: connection-refused, depends on data/db, 40s later",
			"shop/web: 1 pod network: connection-refused, follows, 40s later"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	alone := tree([]*Pattern{callers})
	if len(alone) != 1 || len(alone[0].Branches) != 3 {
		t.Errorf("what follows from a pattern that is hidden: %+v", alone)
	}
}
