package collect

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// newest is the moment that saved data were taken, as far as they tell: the
// newest creation, condition, write, termination or event time. Writes of
// statuses count, and the heartbeats of nodes: what stands still is dated by
// what goes on around it. Deletion
// times lie in the future by design and are not looked at.
//
// A lone time far ahead of all others is somebody's wrong clock, and is
// passed over: when a single object, in at most two of its fields, is more
// than a day ahead of everything else.
func newest(p *cluster.Parts, touched []stamp) time.Time {
	stamps := append(timesOf(p), touched...)
	slices.SortFunc(stamps, func(a, b stamp) int { return b.at.Compare(a.at) })
	for i := 0; i < len(stamps); {
		n := i
		for n < len(stamps) && stamps[n].of(&stamps[i]) && stamps[i].at.Sub(stamps[n].at) <= alone {
			n++
		}
		lone := n-i <= 2 && n < len(stamps) && stamps[n-1].at.Sub(stamps[n].at) > alone
		if !lone {
			return stamps[i].at
		}
		i = n
	}
	return time.Time{}
}

// alone is how far ahead of all others a time must be to be called absurd.
const alone = 24 * time.Hour

// stamp is a time that an object bears.
type stamp struct {
	object cluster.Ref
	at     time.Time
}

// of reports whether two stamps are of one object. Its kind is not known of
// all; a UID or a name is enough here.
func (s *stamp) of(o *stamp) bool {
	return s.object.UID == o.object.UID && s.object.Namespace == o.object.Namespace && s.object.Name == o.object.Name
}

// touch keeps when an object was last written, its status included.
func (b *bucket) touch(o metav1.Object) {
	s := stamp{object: cluster.Ref{Namespace: o.GetNamespace(), Name: o.GetName(), UID: string(o.GetUID())}}
	for _, f := range o.GetManagedFields() {
		if f.Time != nil && f.Time.After(s.at) {
			s.at = f.Time.Time
		}
	}
	if n, ok := o.(*corev1.Node); ok {
		for _, c := range n.Status.Conditions {
			if c.LastHeartbeatTime.After(s.at) {
				s.at = c.LastHeartbeatTime.Time
			}
		}
	}
	if !s.at.IsZero() {
		b.touched = append(b.touched, s)
	}
}

func timesOf(p *cluster.Parts) []stamp {
	var out []stamp
	add := func(r cluster.Ref, ts ...time.Time) {
		for _, t := range ts {
			if !t.IsZero() {
				out = append(out, stamp{r, t})
			}
		}
	}
	conditions := func(r cluster.Ref, cs []cluster.Condition) {
		for _, c := range cs {
			add(r, c.Transition, c.Updated)
		}
	}
	for i := range p.Pods {
		pod := &p.Pods[i]
		add(pod.Ref, pod.Created, pod.Started)
		conditions(pod.Ref, pod.Conditions)
		for _, c := range pod.Containers {
			add(pod.Ref, c.State.StartedAt, c.State.FinishedAt, c.Last().FinishedAt)
		}
	}
	for i := range p.Events {
		e := &p.Events[i]
		add(e.Object, e.First, e.Last)
	}
	for i := range p.Nodes {
		add(p.Nodes[i].Ref, p.Nodes[i].Created)
		conditions(p.Nodes[i].Ref, p.Nodes[i].Conditions)
	}
	for i := range p.Workloads {
		w := &p.Workloads[i]
		add(w.Ref, w.Created)
		conditions(w.Ref, w.Conditions)
		for _, wr := range w.Writes {
			add(w.Ref, wr.Time)
		}
	}
	for i := range p.Revisions {
		add(p.Revisions[i].Ref, p.Revisions[i].Created)
	}
	for i := range p.Configs {
		add(p.Configs[i].Ref, p.Configs[i].Created)
	}
	return out
}

// soonAfter is how long after the objects kubelets are asked, at most, when
// both are saved at one time.
const soonAfter = time.Hour

// measuredAfter moves the moment to when kubelets last measured something, if
// they were asked soon after the objects were read.
func measuredAfter(at time.Time, p *cluster.Parts) time.Time {
	latest := at
	for i := range p.Usages {
		if t := p.Usages[i].At.Truncate(time.Second); t.After(latest) && t.Sub(at) <= soonAfter {
			latest = t
		}
	}
	return latest
}
