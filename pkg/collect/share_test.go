package collect

import (
	"slices"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// asking is a template of its own each time, as every list brings one.
func asking(image string, more ...cluster.Toleration) *cluster.Template {
	return &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "app", Image: image}},
		Env: []cluster.EnvVar{{Container: "app", Name: "LEVEL", Sum: 7}}, Tolerations: more}
}

func TestTemplatesAreKeptOnce(t *testing.T) {
	shop := func(kind, name string) cluster.Ref { return cluster.Ref{Kind: kind, Namespace: "shop", Name: name} }
	web, now, before := shop("Deployment", "web"), shop("ReplicaSet", "web-2"), shop("ReplicaSet", "web-1")
	b := newBucket()
	b.Workloads = []cluster.Workload{{Ref: web, Template: asking("web:2")}}
	b.Revisions = []cluster.Revision{{Ref: now, Owner: web, Template: asking("web:2")}, {Ref: before, Owner: web, Template: asking("web:1")}}
	added := asking("web:2", cluster.Toleration{Key: "not-ready"}) // by admission
	b.Pods = []cluster.Pod{{Owner: now, Template: asking("web:2")}, {Owner: now, Template: added}, {Owner: now, Template: added}, {Template: asking("bare:1")}, {Owner: now}}
	b.shareTemplates()

	of := b.Workloads[0].Template
	if b.Revisions[0].Template != of || b.Pods[0].Template != of {
		t.Error("the same is kept more than once")
	}
	if old := b.Revisions[1].Template; old.Containers[0].Image != "web:1" || &old.Env[0] != &of.Env[0] {
		t.Errorf("of another revision: %+v", old)
	}
	if p := b.Pods[1].Template; p != b.Pods[2].Template || len(p.Tolerations) != 1 || &p.Containers[0] != &of.Containers[0] || len(of.Tolerations) != 0 {
		t.Errorf("with a toleration more: %+v", p)
	}
	if bare := b.Pods[3].Template; bare.Containers[0].Image != "bare:1" || b.Pods[4].Template != nil {
		t.Errorf("of nobody else: %+v, %+v", bare, b.Pods[4].Template)
	}
	if want := asking("web:2"); !slices.Equal(of.Containers, want.Containers) || !slices.Equal(of.Env, want.Env) {
		t.Errorf("the one that is kept: %+v", of)
	}
}
