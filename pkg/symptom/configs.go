package symptom

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// ConfigNamespaces are the namespaces whose ConfigMaps and Secrets are worth
// asking for: those in which something that failed refers to one. Where one
// is missing and all namespaces are asked about, the first is "", which
// means everywhere: it may lie in another namespace.
func ConfigNamespaces(s *cluster.Snapshot, symptoms []Symptom) (configMaps, secrets []string) {
	add := func(to *[]string, object cluster.Ref) {
		*to = append(*to, object.Namespace)
		if s.Scope.AllNamespaces {
			*to = append(*to, "")
		}
	}
	for i := range symptoms {
		sym := &symptoms[i]
		if sym.Kind == MissingConfig {
			// One of that name may be of the other kind.
			configMaps, secrets = append(configMaps, sym.Object.Namespace), append(secrets, sym.Object.Namespace)
			switch sym.About.Kind {
			case "ConfigMap":
				add(&configMaps, sym.About)
			case "Secret":
				add(&secrets, sym.About)
			}
		}
		if sym.Pod == nil || sym.Pod.Template == nil {
			continue
		}
		if t := sym.Pod.Template; len(t.ConfigMaps)+len(t.Secrets)+len(t.PullSecrets) > 0 {
			configMaps, secrets = append(configMaps, sym.Pod.Namespace), append(secrets, sym.Pod.Namespace)
		}
	}
	return atOnce(s, sorted(configMaps)), atOnce(s, sorted(secrets))
}

// atOnce asks for many namespaces in one list, first; who may not have it gets
// them one by one.
func atOnce(s *cluster.Snapshot, namespaces []string) []string {
	if s.Scope.AllNamespaces && len(namespaces) > manyNamespaces && namespaces[0] != "" {
		return append([]string{""}, namespaces...)
	}
	return namespaces
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
