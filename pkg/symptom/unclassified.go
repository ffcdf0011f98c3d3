package symptom

import (
	"strings"
	"unicode"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// eventText is an event as evidence holds it.
type eventText struct {
	object       cluster.Ref
	reason, text string
}

// unclassified finds the recurring warnings that no other recogniser took for
// evidence and that are no known noise, so that nothing is dropped in silence.
// It comes last: what is known is what the symptoms found before hold.
func (r *recogniser) unclassified() {
	known, about := r.taken()
	type key struct{ kind, reason, template string }
	type place struct {
		key
		object cluster.Ref
	}
	var order []place
	found := map[place]*Symptom{}
	count, objects := map[key]int{}, map[key]int{}
	for i := range r.s.Events {
		e := &r.s.Events[i]
		if !e.Warning || known[eventText{e.Object.Key(), e.Reason, e.Message}] || r.isPassedOver(e, about) || !r.eventInScope(e) {
			continue
		}
		k := key{e.Object.Kind, e.Reason, Mask(withoutName(e.Message, e.Object))}
		at := place{k, e.Object.Key()}
		if found[at] == nil {
			found[at] = &Symptom{Kind: Unclassified, Cause: e.Reason, Object: at.object, Workload: r.workloadKind(at.object),
				Pod: r.s.Pod(e.Object.Namespace, podName(at.object)), Template: k.template}
			order = append(order, at)
			objects[k]++
		}
		found[at].addEvent(e)
		count[k] += e.Count
	}
	for _, at := range order {
		if count[at.key] > 1 || objects[at.key] > 1 {
			r.add(*found[at])
		}
	}
}

// taken are the events that symptoms hold as evidence, and the objects that
// symptoms are about.
func (r *recogniser) taken() (known map[eventText]bool, about map[cluster.Ref]bool) {
	known, about = map[eventText]bool{}, map[cluster.Ref]bool{}
	for i := range r.found {
		s := &r.found[i]
		about[s.Object.Key()], about[s.Workload.Key()], about[s.About.Key()] = true, true, true
		for _, e := range s.Evidence {
			if e.Source == FromEvent {
				known[eventText{e.Subject.Key(), e.Reason, e.Text}] = true
			}
		}
	}
	return known, about
}

// isPassedOver reports whether an event is noise, or tells of trouble that
// passed or that a symptom tells of already.
func (r *recogniser) isPassedOver(e *cluster.Event, about map[cluster.Ref]bool) bool {
	if e.Reason == "" || listed(noise, e) {
		return true
	}
	passes := listed(passing, e) || (e.Object.Kind == "Pod" && strings.HasPrefix(e.Reason, "OutOf"))
	if !passes && !listed(beside, e) {
		return false
	}
	return about[e.Object.Key()] || about[r.topOf(e.Object)] || (passes && r.isWell(e.Object))
}

func (s *Symptom) addEvent(e *cluster.Event) {
	s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
	s.Count += e.Count
	s.Message, s.Container = e.Message, e.Container
	if e.Host != "" {
		s.Node = e.Host
	}
	if e.Object.Kind == "Node" {
		s.Node = e.Object.Name
	}
	s.Evidence = append(s.Evidence, fromEvent(e))
}

func (r *recogniser) eventInScope(e *cluster.Event) bool {
	if !r.s.Scope.Includes(e.Object.Namespace) {
		return false
	}
	if e.Object.Kind != "Pod" {
		return true
	}
	if p := r.s.Pod(e.Object.Namespace, e.Object.Name); p != nil {
		return inScope(&r.s.Scope, p.Namespace, p.Labels)
	}
	return r.workloadInScope(e.Object)
}

// workloadKind is the workload that an object is, zero for anything else.
func (r *recogniser) workloadKind(ref cluster.Ref) cluster.Ref {
	switch ref.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob":
		return ref
	case "ReplicaSet":
		return r.topOf(ref)
	}
	return cluster.Ref{}
}

// topOf is the workload behind an object, or the object itself.
func (r *recogniser) topOf(ref cluster.Ref) cluster.Ref {
	ref = ref.Key()
	switch ref.Kind {
	case "Pod":
		return r.s.WorkloadNamed(ref)
	case "ReplicaSet", "Job":
		return r.s.TopOf(ref)
	}
	return ref
}

// isWell reports whether the object of a passing warning is well now, or not
// there any more, or too young to say.
func (r *recogniser) isWell(ref cluster.Ref) bool {
	switch ref.Kind {
	case "Pod":
		return r.isPodWell(r.s.Pod(ref.Namespace, ref.Name))
	case "Node":
		n := r.s.Node(ref.Name)
		return n == nil || n.Ready()
	case "PersistentVolumeClaim":
		c := r.s.Claim(ref.Namespace, ref.Name)
		return c == nil || c.Phase == "Bound"
	case "CronJob":
		return true // what is wrong with one was recognised
	case "Job":
		w := r.s.Workload(ref)
		if w == nil || w.Job == nil || w.Job.Active > 0 {
			return true
		}
		_, finished := runOf(w)
		return finished
	}
	w := r.s.Workload(r.topOf(ref))
	return w == nil || w.Ready >= w.Desired || r.s.At.Sub(w.Created) < StartGrace
}

func (r *recogniser) isPodWell(p *cluster.Pod) bool {
	if p == nil || p.Ready() || p.Finished() || !p.Deleting.IsZero() {
		return true
	}
	return r.s.At.Sub(latest(p.Created, p.Condition("Ready").Transition)) < StartGrace
}

func podName(ref cluster.Ref) string {
	if ref.Kind != "Pod" {
		return ""
	}
	return ref.Name
}

// withoutName takes the object's own name out of a message, so that the same
// trouble of two objects has the same text.
func withoutName(message string, ref cluster.Ref) string {
	if len(ref.Name) < 3 {
		return message
	}
	var b strings.Builder
	for {
		i := strings.Index(message, ref.Name)
		if i < 0 {
			b.WriteString(message)
			return b.String()
		}
		end := i + len(ref.Name)
		b.WriteString(message[:i])
		if isWordEnd(message[:i], true) && isWordEnd(message[end:], false) {
			b.WriteString("<name>")
		} else {
			b.WriteString(ref.Name)
		}
		message = message[end:]
	}
}

// isWordEnd reports whether a name may end where a text goes on, or begin
// where it ended.
func isWordEnd(text string, last bool) bool {
	if text == "" {
		return true
	}
	c := rune(text[0])
	if last {
		c = rune(text[len(text)-1])
	}
	return c != '-' && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
}
