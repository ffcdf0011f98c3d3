package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// rollouts are the template changes of a workload that its kept revisions
// date: a revision's creation dates a new template, and where it became
// current again later, that is a rollback, which leaves its creation as it was.
func (s *Snapshot) rollouts(w *Workload) []Change {
	revs := s.RevisionsOf(w.Ref)
	line := numbered(revs)
	var out []Change
	for i, n := range line {
		// The first of all is the workload's beginning; where older ones are
		// no longer kept, the oldest that is has a number above one.
		if i == 0 && n.number <= 1 {
			continue
		}
		var before *Revision
		if i > 0 {
			before = line[i-1].Revision
		}
		if c, ok := s.rollout(w, before, n); ok {
			out = append(out, c)
		}
	}
	if c, ok := s.takenBack(w, revs); ok {
		out = append(out, c)
	}
	return out
}

// turn is one time that a revision became current.
type turn struct {
	*Revision
	number int64
	first  bool // the time that it was made for
	last   bool // the last time
}

// numbered is the order in which revisions were current: a ReplicaSet that
// became so again keeps its former numbers in an annotation.
func numbered(revs []*Revision) []turn {
	var out []turn
	for _, r := range revs {
		for i, n := range r.Former {
			out = append(out, turn{r, n, i == 0, false})
		}
		out = append(out, turn{r, r.Number, len(r.Former) == 0 && !r.Reused, true})
	}
	slices.SortStableFunc(out, func(a, b turn) int { return cmp.Compare(a.number, b.number) })
	return out
}

func (s *Snapshot) rollout(w *Workload, before *Revision, n turn) (Change, bool) {
	c := Change{Object: w.Key()}
	switch {
	case n.first:
		c.Time = n.Created
	case n.last:
		c.Time = s.current(w, before, n.Revision)
	}
	if c.Time.IsZero() {
		return Change{}, false
	}
	c.Kind, c.What = describe(s.templateOf(w.Ref, before), s.templateOf(w.Ref, n.Revision), n.number)
	if !n.first {
		c.Kind = Rollback
	} else if n.Template == nil && restartedThen(w, n.Created) {
		c.Kind, c.What = Restart, restarted
	}
	c.By = w.author(c.Time)
	return c, true
}

// current dates a rollback: by the event of its scaling up, else by what the
// Deployment says of finding the revision, else by the last write of its
// spec, if that came after the revision that it replaced.
func (s *Snapshot) current(w *Workload, before, r *Revision) time.Time {
	if at := s.scaledUp(w.Ref, r.Name); at.After(r.Created) {
		return at
	}
	after := r.Created
	if before != nil && before.Created.After(after) {
		after = before.Created
	}
	if c := w.Condition("Progressing"); c.Reason == "FoundNewReplicaSet" && strings.Contains(c.Message, `"`+r.Name+`"`) && c.Updated.After(after) {
		return c.Updated
	}
	for _, wr := range w.Writes { // kubectl rollout undo
		if wr.Manager == "kubectl-rollout" && wr.Subresource == "" && wr.Time.After(after) {
			return wr.Time
		}
	}
	if at := LastWrite(w.Writes).Time; at.After(after) {
		return at
	}
	return time.Time{}
}

// TemplateOf is the template of the revision of a workload whose pods carry a
// hash; nil where it is not known.
func (s *Snapshot) TemplateOf(workload Ref, hash string) *Template {
	for _, r := range s.RevisionsOf(workload) {
		if r.Hash == hash {
			return s.templateOf(workload, r)
		}
	}
	return s.templateOf(workload, &Revision{Hash: hash})
}

// templateOf is the template of a revision. ControllerRevisions are read as
// metadata; the pods that they are labels of tell what they asked for.
func (s *Snapshot) templateOf(workload Ref, r *Revision) *Template {
	if r == nil || r.Template != nil || r.Hash == "" {
		if r == nil {
			return nil
		}
		return r.Template
	}
	for _, p := range s.PodsOf(workload) {
		if p.Revision() == r.Hash && p.Template != nil {
			return p.Template.common()
		}
	}
	return nil
}

// common is a pod's template less what is of the one pod: a StatefulSet's
// claims, and what the DaemonSet controller and admission add for its node.
func (t *Template) common() *Template {
	out := *t
	out.Claims, out.NodeSelector = nil, nil
	out.Tolerations = slices.DeleteFunc(slices.Clone(t.Tolerations), func(tol Toleration) bool {
		return strings.HasPrefix(tol.Key, "node.kubernetes.io/")
	})
	return &out
}

const restarted = "restarted by kubectl rollout restart"

// restartedThen reports whether a workload's template was last restarted when
// a revision was made. The annotation is of the client's clock.
func restartedThen(w *Workload, at time.Time) bool {
	if w.Template == nil {
		return false
	}
	t, err := time.Parse(time.RFC3339, w.Template.RestartedAt)
	return err == nil && t.Sub(at).Abs() <= 30*time.Second
}

// describe tells a plain restart from a new template, and what is new in it.
func describe(before, now *Template, number int64) (ChangeKind, string) {
	if before == nil || now == nil {
		if number > 0 {
			return Rollout, fmt.Sprintf("revision %d", number)
		}
		return Rollout, "a new revision"
	}
	if what := Difference(before, now); what != "" {
		return Rollout, what
	}
	if now.RestartedAt != before.RestartedAt && now.RestartedAt != "" {
		return Restart, restarted
	}
	return Rollout, "template changed"
}

func (s *Snapshot) scaledUp(deployment Ref, replicaSet string) time.Time {
	var at time.Time
	for _, e := range s.EventsOf(deployment) {
		if e.Reason == "ScalingReplicaSet" && strings.HasPrefix(e.Message, "Scaled up replica set "+replicaSet+" ") {
			at = e.First
		}
	}
	return at
}
