package correlate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// fleet is a cluster of workloads of some replicas each, that go round 12
// nodes in 3 zones with 2 kernels, each workload from another node on.
type fleet struct {
	workloads, replicas int
	template            func(w int, t *cluster.Template) // nil: each has an image of its own
	node                func(w, r int) int               // nil: round
	age                 func(w, r int) time.Duration     // nil: 100 h
	fails               func(w, r, node int) bool        // in one of three ways, by the workload
	warns               bool                             // only by warnings that no detector knows
}

const fleetNodes = 12

func (f *fleet) parts() (parts cluster.Parts, bad map[string]int) {
	parts, bad = cluster.Parts{At: noon}, map[string]int{}
	for n := range fleetNodes {
		parts.Nodes = append(parts.Nodes, cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: fmt.Sprintf("n%02d", n)}, Created: noon.Add(-500 * time.Hour),
			Labels: map[string]string{"topology.kubernetes.io/zone": fmt.Sprintf("zone%d", n%3)}, Info: cluster.NodeInfo{KernelVersion: fmt.Sprintf("kernel%d", n%2)}})
	}
	for w := range f.workloads {
		t := &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "app", Image: fmt.Sprintf("registry.example.com/app%d:1", w)}}}
		if f.template != nil {
			f.template(w, t)
		}
		for r := range f.replicas {
			node, age := (w*7+r*5)%fleetNodes, 100*time.Hour
			if f.node != nil {
				node = f.node(w, r)
			}
			if f.age != nil {
				age = f.age(w, r)
			}
			p := cluster.Pod{Ref: pod("shop", fmt.Sprintf("w%02d-%02d", w, r)), Owner: cluster.Ref{Kind: "StatefulSet", Namespace: "shop", Name: fmt.Sprintf("w%02d", w)},
				Created: noon.Add(-age), Template: t, Node: fmt.Sprintf("n%02d", node), Phase: "Running", Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}}}
			if f.fails(w, r, node) {
				bad[p.Name] = w
				p.Conditions[0] = cluster.Condition{Type: "Ready", Status: "False", Transition: noon.Add(-min(age, time.Hour))}
			}
			parts.Pods = append(parts.Pods, p)
		}
	}
	return parts, bad
}

// shared are the patterns of shared-factor, as "attribute value" with the
// number of their ways, and all patterns.
func (f *fleet) shared() (told []string, ps []*Pattern) {
	parts, bad := f.parts()
	s := cluster.New(parts)
	var symptoms []symptom.Symptom
	for i := range s.Pods {
		p := &s.Pods[i]
		w, fails := bad[p.Name]
		if !fails {
			continue
		}
		x := symptom.Symptom{Kind: symptom.Exit, Object: p.Ref, Pod: p, Workload: s.WorkloadOf(p), Node: p.Node, First: noon.Add(-time.Hour), Last: noon, Count: 3, Ongoing: true, Template: fmt.Sprintf("way %d", w%3)}
		if f.warns {
			x.Kind, x.Cause, x.Workload, x.Ongoing = symptom.Unclassified, "DeviceLost", cluster.Ref{}, false
		}
		symptoms = append(symptoms, x)
	}
	ways := map[string][]*symptom.Symptom{}
	for i := range symptoms {
		ways[symptoms[i].Template] = append(ways[symptoms[i].Template], &symptoms[i])
	}
	e := newExplainer(s, symptoms)
	for _, way := range []string{"way 0", "way 1", "way 2"} {
		found := detect.Pattern{Detector: "exit-code", Cause: "1", Key: way, Symptoms: ways[way]}
		if f.warns {
			found.Detector, found.Cause, found.Tier = "unclassified", "DeviceLost", detect.Observation
		}
		if len(ways[way]) > 0 {
			ps = append(ps, e.explain(found))
		}
	}
	out := e.concentrations(&detect.Detector{Name: "shared-factor", Category: "any"}, ps)
	for _, p := range out {
		text := p.Cause + " " + p.Shared[0].Value
		for _, with := range p.Shared[0].With {
			text += " & " + with.Attribute + " " + with.Value
		}
		told = append(told, text)
	}
	ps = append(ps, out...)
	e.nest(ps)
	return told, ps
}

func ninth(w int) bool { return w%9 == 4 }

func config(name string) func(int, *cluster.Template) {
	return func(w int, t *cluster.Template) {
		switch {
		case name == "secret" && ninth(w):
			t.Secrets = []cluster.ConfigRef{{Name: "db-creds", Via: "env"}}
		case name == "configMap" && ninth(w):
			t.ConfigMaps = []cluster.ConfigRef{{Name: "flags", Via: "volume"}}
		case name == "image" && ninth(w):
			t.Containers = append(t.Containers, cluster.ContainerSpec{Name: "proxy", Image: "registry.example.com/proxy:9"})
		case name == "half" && w%2 == 0:
			t.Secrets = []cluster.ConfigRef{{Name: "driver", Via: "env"}}
		}
	}
}

func TestFailuresOfNoKnownCauseAreGrouped(t *testing.T) {
	whole := func(w, _, _ int) bool { return ninth(w) }
	for name, c := range map[string]struct {
		fleet
		want string
	}{
		"a node":                     {fleet{workloads: 60, replicas: 4, fails: func(_, _, n int) bool { return n == 7 }}, "node n07"},
		"a node, by warnings only":   {fleet{workloads: 60, replicas: 4, warns: true, fails: func(_, _, n int) bool { return n == 7 }}, "node n07"},
		"a zone":                     {fleet{workloads: 60, replicas: 4, fails: func(w, r, n int) bool { return n%3 == 1 && (w+2*r)%5 < 3 }}, "zone zone1"},
		"a kernel":                   {fleet{workloads: 60, replicas: 4, fails: func(w, r, n int) bool { return n%2 == 1 && (w+r)%5 < 2 }}, "kernelVersion kernel1"},
		"an image, and its tag":      {fleet{workloads: 90, replicas: 3, template: config("image"), fails: whole}, "image registry.example.com/proxy:9"},
		"a ConfigMap":                {fleet{workloads: 90, replicas: 3, template: config("configMap"), fails: whole}, "configMap shop/flags"},
		"a Secret":                   {fleet{workloads: 90, replicas: 3, template: config("secret"), fails: whole}, "secret shop/db-creds"},
		"a Secret on one kernel":     {fleet{workloads: 90, replicas: 4, template: config("half"), fails: func(w, _, n int) bool { return w%2 == 0 && n%2 == 1 }}, "kernelVersion kernel1 & secret shop/driver"},
		"one workload of many":       {fleet{workloads: 30, replicas: 50, fails: func(w, _, _ int) bool { return w == 3 }}, ""},
		"everything":                 {fleet{workloads: 30, replicas: 4, fails: func(int, int, int) bool { return true }}, ""},
		"two of three lie in a zone": {fleet{workloads: 30, replicas: 1, fails: func(w, _, _ int) bool { return w == 1 || w == 4 || w == 8 }}, ""},
		"nothing":                    {fleet{workloads: 30, replicas: 2, fails: func(int, int, int) bool { return false }}, ""},
		"rollouts onto fresh nodes":  {fleet{workloads: 60, replicas: 3, node: freshly, age: newly, fails: func(w, r, _ int) bool { return w < 6 && r == 2 && w != 2 }}, ""},
	} {
		told, ps := c.shared()
		got := strings.Join(told, ", ")
		if got != c.want {
			t.Errorf("%s: told %q, want %q", name, got, c.want)
		}
		for _, p := range ps {
			if p.Detector != "shared-factor" && (p.ExplainedBy != "") != (c.want != "") {
				t.Errorf("%s: %s %s is explained by %q", name, p.Detector, p.Key, p.ExplainedBy)
			}
		}
	}
}

// freshly puts the last replicas of six workloads on two nodes that nobody
// else is on, for they are newly rolled out.
func freshly(w, r int) int {
	if w < 6 && r == 2 {
		return 10 + w%2
	}
	return (w*7 + r*5) % 10
}

func newly(w, r int) time.Duration {
	if w < 6 && r == 2 {
		return 30 * time.Minute
	}
	return 100 * time.Hour
}

// TestWarningsOnTheWellAreNoFailures: a warning that nobody knows groups
// nothing where the pods are ready.
func TestWarningsOnTheWellAreNoFailures(t *testing.T) {
	f := fleet{workloads: 60, replicas: 4, warns: true, fails: func(_, _, n int) bool { return n == 7 }}
	_, ps := f.shared()
	parts, _ := f.parts()
	for i := range parts.Pods {
		parts.Pods[i].Conditions[0] = cluster.Condition{Type: "Ready", Status: "True"}
	}
	s := cluster.New(parts)
	e := newExplainer(s, nil)
	var roots []*Pattern
	for _, p := range ps {
		if p.Detector != "unclassified" {
			continue
		}
		p.ExplainedBy = ""
		for _, sym := range p.Symptoms {
			sym.Pod = s.Pod(sym.Object.Namespace, sym.Object.Name)
		}
		roots = append(roots, p)
	}
	if got := e.openCohorts(roots); len(roots) == 0 || len(got) != 0 {
		t.Errorf("of %d warnings on pods that are well %d are failures", len(roots), len(got))
	}
}
