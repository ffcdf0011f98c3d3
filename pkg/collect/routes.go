package collect

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"

	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

const gatewayGroup = "gateway.networking.k8s.io"

// errNotServed is returned by a list of a kind that not every cluster has.
// That it has none is no gap: there is nothing to be read.
var errNotServed = errors.New("not served by this cluster")

// routeKinds lead requests to Services. They are read in the second step.
func routeKinds() []kind {
	return []kind{
		{cluster.Ingresses, "networking.k8s.io", namespaced, pages(func(l *Live, ns string) lister[*networkingv1.IngressList] {
			return l.typed.NetworkingV1().Ingresses(ns)
		}, func(b *bucket, list *networkingv1.IngressList) int { return each(list.Items, b.ingress) })},
		{cluster.HTTPRoutes, gatewayGroup, namespaced, gatewayRoutes("httproutes", "HTTPRoute")},
		{cluster.GRPCRoutes, gatewayGroup, namespaced, gatewayRoutes("grpcroutes", "GRPCRoute")},
	}
}

// gatewayRoute is what is kept of an HTTPRoute or GRPCRoute; both have it at
// the same place. Own types, for the Gateway API's module would bring all of
// its kinds for these few fields.
type gatewayRoute struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		Hostnames []string `json:"hostnames"`
		Rules     []struct {
			BackendRefs []struct {
				Group     string `json:"group"`
				Kind      string `json:"kind"`
				Namespace string `json:"namespace"`
				Name      string `json:"name"`
			} `json:"backendRefs"`
		} `json:"rules"`
	} `json:"spec"`
}

// gatewayRoutes lists a kind of the Gateway API, which custom resources serve:
// as JSON, and only where the discovery document, which everybody may read,
// says that there is such a kind.
func gatewayRoutes(resource, kindName string) func(context.Context, *Live, place, *bucket) (int, error) {
	const version = "/apis/" + gatewayGroup + "/v1"
	return func(ctx context.Context, l *Live, where place, b *bucket) (int, error) {
		if !l.serves(ctx, version, resource) {
			return 0, errNotServed
		}
		path := version + "/" + resource
		if where.namespace != "" {
			path = version + "/namespaces/" + where.namespace + "/" + resource
		}
		return eachPage(ctx, where, b, func(opts metav1.ListOptions) (metav1.ListInterface, int, error) {
			var list struct {
				Metadata metav1.ListMeta `json:"metadata"`
				Items    []gatewayRoute  `json:"items"`
			}
			raw, err := bodyOf(l.typed.Discovery().RESTClient().Get().AbsPath(path).SetHeader("Accept", "application/json").
				Param("limit", strconv.FormatInt(opts.Limit, 10)).Param("continue", opts.Continue).Do(ctx))
			if err != nil {
				return nil, 0, err
			}
			if err := unmarshal(raw, &list); err != nil {
				return nil, 0, err
			}
			return &list.Metadata, each(list.Items, func(r *gatewayRoute) { b.gatewayRoute(kindName, r) }), nil
		})
	}
}

// serves reports whether a cluster has a kind. One that cannot be asked is
// taken to have it, so that the list itself says what is wrong.
func (l *Live) serves(ctx context.Context, version, resource string) bool {
	ask, _ := l.groups.LoadOrStore(version, sync.OnceValues(func() ([]metav1.APIResource, error) { return l.resourcesOf(ctx, version) }))
	resources, err := ask.(func() ([]metav1.APIResource, error))()
	if err != nil {
		return !apierrors.IsNotFound(err)
	}
	return slices.ContainsFunc(resources, func(r metav1.APIResource) bool { return r.Name == resource })
}

// resourcesOf asks for the kinds of a group, for all who want to know at once.
func (l *Live) resourcesOf(ctx context.Context, version string) ([]metav1.APIResource, error) {
	var list metav1.APIResourceList
	raw, err := bodyOf(l.typed.Discovery().RESTClient().Get().AbsPath(version).SetHeader("Accept", "application/json").Do(ctx))
	if err != nil {
		return nil, err
	}
	if err = unmarshal(raw, &list); err == nil && list.Kind != "APIResourceList" { // what answers in JSON need not be an API server
		err = errNoList
	}
	return list.APIResources, err
}

func (b *bucket) ingress(in *networkingv1.Ingress) {
	out := cluster.Route{Ref: ref("Ingress", &in.ObjectMeta), Created: in.CreationTimestamp.Time}
	add := func(host string, backend *networkingv1.IngressBackend) {
		if backend != nil && backend.Service != nil {
			addRule(&out, host, cluster.Ref{Kind: "Service", Namespace: in.Namespace, Name: backend.Service.Name})
		}
	}
	add("", in.Spec.DefaultBackend)
	for _, rule := range in.Spec.Rules {
		if rule.HTTP == nil {
			add(rule.Host, in.Spec.DefaultBackend)
			continue
		}
		for i := range rule.HTTP.Paths {
			add(rule.Host, &rule.HTTP.Paths[i].Backend)
		}
	}
	b.Routes = append(b.Routes, out)
}

func (b *bucket) gatewayRoute(kindName string, r *gatewayRoute) {
	out := cluster.Route{Ref: ref(kindName, &r.Metadata), Created: r.Metadata.CreationTimestamp.Time}
	hosts := r.Spec.Hostnames
	if len(hosts) == 0 {
		hosts = []string{""} // those of its Gateway
	}
	for _, rule := range r.Spec.Rules {
		for _, to := range rule.BackendRefs {
			if to.Group != "" || (to.Kind != "" && to.Kind != "Service") {
				continue
			}
			for _, host := range hosts {
				addRule(&out, host, cluster.Ref{Kind: "Service", Namespace: firstOf(to.Namespace, r.Metadata.Namespace), Name: to.Name})
			}
		}
	}
	b.Routes = append(b.Routes, out)
}

// addRule lets a route lead a host to one more Service.
func addRule(r *cluster.Route, host string, service cluster.Ref) {
	i := slices.IndexFunc(r.Rules, func(x cluster.RouteRule) bool { return x.Host == host })
	if i < 0 {
		r.Rules = append(r.Rules, cluster.RouteRule{Host: host})
		i = len(r.Rules) - 1
	}
	rule := &r.Rules[i]
	if at, known := slices.BinarySearchFunc(rule.Services, service, cluster.Ref.Compare); !known {
		rule.Services = slices.Insert(rule.Services, at, service)
	}
}

// savedRoute decodes a route of the Gateway API.
func savedRoute(kindName string) func([]byte) (saved, error) {
	return func(raw []byte) (saved, error) {
		var r gatewayRoute
		err := json.Unmarshal(raw, &r)
		return saved{&r.Metadata, func(b *bucket) { b.gatewayRoute(kindName, &r) }}, err
	}
}

// byTheSelector is who writes the EndpointSlices of Services with a selector:
// what these name, the selector tells too.
const byTheSelector = "endpointslice-controller.k8s.io"

// keep remembers the pods and addresses of an EndpointSlice.
func (b *backends) keep(endpoints []discoveryv1.Endpoint) {
	for i := range endpoints {
		if to := endpoints[i].TargetRef; to != nil && to.Kind == "Pod" {
			b.pods = append(b.pods, to.Name)
			continue
		}
		b.addresses = append(b.addresses, endpoints[i].Addresses...)
	}
}
