package correlate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// estate builds a cluster of pods on nodes n0, n1, …, all but some well.
type estate struct {
	parts    cluster.Parts
	symptoms []symptom.Symptom
	failing  []cluster.Ref
	kind     symptom.Kind
	made     time.Time
}

func newEstate(nodes int) *estate {
	e := &estate{parts: cluster.Parts{At: noon, Scope: cluster.Scope{AllNamespaces: true}}, kind: symptom.Exit, made: noon.Add(-48 * time.Hour)}
	for i := range nodes {
		e.parts.Nodes = append(e.parts.Nodes, cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: fmt.Sprintf("n%d", i)},
			Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}}})
	}
	return e
}

// run puts pods of a revision on a node, of which some fail.
func (e *estate) run(app, revision string, node, pods, failing int) {
	for i := range pods {
		p := cluster.Pod{Ref: pod("shop", fmt.Sprintf("%s-%s-%d", app, revision, len(e.parts.Pods))), Created: e.made, Node: fmt.Sprintf("n%d", node), Phase: "Running",
			Owner: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: app + "-" + revision}, Labels: map[string]string{"pod-template-hash": revision},
			Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}},
			Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "c"}, State: cluster.State{Phase: cluster.Running}}}}
		if i < failing {
			e.failing = append(e.failing, p.Key())
			p.Conditions[0].Status = "False"
		}
		e.parts.Pods = append(e.parts.Pods, p)
	}
}

func (e *estate) view(t *testing.T, node string) NodeView {
	t.Helper()
	s := cluster.New(e.parts)
	for _, ref := range e.failing {
		p := s.Pod(ref.Namespace, ref.Name)
		e.symptoms = append(e.symptoms, symptom.Symptom{Kind: e.kind, Object: ref, Workload: s.WorkloadOf(p), Pod: p, Node: p.Node,
			First: noon.Add(-10 * time.Minute), Last: noon, Ongoing: true})
	}
	v, ok := ViewNode(&Story{Snapshot: s}, e.symptoms, node)
	if !ok {
		t.Fatalf("no node %s", node)
	}
	return v
}

// withOthers is the comparison with all other nodes.
func withOthers(t *testing.T, v NodeView) Comparison {
	t.Helper()
	i := slices.IndexFunc(v.Comparisons, func(c Comparison) bool { return c.With == allOthers })
	if i < 0 {
		t.Fatalf("nothing compared: %+v", v.Comparisons)
	}
	return v.Comparisons[i]
}

func TestWhichFailuresOfANodeAreMoreThanChance(t *testing.T) {
	for name, c := range map[string]struct {
		nodes int
		build func(e *estate)
		tier  detect.Tier
		says  string
	}{
		"five workloads fail here and nowhere else": {8, func(e *estate) {
			for i := range 5 {
				e.run(fmt.Sprintf("app%d", i), "a", 0, 2, 2)
				e.run(fmt.Sprintf("app%d", i), "a", 1+i%7, 4, 0)
			}
		}, detect.Strong, "Crashed or not ready: 10 of 10 pods here, 0 of 20 like ones on all other nodes; chance 1 in 750,000, 1 in 120,000 for any of 6 nodes. The failures are concentrated on this node."},
		"two workloads, and once elsewhere": {4, func(e *estate) {
			e.run("a", "a", 0, 3, 3)
			e.run("a", "a", 1, 6, 1)
			e.run("b", "a", 0, 3, 3)
			e.run("b", "a", 2, 6, 0)
		}, detect.Suggestive, "6 of 6 pods here, 1 of 12 like ones on all other nodes; chance 1 in 1,700, 1 in 580 for any of 3 nodes. It may be related to this node."},
		"a broken revision fails wherever it runs": {4, func(e *estate) {
			for node := range 4 {
				e.run("a", "new", node, 5, 5)
				e.run("a", "old", node, 5, 0)
			}
		}, Silent, "5 pods here. Every pod of their revisions fails, here and on all other nodes: that says nothing of this node."},
		"half of every workload fails everywhere": {4, func(e *estate) {
			for i := range 5 {
				for node := range 4 {
					e.run(fmt.Sprintf("app%d", i), "a", node, 4, 2)
				}
			}
		}, detect.Observation, "10 of 20 pods here, 30 of 60 like ones on all other nodes; chance better than even. That is no more than chance may do."},
		"it holds more pods than others": {4, func(e *estate) {
			for i := range 5 {
				e.run(fmt.Sprintf("app%d", i), "a", 0, 12, 6)
				e.run(fmt.Sprintf("app%d", i), "a", 1, 2, 1)
				e.run(fmt.Sprintf("app%d", i), "a", 2, 2, 1)
			}
		}, detect.Observation, "30 of 60 pods here, 10 of 20 like ones"},
		"one workload is one witness": {4, func(e *estate) {
			e.run("a", "a", 0, 9, 9)
			e.run("a", "a", 1, 9, 0)
		}, Silent, "9 of 9 pods here, 0 of 9 like ones on all other nodes. Not enough to compare: that is 1 workload, and at least 1 more that fail here and not there would be needed."},
		"nothing like it runs elsewhere": {4, func(e *estate) {
			e.run("a", "a", 0, 3, 3)
			e.run("b", "a", 1, 3, 0)
		}, Silent, "3 pods here. Not enough to compare: no like pod was at risk on all other nodes without failing; at least 6 workloads that fail here and not there would be needed."},
		"workloads of one pod are compared with each other": {4, func(e *estate) {
			for i := range 6 {
				e.run(fmt.Sprintf("ill%d", i), "a", 0, 1, 1)
				e.run(fmt.Sprintf("well%d", i), "a", 1+i%3, 1, 0)
			}
		}, detect.Suggestive, "6 of 6 pods here, 0 of 6 like ones"},
		"new ones on a new node are not compared with old ones": {4, func(e *estate) {
			for i := range 8 {
				e.run(fmt.Sprintf("well%d", i), "a", 1+i%3, 1, 0)
			}
			e.made = noon.Add(-15 * time.Minute)
			for i := range 6 {
				e.run(fmt.Sprintf("ill%d", i), "a", 0, 1, 1)
			}
		}, Silent, "no like pod was at risk"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(c.nodes)
			c.build(e)
			got := withOthers(t, e.view(t, "n0"))
			if got.Tier != c.tier || !strings.Contains(got.Text, c.says) {
				t.Errorf("got %s: %s\nwant %s: %s", got.Tier, got.Text, c.tier, c.says)
			}
			if (got.Tier == Silent) != (got.Needed > 0 || got.Affected == 0) {
				t.Errorf("%s, and %d more needed", got.Tier, got.Needed)
			}
		})
	}
}

// Ten times the replicas of a broken Deployment are no more witnesses.
func TestMoreReplicasAccuseNoNode(t *testing.T) {
	for _, replicas := range []int{4, 40} {
		e := newEstate(4)
		e.run("a", "a", 0, replicas, replicas)
		e.run("a", "a", 1, replicas, 0)
		if got := withOthers(t, e.view(t, "n0")); got.Tier != Silent {
			t.Errorf("with %d replicas %s: %s", replicas, got.Tier, got.Text)
		}
	}
}

// Pods that fail by chance, wherever they run, must not accuse any node: not
// even the one that looks worst.
func TestChanceAccusesNoNode(t *testing.T) {
	const clusters, nodes = 200, 8
	suggestive, strong := 0, 0
	for seed := range uint64(clusters) {
		rng := rand.New(rand.NewPCG(seed, 1))
		e := newEstate(nodes)
		for i := range 10 {
			ill := rng.Float64()
			for range 8 {
				failing := 0
				if rng.Float64() < ill {
					failing = 1
				}
				e.run(fmt.Sprintf("app%d", i), "a", int(nodes*rng.Float64()*rng.Float64()), 1, failing)
			}
		}
		worst := Silent
		for node := range nodes {
			if v := e.view(t, fmt.Sprintf("n%d", node)); len(v.Comparisons) > 0 {
				if tier := withOthers(t, v).Tier; tier == detect.Strong || (tier == detect.Suggestive && worst != detect.Strong) {
					worst = tier
				}
			}
			e.symptoms = nil
		}
		switch worst {
		case detect.Strong:
			strong++
		case detect.Suggestive:
			suggestive++
		}
	}
	if strong > clusters/100 || strong+suggestive > clusters/20 {
		t.Errorf("of %d clusters %d accuse a node strongly, %d more by suggestion", clusters, strong, suggestive)
	}
}

// What was made in place of evicted pods was not at risk when they were.
func TestReplacementsAreNotCompared(t *testing.T) {
	e := newEstate(3)
	e.kind = symptom.Eviction
	e.run("a", "a", 0, 2, 2)
	e.run("a", "a", 1, 2, 0)
	e.made = noon.Add(-5 * time.Minute)
	e.run("a", "a", 2, 2, 0)
	if got := withOthers(t, e.view(t, "n0")); got.PeersOf != 2 || math.Abs(got.P-1./6) > 1e-12 {
		t.Errorf("compared with %d pods, p %v; want the 2 that were there, p 1/6", got.PeersOf, got.P)
	}
}

func TestPeersThatFailAlikeAreNamed(t *testing.T) {
	e := newEstate(9)
	for i := range 5 {
		app := fmt.Sprintf("app%d", i)
		e.run(app, "a", 0, 1, 1)
		e.run(app, "a", 7, 1, 1)
		for node := 1; node < 7; node++ {
			e.run(app, "a", node, 1, 0)
		}
	}
	got := withOthers(t, e.view(t, "n0"))
	if !slices.Equal(got.Alike, []string{"n7"}) || !strings.HasSuffix(got.Text, "Failing alike: n7.") {
		t.Errorf("alike %v: %s", got.Alike, got.Text)
	}
}

func TestAWellNodeIsComparedWithNobody(t *testing.T) {
	e := newEstate(4)
	e.run("a", "a", 0, 3, 0)
	e.run("a", "a", 1, 3, 3)
	if v := e.view(t, "n0"); len(v.Comparisons) != 0 {
		t.Errorf("compared: %+v", v.Comparisons)
	}
}

func TestWhatANodeHasThatItsPeersHaveNot(t *testing.T) {
	e := newEstate(8)
	for i := range e.parts.Nodes {
		n := &e.parts.Nodes[i]
		n.Created, n.Info.KernelVersion, n.Info.KubeletVersion = noon.Add(-240*time.Hour), "6.1", "v1.34.2"
		n.Labels = map[string]string{"kubernetes.io/hostname": n.Name, "serial": fmt.Sprint(i), "topology.kubernetes.io/zone": string(rune('a' + i%3))}
		n.Allocatable = map[string]string{"memory": fmt.Sprintf("%dMi", 8000+i)}
	}
	own := &e.parts.Nodes[0]
	own.Info.KernelVersion, own.Created = "5.15", noon.Add(-time.Hour)
	own.Allocatable["memory"] = "4000Mi"
	own.Labels["disk"] = "new"
	own.Taints = []cluster.Taint{{Key: "dedicated", Value: "batch", Effect: "NoSchedule"}}
	own.Conditions = append(own.Conditions, cluster.Condition{Type: "DiskPressure", Status: "True"})
	e.parts.Nodes[5].Info.KernelVersion = "5.15"
	var got []string
	for _, d := range e.view(t, "n0").Differs {
		got = append(got, fmt.Sprintf("%s %s: %d of %d", d.Attribute, d.Value, len(d.Peers), d.Of))
	}
	want := []string{"condition DiskPressure=True: 0 of 7", "taint dedicated=batch:NoSchedule: 0 of 7", "age 60m: 0 of 7",
		"allocatable:memory 4000Mi: 0 of 7", "label:disk new: 0 of 7", "kernelVersion 5.15: 1 of 7"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestOdds(t *testing.T) {
	for p, want := range map[float64]string{.51: "better than even", .5: "1 in 2", 1. / 3: "1 in 3", 1. / 120: "1 in 120", 1. / 1999: "1 in 1,900", 1. / 1080: "1 in 1,000", 1e-12: "below 1 in a billion"} {
		if got := odds(p); got != want {
			t.Errorf("%v: got %s, want %s", p, got, want)
		}
	}
}
