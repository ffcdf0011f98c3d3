package correlate

import (
	"cmp"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// explainer holds what explaining needs of a snapshot, computed once.
type explainer struct {
	s        *cluster.Snapshot
	symptoms []symptom.Symptom
	changes  []cluster.Change
	failing  map[cluster.Ref]bool // pods with something wrong now
	touched  map[cluster.Ref]bool // workloads with any symptom
	healthy  []*cluster.Pod       // ready, and of a workload without symptoms
	// healthyWorkloads holds one pod for each healthy workload.
	healthyWorkloads []*cluster.Pod
	behind           map[*cluster.Service][]cluster.Ref // workloads behind Services, as asked for
	sick             map[cluster.Ref]bool               // pods with any symptom, past ones too
	attributes       *attributes                        // made when first asked for
	cohorts          int                                // patterns that are compared with the healthy
	depends          *graph                             // see dependencies
	ends             map[cluster.Ref][]int              // see endsOf
	bindings         map[cluster.Ref][]*cluster.Setting // see bindingsOf
	sharers          map[cluster.Ref][]cluster.Ref      // see usersOf
	selfSaid         map[cluster.Ref]bool               // see selfExplained
	population       []unit                             // see units
	chains           map[string][]Hop                   // of cascades, by ID
	fails            map[cluster.Ref]failure            // see failures
	reached          map[*Pattern]map[cluster.Ref]bool  // see reachedFrom
}

func newExplainer(s *cluster.Snapshot, symptoms []symptom.Symptom) *explainer {
	e := &explainer{s: s, symptoms: symptoms, changes: s.Changes(),
		failing: map[cluster.Ref]bool{}, touched: map[cluster.Ref]bool{}, sick: map[cluster.Ref]bool{}}
	for i := range symptoms {
		sym := &symptoms[i]
		if sym.Kind == symptom.Unclassified {
			continue // a warning that nobody knows makes nothing ill
		}
		if sym.Object.Kind == "Pod" {
			e.sick[sym.Object.Key()] = true
			if sym.Ongoing && sym.Kind != symptom.Throttling && sym.Kind != symptom.Stale { // slow or out of date is not failing
				e.failing[sym.Object.Key()] = true
			}
		}
		if !sym.Workload.IsZero() {
			e.touched[sym.Workload.Key()] = true
		}
	}
	seen := map[cluster.Ref]bool{}
	for i := range s.Pods {
		p := &s.Pods[i]
		if e.sick[p.Key()] || !p.Ready() {
			continue
		}
		e.healthy = append(e.healthy, p)
		if w := s.WorkloadOf(p); !e.touched[w] && !seen[w] {
			seen[w] = true
			e.healthyWorkloads = append(e.healthyWorkloads, p)
		}
	}
	return e
}

func (e *explainer) explain(found detect.Pattern) *Pattern {
	p := &Pattern{Pattern: found, ID: found.ID(), Tally: detect.Sum(found.Symptoms)}
	p.Tally.AddPods(e.s, found.Also)
	for _, n := range found.Nodes {
		if !slices.Contains(p.Tally.Nodes, n) {
			p.Tally.Nodes = append(p.Tally.Nodes, n)
		}
	}
	slices.Sort(p.Tally.Nodes)
	p.Affected = affected(e.s, &p.Pattern)
	for _, f := range found.Factors {
		p.Shared = append(p.Shared, e.shared(p, f))
	}
	e.contrasts(p)
	e.revisionContrasts(p)
	p.Changes = e.linked(p)
	for _, none := range []string{e.unchanged(p), e.pullSecretsKept(p), e.accessKept(p)} {
		if none != "" {
			p.Counter = append(slices.Clone(p.Counter), none)
		}
	}
	p.Impact = e.impact(p)
	p.Severity = severity(p, e.s)
	p.Evidence = evidence(found.Symptoms)
	p.Chain = e.chains[p.ID]
	p.Timeline = e.entries(p)
	return p
}

// affected lists every affected object once, none left out.
func affected(s *cluster.Snapshot, p *detect.Pattern) []Affected {
	var out []Affected
	seen := map[string]bool{}
	add := func(a Affected) {
		if key := a.String() + "/" + a.Container; !seen[key] {
			seen[key] = true
			out = append(out, a)
		}
	}
	for _, n := range p.Nodes {
		add(Affected{Ref: cluster.Ref{Kind: "Node", Name: n}, Node: n})
	}
	for _, sym := range p.Symptoms {
		if sym.Object.Kind == "Node" {
			continue
		}
		a := Affected{Ref: sym.Object, Workload: sym.Workload, Node: sym.Node, Container: sym.Container, Image: sym.Image.Name, Detail: sym.Message}
		if a.Image == "" {
			a.Image = imageOf(sym.Pod, sym.Container)
		}
		add(a)
	}
	for _, pod := range p.Also {
		add(Affected{Ref: pod.Ref, Workload: s.WorkloadOf(pod), Node: pod.Node})
	}
	slices.SortStableFunc(out, func(a, b Affected) int {
		return cmp.Or(cmp.Compare(nodeFirst(a.Kind), nodeFirst(b.Kind)), a.Compare(b.Ref), cmp.Compare(a.Container, b.Container))
	})
	return out
}

func nodeFirst(kind string) int {
	if kind == "Node" {
		return 0
	}
	return 1
}

func imageOf(p *cluster.Pod, container string) string {
	if p == nil {
		return ""
	}
	if spec := p.SpecOf(container); spec != nil {
		return spec.Image
	}
	return ""
}

func evidence(symptoms []*symptom.Symptom) []symptom.Evidence {
	var out []symptom.Evidence
	for _, s := range symptoms {
		out = append(out, s.Evidence...)
	}
	slices.SortStableFunc(out, func(a, b symptom.Evidence) int {
		return cmp.Or(a.Time.Compare(b.Time), a.Subject.Compare(b.Subject), cmp.Compare(a.Text, b.Text))
	})
	return out
}

// ordered puts roots first, worst first: by severity, number of affected
// pods, time, ID; each root is followed by what it explains.
func ordered(ps []*Pattern) []*Pattern {
	byParent := map[string][]*Pattern{}
	for _, p := range ps {
		byParent[p.ExplainedBy] = append(byParent[p.ExplainedBy], p)
	}
	var out []*Pattern
	var walk func(parent string)
	walk = func(parent string) {
		children := byParent[parent]
		slices.SortStableFunc(children, compare)
		for _, c := range children {
			out = append(out, c)
			walk(c.ID)
		}
	}
	walk("")
	return out
}

func compare(a, b *Pattern) int {
	return cmp.Or(
		cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
		cmp.Compare(weight(b), weight(a)),
		a.Tally.First.Compare(b.Tally.First),
		cmp.Compare(a.ID, b.ID),
	)
}

// weight of a pattern among those of one severity: what stands before what
// is over, then workloads first and pods second, for replicas are not
// independent witnesses.
func weight(p *Pattern) int {
	w := len(p.Tally.Workloads)*1000 + len(p.Tally.Pods)
	if p.Tally.Ongoing {
		w += 1 << 30
	}
	return w
}
