package symptom

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Grace of pods without a node.
const (
	// scheduleGrace is how long a pod may wait without a word: the scheduler
	// tries again within seconds when something changes.
	scheduleGrace = 10 * time.Second
	// handOver is how long a pod may wait for another to go, or for a volume
	// to be made: a grace period is 30 seconds where nothing else is asked.
	handOver = 30 * time.Second
	// longWait is how long a pod must have waited to be told when it is gone.
	longWait = 2 * time.Minute
	// scaleUpGrace is how long a new node may take after the autoscaler
	// asked for it.
	scaleUpGrace = 5 * time.Minute
	// longScaleUp is how long a pod may wait while nodes are asked for again
	// and again: none of them helped.
	longScaleUp = 20 * time.Minute
)

// unscheduled recognises a pod that no node takes, and reports whether it is
// one. The pod's condition is the truth of now: an event of the scheduler keeps
// the text of its first occurrence. SchedulingGated is somebody's wish.
func (r *recogniser) unscheduled(p *cluster.Pod, events []*cluster.Event) bool {
	c := p.Condition("PodScheduled")
	if p.Node != "" || p.Finished() || !p.Deleting.IsZero() || c.Status == "True" || c.Reason == "SchedulingGated" {
		return false
	}
	failed := failedScheduling(events)
	message := c.Message
	if message == "" && len(failed) > 0 {
		message = failed[len(failed)-1].Message
	}
	if message == "" {
		return false
	}
	first := c.Transition
	if first.IsZero() {
		first = p.Created
	}
	if r.s.At.Sub(first) < scheduleGrace || (r.isScalingUp(events) && r.s.At.Sub(first) < longScaleUp) {
		return true
	}
	s := Symptom{Kind: Scheduling, Object: p.Key(), Pod: p, First: first, Last: r.s.At, Ongoing: true, Message: message}
	if c.Message != "" {
		s.Evidence = append(s.Evidence, Evidence{Source: FromCondition, Subject: p.Key(), Time: c.Transition, Reason: c.Reason, Text: c.Message, Count: 1})
	}
	r.addPlacement(&s, failed, events)
	return true
}

// goneUnscheduled recognises a pod that was deleted before any node took it:
// it had waited for longer than schedulers try again.
func (r *recogniser) goneUnscheduled(ref cluster.Ref, events []*cluster.Event) {
	failed := failedScheduling(events)
	if len(failed) == 0 || slices.ContainsFunc(events, func(e *cluster.Event) bool { return e.Reason == "Scheduled" || e.Component == "kubelet" }) {
		return // it found a node
	}
	s := Symptom{Kind: Scheduling, Object: ref, Message: failed[len(failed)-1].Message}
	for _, e := range failed {
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
	}
	if s.Last.Sub(s.First) >= longWait {
		r.addPlacement(&s, failed, events)
	}
}

func (r *recogniser) addPlacement(s *Symptom, failed, events []*cluster.Event) {
	s.Clauses = ParseUnschedulable(s.Message)
	chosen := r.dominant(s.Pod, s.Clauses)
	s.Cause, s.Template = chosen.Cause, Mask(schedulerSaid(s.Message))
	for _, e := range failed {
		s.Count += e.Count
	}
	if len(failed) > 0 {
		s.Evidence = append(s.Evidence, fromEvent(failed[len(failed)-1]))
	}
	for _, e := range events {
		if e.Reason == "NotTriggerScaleUp" {
			s.Evidence = append(s.Evidence, fromEvent(e))
		}
	}
	r.nameObstacle(s, chosen)
	if s.Cause != "" && !r.isPassing(s, chosen) {
		r.add(*s)
	}
}

// isPassing reports whether a wait is likely to end by itself: another pod is
// about to go, a volume is being made, the nodes are just starting.
func (r *recogniser) isPassing(s *Symptom, c Clause) bool {
	if waited := s.Last.Sub(s.First); waited >= handOver {
		return waited < nodeStartGrace && r.allNodesStart() && !r.allNodesReady()
	}
	switch s.Cause {
	case UnfitVolume:
		return !r.claimFails(s.About)
	case TakenPorts:
		return true
	case UnmetAffinity:
		return podRules.MatchString(c.Text)
	}
	return r.allNodesStart()
}

// allNodesReady reports whether no node is left that may yet take pods.
func (r *recogniser) allNodesReady() bool {
	return !slices.ContainsFunc(r.s.Nodes, func(n cluster.Node) bool { return !n.Ready() })
}

// allNodesStart reports whether there are only nodes that may still be
// starting.
func (r *recogniser) allNodesStart() bool {
	return len(r.s.Nodes) > 0 && !slices.ContainsFunc(r.s.Nodes, func(n cluster.Node) bool { return r.s.At.Sub(n.Created) > nodeStartGrace })
}

func failedScheduling(events []*cluster.Event) []*cluster.Event {
	var out []*cluster.Event
	for _, e := range events {
		if e.Reason == "FailedScheduling" && !strings.HasPrefix(e.Message, "skip schedule deleting pod") {
			out = append(out, e)
		}
	}
	return out
}

// isScalingUp reports whether cluster-autoscaler or Karpenter is making a node
// for the pod.
func (r *recogniser) isScalingUp(events []*cluster.Event) bool {
	return slices.ContainsFunc(events, func(e *cluster.Event) bool {
		return (e.Reason == "TriggeredScaleUp" || e.Reason == "Nominated") && r.s.At.Sub(e.Last) < scaleUpGrace
	})
}

// nameObstacle fills in what stands in the way: the resource, the taint, the
// selector, the claim or the port.
func (r *recogniser) nameObstacle(s *Symptom, c Clause) {
	switch s.Cause {
	case InsufficientCPU, InsufficientMemory, InsufficientOther:
		s.Item = shortOf(c.Text)
	case UntoleratedTaints, CordonedNodes:
		r.nameTaints(s)
	case UnmetAffinity:
		s.Item = affinityItem(s.Pod, c.Text)
	case TakenPorts:
		if s.Pod != nil && s.Pod.Template != nil {
			s.Item = strings.Join(slices.Sorted(slices.Values(s.Pod.Template.HostPorts)), ", ")
		}
	case UnfitVolume:
		r.nameClaim(s, c.Text)
	}
	r.addClosedNodes(s)
}

// addClosedNodes names the nodes that their condition or a cordon closes to
// the pod: whatever closed them may be why it waits.
func (r *recogniser) addClosedNodes(s *Symptom) {
	for i := range r.s.Nodes {
		n := &r.s.Nodes[i]
		if n.Unschedulable || slices.ContainsFunc(n.Untolerated(tolerationsOf(s.Pod)), cluster.Taint.OfCondition) {
			s.Peers = append(s.Peers, n.Key())
		}
	}
}

// nameTaints names the taints that keep the pod away: those that the text
// tells, else (1.34 and newer tell none) those of the nodes. The control
// plane's own counts only where there is no other.
func (r *recogniser) nameTaints(s *Symptom) {
	if s.Cause == CordonedNodes {
		return
	}
	var told []string
	for _, c := range s.Clauses {
		if t := taintOf(c.Text); t != "" {
			told = append(told, t)
		}
	}
	if len(told) == 0 {
		told = r.taintsInTheWay(s.Pod)
	}
	own := slices.DeleteFunc(slices.Clone(told), isControlPlaneTaint)
	if len(own) > 0 {
		told = own
	}
	slices.Sort(told)
	s.Item = strings.Join(slices.Compact(told), ", ")
}

func (r *recogniser) taintsInTheWay(p *cluster.Pod) []string {
	var out []string
	for i := range r.s.Nodes {
		n := &r.s.Nodes[i]
		if p != nil && p.Template != nil && !n.Matches(p.Template.NodeSelector) {
			continue
		}
		for _, t := range n.Untolerated(tolerationsOf(p)) {
			if t.OfCordon() {
				continue
			}
			if t.Value == "" {
				out = append(out, t.Key)
			} else {
				out = append(out, t.Key+"="+t.Value)
			}
		}
	}
	return out
}

// affinityItem is the demand that no node meets: the selector, or what the
// rule is about other pods.
func affinityItem(p *cluster.Pod, clause string) string {
	if m := podRule.FindString(clause); m != "" {
		return m
	}
	if p != nil && p.Template != nil && len(p.Template.NodeSelector) > 0 {
		return strings.Join(p.Template.NodeSelector, ", ")
	}
	return ""
}
