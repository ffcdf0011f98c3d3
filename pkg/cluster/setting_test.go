package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSettingWrites(t *testing.T) {
	old := ago(90 * time.Hour)
	got := New(Parts{At: noon, Settings: []Setting{
		{Ref: ref("ResourceQuota", "shop", "small"), Created: old, Writes: []Write{{Manager: "kubectl-edit", Time: ago(9 * time.Minute), Spec: []string{"hard"}}}},
		{Ref: ref("NetworkPolicy", "shop", "deny"), Created: ago(8 * time.Minute), Writes: []Write{{Manager: "kubectl-create", Time: ago(8 * time.Minute), Spec: []string{"podSelector"}}}},
		{Ref: ref("ValidatingWebhookConfiguration", "", "gate"), Created: old, Writes: []Write{{Manager: "cainjector", Time: ago(7 * time.Minute)}}},
		{Ref: ref("LimitRange", "shop", "labelled"), Created: old, Writes: []Write{{Manager: "kubectl-label", Time: ago(time.Minute)}}},
		{Ref: ref("LimitRange", "shop", "undated")},
	}}).Changes()
	want := []Change{
		{Time: old, Kind: SettingWrite, Object: ref("LimitRange", "shop", "labelled"), What: "created"},
		{Time: ago(9 * time.Minute), Kind: SettingWrite, Object: ref("ResourceQuota", "shop", "small"), What: "written", By: "kubectl-edit"},
		{Time: ago(8 * time.Minute), Kind: PolicyWrite, Object: ref("NetworkPolicy", "shop", "deny"), What: "created", By: "kubectl-create"},
		{Time: ago(7 * time.Minute), Kind: SettingWrite, Object: ref("ValidatingWebhookConfiguration", "", "gate"), What: "written", By: "cainjector"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhomAPolicySelects(t *testing.T) {
	pod := &Pod{Ref: ref("Pod", "shop", "web-1"), Labels: map[string]string{"app": "web", "tier": "front"}}
	for name, c := range map[string]struct {
		policy Setting
		want   bool
	}{
		"by its labels":     {Setting{Ref: ref("NetworkPolicy", "shop", "a"), Selector: map[string]string{"app": "web"}}, true},
		"all":               {Setting{Ref: ref("NetworkPolicy", "shop", "a")}, true},
		"others":            {Setting{Ref: ref("NetworkPolicy", "shop", "a"), Selector: map[string]string{"app": "api"}}, false},
		"elsewhere":         {Setting{Ref: ref("NetworkPolicy", "mail", "a")}, false},
		"by an expression":  {Setting{Ref: ref("NetworkPolicy", "shop", "a"), Partial: true}, false},
		"no policy of pods": {Setting{Ref: ref("ResourceQuota", "shop", "a")}, false},
	} {
		if got := c.policy.Selects(pod); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	s := New(Parts{}).WithSettings(Parts{Settings: []Setting{{Ref: ref("ResourceQuota", "shop", "b")}, {Ref: ref("NetworkPolicy", "shop", "a")}}})
	if s.Setting(ref("ResourceQuota", "shop", "b")) == nil || s.Setting(ref("ResourceQuota", "shop", "a")) != nil {
		t.Error("a setting is not found by its name")
	}
}

func TestWritesOfAccessAndScale(t *testing.T) {
	old := ago(90 * time.Hour)
	got := New(Parts{At: noon, Settings: []Setting{
		{Ref: ref("ClusterRole", "", "reader"), Created: old, Writes: []Write{{Manager: "kubectl-edit", Time: ago(9 * time.Minute), Spec: []string{"rules"}}}},
		{Ref: ref("ClusterRoleBinding", "", "labelled"), Created: old, Writes: []Write{{Manager: "kubectl-label", Time: ago(time.Minute)}}},
		{Ref: ref("HorizontalPodAutoscaler", "shop", "web"), Created: old, Least: 2, Most: 4, Writes: []Write{{Manager: "helm", Time: ago(8 * time.Minute), Spec: []string{"maxReplicas"}}}},
		{Ref: ref("PodDisruptionBudget", "shop", "web"), Created: old, Writes: []Write{{Manager: "helm", Time: ago(7 * time.Minute), Spec: []string{"minAvailable"}}}},
		{Ref: ref("CustomResourceDefinition", "", "orders.example.com"), Created: ago(6 * time.Minute)},
	}}).Changes()
	want := []Change{
		{Time: old, Kind: AccessWrite, Object: ref("ClusterRoleBinding", "", "labelled"), What: "created"},
		{Time: ago(9 * time.Minute), Kind: AccessWrite, Object: ref("ClusterRole", "", "reader"), What: "rules written", By: "kubectl-edit"},
		{Time: ago(8 * time.Minute), Kind: ScalerWrite, Object: ref("HorizontalPodAutoscaler", "shop", "web"), What: "written, to 2 to 4 replicas now", By: "helm"},
		{Time: ago(7 * time.Minute), Kind: BudgetWrite, Object: ref("PodDisruptionBudget", "shop", "web"), What: "written", By: "helm"},
		{Time: ago(6 * time.Minute), Kind: SchemaWrite, Object: ref("CustomResourceDefinition", "", "orders.example.com"), What: "created"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
