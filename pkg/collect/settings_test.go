package collect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

const hooks = `{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"gate","creationTimestamp":"2026-05-01T12:00:00Z"},"webhooks":[` +
	`{"name":"gate.example.com","clientConfig":{"service":{"namespace":"gate","name":"hook","path":"/v"},"caBundle":"c2VjcmV0"}},` +
	`{"name":"far.example.com","clientConfig":{"url":"https://user:secret@far.example.com/v"}}]}`

// TestSavedWebhooks: of webhooks the Services are kept, and neither certificates
// nor URLs.
func TestSavedWebhooks(t *testing.T) {
	mutating := strings.Replace(hooks, "Validating", "Mutating", 1)
	parts, err := (&Files{Paths: []string{"-"}, Stdin: strings.NewReader(hooks + mutating)}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	want := []cluster.Webhook{{Name: "gate.example.com", Service: cluster.Ref{Kind: "Service", Namespace: "gate", Name: "hook"}}, {Name: "far.example.com"}}
	s := cluster.New(parts)
	for _, kind := range []string{"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"} {
		x := s.Setting(cluster.Ref{Kind: kind, Name: "gate"})
		if x == nil || x.Created.IsZero() || !slices.Equal(x.Webhooks, want) {
			t.Errorf("%s: %+v", kind, x)
		}
	}
	if kept := fmt.Sprintf("%+v", parts.Settings); strings.Contains(kept, "secret") || strings.Contains(kept, "c2VjcmV0") {
		t.Errorf("kept %s", kept)
	}
}

func TestSavedSettings(t *testing.T) {
	const policy = `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"deny","namespace":"shop"},"spec":{"podSelector":{"matchLabels":{"app":"db"}}}}`
	const selective = `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"some","namespace":"shop"},"spec":{"podSelector":{"matchExpressions":[{"key":"a","operator":"Exists"}]}}}`
	const quota = `{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"small","namespace":"shop","managedFields":[` +
		`{"manager":"kubectl-edit","operation":"Update","time":"2026-05-01T12:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:hard":{"f:pods":{}}}}}]}}`
	parts, err := (&Files{Paths: []string{"-"}, Stdin: strings.NewReader(policy + selective + quota)}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	s := cluster.New(parts)
	of := func(kind, name string) *cluster.Setting {
		return s.Setting(cluster.Ref{Kind: kind, Namespace: "shop", Name: name})
	}
	if p := of("NetworkPolicy", "deny"); p == nil || p.Selector["app"] != "db" || p.Partial {
		t.Errorf("policy %+v", p)
	}
	if p := of("NetworkPolicy", "deny").Policy; p == nil || !p.Ingress || len(p.From) != 0 {
		t.Errorf("lets in %+v", p)
	}
	if p := of("NetworkPolicy", "some"); p == nil || !p.Partial {
		t.Errorf("policy by an expression %+v", p)
	}
	if q := of("ResourceQuota", "small"); q == nil || len(q.Writes) != 1 || !slices.Equal(q.Writes[0].Spec, []string{"hard"}) {
		t.Errorf("quota %+v", q)
	}
}
