package synthetic_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// town is a cluster of workloads that call each other, in which some are
// rolled out and failures go on from callee to caller.
type town struct {
	*rand.Rand
	apps  []*app
	began time.Time
}

// app is one workload with one pod and a Service of its own.
type app struct {
	name    string
	calls   []*app // in its environment
	says    *app   // whom its last words name; nil: it says nothing
	fails   time.Duration
	ill     bool
	probed  bool // it does not end, its readiness probe fails
	rolled  bool
	unnamed bool // its Service was not read
}

// How a town is made.
const (
	townSize     = 14
	goesOn       = .7  // of the calls to what fails, so many fail
	withoutWords = .15 // of those that fail, so many do not say why
	unrelatedIll = .05 // of the others, so many fail for nothing that is known
)

func newTown(seed uint64) *town {
	t := &town{Rand: rand.New(rand.NewPCG(seed, 7)), began: time.Date(2026, 3, 4, 14, 40, 0, 0, time.UTC)}
	for i := range townSize {
		a := &app{name: fmt.Sprintf("app%02d", i), probed: t.IntN(6) == 0}
		for range min(i, t.IntN(3)) {
			if to := t.apps[t.IntN(i)]; !slices.Contains(a.calls, to) {
				a.calls = append(a.calls, to)
			}
		}
		t.apps = append(t.apps, a)
	}
	for range 1 + t.IntN(2) {
		root := t.apps[t.IntN(townSize/2)]
		root.rolled = true
		if t.IntN(2) == 0 {
			root.ill, root.fails = true, time.Duration(t.IntN(20))*time.Second
		}
	}
	for _, a := range t.apps { // who is called comes before who calls
		t.infect(a)
	}
	return t
}

// infect lets an app fail by the first of those it calls that fails or was
// rolled out, or for nothing.
func (t *town) infect(a *app) {
	for _, to := range a.calls {
		if a.ill || a.rolled || (!to.ill && !to.rolled) || t.Float64() > goesOn {
			continue
		}
		a.ill, a.fails = true, to.fails+time.Duration(5+t.IntN(60))*time.Second
		if a.says = to; t.Float64() < withoutWords {
			a.says = nil
		}
	}
	if !a.ill && !a.rolled && t.Float64() < unrelatedIll {
		a.ill, a.fails = true, time.Duration(t.IntN(900)-300)*time.Second
	}
}

// forget loses one edge of those that are known: an address, a word, or all
// that is known of a Service. It reports whether it was a word.
func (t *town) forget() bool {
	a := t.apps[t.IntN(len(t.apps))]
	switch t.IntN(5) {
	case 0:
		a.unnamed = true
	case 1, 2:
		a.says = nil
		return true
	default:
		if n := len(a.calls); n > 0 {
			a.calls = slices.Delete(slices.Clone(a.calls), 0, 1)
		}
	}
	return false
}

func (t *town) parts() cluster.Parts {
	p := cluster.Parts{At: t.began.Add(20 * time.Minute), Scope: cluster.Scope{AllNamespaces: true}}
	for _, a := range t.apps {
		t.add(&p, a)
	}
	for _, r := range []cluster.Resource{cluster.Pods, cluster.Events, cluster.Nodes, cluster.ReplicaSets, cluster.Deployments, cluster.Services, cluster.EndpointSlices} {
		p.Sources = append(p.Sources, cluster.Source{Resource: r, Objects: 1, From: "synthetic"})
	}
	return p
}

func (t *town) add(p *cluster.Parts, a *app) {
	of := func(kind, name string) cluster.Ref { return cluster.Ref{Kind: kind, Namespace: "town", Name: name} }
	tpl := &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "c", Image: "registry.example.com/" + a.name + ":1",
		Readiness: cluster.Probe{Handler: "http :8080/ready", Period: 10, Failures: 3}}}}
	for _, to := range a.calls {
		tpl.Endpoints = append(tpl.Endpoints, cluster.Endpoint{Host: to.name, Port: "80", From: "env " + to.name})
	}
	if !a.unnamed {
		p.Services = append(p.Services, cluster.Service{Ref: of("Service", a.name), Selector: map[string]string{"app": a.name}, Created: t.began.Add(-24 * time.Hour), Ready: 1})
	}
	w := cluster.Workload{Ref: of("Deployment", a.name), Desired: 1, Ready: 1, Updated: 1, Available: 1, Created: t.began.Add(-24 * time.Hour), Template: tpl}
	rs := cluster.Revision{Ref: of("ReplicaSet", a.name+"-1"), Owner: w.Ref, Created: w.Created, Number: 1, Hash: "1", Template: tpl}
	p.Revisions = append(p.Revisions, rs)
	if a.rolled {
		rs.Ref, rs.Created, rs.Number, rs.Hash = of("ReplicaSet", a.name+"-2"), t.began, 2, "2"
		p.Revisions = append(p.Revisions, rs)
	}
	pod := cluster.Pod{Ref: of("Pod", a.name+"-x"), Owner: rs.Ref, Created: rs.Created, Node: "node1", Phase: "Running", Template: tpl,
		Labels:     map[string]string{"app": a.name, "pod-template-hash": rs.Hash},
		Conditions: []cluster.Condition{{Type: "PodScheduled", Status: "True"}, {Type: "Ready", Status: "True"}},
		Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "c", Role: cluster.Regular}, Ready: true, State: cluster.State{Phase: cluster.Running, StartedAt: rs.Created}}}}
	if a.ill {
		w.Ready, w.Available = 0, 0
		t.fail(p, a, &pod)
	}
	p.Pods, p.Workloads = append(p.Pods, pod), append(p.Workloads, w)
}

func (t *town) fail(p *cluster.Parts, a *app, pod *cluster.Pod) {
	c, at := &pod.Containers[0], t.began.Add(a.fails)
	pod.Conditions[1] = cluster.Condition{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: at}
	c.Ready = false
	if a.probed {
		p.Events = append(p.Events, cluster.Event{Object: pod.Ref, Container: "c", Warning: true, Reason: "Unhealthy", Component: "kubelet", Host: pod.Node,
			Message: "Readiness probe failed: HTTP probe failed with statuscode: 503", First: at, Last: p.At.Add(-5 * time.Second), Count: 60})
		return
	}
	c.Restarts = 1
	c.State = cluster.State{Phase: cluster.Waiting, Reason: "CrashLoopBackOff"}
	c.Ended = &cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 1, StartedAt: at.Add(-time.Second), FinishedAt: at}
	if a.says != nil {
		c.Last().Message = "dial tcp: lookup " + a.says.name + " on 10.0.0.10:53: no such host"
	}
}

// told is the best tier at which a cascade takes each workload for a dependant;
// what only stands in its chain may be related.
func (t *town) told() map[cluster.Ref]int {
	out := map[cluster.Ref]int{}
	for _, p := range tell(t.parts()).Patterns {
		if p.Detector != "rollout-cascade" {
			continue
		}
		for _, h := range p.Chain {
			out[h.To] = max(out[h.To], 1)
		}
		for _, w := range p.Tally.Workloads {
			out[w] = max(out[w], rank(p))
		}
	}
	return out
}

func rank(p *correlate.Pattern) int {
	if p.Tier == detect.Strong {
		return 2
	}
	return 1
}

// Whoever knows fewer dependencies is not surer of any: with addresses, words
// and Services lost one after the other, no dependant is told at a better tier
// than before. Only words that name somebody else speak against a cascade: who
// no longer says them may belong to it then, but never surely.
func TestFewerEdgesAreNoUpgrade(t *testing.T) {
	var strong, may, lost int
	for seed := range uint64(100) {
		made := newTown(seed)
		before := made.told()
		for _, tier := range before {
			if strong, may = strong+tier/2, may+tier%2; tier == 0 {
				t.Fatal("a tier of nothing")
			}
		}
		for step := range 10 {
			words := made.forget()
			after := made.told()
			for w, tier := range after {
				if tier > before[w] && (tier > 1 || !words) {
					t.Fatalf("seed %d, step %d: %s was told with tier %d, and with an edge less with %d", seed, step, w, before[w], tier)
				}
			}
			if len(after) < len(before) {
				lost++
			}
			before = after
		}
	}
	t.Logf("%d dependants were told surely, %d that may be; %d times one was lost", strong, may, lost)
	if strong < 40 || may < 60 || lost < 30 {
		t.Error("this tries too little")
	}
}
