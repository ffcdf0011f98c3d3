package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// routesWanted asks for what leads requests to Services: where a workload that
// stands behind one fails, for the routes say whom that hurts; and where the
// failing name a host that is no Service's, which a route may lead to one.
func routesWanted(s *cluster.Snapshot, symptoms []Symptom, add func(cluster.Resource, string)) {
	seen := map[cluster.Ref]bool{}
	wanted := map[string]bool{}
	want := func(namespace string) {
		if wanted[namespace] {
			return
		}
		wanted[namespace] = true
		for _, r := range []cluster.Resource{cluster.Ingresses, cluster.HTTPRoutes, cluster.GRPCRoutes} {
			add(r, namespace)
		}
	}
	for i := range symptoms {
		sym := &symptoms[i]
		w := sym.Workload.Key()
		if w.IsZero() || sym.Kind == Unclassified || (seen[w] && sym.Target.Host == "") {
			continue
		}
		outside := isOutside(s, sym.Target.Host, w.Namespace)
		if !seen[w] {
			seen[w] = true
			if sym.Ongoing && len(s.ServicesOf(w)) > 0 {
				want(w.Namespace)
			}
			outside = outside || namesOutside(s, sym)
		}
		if outside {
			want(everywhere(s, w.Namespace))
		}
	}
}

// everywhere is where the route of a host may lie: anywhere, but whoever asks
// about one namespace may be allowed to read no other.
func everywhere(s *cluster.Snapshot, namespace string) string {
	if s.Scope.AllNamespaces {
		return ""
	}
	return namespace
}

func namesOutside(s *cluster.Snapshot, sym *Symptom) bool {
	if sym.Pod == nil || sym.Pod.Template == nil {
		return false
	}
	for _, ep := range sym.Pod.Template.Endpoints {
		if isOutside(s, ep.Host, sym.Object.Namespace) {
			return true
		}
	}
	return false
}

// isOutside reports whether a host is a name that people give to what they
// serve: of several labels, the last no number, and no Service's.
func isOutside(s *cluster.Snapshot, host, namespace string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && last != host && (last[0] < '0' || last[0] > '9') && !strings.Contains(host, ".svc") &&
		!strings.Contains(host, ":") && s.ServiceNamed(host, namespace) == nil
}
