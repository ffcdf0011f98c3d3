package symptom

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestSettingsAreAskedForWhereSomethingFails(t *testing.T) {
	pod := func(namespace string) cluster.Ref { return cluster.Ref{Kind: "Pod", Namespace: namespace, Name: "p"} }
	s := cluster.New(cluster.Parts{Services: []cluster.Service{{Ref: cluster.Ref{Kind: "Service", Namespace: "data", Name: "db"}}},
		Scope: cluster.Scope{AllNamespaces: true}})
	got := SettingsWanted(s, []Symptom{
		{Kind: Network, Object: pod("shop"), Target: Connection{Host: "db.data"}},
		{Kind: Network, Object: pod("shop")},
		{Kind: Admission, Object: pod("shop"), About: cluster.Ref{Kind: "ResourceQuota", Namespace: "shop", Name: "small"}},
		{Kind: Admission, Object: pod("mail"), About: cluster.Ref{Kind: "LimitRange", Namespace: "mail"}},
		{Kind: Admission, Object: pod("mail"), About: cluster.Ref{Kind: "Webhook", Name: "gate.example.com"}},
		{Kind: Storage, Object: pod("shop"), Class: "fast"},
		{Kind: OOM, Object: pod("quiet")},
		{Kind: Storage, Object: pod("quiet")},
	})
	want := map[cluster.Resource][]string{
		cluster.NetworkPolicies: {"data", "shop"}, cluster.ResourceQuotas: {"shop"}, cluster.LimitRanges: {"mail"},
		cluster.ValidatingWebhooks: {""}, cluster.MutatingWebhooks: {""}, cluster.StorageClasses: {""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := SettingsWanted(s, []Symptom{{Kind: OOM, Object: pod("quiet")}}); len(got) != 0 {
		t.Errorf("asks for %v without a reason", got)
	}
	var many []Symptom
	for i := range manyNamespaces + 1 {
		many = append(many, Symptom{Kind: Network, Object: pod(fmt.Sprintf("n%d", i))})
	}
	if got := SettingsWanted(s, many)[cluster.NetworkPolicies]; len(got) != 1 || got[0] != "" {
		t.Errorf("many namespaces one by one: %v", got)
	}
}
