package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// gonePods recognises trouble of pods that were deleted since: only events
// are left of them.
func (r *recogniser) gonePods() {
	done := map[cluster.Ref]bool{}
	for i := range r.s.Events {
		ref := r.s.Events[i].Object.Key()
		if ref.Kind != "Pod" || done[ref] || r.s.Pod(ref.Namespace, ref.Name) != nil {
			continue
		}
		done[ref] = true
		if r.s.Scope.Includes(ref.Namespace) && r.workloadInScope(ref) {
			r.gonePod(ref, r.s.EventsOf(ref))
		}
	}
}

// workloadInScope decides by the workload's labels whether a pod whose own
// labels went with it is asked for.
func (r *recogniser) workloadInScope(pod cluster.Ref) bool {
	if r.s.Scope.MatchPod == nil {
		return true
	}
	ref := r.s.WorkloadNamed(pod)
	if pods := r.s.PodsOf(ref); len(pods) > 0 {
		return r.s.Scope.MatchPod(pods[0].Labels)
	}
	w := r.s.Workload(ref)
	return w != nil && r.s.Scope.MatchPod(w.Selector)
}

func (r *recogniser) gonePod(ref cluster.Ref, events []*cluster.Event) {
	if s, ok := eviction(ref, nil, events); ok {
		r.add(s)
		return
	}
	if s, ok := r.displacement(ref, nil, events); ok {
		r.add(s)
		return
	}
	if s := pullFromEvents("", events, pulledImage(events)); len(s.Evidence) > 0 {
		s.Kind, s.Object = ImagePull, ref
		s.Image = pulledImage(events)
		s.Template = Mask(s.Message)
		s.itemOfPull()
		s.Node, s.Container = events[0].Host, containerOf(events)
		r.add(s)
		return
	}
	r.goneUnscheduled(ref, events)
	r.volumes(ref, nil, events)
	r.sandbox(ref, nil, events)
	r.missing(ref, nil, events)
	if r.goneStart(ref, events) {
		return
	}
	r.crashLoop(ref, nil, events)
}

// crashLoop recognises restarts of which only the back-off events are left.
func (r *recogniser) crashLoop(ref cluster.Ref, p *cluster.Pod, events []*cluster.Event) {
	loop := Symptom{Kind: CrashLoop, Object: ref, Pod: p}
	for _, e := range events {
		if e.Reason == "BackOff" && e.Warning {
			loop.First, loop.Last = earliest(loop.First, e.First), latest(loop.Last, e.Last)
			loop.Count += e.Count
			loop.Container, loop.Node = e.Container, e.Host
			loop.Evidence = append(loop.Evidence, fromEvent(e))
		}
	}
	if len(loop.Evidence) > 0 {
		r.add(loop)
	}
}

func containerOf(events []*cluster.Event) string {
	for _, e := range events {
		if e.Container != "" {
			return e.Container
		}
	}
	return ""
}

// pulledImage is the image that the events of a pod say was pulled in vain.
func pulledImage(events []*cluster.Event) Image {
	for _, e := range events {
		if strings.HasPrefix(e.Message, "Failed to pull image ") {
			return ParseImage(quoted(e.Message))
		}
	}
	return Image{}
}

// quoted is the first text in double quotes.
func quoted(message string) string {
	start := -1
	for i := range len(message) {
		if message[i] != '"' {
			continue
		}
		if start >= 0 {
			return message[start:i]
		}
		start = i + 1
	}
	return ""
}
