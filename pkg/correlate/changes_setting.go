package correlate

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// settingLinks say what ties a setting of a kind to the affected, where it is
// not that the refusal names it.
var settingLinks = map[string]string{
	"LimitRange":               "in the namespace, where one refuses",
	"StorageClass":             "class of the volumes of",
	"Role":                     "bound to the refused service account of",
	"ClusterRole":              "bound to the refused service account of",
	"RoleBinding":              "binds the refused service account of",
	"ClusterRoleBinding":       "binds the refused service account of",
	"HorizontalPodAutoscaler":  "scales",
	"PodDisruptionBudget":      "guards the evicted pods of",
	"CustomResourceDefinition": "defines what is asked for by",
}

// settingLink ties the write of a setting to those that it is named for, or
// that it is about.
func (e *explainer) settingLink(p *Pattern, c cluster.Change) string {
	x := e.s.Setting(c.Object)
	if x == nil || e.bornWith(p, c) {
		return ""
	}
	k := e.countWorkloads(p, func(s *symptom.Symptom) bool { return e.concerns(x, s) })
	if k == 0 {
		return ""
	}
	what := "named by what refuses"
	if said, ok := settingLinks[x.Kind]; ok {
		what = said
	}
	return fmt.Sprintf("%s %d of %d affected workloads", what, k, len(p.Tally.Workloads))
}

// concerns reports whether a symptom is about a setting.
func (e *explainer) concerns(x *cluster.Setting, s *symptom.Symptom) bool {
	switch x.Kind {
	case "StorageClass":
		return s.Class == x.Name
	case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration":
		return s.About.Kind == "Webhook" && x.HasWebhook(s.About.Name)
	case "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding":
		return e.grants(x, s)
	case "HorizontalPodAutoscaler":
		return symptom.HurtByNumbers(s) && x.Target == s.Workload.Key()
	case "PodDisruptionBudget":
		return s.Kind == symptom.Eviction && s.Cause == symptom.EvictedAPI && s.Pod != nil && x.Selects(s.Pod)
	case "CustomResourceDefinition":
		return defines(x, s)
	}
	// The API server does not say which LimitRange it was.
	return s.About.Kind == x.Kind && s.About.Namespace == x.Namespace && (s.About.Name == x.Name || s.About.Name == "")
}

// policyLink ties the write of a NetworkPolicy to those whose connections
// fail and whom it selects, or who call what it selects.
func (e *explainer) policyLink(p *Pattern, c cluster.Change) string {
	x := e.s.Setting(c.Object)
	if x == nil || e.bornWith(p, c) {
		return ""
	}
	k := e.countWorkloads(p, func(s *symptom.Symptom) bool {
		if s.Kind != symptom.Network && s.Target.Host == "" {
			return false
		}
		return (s.Pod != nil && x.Selects(s.Pod)) || e.guards(x, s)
	})
	if k == 0 {
		return ""
	}
	return fmt.Sprintf("selects %d of %d affected workloads or what they call", k, len(p.Tally.Workloads))
}

// guards reports whether a NetworkPolicy selects pods behind the Service that
// a symptom's program cannot reach.
func (e *explainer) guards(x *cluster.Setting, s *symptom.Symptom) bool {
	if s.Target.Host == "" {
		return false
	}
	svc := e.s.ServiceNamed(s.Target.Host, s.Object.Namespace)
	if svc == nil || svc.Namespace != x.Namespace {
		return false
	}
	return slices.ContainsFunc(e.backends(svc), func(w cluster.Ref) bool {
		return slices.ContainsFunc(e.s.PodsOf(w), x.Selects)
	})
}

func (e *explainer) countWorkloads(p *Pattern, fits func(*symptom.Symptom) bool) int {
	seen := map[cluster.Ref]bool{}
	for _, s := range p.Symptoms {
		if w := s.Workload.Key(); !seen[w] && fits(s) {
			seen[w] = true
		}
	}
	return len(seen)
}

// bornWith reports whether a setting came into being with or before an
// affected workload: part of its beginning, not a change.
func (e *explainer) bornWith(p *Pattern, c cluster.Change) bool {
	if c.What != "created" {
		return false
	}
	return slices.ContainsFunc(p.Tally.Workloads, func(ref cluster.Ref) bool {
		w := e.s.Workload(ref)
		return w != nil && c.Time.Sub(w.Created) < time.Minute
	})
}
