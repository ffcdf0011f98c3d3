package symptom

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// notReadySignatures classify the message of a node's Ready condition that
// is False.
var notReadySignatures = []signature{
	{cause: NodeShutdown, source: "kubelet nodestatus", texts: []string{"node is shutting down"}},
	{cause: NodeNetworkUnavailable, source: "kubelet nodestatus, CNI", texts: []string{
		"networkpluginnotready", "network plugin", "cni plugin not initialized", "networkready=false"}},
	{cause: NodeRuntimeDown, source: "kubelet nodestatus", texts: []string{
		"container runtime is down", "container runtime not ready", "pleg is not healthy",
		"container runtime status check may not have completed"}},
}

func (r *recogniser) nodeReady(n *cluster.Node, events []*cluster.Event) {
	c := n.Condition("Ready")
	s := Symptom{Kind: NodeDown, Object: n.Key(), Node: n.Name, Cause: NodeNotReady, First: c.Transition, Message: c.Message}
	s.addNotReady(n, events)
	switch {
	case c.Status == "Unknown" && !isStarting(n, c, r.s.At):
		s.Cause = NodeUnreachable
	case c.Status == "False" && r.s.At.Sub(n.Created) > nodeStartGrace:
		if cause := classify(notReadySignatures, c.Message); cause != "" {
			s.Cause = cause
		}
	case len(s.Evidence) > 0:
		s.First, s.Message = s.Evidence[0].Time, ""
		s.Last = latest(s.Last, c.Transition)
		if !isBlink(&s) && !isPlanned(events, s.First) {
			r.add(s)
		}
		return
	default:
		return
	}
	s.Ongoing, s.Last = true, r.s.At
	s.Evidence = append(s.Evidence, conditionEvidence(n, c))
	r.add(s)
}

// addNotReady gathers the events that tell that a node was not ready; they are
// of type Normal. The kubelet and the node controller both send them, so the
// larger count of the two is how often it happened.
func (s *Symptom) addNotReady(n *cluster.Node, events []*cluster.Event) {
	count := map[string]int{}
	for _, e := range events {
		// A node is not ready while it starts; that is no failure.
		if e.Reason != "NodeNotReady" || e.Last.Sub(n.Created) <= nodeStartGrace {
			continue
		}
		s.Evidence = append(s.Evidence, fromEvent(e))
		s.Last = latest(s.Last, e.Last)
		count[e.Component] += e.Count
		s.Count = max(s.Count, count[e.Component])
	}
}

// blink is how short a single time of not being ready is none worth a word:
// the kubelet was restarted.
const blink = 30 * time.Second

func isBlink(s *Symptom) bool { return s.Count <= 1 && s.Last.Sub(s.First) < blink }

// isStarting reports whether a new node has not been heard of yet; one that
// stopped reporting had been.
func isStarting(n *cluster.Node, ready cluster.Condition, at time.Time) bool {
	return ready.Reason == "NodeStatusNeverUpdated" && at.Sub(n.Created) < nodeStartGrace
}

// nodeStartGrace is how long a new node may take to become ready.
const nodeStartGrace = 2 * time.Minute

// endingTaints are the taints of a machine that is being taken away or was
// declared lost (cloud-provider, kubernetes.io/docs non-graceful node
// shutdown, AWS node termination handler, GKE). Those of autoscalers that empty
// a node first are none: they are everyday's work.
var endingTaints = map[string]bool{
	"node.cloudprovider.kubernetes.io/shutdown":   true,
	"node.kubernetes.io/out-of-service":           true,
	"aws-node-termination-handler/spot-itn":       true,
	"cloud.google.com/impending-node-termination": true,
}

func (r *recogniser) nodeTaints(n *cluster.Node) {
	for _, t := range n.Taints {
		if !endingTaints[t.Key] {
			continue
		}
		first := t.Added
		if first.IsZero() {
			first = n.Condition("Ready").Transition
		}
		text := "taint " + t.String()
		r.add(Symptom{Kind: NodeDown, Cause: NodeShutdown, Object: n.Key(), Node: n.Name, First: first, Last: r.s.At, Ongoing: !n.Ready(),
			Message: text, Evidence: []Evidence{{Source: FromStatus, Subject: n.Key(), Time: first, Reason: "Taint", Text: text, Count: 1}}})
	}
}

// KubeletRestarts is the Item of a node that is not ready only because its
// kubelet starts again and again.
const KubeletRestarts = "kubelet restarts"

const (
	// frequentRestarts of a kubelet within restartWindow are no upgrade
	// (node-problem-detector calls five in twenty minutes frequent).
	frequentRestarts = 3
	restartWindow    = 20 * time.Minute
)

// kubeletRestarts recognises a kubelet that starts again and again: its events
// Starting are of type Normal. kube-proxy sends them too.
func (r *recogniser) kubeletRestarts(n *cluster.Node, events []*cluster.Event) {
	s := Symptom{Kind: NodeDown, Cause: NodeNotReady, Object: n.Key(), Node: n.Name, Item: KubeletRestarts}
	for _, e := range events {
		if e.Reason != "Starting" || e.Component != "kubelet" || e.First.Sub(n.Created) < nodeStartGrace {
			continue
		}
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Count += e.Count
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	if s.Count >= frequentRestarts && s.Last.Sub(s.First) <= time.Duration(s.Count)*restartWindow/frequentRestarts {
		r.add(s)
	}
}
