package collect

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestTermsOfAffinity: all expressions of one term must hold, and one of
// several terms is enough.
func TestTermsOfAffinity(t *testing.T) {
	in := func(key string, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	term := func(all ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: all}
	}
	gpu := corev1.NodeSelectorRequirement{Key: "gpu", Operator: corev1.NodeSelectorOpExists}
	byName := corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{in("metadata.name", "n1")}}
	for name, c := range map[string]struct {
		terms []corev1.NodeSelectorTerm
		want  []string
	}{
		"one term":               {[]corev1.NodeSelectorTerm{term(in("zone", "a", "b"), gpu)}, []string{"disk=ssd", "gpu Exists", "zone In (a,b)"}},
		"several":                {[]corev1.NodeSelectorTerm{term(in("zone", "a"), gpu), term(in("zone", "b"))}, []string{"disk=ssd", "zone In (a) and gpu Exists or zone In (b)"}},
		"an empty one is none":   {[]corev1.NodeSelectorTerm{{}, term(gpu)}, []string{"disk=ssd", "gpu Exists"}},
		"one by the node's name": {[]corev1.NodeSelectorTerm{term(gpu), byName}, []string{"disk=ssd", "gpu Exists or metadata.name In (n1)"}},
		"a DaemonSet's own":      {[]corev1.NodeSelectorTerm{byName}, []string{"disk=ssd"}},
		"nothing":                {nil, []string{"disk=ssd"}},
	} {
		var got cluster.Template
		trimPlacement(&got, &corev1.PodSpec{NodeSelector: map[string]string{"disk": "ssd"}, Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: c.terms}}}})
		if !slices.Equal(got.NodeSelector, c.want) {
			t.Errorf("%s: got %q, want %q", name, got.NodeSelector, c.want)
		}
	}
}
