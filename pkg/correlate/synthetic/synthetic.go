// Package synthetic makes clusters for tests: null clusters, in which nothing
// that the failing share is to blame, and incidents of which the blame is
// known. Everything is drawn from a seed and the knobs, so the same two make
// the same cluster on every machine.
package synthetic

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Knobs are what can be turned, one a line.
type Knobs struct {
	Workloads int     // how many there are; their sizes are mixed
	MaxSize   int     // the most replicas that one has; 0: 40
	Times     int     // each has so many times the replicas; 0: once
	Broken    int     // workloads that are broken, each on its own
	Alike     bool    // … and all say the same words when they end
	Rollouts  int     // workloads that were just rolled out, onto nodes that have just joined
	Risky     bool    // … and every other one that is broken is one of them
	Pinned    float64 // the share of workloads that stay on one pool of nodes
	Noise     float64 // the share of all other pods that crash by themselves
	Events    int     // ordinary events beside those of the failures
	Fault     Fault   // what is to blame; the zero Fault makes a null cluster
	Unknown   float64 // the share of dependencies that nothing tells of, of a cascade
	Untrue    float64 // the share of workloads that name another one without needing it, of a cascade
	Lost      float64 // the share of events that the API does not have any more
}

// Null are the knobs of null clusters of a size: over the seeds all settings
// take turns, so that each is met in as many.
func Null(workloads int, seed uint64) Knobs {
	return Knobs{
		Workloads: workloads,
		Broken:    []int{0, 1, 4, 8}[seed%4],
		Alike:     seed/4%2 == 1,
		Rollouts:  min([]int{0, 6}[seed/8%2], workloads/2),
		Risky:     seed/16%2 == 1,
		Pinned:    .2,
		Noise:     .005,
	}
}

// NullSizes are how many workloads null clusters have.
var NullSizes = []int{10, 25, 150, 1500}

// At is the moment of every cluster that is made here, unless it is moved.
var at = time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)

// Cluster is what was made, and what is true of it.
type Cluster struct {
	cluster.Parts
	// Guilty are the values that are to blame: one, or the two of a pair.
	Guilty []Value
	// Changed is the object whose change is to blame, zero for none.
	Changed cluster.Ref
	// Root is the workload that the others fail of, zero where none does.
	Root cluster.Ref
	// Hit are the workloads that the fault made fail.
	Hit map[cluster.Ref]bool
	// Broken are the workloads that fail on their own.
	Broken map[cluster.Ref]bool
}

// New makes a cluster.
func New(seed uint64, k Knobs) *Cluster {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%+v", k) // a hash takes everything
	m := &maker{Knobs: k, Rand: rand.New(rand.NewPCG(seed, h.Sum64())),
		out: &Cluster{Hit: map[cluster.Ref]bool{}, Broken: map[cluster.Ref]bool{}}}
	m.out.At = at
	m.out.Scope = cluster.Scope{AllNamespaces: true}
	m.out.Identity = cluster.Identity{Server: "https://synthetic.example:6443", Version: "v1.34.0", Offline: true}
	m.addWorkloads()
	m.addNodes()
	for _, w := range m.workloads {
		m.place(w)
	}
	m.fault()
	m.breakSome()
	m.noise()
	m.chatter()
	m.lose()
	m.write()
	return m.out
}

// maker is a cluster in the making.
type maker struct {
	Knobs
	*rand.Rand
	workloads []*workload
	nodes     []*cluster.Node
	fresh     []*cluster.Node // those that have just joined
	out       *Cluster
}

func (m *maker) chance(p float64) bool { return m.Float64() < p }

func pick[T any](m *maker, of []T) T { return of[m.IntN(len(of))] }

// ago is a moment between two distances from now.
func (m *maker) ago(least, most time.Duration) time.Time {
	return at.Add(-least - time.Duration(m.Int64N(int64(most-least)))).Truncate(time.Second)
}

// lose drops events, as an API server that keeps them for an hour does, and a
// recorder that is over its limit.
func (m *maker) lose() {
	if m.Lost > 0 {
		m.out.Events = slices.DeleteFunc(m.out.Events, func(cluster.Event) bool { return m.chance(m.Lost) })
	}
}

// configure adds the ConfigMaps and Secrets that templates name, all of them
// old, unless they are there already or are what is missing.
func (m *maker) configure() {
	known := map[cluster.Ref]bool{}
	for _, c := range m.out.Configs {
		known[c.Ref] = true
	}
	add := func(kind string, w *workload, refs []cluster.ConfigRef) {
		for _, r := range refs {
			ref := cluster.Ref{Kind: kind, Namespace: w.Namespace, Name: r.Name}
			isMissing := m.Fault.Kind == MissingSecretFault && slices.Contains(m.out.Guilty, Value{"secret", ref.Path()})
			if !known[ref] && !isMissing {
				known[ref] = true
				m.out.Configs = append(m.out.Configs, cluster.Config{Ref: ref, Created: at.Add(-200 * 24 * time.Hour)})
			}
		}
	}
	for _, w := range m.workloads {
		add("ConfigMap", w, w.Template.ConfigMaps)
		add("Secret", w, w.Template.Secrets)
	}
}

// write puts what was made where it is read from.
func (m *maker) write() {
	for _, n := range m.nodes {
		m.out.Nodes = append(m.out.Nodes, *n)
	}
	for _, w := range m.workloads {
		w.count()
		m.out.Workloads = append(m.out.Workloads, w.Workload)
		for _, r := range w.revisions {
			m.out.Revisions = append(m.out.Revisions, *r)
		}
		for _, p := range w.pods {
			m.out.Pods = append(m.out.Pods, *p)
		}
	}
	m.configure()
	for _, r := range []cluster.Resource{cluster.Pods, cluster.Events, cluster.Nodes, cluster.ReplicaSets, cluster.Deployments,
		cluster.StatefulSets, cluster.DaemonSets, cluster.Jobs, cluster.CronJobs, cluster.ControllerRevisions, cluster.Services,
		cluster.EndpointSlices, cluster.PersistentVolumeClaims, cluster.ConfigMaps, cluster.Secrets} {
		m.out.Sources = append(m.out.Sources, cluster.Source{Resource: r, Objects: 1, From: "synthetic"})
	}
}
