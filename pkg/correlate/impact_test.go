package correlate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// outageOf is a Deployment shop/api of some replicas of which pods were
// evicted from nodes, each at its time, and which has ready pods by now.
type outageOf struct {
	replicas int32
	evicted  []string           // nodes, one for each pod, at noon, one second after the other
	ready    []time.Duration    // pods that are ready since then, after noon
	change   cluster.ChangeKind // of the Deployment, a minute after noon
	wrote    bool               // its Secret was written, a minute after noon
	zones    map[string]string  // of nodes
	down     bool               // nothing is ready
	unready  []time.Duration    // since when its pods of now are not, after noon
}

func (o outageOf) impact(t *testing.T) Impact {
	t.Helper()
	api := deployment("shop", "api")
	parts := cluster.Parts{At: noon.Add(time.Hour)}
	w := cluster.Workload{Ref: api, Desired: o.replicas, Ready: int32(len(o.ready)),
		Template: &cluster.Template{Secrets: []cluster.ConfigRef{{Name: "db"}}}}
	if o.down {
		w.Conditions = []cluster.Condition{{Type: "Available", Status: "False", Transition: noon.Add(50 * time.Minute)}}
	}
	parts.Workloads = []cluster.Workload{w}
	for i, after := range o.ready {
		parts.Pods = append(parts.Pods, cluster.Pod{Ref: pod("shop", "api-new-"+string(rune('a'+i))), Owner: api, Created: noon.Add(after - time.Second),
			Conditions: []cluster.Condition{{Type: "Ready", Status: "True", Transition: noon.Add(after)}}})
	}
	for i, since := range o.unready {
		parts.Pods = append(parts.Pods, cluster.Pod{Ref: pod("shop", "api-now-"+string(rune('a'+i))), Owner: api, Created: noon.Add(time.Second),
			Conditions: []cluster.Condition{{Type: "Ready", Status: "False", Transition: noon.Add(since)}}})
	}
	for name, zone := range o.zones {
		parts.Nodes = append(parts.Nodes, cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: name}, Labels: map[string]string{"topology.kubernetes.io/zone": zone}})
	}
	e := newExplainer(cluster.New(parts), nil)
	if o.change != "" {
		e.changes = append(e.changes, cluster.Change{Time: noon.Add(time.Minute), Kind: o.change, Object: api, What: "image 1 → 2"})
	}
	if o.wrote {
		e.changes = append(e.changes, cluster.Change{Time: noon.Add(time.Minute), Kind: cluster.ConfigWrite, Object: cluster.Ref{Kind: "Secret", Namespace: "shop", Name: "db"}})
	}
	p := &Pattern{Pattern: detect.Pattern{Detector: "node-pressure", Cause: "disk-pressure"}}
	for i, node := range o.evicted {
		at := noon.Add(time.Duration(i) * time.Second)
		p.Nodes = append(p.Nodes, node)
		p.Symptoms = append(p.Symptoms, &symptom.Symptom{Kind: symptom.Eviction, Object: pod("shop", "api-old-"+string(rune('a'+i))), Workload: api,
			Node: node, First: at, Last: at, Count: 1, Ongoing: o.down})
	}
	p.Tally = detect.Sum(p.Symptoms)
	got := e.impact(p)
	if len(got) != 1 {
		t.Fatalf("%d rows", len(got))
	}
	return got[0]
}

func TestOutages(t *testing.T) {
	api := deployment("shop", "api")
	minutes := func(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }
	recovered := func(desired int32, until, downtime time.Duration, by string, itself bool, worse ...string) Impact {
		return Impact{Workload: api, Desired: desired, Ready: desired, State: Recovered, Since: noon, Until: noon.Add(until),
			Downtime: downtime, LowerBound: downtime > 0, RecoveredBy: by, HealedItself: itself, WorsenedBy: worse}
	}
	for name, c := range map[string]struct {
		in   outageOf
		want Impact
	}{
		"all replicas lost at once, and made anew": {
			outageOf{replicas: 2, evicted: []string{"n1", "n1"}, ready: []time.Duration{minutes(2), minutes(3)}},
			recovered(2, minutes(3), minutes(2)-time.Second, "by itself, with new pods", true, "all of its 2 replicas were on n1")},
		"one replica outlived it: no downtime": {
			outageOf{replicas: 2, evicted: []string{"n1"}, ready: []time.Duration{minutes(-60), minutes(3)}},
			recovered(2, minutes(3), 0, "by itself, with new pods", true)},
		"replicas lost one after the other, each back before the next: no downtime": {
			outageOf{replicas: 2, evicted: []string{"n1", "n2"}, ready: []time.Duration{time.Second / 2, minutes(1)}},
			recovered(2, minutes(1), 0, "by itself, with new pods", true)},
		"a rollout took pods away that nobody remembers": {
			outageOf{replicas: 2, evicted: []string{"n1", "n2"}, ready: []time.Duration{minutes(2), minutes(3)}, change: cluster.Rollback},
			recovered(2, minutes(3), 0, "after its rollback (image 1 → 2)", false)},
		"it came right after its Secret was written": {
			outageOf{replicas: 1, evicted: []string{"n1"}, ready: []time.Duration{minutes(2)}, wrote: true},
			recovered(1, minutes(2), minutes(2), "after Secret shop/db was written", false, "it has one replica only")},
		"all in one zone of two": {
			outageOf{replicas: 2, evicted: []string{"n1", "n2"}, ready: []time.Duration{minutes(2), minutes(3)}, zones: map[string]string{"n1": "a", "n2": "a", "n3": "b"}},
			recovered(2, minutes(3), minutes(2)-time.Second, "by itself, with new pods", true, "all of its 2 replicas were in zone a")},
		"all in the only zone": {
			outageOf{replicas: 2, evicted: []string{"n1", "n2"}, ready: []time.Duration{minutes(2), minutes(3)}, zones: map[string]string{"n1": "a", "n2": "a"}},
			recovered(2, minutes(3), minutes(2)-time.Second, "by itself, with new pods", true)},
		"nothing is ready": {
			outageOf{replicas: 2, evicted: []string{"n1", "n1"}, down: true},
			Impact{Workload: api, Desired: 2, State: Down, Since: noon, LowerBound: true, AtMost: minutes(10), WorsenedBy: []string{"all of its 2 replicas were on n1"}}},
		"the one replica is not ready": {
			outageOf{replicas: 1, evicted: []string{"n1"}, down: true},
			Impact{Workload: api, Desired: 1, State: Down, Since: noon.Add(minutes(50)), Downtime: minutes(10), WorsenedBy: []string{"it has one replica only"}}},
		"pods turned not ready later than some of them were gone": {
			outageOf{replicas: 2, evicted: []string{"n1", "n1"}, down: true, unready: []time.Duration{minutes(52), minutes(55)}},
			Impact{Workload: api, Desired: 2, State: Down, Since: noon, Downtime: minutes(5), LowerBound: true, AtMost: minutes(10), WorsenedBy: []string{"all of its 2 replicas were on n1"}}},
		"pods turned not ready before the condition did": {
			outageOf{replicas: 2, evicted: []string{"n1", "n1"}, down: true, unready: []time.Duration{minutes(49)}},
			Impact{Workload: api, Desired: 2, State: Down, Since: noon.Add(minutes(50)), Downtime: minutes(10), WorsenedBy: []string{"all of its 2 replicas were on n1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.in.impact(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A Service that the affected call and behind which nothing is ready is hurt,
// though none of its own workloads is among the affected.
func TestServicesWithoutBackends(t *testing.T) {
	db := deployment("data", "db")
	service := func(name string, ready, notReady int, selector string) cluster.Service {
		return cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "data", Name: name}, Ready: ready, NotReady: notReady,
			Selector: map[string]string{"app": selector}}
	}
	s := cluster.New(cluster.Parts{At: noon,
		Services: []cluster.Service{service("db", 0, 1, "db"), service("well", 3, 0, "well"), service("unread", -1, -1, "unread")},
		Workloads: []cluster.Workload{
			{Ref: db, Desired: 3, Selector: map[string]string{"app": "db"}, Template: &cluster.Template{}},
			{Ref: deployment("shop", "api"), Desired: 2, Ready: 1},
		}})
	p := patternOf("network", "connection-refused", noon, nil, map[cluster.Ref][]string{deployment("shop", "api"): {"api-1", "api-2", "api-3"}})
	for i, host := range []string{"db.data", "well.data.svc", "unread.data"} {
		p.Symptoms[i].Target = symptom.Connection{Host: host}
	}
	got := newExplainer(s, nil).impact(p)
	if len(got) != 2 || got[0].Service != "db" || got[0].Workload.Name != "" || got[0].State != Down {
		t.Fatalf("got %+v", got)
	}
	if got[1].State != Degraded || got[1].Since != noon {
		t.Errorf("the caller: %+v", got[1])
	}
}

// A container that ended and was started again leaves its pod where it was.
func TestTheSamePodsRecover(t *testing.T) {
	api := deployment("shop", "api")
	for name, c := range map[string]struct {
		created time.Time
		want    string
	}{
		"restarted":                    {noon.Add(-time.Hour), "by itself, with the same pods"},
		"made anew under the old name": {noon.Add(time.Second), "by itself, with new pods"},
	} {
		s := cluster.New(cluster.Parts{At: noon.Add(time.Hour),
			Workloads: []cluster.Workload{{Ref: api, Desired: 1, Ready: 1}},
			Pods: []cluster.Pod{{Ref: pod("shop", "api-0"), Owner: api, Created: c.created,
				Conditions: []cluster.Condition{{Type: "Ready", Status: "True", Transition: noon.Add(20 * time.Second)}}}}})
		p := endedAt(noon, patternOf("exit-code", "1", noon, nil, map[cluster.Ref][]string{api: {"api-0"}}))
		got := newExplainer(s, nil).impact(p)
		if len(got) != 1 || got[0].RecoveredBy != c.want || !got[0].HealedItself || got[0].Downtime != 20*time.Second {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
