package configdrift

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestNeutral(t *testing.T) {
	for _, c := range []struct{ text, namespace, want string }{
		{"db.shop-qa.svc:5432", "shop-qa", "db.<namespace>.svc:5432"},
		{"api-staging.example.com", "a", "api-<environment>.example.com"},
		{"product-db", "prod", "product-db"},
		{"prod", "prod", "<namespace>"},
		{"qa.registry.example/qa/sync:4", "shop", "<environment>.registry.example/<environment>/sync:4"},
		{"", "a", ""},
		{"ü.test", "a", "ü.<environment>"},
	} {
		if got := neutral(c.text, c.namespace); got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.text, c.namespace, got, c.want)
		}
	}
}

func FuzzNeutral(f *testing.F) {
	f.Add("db.shop-qa.svc:5432", "shop-qa")
	f.Add("\xff-prod-", "")
	f.Fuzz(func(t *testing.T, text, namespace string) {
		got := neutral(text, namespace)
		if utf8.ValidString(text) && utf8.ValidString(namespace) && !utf8.ValidString(got) {
			t.Errorf("%q: %q is not UTF-8", text, got)
		}
	})
}

// TestNoValueIsShown: what is said of a variable is its name.
func TestNoValueIsShown(t *testing.T) {
	template := func(value uint64) *cluster.Template {
		return &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "app", Role: cluster.Regular, Image: "a/b:1", Command: value}},
			Env:       []cluster.EnvVar{{Container: "app", Name: "TOKEN", Sum: value}},
			Endpoints: []cluster.Endpoint{{Host: "user-and-password", Port: "1", From: "env URL"}}}
	}
	for name, f := range fields(template(4711), "ns") {
		if f.class != image && (f.shown != "" || strings.Contains(name, "4711")) {
			t.Errorf("%s shows %q", name, f.shown)
		}
	}
	a, b := fields(template(1), "ns"), fields(template(2), "ns")
	if a["env TOKEN"].value == b["env TOKEN"].value || a["command"].value == b["command"].value {
		t.Error("values that differ are the same")
	}
}
