package report

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/alert"
)

// A rule that is broken to fit a narrow terminal is still the same rule.
func TestABrokenRuleIsTheSameRule(t *testing.T) {
	rule, why := alert.For(alert.Subject{ID: "rollout-failure-not-ready-d7fbc6", Detector: "rollout-failure", Cause: "not-ready", Namespaces: []string{"a", "b"},
		Workloads: []alert.Workload{{Namespace: "a", Kind: "Deployment", Name: "cart"}, {Namespace: "b", Kind: "StatefulSet", Name: "db"}}})
	if why != "" {
		t.Fatal(why)
	}
	whole := alert.Manifest([]alert.Rule{rule, rule}, "rollout-failure-not-ready-d7fbc6")
	long := strings.ReplaceAll(whole, `"cart"`, `"`+strings.Repeat("cart-of-many|", 20)+`a\\d b"`)
	for _, width := range []int{30, 40, 60, 80, 200} {
		for _, document := range []string{whole, long} {
			lines := ruleLines(document, width)
			if got, want := words(t, strings.Join(lines, "\n")), words(t, document); got != want {
				t.Errorf("at %d columns:\n%s\nwant\n%s", width, got, want)
			}
			if slices.ContainsFunc(lines, func(l string) bool { return len(l) > width }) {
				t.Errorf("wider than %d columns:\n%s", width, strings.Join(lines, "\n"))
			}
		}
	}
}

// words are what a document says, all white space the same and none behind
// an opening bracket.
func words(t *testing.T, document string) string {
	t.Helper()
	raw, err := yaml.YAMLToJSONStrict([]byte(document))
	if err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	return strings.NewReplacer("{ ", "{", "( ", "(").Replace(strings.Join(strings.Fields(strings.ReplaceAll(string(raw), `\n`, " ")), " "))
}
