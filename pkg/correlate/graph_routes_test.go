package correlate

import (
	"slices"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// routed lets carts and orders call api by a host that an Ingress leads to it.
func routed(services ...string) func(*cluster.Parts) {
	return func(p *cluster.Parts) {
		rule := cluster.RouteRule{Host: "api.example.com"}
		for _, name := range services {
			rule.Services = append(rule.Services, cluster.Ref{Kind: "Service", Namespace: "shop", Name: name})
		}
		p.Routes = []cluster.Route{{Ref: cluster.Ref{Kind: "Ingress", Namespace: "shop", Name: "gate"}, Rules: []cluster.RouteRule{rule}}}
		for _, app := range []string{"cart", "orders"} {
			at := appPod(p, app)
			at.Template.Endpoints = []cluster.Endpoint{{Host: "api.example.com", Port: "443", From: "env API"}}
			crash(at, noon.Add(10*time.Second), "Get https://api.example.com/v1: dial tcp: lookup api.example.com on 10.0.0.10:53: no such host")
		}
	}
}

// A host that an Ingress leads to a Service stands for what is behind it.
func TestEdgesOverARoute(t *testing.T) {
	s, symptoms := shop(t, routed("api"))
	e := newExplainer(s, symptoms)
	d := e.dependencies().edges[pair{deployment("shop", "cart"), deployment("shop", "api")}]
	const how = "names api.example.com, which Ingress shop/gate leads to Service shop/api"
	if d == nil || d.Class != observed || d.How != "its own words name api.example.com, which Ingress shop/gate leads to Service shop/api" || d.Declares != "env API "+how {
		t.Fatalf("edge %+v", d)
	}
	if got := e.cascades(cascadeDetector); len(got) != 1 || got[0].Tier != detect.Strong {
		t.Errorf("cascades %+v", got)
	}
}

// A host whose paths lead to several Services does not tell which is meant.
func TestNoEdgeOverAnAmbiguousRoute(t *testing.T) {
	for name, mend := range map[string]func(*cluster.Parts){
		"two Services": func(p *cluster.Parts) {
			p.Services = append(p.Services, cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: "search"}, Selector: map[string]string{"app": "search"}})
			routed("api", "search")(p)
		},
		"no route": func(p *cluster.Parts) {
			routed("api")(p)
			p.Routes = nil
		},
	} {
		s, symptoms := shop(t, mend)
		e := newExplainer(s, symptoms)
		if len(e.dependencies().serves[deployment("shop", "api")]) != 1 { // that of search, by its environment
			t.Errorf("%s: edges %+v", name, e.dependencies().edges)
		}
		if got := e.cascades(cascadeDetector); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Who stands behind a route is told where it is down, and not where it is well.
func TestRoutesOfWhatIsDown(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		routed("api")(p)
		crash(appPod(p, "api"), noon.Add(time.Second), "")
		p.Workloads[0].Ready = 0
	})
	e := newExplainer(s, symptoms)
	im := e.impactOn(&Pattern{}, deployment("shop", "api"))
	if !slices.Equal(im.Routes, []string{"Ingress shop/gate (api.example.com)"}) || reachedBy(&im) != "behind Ingress shop/gate (api.example.com)" {
		t.Errorf("impact %+v", im)
	}
	im = e.impactOn(&Pattern{}, deployment("shop", "search"))
	if len(im.Routes) != 0 || reachedBy(&im) != "" {
		t.Errorf("impact on who is well: %+v", im)
	}
}

// A Service whose backends somebody wrote down carries as one with a selector.
func TestEdgesOverWrittenEndpoints(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		p.Services[0].Selector, p.Services[0].TargetPods = nil, []string{"api-1-x"}
	})
	if got := newExplainer(s, symptoms).cascades(cascadeDetector); len(got) != 1 || got[0].Tier != detect.Strong {
		t.Errorf("cascades %+v", got)
	}
	s, symptoms = shop(t, func(p *cluster.Parts) { p.Services[0].Selector = nil })
	if got := newExplainer(s, symptoms).cascades(cascadeDetector); len(got) != 0 {
		t.Errorf("nothing is behind it: %+v", got)
	}
}
