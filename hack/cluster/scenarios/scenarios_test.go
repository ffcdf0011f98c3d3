package scenarios_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/scenarios"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/stages"
)

var annotation = regexp.MustCompile(`fake\.kubelet/[a-z-]+`)

// TestScenariosLoad reads every scenario, with its manifests and includes, and
// looks for annotations that no stage knows: they would do nothing.
func TestScenariosLoad(t *testing.T) {
	rendered, err := stages.Render()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range annotation.FindAllString(string(rendered), -1) {
		known[name] = true
	}
	all, err := scenario.List(scenarios.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			if _, err := scenario.Load(scenarios.FS, s.Name); err != nil {
				t.Fatal(err)
			}
			for _, name := range annotation.FindAllString(everything(t, s), -1) {
				if !known[name] {
					t.Errorf("no stage looks at annotation %s", name)
				}
			}
		})
	}
}

func everything(t *testing.T, s *scenario.Scenario) string {
	t.Helper()
	values := []any{s.Steps}
	for _, step := range s.Steps {
		if step.Apply == "" {
			continue
		}
		objects, err := s.Manifests(step.Apply)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, objects)
	}
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestScenariosThatMustExist(t *testing.T) {
	for _, name := range []string{"healthy", "registry-auth", "disk-pressure", "rollout-cascade", "demo", "crashes", "empty"} {
		if _, err := scenario.Load(scenarios.FS, name); err != nil {
			t.Error(err)
		}
	}
}
