package collect

import (
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestWebhookNames(t *testing.T) {
	m := &metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{
		written("helm", "", `{"f:webhooks":{".":{},"k:{\"name\":\"gate.example.com\"}":{".":{},"f:rules":{}},"k:{\"name\":":{},"k:{}":{}}}`),
		written("cainjector", "", `{"f:webhooks":{"k:{\"name\":\"gate.example.com\"}":{"f:clientConfig":{}}}}`),
		written("odd", "", `{"f:webhooks":7}`),
	}}
	if got := webhookNames(m); !slices.Equal(got, []string{"gate.example.com"}) {
		t.Errorf("got %q", got)
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
