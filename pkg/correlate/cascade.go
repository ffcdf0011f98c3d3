package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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

func (e *explainer) cascadePattern(c *cascade, others []*cascade) detect.Pattern {
	t := detect.Sum(c.symptoms)
	up := c.change.Object
	lag := t.First.Sub(c.change.Time)
	verb := "failed"
	if t.Ongoing {
		verb = "are failing"
	}
	p := detect.Pattern{
		Cause:    "dependants",
		Key:      up.String(),
		Tier:     c.tier(others),
		Symptoms: c.symptoms,
		Change:   &c.change,
		Title: fmt.Sprintf("%s that depend on %s %s, first %s after its %s",
			detect.Count(len(t.Workloads), "workload"), up.Path(), verb, span(lag), c.change.Kind),
		Factors: []detect.Factor{{Attribute: "dependency", Value: strings.Join(sortedKeys(c.services), ","), Note: c.edges(), Holds: func(pod *cluster.Pod) bool {
			svc, _ := e.declares(pod.Template, pod.Namespace, up)
			return svc != nil
		}}},
		Probable: c.probable(&t, lag),
		Counter:  c.counter(others),
	}
	p.Investigation = c.investigation(&t)
	p.Recommendations = c.recommendations(&t)
	return p
}

// edges says of each dependant how its dependency is known.
func (c *cascade) edges() string {
	refs := make([]cluster.Ref, 0, len(c.how))
	for w := range c.how {
		refs = append(refs, w)
	}
	slices.SortFunc(refs, cluster.Ref.Compare)
	parts := make([]string, len(refs))
	for i, w := range refs {
		parts[i] = w.Path() + " " + c.how[w]
	}
	return strings.Join(parts, ", ")
}

// tier: strong needs every edge told by the dependants themselves, and no
// other rollout that reaches half as many.
func (c *cascade) tier(others []*cascade) detect.Tier {
	for _, kind := range c.dependants {
		if kind != observed {
			return detect.Suggestive
		}
	}
	for _, o := range others {
		if 2*c.overlap(o) >= len(c.dependants) {
			return detect.Suggestive
		}
	}
	return detect.Strong
}

func (c *cascade) overlap(o *cascade) int {
	n := 0
	for w := range o.dependants {
		if c.dependants[w] != noEdge {
			n++
		}
	}
	return n
}

func (c *cascade) probable(t *detect.Tally, lag time.Duration) detect.Cause {
	names := detect.List(detect.Paths(t.Workloads), 4)
	words := 0
	for _, kind := range c.dependants {
		if kind == observed {
			words++
		}
	}
	return detect.Cause{
		Text: fmt.Sprintf("The change most consistent with the evidence: the %s of %s (%s). %s depend on it and failed first %s later; connections to it are not retried, or not for long enough.",
			c.change.Kind, c.change.Object.Path(), c.change.What, names, span(lag)),
		Confidence: detect.Medium,
		Why: fmt.Sprintf("%d of %d dependants say themselves that they could not connect to it, and none of them failed before",
			words, len(c.dependants)),
	}
}

func (c *cascade) counter(others []*cascade) []string {
	var out []string
	if c.unhurt > 0 {
		out = append(out, fmt.Sprintf("%s with the same dependency did not fail", detect.Count(c.unhurt, "workload")))
	}
	for _, o := range others {
		if c.overlap(o) > 0 {
			out = append(out, fmt.Sprintf("rival: %s of %s reaches %d of the same workloads", o.change.Kind, o.change.Object.Path(), c.overlap(o)))
		}
	}
	return out
}

func (c *cascade) investigation(t *detect.Tally) []detect.Command {
	up := c.change.Object
	out := []detect.Command{
		{Why: "what the rollout changed", Command: detect.Kubectl("rollout", "history", strings.ToLower(up.Kind)+"/"+up.Name, "-n", up.Namespace)},
	}
	for _, svc := range sortedKeys(c.services) {
		ns, name, _ := strings.Cut(svc, "/")
		out = append(out, detect.Command{Why: "whether the Service has ready backends", Command: detect.Kubectl("get", "endpointslices", "-n", ns, "-l", "kubernetes.io/service-name="+name)})
	}
	s := c.symptoms[0]
	if s.Pod != nil {
		out = append(out, detect.Command{Why: "a dependant's last words", Command: detect.Kubectl("logs", s.Object.Name, "-n", s.Object.Namespace, "-c", s.Container, "--previous", "--tail=50")})
	}
	return out
}

func (c *cascade) recommendations(t *detect.Tally) []detect.Recommendation {
	up := c.change.Object
	var out []detect.Recommendation
	if t.Ongoing {
		out = append(out, detect.Recommendation{Urgency: detect.Immediate,
			Text:     fmt.Sprintf("See whether %s serves; if it does not, go back to its revision before.", up.Path()),
			Commands: []string{detect.Kubectl("rollout", "undo", strings.ToLower(up.Kind)+"/"+up.Name, "-n", up.Namespace)}})
	}
	return append(out, detect.Recommendation{Urgency: detect.Later,
		Text: fmt.Sprintf("Let %s survive a restart of %s: retries with backoff, circuit breakers, pools that reconnect; and give %s a readiness probe that passes only when it serves.",
			detect.List(detect.Paths(t.Workloads), 3), up.Name, up.Name)})
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// span is a duration as a person says it: 47s, 3m, 2h.
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh", int(d.Hours()))
}
