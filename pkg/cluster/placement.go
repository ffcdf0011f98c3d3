package cluster

import (
	"slices"
	"strconv"
	"strings"
)

// Matches reports whether a node has what a pod's node selector and required
// node affinity ask for (Template.NodeSelector). Expressions of a form that is
// not known are taken as met.
func (n *Node) Matches(selector []string) bool {
	return !slices.ContainsFunc(selector, func(terms string) bool { return !n.meetsOne(terms) })
}

// TermOr and TermAnd join what Template.NodeSelector has of several terms of
// node affinity: any one of them is enough, with all of its expressions.
const (
	TermOr  = " or "
	TermAnd = " and "
)

func (n *Node) meetsOne(terms string) bool {
	for term := range strings.SplitSeq(terms, TermOr) {
		if !slices.ContainsFunc(strings.Split(term, TermAnd), func(e string) bool { return !n.meets(e) }) {
			return true
		}
	}
	return false
}

// nameField is the one field that node affinity can ask for beside labels.
const nameField = "metadata.name"

func (n *Node) meets(expression string) bool {
	key, rest, ok := strings.Cut(expression, " ")
	if !ok {
		k, v, _ := strings.Cut(expression, "=")
		have, exists := n.Labels[k]
		return exists && have == v
	}
	operator, list, _ := strings.Cut(rest, " ")
	values := strings.Split(strings.TrimSuffix(strings.TrimPrefix(list, "("), ")"), ",")
	have, exists := n.Labels[key]
	if key == nameField {
		have, exists = n.Name, true
	}
	switch operator {
	case "In":
		return exists && slices.Contains(values, have)
	case "NotIn":
		return !exists || !slices.Contains(values, have)
	case "Exists":
		return exists
	case "DoesNotExist":
		return !exists
	case "Gt", "Lt":
		a, errA := strconv.ParseInt(have, 10, 64)
		b, errB := strconv.ParseInt(values[0], 10, 64)
		return errA == nil && errB == nil && (operator == "Gt") == (a > b) && a != b
	}
	return true
}

// Untolerated are the taints of a node that keep a pod with these tolerations
// from being placed there.
func (n *Node) Untolerated(tolerations []Toleration) []Taint {
	var out []Taint
	for _, t := range n.Taints {
		if t.Effect != "NoSchedule" && t.Effect != "NoExecute" {
			continue
		}
		if !slices.ContainsFunc(tolerations, func(o Toleration) bool { return o.Tolerates(t) }) {
			out = append(out, t)
		}
	}
	return out
}

// Tolerates reports whether a toleration covers a taint, as the scheduler
// judges it (core/v1 Toleration.ToleratesTaint).
func (o Toleration) Tolerates(t Taint) bool {
	if o.Effect != "" && o.Effect != t.Effect {
		return false
	}
	if o.Key != "" && o.Key != t.Key {
		return false
	}
	switch o.Operator {
	case "Exists":
		return true
	case "", "Equal":
		return o.Key != "" && o.Value == t.Value
	}
	return false
}

// String is a taint as kubectl writes it: "dedicated=gpu:NoSchedule".
func (t Taint) String() string {
	out := t.Key
	if t.Value != "" {
		out += "=" + t.Value
	}
	return out + ":" + t.Effect
}

// conditionTaints are the taints that Kubernetes itself puts on a node in
// trouble and takes off again (k8s.io/api/core/v1 well_known_taints.go,
// cloud-provider).
var conditionTaints = map[string]bool{
	"node.kubernetes.io/not-ready": true, "node.kubernetes.io/unreachable": true,
	"node.kubernetes.io/memory-pressure": true, "node.kubernetes.io/disk-pressure": true, "node.kubernetes.io/pid-pressure": true,
	"node.kubernetes.io/network-unavailable": true, "node.kubernetes.io/out-of-service": true,
	"node.cloudprovider.kubernetes.io/shutdown": true, "node.cloudprovider.kubernetes.io/uninitialized": true,
}

// OfCondition reports whether a taint tells of the node's condition and not
// of whom it is meant for.
func (t Taint) OfCondition() bool { return conditionTaints[t.Key] }

// OfControlPlane reports whether a taint keeps a node for the control plane.
func (t Taint) OfControlPlane() bool {
	return t.Key == "node-role.kubernetes.io/control-plane" || t.Key == "node-role.kubernetes.io/master"
}

// OfCordon reports whether a taint stands for `kubectl cordon`.
func (t Taint) OfCordon() bool { return t.Key == "node.kubernetes.io/unschedulable" }
