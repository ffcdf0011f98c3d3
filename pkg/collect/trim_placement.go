package collect

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// trimPlacement keeps what a pod spec demands of nodes: what must hold, not
// what is merely preferred.
func trimPlacement(t *cluster.Template, s *corev1.PodSpec) {
	for k, v := range s.NodeSelector {
		t.NodeSelector = append(t.NodeSelector, k+"="+v)
	}
	if a := s.Affinity; a != nil {
		t.NodeSelector = append(t.NodeSelector, requiredNodes(a.NodeAffinity)...)
		t.PodAffinity = a.PodAffinity != nil && len(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 0 ||
			a.PodAntiAffinity != nil && len(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 0
	}
	slices.Sort(t.NodeSelector)
	for i := range s.TopologySpreadConstraints {
		if s.TopologySpreadConstraints[i].WhenUnsatisfiable == corev1.DoNotSchedule {
			t.PodAffinity = true
		}
	}
	for _, tol := range s.Tolerations {
		t.Tolerations = append(t.Tolerations, cluster.Toleration{Key: tol.Key, Operator: string(tol.Operator), Value: tol.Value, Effect: string(tol.Effect)})
	}
}

func requiredNodes(a *corev1.NodeAffinity) []string {
	if a == nil || a.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	var out []string
	for _, term := range a.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		for _, e := range term.MatchExpressions {
			text := e.Key + " " + string(e.Operator)
			if len(e.Values) > 0 {
				text += " (" + strings.Join(e.Values, ",") + ")"
			}
			out = append(out, text)
		}
	}
	return out
}
