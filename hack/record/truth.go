package main

import "github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"

// The judge's words. They are written beside the play, and before anybody looks
// at what the plugin says.

func (s *set) tells(incident string) { s.truth.Incident = incident }

// expectation adds to a root what else must be told of it.
type expectation truth.Expected

// root states one root: any of the detectors ("a|b" are two) with any of the
// causes, and the workloads that must be among its affected.
func (s *set) root(detectors, causes string, apps ...*app) *expectation {
	e := truth.Expected{Detector: split(detectors), Cause: split(causes)}
	for _, a := range apps {
		e.Workloads = append(e.Workloads, a.ref())
	}
	s.truth.Roots = append(s.truth.Roots, e)
	return (*expectation)(&s.truth.Roots[len(s.truth.Roots)-1])
}

func (e *expectation) by(attribute, value string) *expectation {
	e.Factor = &truth.Factor{Attribute: attribute, Value: value}
	return e
}

func (e *expectation) since(kind, namespace, name string) *expectation {
	e.Change = &truth.Change{Kind: kind, Namespace: namespace, Name: name}
	return e
}

func (e *expectation) on(nodes ...string) *expectation {
	e.Nodes = nodes
	return e
}

// follows states what may be told, but only as a consequence.
func (s *set) follows(detectors ...string) {
	for _, d := range detectors {
		s.truth.Consequences = append(s.truth.Consequences, truth.Expected{Detector: split(d)})
	}
}

// tolerate states what is true of the set, and counts neither way.
func (s *set) tolerate(detectors, causes string, apps ...*app) {
	e := truth.Expected{Detector: split(detectors), Cause: split(causes)}
	for _, a := range apps {
		e.Workloads = append(e.Workloads, a.ref())
	}
	s.truth.Tolerated = append(s.truth.Tolerated, e)
}
