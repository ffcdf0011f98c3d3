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

// edge is how a workload is known to depend on another.
type edge int

const (
	noEdge   edge = iota
	declared      // an address in its environment or arguments
	observed      // its own words: a connection to the Service failed
)

// cascade is a rollout with the dependants that failed after it.
type cascade struct {
	change     cluster.Change
	dependants map[cluster.Ref]edge
	symptoms   []*symptom.Symptom
	services   map[string]bool
	how        map[cluster.Ref]string // what tells of each dependency
	unhurt     int                    // workloads that name it, too, and did not fail
}

// cascades finds rollouts after which dependants failed. A set of dependants
// is told once, for the rollout that reaches most of them.
func (e *explainer) cascades(d *detect.Detector) []detect.Pattern {
	var all []*cascade
	for _, c := range e.changes {
		if c.Kind == cluster.Rollout || c.Kind == cluster.Rollback || c.Kind == cluster.Restart {
			if found := e.cascade(c); found != nil {
				all = append(all, found)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *cascade) int {
		return cmp.Or(cmp.Compare(b.reach(), a.reach()), b.change.Time.Compare(a.change.Time), a.change.Object.Compare(b.change.Object))
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
		out = append(out, p)
	}
	return out
}

// reach weighs observed edges before declared ones.
func (c *cascade) reach() int {
	n := 0
	for _, kind := range c.dependants {
		n += int(kind)
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

// cascade gathers the workloads that depend on the changed one and first
// failed in the window after the change. Nil unless there are two, one of
// which names the dependency in its own words.
func (e *explainer) cascade(change cluster.Change) *cascade {
	c := &cascade{change: change, dependants: map[cluster.Ref]edge{}, services: map[string]bool{}, how: map[cluster.Ref]string{}}
	early := map[cluster.Ref]bool{} // failed before the change: not by it
	sawIt := false
	for i := range e.symptoms {
		s := &e.symptoms[i]
		if s.Kind != symptom.Exit && s.Kind != symptom.CrashLoop || s.Workload.Key() == change.Object {
			continue
		}
		kind, svc, how := e.dependsOn(s, change.Object)
		if kind == noEdge {
			continue
		}
		lag := s.First.Sub(change.Time)
		if lag < -tolerance || e.restartedTooOften(s, change.Time) {
			early[s.Workload.Key()] = true
		}
		if lag < -tolerance || lag > cascadeWindow {
			continue
		}
		if w := s.Workload.Key(); kind > c.dependants[w] {
			c.dependants[w], c.how[w] = kind, how
		}
		c.symptoms = append(c.symptoms, s)
		c.services[svc.Path()] = true
		sawIt = sawIt || kind == observed
	}
	for w := range early {
		delete(c.dependants, w)
	}
	c.symptoms = slices.DeleteFunc(c.symptoms, func(s *symptom.Symptom) bool { return early[s.Workload.Key()] })
	if len(c.dependants) < 2 || !sawIt {
		return nil
	}
	c.unhurt = e.unhurt(c)
	return c
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

// dependsOn says how the failing workload of a symptom is known to depend on
// an upstream workload, and by which Service. Its own words outweigh what
// its spec declares: when they name another peer, that is the one.
func (e *explainer) dependsOn(s *symptom.Symptom, upstream cluster.Ref) (edge, *cluster.Service, string) {
	if s.Target.Host != "" {
		svc := e.s.ServiceNamed(s.Target.Host, s.Object.Namespace)
		if svc != nil && slices.Contains(e.backends(svc), upstream) {
			return observed, svc, "says so itself"
		}
		return noEdge, nil, ""
	}
	if svc, from := e.declares(e.templateOf(s), s.Object.Namespace, upstream); svc != nil {
		return declared, svc, "names it in its " + from
	}
	return noEdge, nil, ""
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
	for _, ep := range t.Endpoints {
		if svc := e.s.ServiceNamed(ep.Host, namespace); svc != nil && slices.Contains(e.backends(svc), upstream) {
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
	n := 0
	for _, pod := range e.healthyWorkloads {
		w := e.s.WorkloadOf(pod)
		if svc, _ := e.declares(pod.Template, pod.Namespace, c.change.Object); svc != nil && w != c.change.Object {
			n++
		}
	}
	return n
}
