package stages

import (
	"bytes"
	"errors"
	"io"
	"testing"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kwok/pkg/apis/v1alpha1"
	"sigs.k8s.io/kwok/pkg/utils/expression"
	"sigs.k8s.io/yaml"
)

// decode reads all stages as strictly as kwok never would.
func decode(t *testing.T) []v1alpha1.Stage {
	t.Helper()
	text, err := Render()
	if err != nil {
		t.Fatal(err)
	}
	reader := utilyaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(text)))
	var all []v1alpha1.Stage
	buffer := make([]byte, len(text))
	for {
		n, err := reader.Read(buffer)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		var stage v1alpha1.Stage
		if err := yaml.UnmarshalStrict(buffer[:n], &stage); err != nil {
			t.Fatalf("%v in:\n%s", err, buffer[:n])
		}
		if stage.Name != "" {
			all = append(all, stage)
		}
	}
}

func TestStagesParse(t *testing.T) {
	seen := map[string]bool{}
	for _, stage := range decode(t) {
		if seen[stage.Name] {
			t.Errorf("two stages are called %s", stage.Name)
		}
		seen[stage.Name] = true
		if len(stage.Spec.Steps) == 0 {
			t.Errorf("stage %s has no steps", stage.Name)
		}
		for _, match := range stage.Spec.Selector.MatchExpressions {
			if _, err := expression.NewQuery(match.Key); err != nil {
				t.Errorf("stage %s: %s: %v", stage.Name, match.Key, err)
			}
		}
		if d := stage.Spec.Delay; d != nil {
			if _, err := expression.NewQuery(d.DurationFrom.JQ.Expression); err != nil {
				t.Errorf("stage %s: delay: %v", stage.Name, err)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("found %d stages, want more", len(seen))
	}
}

// TestRestartsAreText guards against a selector that never matches: kwok does
// not compare the numbers of JSON.
func TestRestartsAreText(t *testing.T) {
	query, err := expression.NewQuery(named("restarts"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := expression.ToJSONStandard(map[string]any{"status": map[string]any{
		"containerStatuses": []any{map[string]any{"restartCount": 0}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := query.Execute(t.Context(), data)
	if err != nil || len(got) != 1 || got[0] != "0" {
		t.Errorf("got %#v, %v, want the text 0", got, err)
	}
}
