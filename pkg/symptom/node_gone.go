package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// endedWithNode says what the reason of a pod means that ended with its node
// (pkg/kubelet/nodeshutdown; NodeLost was the node controller's before 1.20).
var endedWithNode = map[string]string{
	"Terminated":   NodeShutdown,
	"NodeShutdown": NodeShutdown,
	"Shutdown":     NodeShutdown,
	"NodeLost":     NodeUnreachable,
}

// endedByNode recognises a pod that its node's shutdown ended or turned away,
// and reports whether it is one. Such pods stay as Failed; their controllers
// make others.
func (r *recogniser) endedByNode(p *cluster.Pod) bool {
	cause, ok := endedWithNode[p.Reason]
	if r.lostItsNode(p) {
		cause, ok = NodeShutdown, true
	}
	if !ok || p.Node == "" || (p.Reason == "Terminated" && !strings.Contains(p.Message, "shutdown")) {
		return false
	}
	at := p.Condition("DisruptionTarget").Transition
	if at.IsZero() {
		at = latest(p.Condition("Ready").Transition, latest(p.Created, p.Started))
	}
	target := p.Condition("DisruptionTarget")
	reason, text := firstOf(p.Reason, target.Reason), firstOf(p.Message, target.Message)
	r.add(Symptom{Kind: NodeDown, Cause: cause, Object: p.Key(), Pod: p, First: at, Last: at, Message: text,
		Evidence: []Evidence{{Source: FromStatus, Subject: p.Key(), Time: at, Reason: reason, Text: text, Count: 1}}})
	return true
}

// lostItsNode reports whether the garbage collector of pods ended one because
// its node is gone, without anybody having closed it before. A DaemonSet's pods
// go with every node that is removed.
func (r *recogniser) lostItsNode(p *cluster.Pod) bool {
	c := p.Condition("DisruptionTarget")
	if c.Status != "True" || c.Reason != "DeletionByPodGC" || p.Owner.Kind == "DaemonSet" || len(r.s.Nodes) == 0 || r.s.Node(p.Node) != nil {
		return false
	}
	return !isPlanned(r.s.EventsOf(cluster.Ref{Kind: "Node", Name: p.Node}), c.Transition)
}

// absentNodes recognises trouble of nodes that are not in the snapshot: they
// were taken away since, or nodes may not be read.
func (r *recogniser) absentNodes() {
	done := map[cluster.Ref]bool{}
	for i := range r.s.Events {
		ref := r.s.Events[i].Object.Key()
		if ref.Kind != "Node" || done[ref] || r.s.Node(ref.Name) != nil {
			continue
		}
		done[ref] = true
		events := r.s.EventsOf(ref)
		if len(r.s.Nodes) == 0 {
			r.unreadNode(&cluster.Node{Ref: ref}, events)
		} else {
			r.goneNode(ref, events)
		}
	}
}

// unreadNode tells what events say of a node whose conditions were not read;
// whether it stands is not known.
func (r *recogniser) unreadNode(n *cluster.Node, events []*cluster.Event) {
	for _, p := range pressures {
		if s, ok := r.pressure(n, p.condition, p.cause, p.resource, p.event, events); ok {
			r.add(s)
		}
	}
	s := Symptom{Kind: NodeDown, Cause: NodeNotReady, Object: n.Key(), Node: n.Name}
	s.addNotReady(n, events)
	if len(s.Evidence) > 0 && !isPlanned(events, s.Evidence[0].Time) {
		s.First = s.Evidence[0].Time
		r.add(s)
	}
	r.nodeEvents(n, events)
}

// goneNode recognises a machine that its cloud took away while it was in use:
// nobody had closed the node before.
func (r *recogniser) goneNode(ref cluster.Ref, events []*cluster.Event) {
	s := Symptom{Kind: NodeDown, Cause: NodeShutdown, Object: ref, Node: ref.Name}
	gone := false
	for _, e := range events {
		switch {
		case e.Reason == "DeletingNode" && strings.Contains(e.Message, "does not exist in the cloud provider"):
			gone = true
			s.Message = e.Message
		case nodeEventKinds[e.Reason].cause == NodeShutdown && !isTakenBack(e):
			gone = true
		case e.Reason != "NodeNotReady":
			continue
		}
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	if gone && !isPlanned(events, s.First) {
		r.add(s)
	}
}
