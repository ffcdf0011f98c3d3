package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// edge is how surely a workload is known to depend on another.
type edge int

const (
	noEdge   edge = iota
	declared      // an address in its environment or arguments, a route
	observed      // its own words: a connection to the Service failed, or they name it
	certain       // Kubernetes itself calls it: a webhook's Service
)

func (c edge) String() string {
	return [...]string{"none", "declared", "observed", "certain"}[c]
}

// dependency is an edge of the graph: From needs To.
type dependency struct {
	From, To cluster.Ref
	Class    edge
	How      string // what tells of it, by the class: "env API names Service shop/api"
	Service  string // by which Service, if by one: "shop/api"
	// Declares is what manifest declares it, which words alone do not; empty
	// when none that was read does.
	Declares string
}

// pair names an edge.
type pair struct{ from, to cluster.Ref }

// graph holds who depends on whom, as far as what was read tells. Names that
// are merely alike make no edge.
type graph struct {
	edges  map[pair]*dependency
	needs  map[cluster.Ref][]*dependency // by who depends
	serves map[cluster.Ref][]*dependency // by what is depended on
}

// dependencies is the graph of the snapshot, built when first asked for.
func (e *explainer) dependencies() *graph {
	if e.depends == nil {
		g := &graph{edges: map[pair]*dependency{}}
		e.declaredEdges(g)
		e.spokenEdges(g)
		g.index()
		e.depends = g
	}
	return e.depends
}

// add keeps of several edges between two the surest, and of equals the first.
func (g *graph) add(d dependency) {
	if d.From == d.To || d.From.IsZero() || d.To.IsZero() {
		return
	}
	key := pair{d.From, d.To}
	known := g.edges[key]
	if known == nil {
		g.edges[key] = &d
		return
	}
	declares := known.Declares
	if declares == "" {
		declares = d.Declares
	}
	if d.Class > known.Class {
		*known = d
	}
	known.Declares = declares
}

// index orders the edges, so that nothing depends on the order of a map.
func (g *graph) index() {
	g.needs, g.serves = map[cluster.Ref][]*dependency{}, map[cluster.Ref][]*dependency{}
	for _, d := range g.edges {
		g.needs[d.From] = append(g.needs[d.From], d)
		g.serves[d.To] = append(g.serves[d.To], d)
	}
	for _, list := range g.needs {
		slices.SortFunc(list, func(a, b *dependency) int { return a.To.Compare(b.To) })
	}
	for _, list := range g.serves {
		slices.SortFunc(list, func(a, b *dependency) int { return a.From.Compare(b.From) })
	}
}

// declaredEdges reads the addresses in templates, of each template once: the
// pods of a revision share theirs.
func (e *explainer) declaredEdges(g *graph) {
	last := map[cluster.Ref]*cluster.Template{}
	known := map[hostIn]*target{}
	read := func(w cluster.Ref, t *cluster.Template) {
		if t == nil || last[w] == t {
			return
		}
		last[w] = t
		for _, ep := range e.addresses(t, w.Namespace) {
			at := e.resolve(known, ep.Host, w.Namespace)
			how := ep.From + " names " + at.name
			for _, to := range at.workloads {
				g.add(dependency{From: w, To: to, Class: declared, How: how, Service: at.service, Declares: how})
			}
		}
	}
	for i := range e.s.Pods {
		p := &e.s.Pods[i]
		read(e.s.WorkloadOf(p), p.Template)
	}
	for i := range e.s.Workloads {
		w := &e.s.Workloads[i]
		read(w.Key(), w.Template)
	}
}

// hostIn is a host as a pod of a namespace would resolve it.
type hostIn struct{ host, namespace string }

// target is what a host stands for.
type target struct {
	name, service string
	workloads     []cluster.Ref
}

func (e *explainer) resolve(known map[hostIn]*target, host, namespace string) *target {
	key := hostIn{host, namespace}
	t := known[key]
	if t == nil {
		t = &target{name: host, workloads: e.behindHost(host, namespace)}
		if svc, route := e.serviceAt(host, namespace); svc != nil {
			t.name, t.service = "Service "+svc.Path(), svc.Path()
			if route != nil {
				t.name = host + ", which " + route.String() + " leads to " + t.name
			}
		}
		known[key] = t
	}
	return t
}

// spokenEdges reads what the failing say of whom they call, and the webhooks
// that refused to be called.
func (e *explainer) spokenEdges(g *graph) {
	known := map[hostIn]*target{}
	for i := range e.symptoms {
		s := &e.symptoms[i]
		from := s.Workload.Key()
		if s.Target.Host != "" {
			at := e.resolve(known, s.Target.Host, s.Object.Namespace)
			for _, to := range at.workloads {
				g.add(dependency{From: from, To: to, Class: observed, How: "its own words name " + at.name, Service: at.service})
			}
			continue
		}
		e.namedEdges(g, known, s)
		e.webhookEdges(g, s)
	}
}

// webhookEdges lead from whom a webhook keeps from getting pods to what stands
// behind its Service.
func (e *explainer) webhookEdges(g *graph, s *symptom.Symptom) {
	if s.Kind != symptom.Admission {
		return
	}
	for _, svc := range e.peerServices(s) {
		if svc == nil {
			continue
		}
		for _, to := range e.backends(svc) {
			g.add(dependency{From: s.Workload.Key(), To: to, Class: certain, How: "webhook " + s.About.Name + " calls Service " + svc.Path(),
				Service: svc.Path(), Declares: "the webhook"})
		}
	}
}

// namedEdges makes more of declared dependencies that a program's last words
// name without an address.
func (e *explainer) namedEdges(g *graph, known map[hostIn]*target, s *symptom.Symptom) {
	t := e.templateOf(s)
	if t == nil || s.Message == "" || !speaks[s.Kind] {
		return
	}
	for _, ep := range e.addresses(t, s.Object.Namespace) {
		if !symptom.NamesHost(s.Message, ep.Host) {
			continue
		}
		at := e.resolve(known, ep.Host, s.Object.Namespace)
		for _, to := range at.workloads {
			g.add(dependency{From: s.Workload.Key(), To: to, Class: observed, How: "its own words name " + at.name, Service: at.service})
		}
	}
}

// speaks are the kinds of symptoms whose message is a program's own.
var speaks = map[symptom.Kind]bool{symptom.Exit: true, symptom.Version: true, symptom.Credentials: true, symptom.Environment: true}

// saysItNeeds reports what a symptom itself tells of the dependency on a
// workload: its own words, or nothing while its spec may declare it. When its
// words name another peer, that is the one.
func (e *explainer) saysItNeeds(s *symptom.Symptom, d *dependency) edge {
	if s.Target.Host != "" {
		if slices.Contains(e.behindHost(s.Target.Host, s.Object.Namespace), d.To) {
			return observed
		}
		return noEdge
	}
	if t := e.templateOf(s); t != nil {
		declares := noEdge
		for _, ep := range e.addresses(t, s.Object.Namespace) {
			if !slices.Contains(e.behindHost(ep.Host, s.Object.Namespace), d.To) {
				continue
			}
			if speaks[s.Kind] && symptom.NamesHost(s.Message, ep.Host) {
				return observed
			}
			declares = declared
		}
		return declares
	}
	return noEdge
}
