package correlate

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// TestEveryChangeNeedsItsLink: beside each change that is tied to what fails
// stands one of the same kind and time that is not, which is never named.
func TestEveryChangeNeedsItsLink(t *testing.T) {
	at, old := noon.Add(-3*time.Minute), noon.Add(-90*time.Hour)
	web, other := deployment("shop", "web"), deployment("shop", "other")
	service := func(name string) cluster.Service {
		return cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: name}, Created: old,
			Writes: []cluster.Write{{Manager: "kubectl-edit", Time: at, Spec: []string{"ports"}}}}
	}
	scaled := func(ref cluster.Ref) cluster.Workload {
		return cluster.Workload{Ref: ref, Created: old, Desired: 3, Delivery: "Helm release " + ref.Name,
			Writes: []cluster.Write{{Manager: "kubectl", Subresource: "scale", Time: at}}}
	}
	tainted := func(name, key string) cluster.Node {
		return cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: name}, Created: at, Taints: []cluster.Taint{{Key: key, Effect: "NoExecute", Added: at}}}
	}
	release := func(name string) cluster.Config {
		return cluster.Config{Ref: cluster.Ref{Kind: "Secret", Namespace: "shop", Name: "sh.helm.release.v1." + name + ".v2"}, Created: at,
			Release: &cluster.Release{Name: name, Version: 2, Status: "deployed"}}
	}
	pod := cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-1"}, Owner: web, Node: "new", Created: at}
	s := cluster.New(cluster.Parts{At: noon.Add(time.Minute), Pods: []cluster.Pod{pod},
		Workloads: []cluster.Workload{scaled(web), scaled(other)}, Services: []cluster.Service{service("api"), service("mail")},
		Configs: []cluster.Config{release("web"), release("other")},
		Nodes:   []cluster.Node{{Ref: cluster.Ref{Kind: "Node", Name: "first"}, Created: old}, tainted("new", "dedicated"), tainted("newer", "spot")}})
	sym := symptom.Symptom{Kind: symptom.Network, Object: pod.Ref, Pod: s.Pod("shop", "web-1"), Workload: web, Node: "new",
		Message: "untolerated taint {dedicated: gpu}", First: noon, Last: noon, Ongoing: true, Target: symptom.Connection{Host: "api"}}
	e := newExplainer(s, []symptom.Symptom{sym})
	for detector, want := range map[string]string{
		"network": "node-joined Node new, scaling Deployment shop/web, helm-release HelmRelease shop/web, service-write Service shop/api",
		// A machine's trouble does not come of a rollout, nor of what joined.
		"node-pressure": "service-write Service shop/api",
		"scheduling":    "node-tainted Node new, scaling Deployment shop/web, helm-release HelmRelease shop/web, service-write Service shop/api",
	} {
		p := e.explain(detect.Pattern{Detector: detector, Symptoms: []*symptom.Symptom{&sym}})
		var told []string
		for _, c := range p.Changes {
			told = append(told, string(c.Kind)+" "+c.Object.String())
			if c.Link == "" || c.Lead != 3*time.Minute {
				t.Errorf("%s: without link or order in time: %+v", detector, c)
			}
		}
		if got := strings.Join(told, ", "); got != want {
			t.Errorf("%s: got %s, want %s", detector, got, want)
		}
	}
}
