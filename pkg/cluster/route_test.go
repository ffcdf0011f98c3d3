package cluster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestRouteTo(t *testing.T) {
	svc := func(name string) cluster.Ref {
		return cluster.Ref{Kind: "Service", Namespace: "shop", Name: name}
	}
	parts := cluster.Parts{Services: []cluster.Service{{Ref: svc("web")}, {Ref: svc("api")}},
		Routes: []cluster.Route{
			{Ref: cluster.Ref{Kind: "Ingress", Namespace: "shop", Name: "web"}, Rules: []cluster.RouteRule{
				{Services: []cluster.Ref{svc("web")}},
				{Host: "shop.example.com", Services: []cluster.Ref{svc("web")}},
				{Host: "both.example.com", Services: []cluster.Ref{svc("api"), svc("web")}},
				{Host: "gone.example.com", Services: []cluster.Ref{svc("gone")}},
				{Host: "*.example.org", Services: []cluster.Ref{svc("api")}}}},
			{Ref: cluster.Ref{Kind: "HTTPRoute", Namespace: "shop", Name: "web"}, Rules: []cluster.RouteRule{{Host: "shop.example.com", Services: []cluster.Ref{svc("web")}}}},
		}}
	snapshots := map[string]*cluster.Snapshot{"in the first step": cluster.New(parts)}
	more := parts.Routes
	parts.Routes = nil
	snapshots["in the second step"] = cluster.New(parts).WithSettings(cluster.Parts{Routes: more})
	for step, s := range snapshots {
		for host, want := range map[string]string{
			"shop.example.com": "web", "a.example.org": "api", "both.example.com": "", "gone.example.com": "", "other.example.com": "", "": "", "example.org": "",
		} {
			got := ""
			if _, found := s.RouteTo(host); found != nil {
				got = found.Name
			}
			if got != want {
				t.Errorf("%s: %q leads to %q, want %q", step, host, got, want)
			}
		}
		if got := s.RoutesOf(svc("web")); len(got) != 2 {
			t.Errorf("%s: %d routes of web", step, len(got))
		}
	}
}

// Behind a Service without a selector are those that somebody wrote down.
func TestBackendsWithoutSelector(t *testing.T) {
	pod := func(name, ip string) cluster.Pod {
		return cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: name}, IP: ip, Template: &cluster.Template{}, Labels: map[string]string{"app": name}}
	}
	services := []cluster.Service{
		{TargetPods: []string{"a", "gone"}, Addresses: []string{"10.1.0.2", "192.0.2.7"}},
		{ExternalName: "picked.shop.svc.cluster.local"},
		{ExternalName: "db.example.com"},
		{ExternalName: "alias.shop"},
		{Selector: map[string]string{"app": "c"}, TargetPods: []string{"a"}},
	}
	for i, name := range []string{"written", "alias", "outside", "chain", "picked"} {
		services[i].Ref = cluster.Ref{Kind: "Service", Namespace: "shop", Name: name}
	}
	s := cluster.New(cluster.Parts{Services: services, Pods: []cluster.Pod{pod("a", "10.1.0.1"), pod("b", "10.1.0.2"), pod("c", "10.1.0.3")}})
	for name, want := range map[string][]string{"written": {"a", "b"}, "alias": {"c"}, "outside": nil, "chain": nil, "picked": {"c"}} {
		var got []string
		for _, ref := range s.BackendsOf(s.ServiceNamed(name, "shop")) {
			got = append(got, ref.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for workload, want := range map[string]string{"a": "written", "b": "written", "c": "picked"} {
		if got := s.ServicesOf(cluster.Ref{Kind: "Pod", Namespace: "shop", Name: workload}); len(got) != 1 || got[0].Name != want {
			t.Errorf("before %s: %+v, want %s", workload, got, want)
		}
	}
}
