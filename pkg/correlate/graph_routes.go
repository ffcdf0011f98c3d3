package correlate

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// serviceAt is the Service that a host stands for in a namespace: by its name
// or address, or by the one route that leads the host to it, which is told
// then.
func (e *explainer) serviceAt(host, namespace string) (*cluster.Service, *cluster.Route) {
	if svc := e.s.ServiceNamed(host, namespace); svc != nil {
		return svc, nil
	}
	route, svc := e.s.RouteTo(host)
	return svc, route
}

// routeNames are the routes that lead requests to a workload, with the hosts
// that they do it for. They depend on it as surely as their spec says; they do
// not fail themselves, so they carry nothing on.
func (e *explainer) routeNames(ref cluster.Ref) []string {
	var out []string
	seen := map[cluster.Ref]bool{}
	for _, svc := range e.s.ServicesOf(ref) {
		for _, r := range e.s.RoutesOf(svc.Key()) {
			if seen[r.Key()] {
				continue
			}
			seen[r.Key()] = true
			out = append(out, routeName(r))
		}
	}
	return out
}

func routeName(r *cluster.Route) string {
	hosts := r.Hosts()
	if len(hosts) == 0 {
		return r.String()
	}
	return fmt.Sprintf("%s (%s)", r, detect.List(hosts, 3))
}

// reachedBy says of a workload that is not as wanted what leads requests to it.
func reachedBy(im *Impact) string {
	if im == nil || len(im.Routes) == 0 || (im.State != Down && im.State != Degraded) {
		return ""
	}
	return "behind " + detect.List(im.Routes, 2)
}
