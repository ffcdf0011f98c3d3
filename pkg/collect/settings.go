package collect

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// settingKinds are read in a second step, where something that failed asks
// for them: as metadata, but for NetworkPolicies, whose selector says whom
// they are for.
func settingKinds() []kind {
	of := func(name string) func(*bucket, *metav1.ObjectMeta) {
		return func(b *bucket, m *metav1.ObjectMeta) { b.setting(name, m) }
	}
	const admission = "admissionregistration.k8s.io"
	return []kind{
		{cluster.NetworkPolicies, "networking.k8s.io", namespaced, pages(func(l *Live, ns string) lister[*networkingv1.NetworkPolicyList] {
			return l.typed.NetworkingV1().NetworkPolicies(ns)
		}, func(b *bucket, list *networkingv1.NetworkPolicyList) int { return each(list.Items, b.networkPolicy) })},
		{cluster.ResourceQuotas, "", namespaced, metadataPages("", "resourcequotas", of("ResourceQuota"))},
		{cluster.LimitRanges, "", namespaced, metadataPages("", "limitranges", of("LimitRange"))},
		{cluster.ValidatingWebhooks, admission, clusterWide, metadataPages(admission, "validatingwebhookconfigurations", of("ValidatingWebhookConfiguration"))},
		{cluster.MutatingWebhooks, admission, clusterWide, metadataPages(admission, "mutatingwebhookconfigurations", of("MutatingWebhookConfiguration"))},
		{cluster.StorageClasses, "storage.k8s.io", clusterWide, metadataPages("storage.k8s.io", "storageclasses", of("StorageClass"))},
	}
}

// Settings lists the settings that are wanted, by namespace; "" means in one
// list everywhere.
func (l *Live) Settings(ctx context.Context, wanted map[cluster.Resource][]string) (cluster.Parts, error) {
	all := newBucket()
	for _, k := range append(settingKinds(), routeKinds()...) {
		part, err := l.readConfigs(ctx, k, wanted[k.resource])
		if err != nil {
			return cluster.Parts{}, err
		}
		all.merge(part)
	}
	return all.Parts, nil
}

// Settings are among the files, if they were saved: there is no second step.
func (f *Files) Settings(context.Context, map[cluster.Resource][]string) (cluster.Parts, error) {
	return cluster.Parts{}, nil
}

func (b *bucket) setting(kind string, m *metav1.ObjectMeta) {
	b.Settings = append(b.Settings, cluster.Setting{Ref: ref(kind, m), Created: m.CreationTimestamp.Time,
		Writes: specWrites(m), Webhooks: webhookNames(m)})
}

func (b *bucket) networkPolicy(p *networkingv1.NetworkPolicy) {
	b.Settings = append(b.Settings, cluster.Setting{Ref: ref("NetworkPolicy", &p.ObjectMeta), Created: p.CreationTimestamp.Time,
		Writes: specWrites(&p.ObjectMeta), Selector: p.Spec.PodSelector.MatchLabels, Partial: len(p.Spec.PodSelector.MatchExpressions) > 0, Policy: policyOf(p)})
}

// webhookNames reads the names of webhooks out of managedFields, where they
// are the keys of a list: k:{"name":"validate.example.com"}.
func webhookNames(m *metav1.ObjectMeta) []string {
	var out []string
	for i := range m.ManagedFields {
		f := m.ManagedFields[i].FieldsV1
		var owned struct {
			Webhooks map[string]json.RawMessage `json:"f:webhooks"`
		}
		if f == nil || json.Unmarshal(f.GetRawBytes(), &owned) != nil {
			continue
		}
		for k := range owned.Webhooks {
			var key struct {
				Name string `json:"name"`
			}
			if text, ok := strings.CutPrefix(k, "k:"); ok && json.Unmarshal([]byte(text), &key) == nil && key.Name != "" {
				out = append(out, key.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
