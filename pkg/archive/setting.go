package archive

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// groupVersions are those of the kinds of which metadata are all that is kept.
var groupVersions = map[string]string{
	"ResourceQuota": "v1", "LimitRange": "v1", "StorageClass": "storage.k8s.io/v1",
	"Role": "rbac.authorization.k8s.io/v1", "ClusterRole": "rbac.authorization.k8s.io/v1",
	"CustomResourceDefinition": "apiextensions.k8s.io/v1",
}

func settingOf(x *cluster.Setting) any {
	meta := metaOf(x.Ref, x.Created)
	meta.ManagedFields = managed(x.Writes, "spec")
	switch x.Kind {
	case "NetworkPolicy":
		return policyOf(x, meta)
	case "PodDisruptionBudget":
		return budgetOf(x, meta)
	case "HorizontalPodAutoscaler":
		out := &autoscalingv2.HorizontalPodAutoscaler{TypeMeta: typeOf("autoscaling/v2", x.Kind), ObjectMeta: meta}
		out.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{Kind: x.Target.Kind, Name: x.Target.Name}
		out.Spec.MinReplicas, out.Spec.MaxReplicas = &x.Least, x.Most
		return out
	case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration":
		return webhooksOf(x, meta)
	case "Role", "ClusterRole":
		meta.ManagedFields = managed(x.Writes, "")
	case "RoleBinding", "ClusterRoleBinding":
		meta.ManagedFields = managed(x.Writes, "")
		return bindingOf(x, meta)
	}
	return &config{TypeMeta: typeOf(groupVersions[x.Kind], x.Kind), ObjectMeta: meta}
}

// beside stands for the expressions that a selector has beside its labels.
var beside = []metav1.LabelSelectorRequirement{{Key: notSaved, Operator: metav1.LabelSelectorOpExists}}

func policyOf(x *cluster.Setting, meta metav1.ObjectMeta) *networkingv1.NetworkPolicy {
	out := &networkingv1.NetworkPolicy{TypeMeta: typeOf("networking.k8s.io/v1", x.Kind), ObjectMeta: meta}
	out.Spec.PodSelector.MatchLabels = x.Selector
	if x.Partial {
		out.Spec.PodSelector.MatchExpressions = beside
	}
	if x.Policy == nil {
		return out
	}
	out.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}
	if x.Policy.Ingress {
		out.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	}
	for _, from := range x.Policy.From {
		var rule networkingv1.NetworkPolicyIngressRule // lets everybody in
		if !from.Open {
			rule.From = []networkingv1.NetworkPolicyPeer{peerOf(&from)}
		}
		out.Spec.Ingress = append(out.Spec.Ingress, rule)
	}
	return out
}

func peerOf(from *cluster.PolicyPeer) networkingv1.NetworkPolicyPeer {
	out := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: from.Pods}}
	switch from.Namespace {
	case "":
	case "*":
		out.NamespaceSelector = &metav1.LabelSelector{}
	default:
		out.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: from.Namespace}}
	}
	return out
}

// budgetOf is a budget; one of which nothing is known what it selects has no
// selector.
func budgetOf(x *cluster.Setting, meta metav1.ObjectMeta) *policyv1.PodDisruptionBudget {
	out := &policyv1.PodDisruptionBudget{TypeMeta: typeOf("policy/v1", x.Kind), ObjectMeta: meta}
	if x.Partial && len(x.Selector) == 0 {
		return out
	}
	out.Spec.Selector = &metav1.LabelSelector{MatchLabels: x.Selector}
	if x.Partial {
		out.Spec.Selector.MatchExpressions = beside
	}
	return out
}

// webhooksOf has the same form for both kinds. No URL is kept of those that
// are called by one.
func webhooksOf(x *cluster.Setting, meta metav1.ObjectMeta) any {
	validating := &admissionv1.ValidatingWebhookConfiguration{TypeMeta: typeOf("admissionregistration.k8s.io/v1", x.Kind), ObjectMeta: meta}
	mutating := &admissionv1.MutatingWebhookConfiguration{TypeMeta: validating.TypeMeta, ObjectMeta: meta}
	for _, w := range x.Webhooks {
		var client admissionv1.WebhookClientConfig
		if !w.Service.IsZero() {
			client.Service = &admissionv1.ServiceReference{Namespace: w.Service.Namespace, Name: w.Service.Name}
		}
		validating.Webhooks = append(validating.Webhooks, admissionv1.ValidatingWebhook{Name: w.Name, ClientConfig: client})
		mutating.Webhooks = append(mutating.Webhooks, admissionv1.MutatingWebhook{Name: w.Name, ClientConfig: client})
	}
	if x.Kind == "MutatingWebhookConfiguration" {
		return mutating
	}
	return validating
}

func bindingOf(x *cluster.Setting, meta metav1.ObjectMeta) any {
	role := rbacv1.RoleRef{Kind: x.Target.Kind, Name: x.Target.Name}
	var subjects []rbacv1.Subject
	for _, s := range x.Subjects {
		subjects = append(subjects, rbacv1.Subject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name})
	}
	types := typeOf("rbac.authorization.k8s.io/v1", x.Kind)
	if x.Kind == "ClusterRoleBinding" {
		return &rbacv1.ClusterRoleBinding{TypeMeta: types, ObjectMeta: meta, RoleRef: role, Subjects: subjects}
	}
	return &rbacv1.RoleBinding{TypeMeta: types, ObjectMeta: meta, RoleRef: role, Subjects: subjects}
}

// routeOf is an Ingress, or a route of the Gateway API.
func routeOf(r *cluster.Route) any {
	if r.Kind == "Ingress" {
		return ingressOf(r)
	}
	return gatewayRouteOf(r)
}

func ingressOf(r *cluster.Route) *networkingv1.Ingress {
	out := &networkingv1.Ingress{TypeMeta: typeOf("networking.k8s.io/v1", "Ingress"), ObjectMeta: metaOf(r.Ref, r.Created)}
	for _, rule := range r.Rules {
		http := &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{}}
		for _, to := range rule.Services {
			http.Paths = append(http.Paths, networkingv1.HTTPIngressPath{PathType: reference(networkingv1.PathTypeImplementationSpecific),
				Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: to.Name}}})
		}
		out.Spec.Rules = append(out.Spec.Rules, networkingv1.IngressRule{Host: rule.Host, IngressRuleValue: networkingv1.IngressRuleValue{HTTP: http}})
	}
	return out
}

// gatewayRoute is what is kept of an HTTPRoute or GRPCRoute: its module would
// bring all kinds of the Gateway API for these few fields.
type gatewayRoute struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              gatewaySpec `json:"spec"`
}

type gatewaySpec struct {
	Hostnames []string      `json:"hostnames,omitempty"`
	Rules     []gatewayRule `json:"rules,omitempty"`
}

type gatewayRule struct {
	BackendRefs []gatewayBackend `json:"backendRefs"`
}

type gatewayBackend struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// gatewayRouteOf has all hosts of a route lead to all of its Services, which
// is how they are read.
func gatewayRouteOf(r *cluster.Route) *gatewayRoute {
	out := &gatewayRoute{TypeMeta: typeOf("gateway.networking.k8s.io/v1", r.Kind), ObjectMeta: metaOf(r.Ref, r.Created)}
	for _, rule := range r.Rules {
		if rule.Host != "" {
			out.Spec.Hostnames = append(out.Spec.Hostnames, rule.Host)
		}
	}
	if len(r.Rules) == 0 {
		return out
	}
	var to gatewayRule
	for _, s := range r.Rules[0].Services {
		to.BackendRefs = append(to.BackendRefs, gatewayBackend{Kind: "Service", Namespace: s.Namespace, Name: s.Name})
	}
	out.Spec.Rules = []gatewayRule{to}
	return out
}
