package collect

import (
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestRightsAreOfReading(t *testing.T) {
	for _, r := range Rights() {
		for _, verb := range r.Verbs {
			if !slices.Contains([]string{"get", "list", "watch"}, verb) {
				t.Errorf("%s: the verb %q is not one of reading", r.Name, verb)
			}
		}
		if large := r.Name == "secrets" || r.Name == "nodes/proxy"; large != (r.Risk != "") || large && r.Mode == Scan {
			t.Errorf("%s in mode %s, with the risk %q", r.Name, r.Mode, r.Risk)
		}
	}
}

// TestRightsAreOfPlaces: nodes lie in no namespace, even if events of them do.
func TestRightsAreOfPlaces(t *testing.T) {
	for _, r := range Rights() {
		switch r.Resource {
		case cluster.Nodes, cluster.StorageClasses, cluster.ClusterRoles, cluster.Metrics:
			if !r.ClusterWide {
				t.Errorf("%s lies in no namespace", r.Name)
			}
		case cluster.Pods, cluster.Events, cluster.HelmSecrets, cluster.PodLogs, cluster.HTTPRoutes:
			if r.ClusterWide {
				t.Errorf("%s lies in namespaces", r.Name)
			}
		}
	}
}

func TestRulesAreYAML(t *testing.T) {
	text := Rules(Rights())
	var rules []rbacv1.PolicyRule
	if err := yaml.UnmarshalStrict([]byte(text), &rules); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, r := range Rights() {
		if !slices.ContainsFunc(rules, func(x rbacv1.PolicyRule) bool {
			return slices.Contains(x.APIGroups, r.Group) && slices.Contains(x.Resources, r.Name) && slices.Equal(x.Verbs, r.Verbs)
		}) {
			t.Errorf("no rule for %s", r.Name)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if len(line) > 80 {
			t.Errorf("wider than 80: %s", line)
		}
	}
	at, risk := strings.Index(text, "resources: [secrets]"), strings.Index(text, "# it lets its holder read the data of every Secret")
	if at < 0 || risk < 0 || risk > at {
		t.Errorf("the risk of secrets stands above their rule:\n%s", text)
	}
}
