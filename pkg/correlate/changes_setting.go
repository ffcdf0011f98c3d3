package correlate

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// settingLink ties the write of a quota, a limit range, a webhook
// configuration or a class of storage to those that it is named for.
func (e *explainer) settingLink(p *Pattern, c cluster.Change) string {
	x := e.s.Setting(c.Object)
	if x == nil || e.bornWith(p, c) {
		return ""
	}
	k := e.countWorkloads(p, func(s *symptom.Symptom) bool { return concerns(x, s) })
	if k == 0 {
		return ""
	}
	what := "named by what refuses"
	switch x.Kind {
	case "LimitRange":
		what = "in the namespace, where one refuses"
	case "StorageClass":
		what = "class of the volumes of"
	}
	return fmt.Sprintf("%s %d of %d affected workloads", what, k, len(p.Tally.Workloads))
}

// concerns reports whether a symptom is about a setting.
func concerns(x *cluster.Setting, s *symptom.Symptom) bool {
	switch x.Kind {
	case "StorageClass":
		return s.Class == x.Name
	case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration":
		return s.About.Kind == "Webhook" && slices.Contains(x.Webhooks, s.About.Name)
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
