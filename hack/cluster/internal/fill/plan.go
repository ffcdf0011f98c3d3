// Package fill makes a large cluster out of a seed and writes it straight into
// etcd, in the form in which the API server stores it: through the API it would
// take an hour.
package fill

import (
	"errors"
	"fmt"
	"time"
)

const (
	podsPerApp    = 30
	nodeCount     = 1000
	namespaces    = 50
	registries    = 3
	smallest      = 3000 // below it an incident would have no pod
	refusedPerApp = 12   // new pods of a rollout of which the registry refuses the image

	brokenNode      = 137 // the one that runs out of disk
	brokenNamespace = 7   // the one whose ConfigMap lost a key
	refusedRegistry = 1   // whose images are refused
)

// When the incidents began, before now.
const (
	refusedSince = 60 * time.Minute
	keyLostSince = 40 * time.Minute
	diskSince    = 25 * time.Minute
)

// Plan says how large a cluster to make. The same plan makes the same bytes.
type Plan struct {
	Pods int // and as many events
	Seed uint64
	Now  time.Time // what everything in the cluster is dated before
}

func (p Plan) check() error {
	if p.Pods < smallest {
		return fmt.Errorf("%d pods are too few for the three incidents: at least %d", p.Pods, smallest)
	}
	if p.Now.IsZero() {
		return errors.New("a plan needs a time")
	}
	return nil
}

// Planted is how many pods fail of each incident: together a fiftieth of all.
type Planted struct {
	Refused int // cannot pull their image: a registry refuses the credentials
	Evicted int // from the one node without disk
	Keyless int // have no configuration: their ConfigMap lost a key
}

type fault int

const (
	none fault = iota
	refused
	keyless
)

// app is a Deployment with what belongs to it.
type app struct {
	index   int
	home    int // its namespace
	pods    int
	evicted int // of these
	failing int // of these, the newest: they are of the new revision
	fault   fault
	recent  bool // rolled out within a day, so that there are events of it
	rolled  time.Time
}

func (a *app) namespace() string { return namespaceName(a.home) }

// name tells what it is for, and is unique.
func (a *app) name() string {
	domains := []string{"orders", "billing", "catalog", "search", "shipping", "identity", "pricing", "inventory", "media", "ledger"}
	roles := []string{"api", "worker", "gateway", "frontend", "consumer", "indexer", "scheduler"}
	return fmt.Sprintf("%s-%s-%d", domains[a.index%len(domains)], roles[a.index%len(roles)], a.index)
}

func (a *app) registry() int { return a.index % registries }

// image of a revision: 1 is the old one, 2 the current one.
func (a *app) image(revision int) string {
	host := []string{"ghcr.io/acme", "registry.acme.example/shop", "europe-docker.pkg.dev/acme-prod/apps"}[a.registry()]
	return fmt.Sprintf("%s/%s:v2.%d.%d", host, a.name(), a.index%40, revision)
}

// replicas is what the Deployment asks for. A rollout that is stuck has pods
// of both revisions, and half of the new ones are more than asked for.
func (a *app) replicas() int {
	if a.failing == a.pods {
		return a.pods
	}
	return a.pods - a.evicted - a.failing/2
}

// nodeOf spreads the pods of an app over nodes that lie apart.
func nodeOf(pod int) int { return pod * 389 % nodeCount }

// isEvicted leaves a quarter of the pods of the broken node where they are, and
// those of the other incidents and of the rollouts.
func (a *app) isEvicted(slot int) bool {
	pod := a.index*podsPerApp + slot
	if a.failing > 0 || a.recent || a.home == brokenNamespace {
		return false
	}
	return nodeOf(pod) == brokenNode && pod/nodeCount%4 != 3
}

// apps decides which Deployment plays which part.
func (p Plan) apps() ([]*app, Planted) {
	all := make([]*app, (p.Pods+podsPerApp-1)/podsPerApp)
	for i := range all {
		all[i] = &app{index: i, home: i % namespaces, pods: min(podsPerApp, p.Pods-i*podsPerApp),
			rolled: p.Now.Add(-time.Duration(3+i*7%40)*24*time.Hour - time.Duration(i)*time.Second)}
	}
	for _, a := range all[len(all)-2:] {
		a.home = namespaces
	}
	var planted Planted
	planted.Refused = p.refuse(all)
	p.rollOut(all)
	for _, a := range all {
		for slot := range a.pods {
			if a.isEvicted(slot) {
				a.evicted++
			}
		}
		planted.Evicted += a.evicted
	}
	planted.Keyless = p.loseKey(all, p.Pods/50-planted.Refused-planted.Evicted)
	return all, planted
}

// refuse has rollouts of one registry's images fail, in as many namespaces as
// there are: a hundredth of all pods.
func (p Plan) refuse(all []*app) int {
	count := 0
	for _, a := range all {
		if a.registry() != refusedRegistry || a.home == brokenNamespace || a.pods < podsPerApp {
			continue
		}
		if count+refusedPerApp > p.Pods/100 {
			break
		}
		a.fault, a.failing = refused, refusedPerApp
		a.rolled = p.Now.Add(-refusedSince + time.Duration(a.index%40)*time.Minute)
		count += refusedPerApp
	}
	return count
}

// rollOut dates as many Deployments within the last day as fill the events.
// None is of the registry that refuses, which would not have let it.
func (p Plan) rollOut(all []*app) {
	missing := p.Pods
	for _, a := range all {
		if missing <= 0 {
			return
		}
		if a.registry() == refusedRegistry || a.home == brokenNamespace {
			continue
		}
		a.recent = true
		a.rolled = p.Now.Add(-time.Duration(90+a.index*53%1300) * time.Minute)
		missing -= a.pods * eventsPerStart
	}
}

// loseKey has the Deployments of one namespace fail whole, but for the last.
func (p Plan) loseKey(all []*app, pods int) int {
	left := pods
	for _, a := range all {
		if a.home != brokenNamespace || left == 0 {
			continue
		}
		a.fault, a.failing = keyless, min(a.pods, left)
		a.rolled = p.Now.Add(-keyLostSince + 2*time.Minute + time.Duration(a.index%50)*time.Second)
		left -= a.failing
	}
	return pods - left
}

// Small is the namespace of some 50 pods.
const Small = "team-small"

func namespaceName(i int) string {
	if i == namespaces {
		return Small
	}
	return fmt.Sprintf("team-%02d", i)
}

func nodeName(i int) string {
	return fmt.Sprintf("ip-10-%d-%d-%d.eu-west-1.compute.internal", 16+i/250, i%250, 10+i%7)
}
