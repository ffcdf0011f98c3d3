package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
)

// TestTheDefaultRoleIsHarmless: neither of the two large rights is in a role
// that somebody takes without having asked for it.
func TestTheDefaultRoleIsHarmless(t *testing.T) {
	files, err := filepath.Glob("roles/*.yaml")
	if err != nil || len(files) != 5 {
		t.Fatalf("%v %v", files, err)
	}
	large := map[string]string{"secrets": "secrets", "nodes/proxy": "metrics", "pods/log": "logs"}
	for _, file := range files {
		data, err := os.ReadFile(file) //nolint:gosec // our own
		if err != nil {
			t.Fatal(err)
		}
		var role rbacv1.ClusterRole // a Role has the same fields
		if err := yaml.UnmarshalStrict(data, &role); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, rule := range role.Rules {
			for _, r := range rule.Resources {
				if of, ok := large[r]; ok && file != "roles/"+of+".yaml" {
					t.Errorf("%s grants %s", file, r)
				}
			}
			for _, verb := range rule.Verbs {
				if !slices.Contains([]string{"get", "list"}, verb) {
					t.Errorf("%s grants to %s", file, verb)
				}
			}
		}
	}
}

// TestTheRecorderMayWhatItFollows compares record.yaml with what the recorder
// asks for: no right less, and none more.
func TestTheRecorderMayWhatItFollows(t *testing.T) {
	granted := map[string]bool{}
	for _, rule := range read(t).role.Rules {
		for _, r := range rule.Resources {
			for _, verb := range rule.Verbs {
				granted[rule.APIGroups[0]+"/"+r+" "+verb] = true
			}
		}
	}
	for _, r := range collect.Rights() {
		if r.Mode != collect.Record {
			continue
		}
		for _, verb := range r.Verbs {
			what := r.Group + "/" + r.Name + " " + verb
			if !granted[what] {
				t.Errorf("record.yaml does not grant %s", what)
			}
			granted[what] = false
		}
	}
	for what, left := range granted {
		if left {
			t.Errorf("record.yaml grants %s, which is not asked for", what)
		}
	}
}
