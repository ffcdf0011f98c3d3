package synth

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// settle derives a pod's phase and conditions from its containers, as the
// kubelet does.
func (p *pod) settle() {
	if p.done {
		return
	}
	w, s := p.w, &p.Status
	if p.Spec.NodeName == "" {
		s.Phase = corev1.PodPending
		return // PodScheduled was set by who left it unscheduled
	}
	created := w.now.Sub(p.CreationTimestamp.Time)
	start := max(created-13*time.Second, 0)
	initialized, unready := p.inits(), p.notReady()
	s.Phase = corev1.PodRunning
	for i := range s.ContainerStatuses {
		c := &s.ContainerStatuses[i]
		if !initialized || (c.State.Waiting != nil && c.LastTerminationState.Terminated == nil) {
			s.Phase = corev1.PodPending
		}
	}
	if w.minor >= 29 {
		p.condition("PodReadyToStartContainers", s.PodIP != "", "", "", start)
	}
	p.condition(corev1.PodInitialized, initialized, "ContainersNotInitialized", "containers with incomplete status: "+list(p.unfinishedInits()), start)
	since := start
	if len(unready) > 0 {
		since = min(p.fell, start)
	}
	message := "containers with unready status: " + list(unready)
	p.condition(corev1.PodReady, len(unready) == 0, "ContainersNotReady", message, since)
	p.condition(corev1.ContainersReady, len(unready) == 0, "ContainersNotReady", message, since)
	p.condition(corev1.PodScheduled, true, "", "", created)
	if p.lost > 0 {
		p.loseNode()
	}
}

// loseNode is what the node lifecycle controller writes: Ready is false, and
// nothing else moves.
func (p *pod) loseNode() {
	for i := range p.Status.Conditions {
		if c := &p.Status.Conditions[i]; c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			c.Status, c.LastTransitionTime = corev1.ConditionFalse, p.w.ago(p.lost)
		}
	}
}

func (p *pod) condition(typ corev1.PodConditionType, ok bool, reason, message string, since time.Duration) {
	c := corev1.PodCondition{Type: typ, Status: corev1.ConditionTrue, LastTransitionTime: p.w.ago(since)}
	if !ok {
		c.Status, c.Reason, c.Message = corev1.ConditionFalse, reason, message
	}
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == typ {
			p.Status.Conditions[i] = c
			return
		}
	}
	p.Status.Conditions = append(p.Status.Conditions, c)
}

func (p *pod) inits() bool { return len(p.unfinishedInits()) == 0 }

func (p *pod) unfinishedInits() []string {
	var out []string
	for i := range p.Status.InitContainerStatuses {
		if c := &p.Status.InitContainerStatuses[i]; !c.Ready && (c.Started == nil || !*c.Started) && c.LastTerminationState.Terminated == nil {
			out = append(out, c.Name)
		} else if !c.Ready && p.isPlainInit(c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

func (p *pod) isPlainInit(name string) bool {
	for _, c := range p.Spec.InitContainers {
		if c.Name == name {
			return c.RestartPolicy == nil
		}
	}
	return false
}

func (p *pod) notReady() []string {
	var out []string
	for _, statuses := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
		for i := range statuses {
			if c := &statuses[i]; !c.Ready && !p.isPlainInit(c.Name) {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

func list(names []string) string { return "[" + strings.Join(names, " ") + "]" }

func (p *pod) isReady() bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// unschedulable takes a pod back from its node: the scheduler finds none.
func (p *pod) unschedulable(why string, since time.Duration) {
	p.Spec.NodeName, p.fell = "", since
	p.Status = corev1.PodStatus{QOSClass: p.Status.QOSClass, Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse,
		Reason: "Unschedulable", Message: why, LastTransitionTime: p.w.ago(since)}}}
	var kept []corev1.Event
	for _, e := range p.w.events {
		if e.InvolvedObject.UID != p.UID {
			kept = append(kept, e)
		}
	}
	p.w.events = kept
	text := why
	if len(text) > 1024 {
		text = text[:1020] + " ..."
	}
	p.w.event(ev{object: p.ref(""), typ: "Warning", reason: "FailedScheduling", message: text, from: "default-scheduler", action: "Scheduling",
		first: since, last: p.w.latest(since), count: repeats(since)})
}

// ended makes a pod terminal: the kubelet, a controller or its own processes
// put an end to it.
func (p *pod) ended(phase corev1.PodPhase, reason, message string, ago time.Duration) {
	p.Status.Phase, p.Status.Reason, p.Status.Message = phase, reason, message
	p.done = true
	why := "PodFailed"
	if phase == corev1.PodSucceeded {
		why = "PodCompleted"
	}
	created := p.w.now.Sub(p.CreationTimestamp.Time)
	p.condition(corev1.PodInitialized, true, "", "", created)
	p.condition(corev1.PodReady, false, why, "", ago)
	p.condition(corev1.ContainersReady, false, why, "", ago)
	p.condition(corev1.PodScheduled, true, "", "", created)
}

// exited ends all containers of a pod that is over.
func (p *pod) exited(code int32, ago time.Duration) {
	for i := range p.Status.ContainerStatuses {
		s := &p.Status.ContainerStatuses[i]
		reason := "Error"
		if code == 0 {
			reason = "Completed"
		}
		began := p.w.now.Sub(p.CreationTimestamp.Time) - 5*time.Second
		s.State = corev1.ContainerState{Terminated: p.terminated(end{code: code, reason: reason, run: max(began-ago, time.Second)}, ago)}
		s.Ready, s.Started = false, new(false)
	}
}

// gone deletes the pod: only what its events say is left.
func (p *pod) gone() { p.app.remove(p) }
