// Package synth makes incidents whose truth is known: clusters whose objects
// say what the components of Kubernetes say when something goes wrong, word for word,
// in several versions and with several container runtimes.
//
// A kind of incident is one small method of gen: it takes a healthy cluster,
// breaks something in it, and states what a good report has to say. It does
// not know what the plugin says. Names, sizes, counts and times come of a
// fixed seed.
package synth

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

// Incident is a cluster in which something happened, or nothing.
type Incident struct {
	Name  string
	Truth truth.Truth
	world *world
}

// gen makes one variant of a kind of incident in a cluster of its own.
type gen struct {
	*world
	variant int
}

// kind of incident. Its variants differ in wording, version and runtime.
type kind struct {
	name     string // detector/cause, "combined/…" or "healthy/…"
	variants int
	make     func(*gen) truth.Truth
}

// Seed of the incidents that the scoreboard tells of. Others make other names,
// sizes, counts and times.
const Seed = 20260302

// All makes every incident; the same ones for the same seed.
func All(seed uint64) []Incident {
	var out []Incident
	for _, kinds := range [][]kind{imageKinds, configKinds, admissionKinds, schedulingKinds, storageKinds, networkKinds,
		crashKinds, probeKinds, startKinds, nodeKinds, evictionKinds, rolloutKinds, jobKinds, driftKinds, combinedKinds, chainKinds, healthyKinds} {
		for _, k := range kinds {
			for v := range k.variants {
				out = append(out, k.incident(v, seed))
			}
		}
	}
	return out
}

func (k *kind) incident(variant int, seed uint64) Incident {
	name := fmt.Sprintf("%s-%d", k.name, variant+1)
	g := &gen{newWorld(name, variant, seed), variant}
	if !strings.HasPrefix(k.name, "healthy/") {
		g.noise()
	}
	t := k.make(g)
	t.Incident, t.At = k.name, g.now.Format(rfc3339)
	g.finish()
	return Incident{Name: name, Truth: t, world: g.world}
}

// pick chooses by variant, so that two variants differ.
func pick[T any](g *gen, of ...T) T { return of[g.variant%len(of)] }

// one root that is found by its detector, cause and workloads.
func one(detector, cause string, apps ...*app) truth.Truth {
	return truth.Truth{Roots: []truth.Expected{root(detector, cause, apps...)}}
}

func root(detector, cause string, apps ...*app) truth.Expected {
	e := truth.Expected{Detector: []string{detector}, Cause: []string{cause}}
	for _, a := range apps {
		e.Workloads = append(e.Workloads, a.String())
	}
	return e
}

// also allows another detector and cause for the same root, where the taxonomy
// has two good names for one thing.
func also(e truth.Expected, detector, cause string) truth.Expected {
	e.Detector, e.Cause = append(e.Detector, detector), append(e.Cause, cause)
	return e
}

func roots(es ...truth.Expected) truth.Truth { return truth.Truth{Roots: es} }

func tolerate(t truth.Truth, detector, cause string) truth.Truth {
	t.Tolerated = append(t.Tolerated, truth.Expected{Detector: []string{detector}, Cause: []string{cause}})
	return t
}

func withFactor(e truth.Expected, attribute, value string) truth.Expected {
	e.Factor = &truth.Factor{Attribute: attribute, Value: value}
	return e
}

func withChange(e truth.Expected, kind, namespace, name string) truth.Expected {
	e.Change = &truth.Change{Kind: kind, Namespace: namespace, Name: name}
	return e
}
