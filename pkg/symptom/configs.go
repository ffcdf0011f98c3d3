package symptom

import "slices"

// ConfigNamespaces are the namespaces in which something that failed refers
// to a ConfigMap or Secret: where their dates are worth asking for.
func ConfigNamespaces(symptoms []Symptom) []string {
	var out []string
	for i := range symptoms {
		p := symptoms[i].Pod
		if p == nil || p.Template == nil {
			continue
		}
		if t := p.Template; len(t.ConfigMaps)+len(t.Secrets)+len(t.PullSecrets) > 0 {
			out = append(out, p.Namespace)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
