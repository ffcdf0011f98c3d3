package collect

import (
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestSomeConfigMapsAreNotAll: where the list of all breaks off, what is read of
// some namespaces is known there, and does not pass for all.
func TestSomeConfigMapsAreNotAll(t *testing.T) {
	const some = `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},
		"items":[{"metadata":{"name":"settings","namespace":"shop"}}]}`
	for all, want := range map[string]string{
		"{":         "; asked for in shop alone",
		"forbidden": "forbidden; asked for in shop alone",
		some:        "",
	} {
		live, _ := served(t, map[string]string{"/api/v1/configmaps": all, "/api/v1/namespaces/shop/configmaps": some})
		parts, err := live.Configs(t.Context(), []string{"", "shop"}, nil)
		if err != nil || len(parts.Sources) != 1 || len(parts.Configs) != 1 || len(parts.Gaps) != 0 {
			t.Fatalf("%+v, %v", parts, err)
		}
		if s := parts.Sources[0]; s.Resource != cluster.ConfigMaps || s.Objects != 1 || !strings.Contains(s.Gap, want) || (want == "") != (s.Gap == "") {
			t.Errorf("%.10s: %+v", all, s)
		}
	}
}
