package collect

import (
	"context"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// settingKinds are read in a second step, where something that failed asks
// for them: as metadata, but for those of which more says whom they are for,
// such as the selector of a NetworkPolicy.
func settingKinds() []kind {
	of := func(name string) func(*bucket, *metav1.ObjectMeta) {
		return func(b *bucket, m *metav1.ObjectMeta) { b.setting(name, m) }
	}
	const admission = admissionv1.GroupName
	return []kind{
		{cluster.NetworkPolicies, "networking.k8s.io", namespaced, pages(func(l *Live, ns string) lister[*networkingv1.NetworkPolicyList] {
			return l.typed.NetworkingV1().NetworkPolicies(ns)
		}, func(b *bucket, list *networkingv1.NetworkPolicyList) int { return each(list.Items, b.networkPolicy) })},
		{cluster.ResourceQuotas, "", namespaced, metadataPages("", "resourcequotas", of("ResourceQuota"))},
		{cluster.LimitRanges, "", namespaced, metadataPages("", "limitranges", of("LimitRange"))},
		{cluster.ValidatingWebhooks, admission, clusterWide, pages(func(l *Live, _ string) lister[*admissionv1.ValidatingWebhookConfigurationList] {
			return l.typed.AdmissionregistrationV1().ValidatingWebhookConfigurations()
		}, func(b *bucket, list *admissionv1.ValidatingWebhookConfigurationList) int {
			return each(list.Items, b.validatingWebhooks)
		})},
		{cluster.MutatingWebhooks, admission, clusterWide, pages(func(l *Live, _ string) lister[*admissionv1.MutatingWebhookConfigurationList] {
			return l.typed.AdmissionregistrationV1().MutatingWebhookConfigurations()
		}, func(b *bucket, list *admissionv1.MutatingWebhookConfigurationList) int {
			return each(list.Items, b.mutatingWebhooks)
		})},
		{cluster.StorageClasses, "storage.k8s.io", clusterWide, metadataPages("storage.k8s.io", "storageclasses", of("StorageClass"))},
		{cluster.Autoscalers, "autoscaling", namespaced, pages(func(l *Live, ns string) lister[*autoscalingv2.HorizontalPodAutoscalerList] {
			return l.typed.AutoscalingV2().HorizontalPodAutoscalers(ns)
		}, func(b *bucket, list *autoscalingv2.HorizontalPodAutoscalerList) int {
			return each(list.Items, b.autoscaler)
		})},
		{cluster.DisruptionBudgets, "policy", namespaced, pages(func(l *Live, ns string) lister[*policyv1.PodDisruptionBudgetList] {
			return l.typed.PolicyV1().PodDisruptionBudgets(ns)
		}, func(b *bucket, list *policyv1.PodDisruptionBudgetList) int { return each(list.Items, b.budget) })},
		{cluster.CustomResources, extensions, clusterWide, metadataPages(extensions, "customresourcedefinitions", of("CustomResourceDefinition"))},
		{cluster.HelmSecrets, "", helmRecords, metadataPages("", "secrets", func(b *bucket, m *metav1.ObjectMeta) { b.config("Secret", m) })},
		{cluster.HelmConfigMaps, "", helmRecords, metadataPages("", "configmaps", func(b *bucket, m *metav1.ObjectMeta) { b.config("ConfigMap", m) })},
	}
}

const extensions = "apiextensions.k8s.io"

// helmRecords are the places where Helm keeps what it installed, told from all
// else by its label.
func helmRecords(s cluster.Scope) []place {
	out := namespaced(s)
	for i := range out {
		out[i].labels = "owner=helm"
	}
	return out
}

// Settings lists the settings that are wanted, by namespace; "" means in one
// list everywhere.
func (l *Live) Settings(ctx context.Context, wanted map[cluster.Resource][]string) (cluster.Parts, error) {
	kinds := slices.Concat(settingKinds(), accessKinds(), routeKinds())
	all, err := sideBySide(ctx, len(kinds), func(ctx context.Context, i int) (*bucket, error) {
		part, err := l.readConfigs(ctx, kinds[i], wanted[kinds[i].resource])
		if err == nil && unserved(part) {
			return newBucket(), nil
		}
		return part, err
	})
	if err != nil {
		return cluster.Parts{}, err
	}
	all.soberTimes(l.clock())
	return all.Parts, nil
}

// unserved reports whether a kind is one that the cluster does not know: then
// there is nothing of it to be read, and nothing is missing.
func unserved(b *bucket) bool {
	return len(b.Gaps) > 0 && !slices.ContainsFunc(b.Gaps, func(g cluster.Gap) bool { return g.Reason != notServed })
}

// Settings are among the files, if they were saved: there is no second step.
func (f *Files) Settings(context.Context, map[cluster.Resource][]string) (cluster.Parts, error) {
	return cluster.Parts{}, nil
}

func (b *bucket) setting(kind string, m *metav1.ObjectMeta) {
	b.Settings = append(b.Settings, cluster.Setting{Ref: ref(kind, m), Created: m.CreationTimestamp.Time, Writes: specWrites(m)})
}

func (b *bucket) networkPolicy(p *networkingv1.NetworkPolicy) {
	b.Settings = append(b.Settings, cluster.Setting{Ref: ref("NetworkPolicy", &p.ObjectMeta), Created: p.CreationTimestamp.Time,
		Writes: specWrites(&p.ObjectMeta), Selector: p.Spec.PodSelector.MatchLabels, Partial: len(p.Spec.PodSelector.MatchExpressions) > 0, Policy: policyOf(p)})
}

func (b *bucket) autoscaler(a *autoscalingv2.HorizontalPodAutoscaler) {
	x := cluster.Setting{Ref: ref("HorizontalPodAutoscaler", &a.ObjectMeta), Created: a.CreationTimestamp.Time, Writes: specWrites(&a.ObjectMeta),
		Least: orOne(a.Spec.MinReplicas), Most: a.Spec.MaxReplicas}
	x.Target = cluster.Ref{Kind: a.Spec.ScaleTargetRef.Kind, Namespace: a.Namespace, Name: a.Spec.ScaleTargetRef.Name}
	b.Settings = append(b.Settings, x)
}

// budget keeps a PodDisruptionBudget. One without a selector selects nothing.
func (b *bucket) budget(p *policyv1.PodDisruptionBudget) {
	x := cluster.Setting{Ref: ref("PodDisruptionBudget", &p.ObjectMeta), Created: p.CreationTimestamp.Time, Writes: specWrites(&p.ObjectMeta), Partial: true}
	if s := p.Spec.Selector; s != nil {
		x.Selector, x.Partial = s.MatchLabels, len(s.MatchExpressions) > 0
	}
	b.Settings = append(b.Settings, x)
}
