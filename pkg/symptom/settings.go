package symptom

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// SettingsWanted are the settings whose writes could have to do with what
// failed, with the namespaces to look in: NetworkPolicies where a peer is out
// of reach, quotas and webhooks where one refuses, classes of storage where a
// volume is not made. "" means everywhere.
func SettingsWanted(s *cluster.Snapshot, symptoms []Symptom) map[cluster.Resource][]string {
	out := map[cluster.Resource][]string{}
	add := func(r cluster.Resource, namespace string) { out[r] = append(out[r], namespace) }
	for i := range symptoms {
		sym := &symptoms[i]
		switch {
		case sym.Kind == Network && sym.Object.Namespace != "":
			add(cluster.NetworkPolicies, sym.Object.Namespace)
			if svc := s.ServiceNamed(sym.Target.Host, sym.Object.Namespace); sym.Target.Host != "" && svc != nil {
				add(cluster.NetworkPolicies, svc.Namespace)
			}
		case sym.About.Kind == "ResourceQuota":
			add(cluster.ResourceQuotas, sym.About.Namespace)
		case sym.About.Kind == "LimitRange":
			add(cluster.LimitRanges, sym.About.Namespace)
		case sym.About.Kind == "Webhook":
			add(cluster.ValidatingWebhooks, "")
			add(cluster.MutatingWebhooks, "")
		case sym.Kind == Storage && sym.Class != "":
			add(cluster.StorageClasses, "")
		}
	}
	routesWanted(s, symptoms, add)
	for r, namespaces := range out {
		out[r] = sorted(namespaces)
		if s.Scope.AllNamespaces && len(out[r]) > manyNamespaces {
			out[r] = []string{""}
		}
	}
	return out
}

// manyNamespaces is how many of them are asked for one by one, rather than
// all in one list.
const manyNamespaces = 10
