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
	refused := Access{User: "system:serviceaccount:shop:web", Verb: "list", Resource: "orders/status", Group: "example.com", Namespace: "shop"}
	got = SettingsWanted(s, []Symptom{
		{Kind: RBAC, Object: pod("shop"), Access: refused},
		{Kind: Eviction, Object: pod("mail"), Cause: EvictedAPI},
		{Kind: Eviction, Object: pod("quiet"), Cause: "memory"},
		{Kind: Probe, Object: pod("web"), Workload: cluster.Ref{Kind: "Deployment", Namespace: "web", Name: "w"}},
		{Kind: Probe, Object: pod("quiet"), Workload: cluster.Ref{Kind: "DaemonSet", Namespace: "quiet", Name: "d"}},
	})
	want = map[cluster.Resource][]string{
		cluster.Roles: {"shop"}, cluster.RoleBindings: {"shop"}, cluster.ClusterRoles: {""}, cluster.ClusterRoleBindings: {""},
		cluster.CustomResources: {""}, cluster.DisruptionBudgets: {"mail"}, cluster.Autoscalers: {"web"},
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

// TestHelmsRecordsAreAskedForAlone where no Secret is read anyhow.
func TestHelmsRecordsAreAskedForAlone(t *testing.T) {
	web := cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "web"}
	by := func(delivery string, template *cluster.Template) map[cluster.Resource][]string {
		s := cluster.New(cluster.Parts{Workloads: []cluster.Workload{{Ref: web, Delivery: delivery}}})
		pod := &cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-1"}, Template: template}
		return SettingsWanted(s, []Symptom{{Kind: Exit, Object: pod.Ref, Pod: pod, Workload: web}})
	}
	want := map[cluster.Resource][]string{cluster.HelmSecrets: {"shop"}, cluster.HelmConfigMaps: {"shop"}}
	if diff := cmp.Diff(want, by("Helm release shop", nil)); diff != "" {
		t.Error(diff)
	}
	if got := by("Helm release shop", &cluster.Template{PullSecrets: []string{"regcred"}}); len(got) != 0 {
		t.Errorf("read twice: %v", got)
	}
	if got := by("Argo CD application shop", nil); len(got) != 0 {
		t.Errorf("Helm delivers nothing here: %v", got)
	}
}

func TestCustomResources(t *testing.T) {
	for want, sym := range map[string]Symptom{
		"orders example.com":      {Access: Access{Resource: "orders/status", Group: "example.com"}},
		"order shop.example.com":  {Message: `error: no matches for kind "Order" in version "shop.example.com/v1beta1"`},
		"orders shop.example.com": {Message: `the server could not find the requested resource (get orders.shop.example.com)`},
		" ":                       {Message: `no matches for kind "Ingress" in version "networking.k8s.io/v1beta1"`, Access: Access{Resource: "pods"}},
	} {
		if name, group := CustomResource(&sym); name+" "+group != want {
			t.Errorf("got %q of %q, want %q", name, group, want)
		}
	}
}
