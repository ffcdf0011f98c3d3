package symptom

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// creates are the reasons of events by which a controller says that it could
// not make something (kube-controller-manager).
var creates = map[string]bool{"FailedCreate": true, "ReplicaSetCreateError": true}

// makers are the kinds that make pods, or what makes pods.
var makers = map[string]bool{"Deployment": true, "ReplicaSet": true, "ReplicationController": true, "StatefulSet": true,
	"DaemonSet": true, "Job": true, "CronJob": true}

// retry is how long a controller waits at most before it tries again to make
// what was refused (the default rate limiter's 1000 s), and a little more.
const retry = 20 * time.Minute

// refused is what one workload does not get, and why.
type refused struct {
	top  cluster.Ref
	kind Kind
	what refusalKey
}

type refusalKey struct {
	cause string
	about cluster.Ref
	item  string
}

// refusals recognises that no pod can be made: no pod exists that could show
// it, so that the controllers' events and conditions have to. Conditions
// outlive events, but only ReplicaSets and Deployments have them.
func (r *recogniser) refusals() {
	c := &refusalCollector{r: r, at: map[refused]int{}}
	for i := range r.s.Events {
		if e := &r.s.Events[i]; e.Warning && creates[e.Reason] && makers[e.Object.Kind] {
			c.event(e)
		}
	}
	for i := range r.s.Workloads {
		c.conditions(r.s.Workloads[i].Key(), r.s.Workloads[i].Key(), r.s.Workloads[i].Conditions)
	}
	for i := range r.s.Revisions {
		c.conditions(r.s.Revisions[i].Owner.Key(), r.s.Revisions[i].Key(), r.s.Revisions[i].Conditions)
	}
	for i := range c.found {
		if s := &c.found[i]; s.Ongoing || s.Last.Sub(s.First) >= settling {
			r.add(*s)
		}
	}
}

type refusalCollector struct {
	r     *recogniser
	at    map[refused]int
	found []Symptom
}

// read takes a text apart and returns the symptoms that it is about: a
// missing service account is refused by admission too, and is none of it.
func (c *refusalCollector) read(top cluster.Ref, text string) []*Symptom {
	if !c.inScope(top) {
		return nil
	}
	var out []*Symptom
	for _, m := range missingIn(text, top.Namespace, nil) {
		if m.about.Kind == "ServiceAccount" {
			key := refused{top, MissingConfig, refusalKey{m.cause(), m.about, m.key}}
			out = append(out, c.symptom(key, text))
		}
	}
	if len(out) > 0 {
		return out
	}
	if f := parseRefusal(text, top.Namespace); f.cause != "" {
		s := c.symptom(refused{top, Admission, refusalKey{f.cause, f.about, f.item}}, text)
		s.Usage = f.usage
		c.backend(s, f.host)
		return []*Symptom{s}
	}
	return nil
}

func (c *refusalCollector) inScope(top cluster.Ref) bool {
	var labels map[string]string
	if w := c.r.s.Workload(top); w != nil {
		labels = w.Selector
	}
	return inScope(&c.r.s.Scope, top.Namespace, labels)
}

func (c *refusalCollector) symptom(key refused, text string) *Symptom {
	i, ok := c.at[key]
	if !ok {
		i = len(c.found)
		c.at[key] = i
		c.found = append(c.found, Symptom{Kind: key.kind, Cause: key.what.cause, Object: key.top, Workload: key.top,
			About: key.what.about, Item: key.what.item, Template: Mask(text)})
	}
	c.found[i].Message = text // the newest numbers
	return &c.found[i]
}

// backend notes the Service, or the host outside, that a webhook is called at.
func (c *refusalCollector) backend(s *Symptom, host string) {
	if host == "" || len(s.Peers) > 0 || s.Target.Host != "" {
		return
	}
	if ref, ok := serviceHost(host); ok {
		s.Peers = []cluster.Ref{ref}
		return
	}
	s.Target = Connection{Class: classify(connectionSignatures, s.Message), Host: host}
}

// PeersOf are the objects that a symptom says it needs. A refusal that names a
// webhook but not where it is called is about the Service that the webhook's
// configuration names, where that was read.
func PeersOf(s *cluster.Snapshot, sym *Symptom) []cluster.Ref {
	if len(sym.Peers) > 0 || sym.Cause != WebhookDown || sym.Target.Host != "" {
		return sym.Peers
	}
	if service, ok := s.WebhookService(sym.About.Name); ok {
		return []cluster.Ref{service}
	}
	return nil
}

// event counts a refusal that an event tells of.
func (c *refusalCollector) event(e *cluster.Event) {
	top := c.r.s.TopOf(e.Object.Key())
	for _, s := range c.read(top, withoutFrame(e.Message)) {
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Count += e.Count
		s.Evidence = append(s.Evidence, fromEvent(e))
		if c.stands(e) {
			s.Ongoing, s.Last = true, c.r.s.At
		}
	}
}

// conditions count the refusals that stand.
func (c *refusalCollector) conditions(top, of cluster.Ref, conditions []cluster.Condition) {
	for _, cond := range conditions {
		failure := cond.Type == "ReplicaFailure" && cond.Status == "True"
		stuck := cond.Type == "Progressing" && cond.Status == "False" && cond.Reason == "ReplicaSetCreateError"
		if !failure && !stuck {
			continue
		}
		for _, s := range c.read(top, cond.Message) {
			s.First = earliest(s.First, cond.Transition)
			s.Ongoing, s.Last = true, c.r.s.At
			s.Evidence = append(s.Evidence, Evidence{Source: FromCondition, Subject: of, Time: cond.Transition,
				Reason: cond.Reason, Text: cond.Message, Count: 1})
		}
	}
}

// stands reports whether what an event tells of still holds, for controllers
// without conditions, or whose conditions were not read: they are short of
// pods, and tried of late.
func (c *refusalCollector) stands(e *cluster.Event) bool {
	if c.r.s.At.Sub(e.Last) > retry {
		return false
	}
	top := c.r.s.TopOf(e.Object.Key())
	if w := c.r.s.Workload(top); w != nil && (w.Kind == "Deployment" || w.Kind == "ReplicaSet") {
		return false // its condition says so, if it does
	}
	w := c.r.s.Workload(e.Object)
	switch {
	case w == nil:
		return top.Kind != "Deployment" || !c.r.s.Read(cluster.Deployments)
	case w.Kind == "CronJob":
		return w.Cron == nil || e.Last.After(w.Cron.LastStart)
	case w.Kind == "Job":
		return w.Condition("Complete").Status != "True" && w.Condition("Failed").Status != "True" && c.existing(w.Key()) == 0
	}
	return c.existing(w.Key()) < int(w.Desired)
}

// existing counts the pods that a workload has and keeps.
func (c *refusalCollector) existing(owner cluster.Ref) int {
	n := 0
	for _, p := range c.r.s.PodsOf(c.r.s.TopOf(owner)) {
		if !p.Finished() && p.Deleting.IsZero() && (p.Owner.Key() == owner || owner.Kind != "Job") {
			n++
		}
	}
	return n
}
