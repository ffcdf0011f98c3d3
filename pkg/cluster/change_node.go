package cluster

import (
	"fmt"
	"strings"
	"time"
)

func (s *Snapshot) nodeChanges(n *Node) []Change {
	var out []Change
	for _, c := range n.Conditions {
		// A transition with the node's creation is the node's start.
		if c.Transition.IsZero() || c.Transition.Sub(n.Created) < 2*time.Minute {
			continue
		}
		bad, known := Unhealthy(c)
		if !known {
			continue
		}
		change := Change{Time: c.Transition, Kind: NodeRecovery, Object: n.Key()}
		change.What = fmt.Sprintf("%s %s (%s)", c.Type, c.Status, c.Reason)
		if bad {
			change.Kind = NodeCondition
		}
		out = append(out, change)
	}
	return append(out, taintings(n)...)
}

// unschedulable is the taint of a node that was cordoned.
const unschedulable = "node.kubernetes.io/unschedulable"

// taintings are the taints of a node whose time is told. Those of conditions
// are told with them.
func taintings(n *Node) []Change {
	var out []Change
	cordoned := false
	for _, t := range n.Taints {
		change := Change{Time: t.Added, Kind: NodeTainted, Object: n.Key(), What: taintText(t)}
		if t.Key == unschedulable {
			change.Kind, change.What = NodeCordoned, "cordoned"
			change.By = specWriter(n, "unschedulable").Manager
			cordoned = cordoned || !t.Added.IsZero()
		} else if strings.HasPrefix(t.Key, "node.kubernetes.io/") || strings.HasPrefix(t.Key, "node.cloudprovider.kubernetes.io/") {
			continue
		}
		if !t.Added.IsZero() {
			out = append(out, change)
		}
	}
	if w := specWriter(n, "unschedulable"); n.Unschedulable && !cordoned && w.Time.Sub(n.Created) > 2*time.Minute {
		out = append(out, Change{Time: w.Time, Kind: NodeCordoned, Object: n.Key(), What: "cordoned", By: w.Manager})
	}
	return append(out, taintWrite(n)...)
}

// taintWrite dates taints that bear no time of their own, as those of kubectl
// taint, by the last write of whoever owns the taints, if it is not one of
// the cluster's controllers.
func taintWrite(n *Node) []Change {
	w := specWriter(n, "taints")
	if w.Time.Sub(n.Created) <= 2*time.Minute || strings.HasPrefix(w.Manager, "kube-") || w.Manager == "kubelet" || strings.Contains(w.Manager, "cloud-controller") {
		return nil
	}
	for _, t := range n.Taints {
		if t.Added.IsZero() && !strings.HasPrefix(t.Key, "node.kubernetes.io/") {
			return []Change{{Time: w.Time, Kind: NodeTainted, Object: n.Key(), What: "taints written, " + taintText(t) + " among them", By: w.Manager}}
		}
	}
	return nil
}

func taintText(t Taint) string {
	text := t.Key
	if t.Value != "" {
		text += "=" + t.Value
	}
	return "taint " + text + ":" + t.Effect
}

// specWriter is the last write of a manager that owns a field of a node's spec.
func specWriter(n *Node, field string) Write {
	var last Write
	for _, w := range n.Writes {
		for _, f := range w.Spec {
			if f == field && w.Time.After(last.Time) {
				last = w
			}
		}
	}
	return last
}

// begun is when the cluster had its first nodes: those that came within an
// hour of the oldest are its beginning.
func (s *Snapshot) begun() time.Time {
	oldest := s.At
	for i := range s.Nodes {
		if t := s.Nodes[i].Created; !t.IsZero() && t.Before(oldest) {
			oldest = t
		}
	}
	return oldest.Add(time.Hour)
}

// nodeLife are a node's joining of a cluster that ran already, and the starts
// of its kubelet that events tell of. The start that goes with a reboot or
// with the joining is part of that.
func (s *Snapshot) nodeLife(n *Node, begun time.Time) []Change {
	var out []Change
	if n.Created.After(begun) {
		what := "joined"
		if v := n.Info.KubeletVersion; v != "" {
			what += ", kubelet " + v
		}
		out = append(out, Change{Time: n.Created, Kind: NodeJoined, Object: n.Key(), What: what})
	}
	for _, e := range s.EventsOf(n.Key()) {
		if e.Reason != "Starting" || e.Message != "Starting kubelet." || e.Last.Sub(n.Created) < 5*time.Minute {
			continue
		}
		out = append(out, Change{Time: e.Last, Kind: KubeletStart, Object: n.Key(), What: "kubelet started"})
	}
	return out
}
