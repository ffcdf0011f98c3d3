package collect

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Whom labels and the name of a namespace do not decide might be anybody.
func TestPolicyPeers(t *testing.T) {
	const pods = `"podSelector":{"matchLabels":{"app":"web"}}`
	web, open := map[string]string{"app": "web"}, cluster.PolicyPeer{Open: true}
	for peer, want := range map[string]cluster.PolicyPeer{
		`{` + pods + `}`:                        {Pods: web},
		`{` + pods + `,"namespaceSelector":{}}`: {Pods: web, Namespace: "*"},
		`{` + pods + `,"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"shop"}}}`: {Pods: web, Namespace: "shop"},
		`{` + pods + `,"namespaceSelector":{"matchLabels":{"team":"a"}}}`:                           open,
		`{"podSelector":{"matchExpressions":[{"key":"app","operator":"Exists"}]}}`:                  open,
		`{"ipBlock":{"cidr":"10.0.0.0/8"}}`:                                                         open,
	} {
		var in networkingv1.NetworkPolicyPeer
		if err := json.Unmarshal([]byte(peer), &in); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, policyPeer(&in)); diff != "" {
			t.Errorf("%s: %s", peer, diff)
		}
	}
	egress := &networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}}}
	if policyOf(egress).Ingress {
		t.Error("isolates for what comes in")
	}
	everybody := &networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{}}}}
	if p := policyOf(everybody); !p.Ingress || len(p.From) != 1 || !p.From[0].Open {
		t.Errorf("lets in %+v", p)
	}
}
