package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// cascadeWindow is how soon after a rollout its dependants must fail.
const cascadeWindow = 10 * time.Minute

// cascade is a rollout with the dependants that failed after it.
type cascade struct {
	change     cluster.Change
	dependants map[cluster.Ref]edge
	symptoms   []*symptom.Symptom
	services   map[string]bool
	hops       []Hop // to each that was reached one, nearer ones before those behind
	tier       detect.Tier
	unhurt     int  // workloads that name it, too, and did not fail
	spoken     bool // some only name it, without an address that could not be reached
}

// cascades finds rollouts after which dependants failed. A set of dependants
// is told once, for the rollout that surely reaches most of them, else for the
// one that may.
func (e *explainer) cascades(d *detect.Detector) []detect.Pattern {
	e.chains = map[string][]Hop{}
	var all []*cascade
	for _, c := range e.changes {
		if isRollout(c.Kind) {
			if found := e.cascade(c); found != nil {
				all = append(all, found)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *cascade) int {
		return cmp.Or(cmp.Compare(b.rank(), a.rank()), cmp.Compare(b.reach(), a.reach()), b.change.Time.Compare(a.change.Time), a.change.Object.Compare(b.change.Object))
	})
	var out []detect.Pattern
	told := map[cluster.Ref]bool{}
	for i, c := range all {
		if c.only(told) {
			continue
		}
		for w := range c.dependants {
			told[w] = true
		}
		p := e.cascadePattern(c, all[i+1:])
		p.Detector, p.Category = d.Name, d.Category
		e.chains[p.ID()] = c.hops
		out = append(out, p)
	}
	return out
}

func (c *cascade) rank() int {
	if c.tier == detect.Strong {
		return 1
	}
	return 0
}

// reach weighs observed edges before declared ones.
func (c *cascade) reach() int {
	n := 0
	for _, kind := range c.dependants {
		n++
		if kind >= observed {
			n++
		}
	}
	return n
}

// only reports whether all dependants were told of already.
func (c *cascade) only(told map[cluster.Ref]bool) bool {
	for w := range c.dependants {
		if !told[w] {
			return false
		}
	}
	return true
}

// restartedTooOften reports whether a container restarted more often than the
// kubelet's back-off allows since a change: then it failed before, though no
// event is left to say so. The first restart comes at once, the next after 10,
// 20, 40 … and at most 300 seconds.
func (e *explainer) restartedTooOften(s *symptom.Symptom, since time.Time) bool {
	if !s.SinceBefore {
		return false // an event dates the beginning
	}
	var least time.Duration
	for i := range max(s.Restarts-1, 0) {
		least += min(10*time.Second<<min(i, 5), 5*time.Minute)
	}
	return least > e.s.At.Sub(since)
}

func (e *explainer) templateOf(s *symptom.Symptom) *cluster.Template {
	if s.Pod != nil {
		return s.Pod.Template
	}
	if w := e.s.Workload(s.Workload); w != nil {
		return w.Template
	}
	return nil
}

// declares finds the Service of an upstream workload among the addresses in
// a template, and says where it stands.
func (e *explainer) declares(t *cluster.Template, namespace string, upstream cluster.Ref) (*cluster.Service, string) {
	if t == nil {
		return nil, ""
	}
	for _, ep := range e.addresses(t, namespace) {
		if svc, _ := e.serviceAt(ep.Host, namespace); svc != nil && slices.Contains(e.backends(svc), upstream) {
			return svc, ep.From
		}
	}
	return nil, ""
}

// backends remembers the workloads behind each Service.
func (e *explainer) backends(svc *cluster.Service) []cluster.Ref {
	if e.behind == nil {
		e.behind = map[*cluster.Service][]cluster.Ref{}
	}
	refs, ok := e.behind[svc]
	if !ok {
		refs = e.s.BackendsOf(svc)
		e.behind[svc] = refs
	}
	return refs
}

// unhurt counts the workloads that declare the same dependency and are
// healthy all the same.
func (e *explainer) unhurt(c *cascade) int {
	well := make(map[cluster.Ref]bool, len(e.healthyWorkloads))
	for _, pod := range e.healthyWorkloads {
		well[e.s.WorkloadOf(pod)] = true
	}
	n := 0
	for _, d := range e.dependencies().serves[c.change.Object] {
		if d.Declares != "" && well[d.From] {
			n++
		}
	}
	return n
}
