package symptom

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Routes are asked for where a workload fails that a Service stands for, and
// where a host is named that is none.
func TestRoutesAreAskedForWhereTheyMayMatter(t *testing.T) {
	at := func(app string, hosts ...string) cluster.Pod {
		tpl := &cluster.Template{}
		for _, h := range hosts {
			tpl.Endpoints = append(tpl.Endpoints, cluster.Endpoint{Host: h})
		}
		return cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: app, Name: app}, Labels: map[string]string{"app": app}, Template: tpl}
	}
	s := cluster.New(cluster.Parts{
		Pods: []cluster.Pod{at("web"), at("job", "10.0.0.1", "db.data", "db.data.svc.cluster.local", "cache"), at("cart", "api.example.com")},
		Services: []cluster.Service{{Ref: cluster.Ref{Kind: "Service", Namespace: "data", Name: "db"}},
			{Ref: cluster.Ref{Kind: "Service", Namespace: "web", Name: "web"}, Selector: map[string]string{"app": "web"}}},
	})
	of := func(app string, ongoing bool) Symptom {
		p := s.Pod(app, app)
		return Symptom{Kind: Exit, Object: p.Ref, Workload: s.WorkloadOf(p), Pod: p, Ongoing: ongoing}
	}
	routes := func(namespaces ...string) map[cluster.Resource][]string {
		return map[cluster.Resource][]string{cluster.Ingresses: namespaces, cluster.HTTPRoutes: namespaces, cluster.GRPCRoutes: namespaces}
	}
	for name, c := range map[string]struct {
		symptom Symptom
		want    map[cluster.Resource][]string
	}{
		"behind a Service":          {of("web", true), routes("web")},
		"that is over":              {of("web", false), map[cluster.Resource][]string{}},
		"behind none, inside alone": {of("job", true), map[cluster.Resource][]string{}},
		"names a host outside":      {of("cart", false), routes("cart")},
	} {
		if diff := cmp.Diff(c.want, SettingsWanted(s, []Symptom{c.symptom, c.symptom})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	s.Scope.AllNamespaces = true
	if diff := cmp.Diff(routes(""), SettingsWanted(s, []Symptom{of("cart", true)})); diff != "" {
		t.Errorf("in all namespaces: %s", diff)
	}
}
