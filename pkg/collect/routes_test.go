package collect

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Saved routes lead hosts to Services; what leads to anything else is left out.
func TestSavedRoutes(t *testing.T) {
	const saved = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  defaultBackend: {service: {name: fallback, port: {number: 80}}}
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /static, pathType: Prefix, backend: {resource: {kind: Bucket, name: static}}}
      - {path: /again, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
  - host: bare.example.com
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api, namespace: shop}
spec:
  hostnames: [api.example.com, "*.apis.example.com"]
  rules:
  - backendRefs: [{name: api, port: 80}, {name: api, namespace: canary, port: 80}, {kind: Bucket, group: example.com, name: static}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: rpc, namespace: shop}
spec: {rules: [{backendRefs: [{name: rpc, port: 80}]}]}
`
	parts, err := (&Files{Paths: []string{"-"}, Stdin: strings.NewReader(saved)}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	svc := func(namespace, name string) cluster.Ref {
		return cluster.Ref{Kind: "Service", Namespace: namespace, Name: name}
	}
	both := []cluster.Ref{svc("canary", "api"), svc("shop", "api")}
	want := []cluster.Route{
		{Ref: cluster.Ref{Kind: "GRPCRoute", Namespace: "shop", Name: "rpc"}, Rules: []cluster.RouteRule{{Services: []cluster.Ref{svc("shop", "rpc")}}}},
		{Ref: cluster.Ref{Kind: "HTTPRoute", Namespace: "shop", Name: "api"}, Rules: []cluster.RouteRule{{Host: "api.example.com", Services: both}, {Host: "*.apis.example.com", Services: both}}},
		{Ref: cluster.Ref{Kind: "Ingress", Namespace: "shop", Name: "web"}, Rules: []cluster.RouteRule{{Services: []cluster.Ref{svc("shop", "fallback")}},
			{Host: "shop.example.com", Services: []cluster.Ref{svc("shop", "web")}}, {Host: "bare.example.com", Services: []cluster.Ref{svc("shop", "fallback")}}}},
	}
	if diff := cmp.Diff(want, cluster.New(parts).Routes); diff != "" {
		t.Error(diff)
	}
}

// served is an API server that knows some paths; all others are not found.
func served(t *testing.T, answers map[string]string) (*Live, *[]string) {
	t.Helper()
	asked, mu := &[]string{}, sync.Mutex{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		*asked = append(*asked, r.URL.Path)
		mu.Unlock()
		switch answer := answers[r.URL.Path]; answer {
		case "":
			answerWith(w, 404, "NotFound", "no")
		case "forbidden":
			answerWith(w, 403, "Forbidden", "no")
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(answer))
		}
	}))
	t.Cleanup(s.Close)
	live, err := NewLive(&rest.Config{Host: s.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return live, asked
}

var allRoutes = map[cluster.Resource][]string{cluster.Ingresses: {"shop"}, cluster.HTTPRoutes: {"shop", "web"}, cluster.GRPCRoutes: {"shop"}}

const noIngresses = `{"kind":"IngressList","apiVersion":"networking.k8s.io/v1","metadata":{"resourceVersion":"7"},"items":[]}`

// A cluster without the Gateway API has no gap.
func TestNoGatewayAPIIsNoGap(t *testing.T) {
	live, asked := served(t, map[string]string{"/apis/networking.k8s.io/v1/namespaces/shop/ingresses": noIngresses})
	parts, err := live.Settings(t.Context(), allRoutes)
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Gaps) != 0 || len(parts.Sources) != 1 || parts.Sources[0].Resource != cluster.Ingresses {
		t.Errorf("gaps %+v, sources %+v", parts.Gaps, parts.Sources)
	}
	if len(*asked) != 2 { // the Ingresses, and once what there is of the Gateway API
		t.Errorf("asked for %q", *asked)
	}
}

// TestOtherJSONIsNoEmptyList: what answers in JSON need not be an API server.
func TestOtherJSONIsNoEmptyList(t *testing.T) {
	const groups, ingresses = "/apis/gateway.networking.k8s.io/v1", "/apis/networking.k8s.io/v1/namespaces/shop/ingresses"
	kinds := `{"kind":"APIResourceList","resources":[{"name":"httproutes"},{"name":"grpcroutes"}]}`
	for _, other := range []string{`{"error":"login_required"}`, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}`} {
		for _, of := range []string{other, kinds} {
			live, _ := served(t, map[string]string{groups: of, ingresses: other, groups + "/namespaces/shop/httproutes": other,
				groups + "/namespaces/web/httproutes": other, groups + "/namespaces/shop/grpcroutes": other, "/api/v1/namespaces/kube-system": other})
			parts, err := live.Settings(t.Context(), allRoutes)
			if err != nil || len(parts.Gaps) != 4 {
				t.Errorf("%s: gaps %+v, %v", other, parts.Gaps, err)
			}
			if id, err := live.ClusterID(t.Context()); err == nil {
				t.Errorf("%s: the cluster %q", other, id)
			}
		}
	}
}

// What may not be read is named with the rule that would grant it.
func TestGatewayRoutesLive(t *testing.T) {
	live, _ := served(t, map[string]string{
		"/apis/networking.k8s.io/v1/namespaces/shop/ingresses": noIngresses,
		"/apis/gateway.networking.k8s.io/v1":                   `{"kind":"APIResourceList","resources":[{"name":"httproutes"},{"name":"gateways"}]}`,
		"/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes": `{"metadata":{},"items":[{"metadata":{"name":"api","namespace":"shop"},` +
			`"spec":{"hostnames":["api.example.com"],"rules":[{"backendRefs":[{"name":"api"}]}]}}]}`,
		"/apis/gateway.networking.k8s.io/v1/namespaces/web/httproutes": "forbidden",
	})
	parts, err := live.Settings(t.Context(), allRoutes)
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Routes) != 1 || !slices.Equal(parts.Routes[0].Hosts(), []string{"api.example.com"}) {
		t.Errorf("routes %+v", parts.Routes)
	}
	if len(parts.Gaps) != 1 || parts.Gaps[0].Namespace != "web" || parts.Gaps[0].Remedy != `{apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"], verbs: ["list"]}` {
		t.Errorf("gaps %+v", parts.Gaps)
	}
}

// Backends that no selector tells are kept, those that one does are not.
func TestWrittenEndpoints(t *testing.T) {
	const saved = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.0.0.9}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
addressType: IPv4
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
endpoints:
- {addresses: [10.1.0.5]}
- {addresses: [10.1.0.6], targetRef: {kind: Pod, namespace: shop, name: db-0}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
addressType: IPv4
metadata: {name: db-2, namespace: shop, labels: {kubernetes.io/service-name: db, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}}
endpoints: [{addresses: [10.1.0.7], targetRef: {kind: Pod, namespace: shop, name: db-1}}]
`
	parts, err := (&Files{Paths: []string{"-"}, Stdin: strings.NewReader(saved)}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if svc := parts.Services[0]; !slices.Equal(svc.TargetPods, []string{"db-0"}) || !slices.Equal(svc.Addresses, []string{"10.1.0.5"}) || svc.Ready != 3 {
		t.Errorf("got %+v", svc)
	}
}
