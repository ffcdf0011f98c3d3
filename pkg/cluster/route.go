package cluster

import (
	"slices"
	"strings"
	"time"
)

// Route is an object that leads requests to Services by the host that they
// name: an Ingress, or an HTTPRoute or GRPCRoute of the Gateway API.
type Route struct {
	Ref
	Created time.Time
	Rules   []RouteRule
}

// RouteRule is where requests for one host go.
type RouteRule struct {
	Host     string // "" for any, "*.example.com" for all below
	Services []Ref  // sorted, each once
}

// Hosts are those that a route names.
func (r *Route) Hosts() []string {
	var out []string
	for _, rule := range r.Rules {
		if rule.Host != "" {
			out = append(out, rule.Host)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// routes are looked up by host and by Service.
type routes struct {
	byHost map[string][]routed
	of     map[Ref][]*Route
}

// routed is one Service to which a route leads.
type routed struct {
	route   *Route
	service Ref
}

func indexRoutes(all []Route) routes {
	out := routes{byHost: map[string][]routed{}, of: map[Ref][]*Route{}}
	for i := range all {
		r := &all[i]
		for _, rule := range r.Rules {
			for _, svc := range rule.Services {
				out.byHost[rule.Host] = append(out.byHost[rule.Host], routed{r, svc})
				if of := out.of[svc]; !slices.Contains(of, r) {
					out.of[svc] = append(of, r)
				}
			}
		}
	}
	return out
}

// withRoutes adds routes that were read in a second step.
func (s *Snapshot) withRoutes(more []Route) {
	s.Routes = append(slices.Clone(s.Routes), more...)
	sortBy(s.Routes, func(r *Route) Ref { return r.Ref })
	s.routes = indexRoutes(s.Routes)
}

// RouteTo is the Service to which a host leads, and the route that says so.
// Nil where no route names the host, and where its paths lead to several
// Services: a host alone does not tell which of them is meant.
func (s *Snapshot) RouteTo(host string) (*Route, *Service) {
	found := s.routes.byHost[host]
	if _, parent, ok := strings.Cut(host, "."); len(found) == 0 && ok {
		found = s.routes.byHost["*."+parent]
	}
	if len(found) == 0 || host == "" {
		return nil, nil
	}
	for _, f := range found {
		if f.service != found[0].service {
			return nil, nil
		}
	}
	svc := s.services[found[0].service]
	if svc == nil {
		return nil, nil
	}
	return found[0].route, svc
}

// RoutesOf are the routes that lead to a Service, by namespace, kind and name.
func (s *Snapshot) RoutesOf(service Ref) []*Route { return s.routes.of[service.Key()] }

// writtenBackends are the workloads behind a Service without a selector: those
// of the pods and addresses that somebody wrote into its EndpointSlices, or of
// the Service in the cluster that its external name is.
func (s *Snapshot) writtenBackends(svc *Service) []Ref {
	if svc.ExternalName != "" {
		if to := s.ServiceNamed(svc.ExternalName, svc.Namespace); to != nil && len(to.Selector) > 0 { // one alias, no chains of them
			return s.BackendsOf(to)
		}
		return nil
	}
	var out []Ref
	for _, name := range svc.TargetPods {
		if p := s.Pod(svc.Namespace, name); p != nil {
			out = append(out, s.WorkloadOf(p))
		}
	}
	for _, ip := range svc.Addresses {
		for _, p := range s.PodsAt(ip) {
			if !p.Finished() {
				out = append(out, s.WorkloadOf(p))
			}
		}
	}
	slices.SortFunc(out, Ref.Compare)
	return slices.Compact(out)
}

// writtenServices are the Services without a selector by the workloads that
// somebody wrote down behind them. One that stands for another's name has no
// endpoints of its own.
func (s *Snapshot) writtenServices() map[Ref][]*Service {
	out := map[Ref][]*Service{}
	for i := range s.Services {
		svc := &s.Services[i]
		if len(svc.Selector) > 0 || svc.ExternalName != "" {
			continue
		}
		for _, w := range s.writtenBackends(svc) {
			if w.Namespace == svc.Namespace {
				out[w] = append(out[w], svc)
			}
		}
	}
	return out
}
