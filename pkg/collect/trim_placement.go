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

// requiredNodes are the expressions of required node affinity. All of one term
// must hold, so each stands for itself; of several terms one is enough, which
// is one condition.
func requiredNodes(a *corev1.NodeAffinity) []string {
	if a == nil || a.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	terms := a.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	if len(terms) == 1 {
		return expressions(terms[0].MatchExpressions)
	}
	var out []string
	for i := range terms {
		all := expressions(terms[i].MatchExpressions)
		if len(all) == 0 {
			all = expressions(terms[i].MatchFields)
		}
		if len(all) > 0 { // an empty term selects no node
			out = append(out, strings.Join(all, cluster.TermAnd))
		}
	}
	if len(out) == 0 {
		return nil
	}
	return []string{strings.Join(out, cluster.TermOr)}
}

func expressions(requirements []corev1.NodeSelectorRequirement) []string {
	var out []string
	for _, e := range requirements {
		text := e.Key + " " + string(e.Operator)
		if len(e.Values) > 0 {
			text += " (" + strings.Join(e.Values, ",") + ")"
		}
		out = append(out, text)
	}
	return out
}
