package collect

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// policyOf keeps whom a NetworkPolicy lets in. Without a type it isolates for
// what comes in (networking/v1).
func policyOf(p *networkingv1.NetworkPolicy) *cluster.Policy {
	out := &cluster.Policy{Ingress: len(p.Spec.PolicyTypes) == 0 || slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress)}
	for _, rule := range p.Spec.Ingress {
		if len(rule.From) == 0 {
			out.From = append(out.From, cluster.PolicyPeer{Open: true})
		}
		for _, peer := range rule.From {
			out.From = append(out.From, policyPeer(&peer))
		}
	}
	return out
}

// policyPeer keeps a peer that labels of pods and the name of a namespace
// decide; of any other it is not known whom it is.
func policyPeer(p *networkingv1.NetworkPolicyPeer) cluster.PolicyPeer {
	pods, plain := labelsOf(p.PodSelector)
	namespaces, plainToo := labelsOf(p.NamespaceSelector)
	out := cluster.PolicyPeer{Pods: pods}
	switch name := namespaces[corev1.LabelMetadataName]; {
	case p.IPBlock != nil || !plain || !plainToo:
		return cluster.PolicyPeer{Open: true}
	case p.NamespaceSelector == nil:
	case len(namespaces) == 0:
		out.Namespace = "*"
	case len(namespaces) == 1 && name != "":
		out.Namespace = name
	default:
		return cluster.PolicyPeer{Open: true}
	}
	return out
}

// labelsOf are the labels of a selector; it is not plain when it has
// expressions beside.
func labelsOf(s *metav1.LabelSelector) (labels map[string]string, plain bool) {
	if s == nil {
		return nil, true
	}
	return s.MatchLabels, len(s.MatchExpressions) == 0
}
