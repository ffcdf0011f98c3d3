package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// addresses are those that a template names, and those in the ConfigMaps that
// it refers to, where their values were read. From says where each stands.
func (e *explainer) addresses(t *cluster.Template, namespace string) []cluster.Endpoint {
	all := t.Endpoints
	for _, ref := range t.ConfigMaps {
		config := e.s.Config(cluster.Ref{Kind: "ConfigMap", Namespace: namespace, Name: ref.Name})
		if config == nil || len(config.Endpoints) == 0 {
			continue
		}
		all = slices.Clip(all) // the template keeps its own
		for _, ep := range config.Endpoints {
			if ref.Key == "" || ref.Key == ep.From {
				ep.From = "ConfigMap " + ref.Name + " key " + ep.From
				all = append(all, ep)
			}
		}
	}
	return all
}
