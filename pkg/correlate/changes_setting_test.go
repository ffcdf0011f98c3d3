package correlate

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func account(namespace, name string) cluster.Ref {
	return cluster.Ref{Kind: "ServiceAccount", Namespace: namespace, Name: name}
}

// TestSettingsNeedTheirLink: of each kind one setting is tied to the failure
// and one, written at the same time, is not.
func TestSettingsNeedTheirLink(t *testing.T) {
	at, old := noon.Add(-3*time.Minute), noon.Add(-90*time.Hour)
	setting := func(kind, namespace, name string) cluster.Setting {
		return cluster.Setting{Ref: cluster.Ref{Kind: kind, Namespace: namespace, Name: name}, Created: old,
			Writes: []cluster.Write{{Manager: "kubectl-edit", Time: at, Spec: []string{"x"}}}}
	}
	with := func(x cluster.Setting, change func(*cluster.Setting)) cluster.Setting {
		change(&x)
		return x
	}
	web := deployment("shop", "web")
	labels := map[string]string{"app": "web"}
	pod := cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-1"}, Owner: web, Labels: labels, Created: old}
	s := cluster.New(cluster.Parts{At: noon.Add(time.Minute), Pods: []cluster.Pod{pod},
		Workloads: []cluster.Workload{{Ref: web, Created: old, Desired: 1}},
		Settings: []cluster.Setting{
			setting("ResourceQuota", "shop", "small"), setting("ResourceQuota", "shop", "other"),
			setting("LimitRange", "shop", "limits"), setting("LimitRange", "mail", "limits"),
			with(setting("NetworkPolicy", "shop", "web"), func(x *cluster.Setting) { x.Selector = labels }),
			with(setting("NetworkPolicy", "shop", "api"), func(x *cluster.Setting) { x.Selector = map[string]string{"app": "api"} }),
			with(setting("ValidatingWebhookConfiguration", "", "gate"), func(x *cluster.Setting) { x.Webhooks = []cluster.Webhook{{Name: "gate.example.com"}} }),
			with(setting("MutatingWebhookConfiguration", "", "other"), func(x *cluster.Setting) { x.Webhooks = []cluster.Webhook{{Name: "other.example.com"}} }),
			setting("StorageClass", "", "fast"), setting("StorageClass", "", "slow"),
			with(setting("RoleBinding", "shop", "reads"), func(x *cluster.Setting) {
				x.Subjects, x.Target = []cluster.Ref{account("shop", "web")}, cluster.Ref{Kind: "Role", Namespace: "shop", Name: "reader"}
			}),
			setting("Role", "shop", "reader"), setting("Role", "shop", "unbound"),
			with(setting("RoleBinding", "shop", "of-another"), func(x *cluster.Setting) { x.Subjects = []cluster.Ref{account("shop", "api")} }),
			with(setting("RoleBinding", "mail", "elsewhere"), func(x *cluster.Setting) { x.Subjects = []cluster.Ref{account("shop", "web")} }),
			with(setting("HorizontalPodAutoscaler", "shop", "web"), func(x *cluster.Setting) { x.Target = web }),
			with(setting("HorizontalPodAutoscaler", "shop", "api"), func(x *cluster.Setting) { x.Target = deployment("shop", "api") }),
			with(setting("PodDisruptionBudget", "shop", "web"), func(x *cluster.Setting) { x.Selector = labels }),
			with(setting("PodDisruptionBudget", "shop", "api"), func(x *cluster.Setting) { x.Selector = map[string]string{"app": "api"} }),
			setting("CustomResourceDefinition", "", "policies.example.com"), setting("CustomResourceDefinition", "", "orders.example.com"),
			// Came with the workload: its beginning.
			with(setting("NetworkPolicy", "shop", "begun"), func(x *cluster.Setting) { x.Writes = nil }),
		}})
	for want, sym := range map[string]symptom.Symptom{
		"HorizontalPodAutoscaler shop/web (observation), ResourceQuota shop/small (stated)": {Kind: symptom.Admission, About: cluster.Ref{Kind: "ResourceQuota", Namespace: "shop", Name: "small"}},
		"LimitRange shop/limits (observation)":                                              {Kind: symptom.Admission, About: cluster.Ref{Kind: "LimitRange", Namespace: "shop"}},
		"ValidatingWebhookConfiguration gate (observation)":                                 {Kind: symptom.Admission, About: cluster.Ref{Kind: "Webhook", Name: "gate.example.com"}},
		"NetworkPolicy shop/web (observation)":                                              {Kind: symptom.Network},
		"StorageClass fast (observation)":                                                   {Kind: symptom.Storage, Class: "fast"},
		"HorizontalPodAutoscaler shop/web (observation)":                                    {Kind: symptom.OOM},
		"PodDisruptionBudget shop/web (observation)":                                        {Kind: symptom.Eviction, Cause: symptom.EvictedAPI},
		"CustomResourceDefinition policies.example.com (observation)": {Kind: symptom.Exit,
			Message: `no matches for kind "Policy" in version "example.com/v1"`},
		"Role shop/reader (observation), RoleBinding shop/reads (observation)": {Kind: symptom.RBAC,
			Access: symptom.Access{User: "system:serviceaccount:shop:web", Verb: "list", Resource: "pods", Namespace: "shop"}},
	} {
		sym.Object, sym.Pod, sym.Workload, sym.First, sym.Last, sym.Ongoing = pod.Ref, s.Pod("shop", "web-1"), web, noon, noon, true
		p := newExplainer(s, []symptom.Symptom{sym}).explain(detect.Pattern{Detector: string(sym.Kind), Symptoms: []*symptom.Symptom{&sym}})
		var told []string
		for _, c := range p.Changes {
			told = append(told, c.Object.String()+" ("+string(c.Tier)+")")
			if c.Link == "" || c.Lead != 3*time.Minute || c.By != "kubectl-edit" {
				t.Errorf("%+v", c)
			}
		}
		if got := strings.Join(told, ", "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
