package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMeasurableNodes(t *testing.T) {
	node := func(name, ready string) Node {
		return Node{Ref: Ref{Kind: "Node", Name: name}, Conditions: []Condition{{Type: "Ready", Status: ready}}}
	}
	pod := func(namespace, name, node, phase, app string) Pod {
		return Pod{Ref: Ref{Kind: "Pod", Namespace: namespace, Name: name}, Node: node, Phase: phase, Labels: map[string]string{"app": app}}
	}
	parts := Parts{
		Nodes: []Node{node("empty", "True"), node("a", "True"), node("b", "True"), node("lost", "Unknown")},
		Pods: []Pod{pod("shop", "web-1", "a", "Running", "web"), pod("shop", "web-2", "a", "Running", "web"), pod("shop", "db-0", "b", "Running", "db"),
			pod("shop", "web-3", "lost", "Running", "web"), pod("shop", "job", "empty", "Succeeded", "job"), pod("shop", "new", "", "Pending", "web"),
			pod("ops", "agent", "unread", "Running", "agent")},
	}
	isWeb := func(l map[string]string) bool { return l["app"] == "web" }
	for name, c := range map[string]struct {
		scope Scope
		want  []string
	}{
		"everything":      {Scope{AllNamespaces: true}, []string{"a", "b", "empty", "unread"}},
		"a namespace":     {Scope{Namespaces: []string{"shop"}}, []string{"a", "b"}},
		"unread node":     {Scope{Namespaces: []string{"ops"}}, []string{"unread"}},
		"some pods":       {Scope{AllNamespaces: true, MatchPod: isWeb}, []string{"a"}},
		"a node":          {Scope{AllNamespaces: true, Node: "b"}, []string{"b"}},
		"a node not well": {Scope{AllNamespaces: true, Node: "lost"}, nil},
	} {
		parts.Scope = c.scope
		got := New(parts).Measurable()
		if len(got) == 0 {
			got = nil
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWithMetricsChangesNothingElse(t *testing.T) {
	before := New(Parts{Pods: []Pod{{Ref: Ref{Kind: "Pod", Namespace: "shop", Name: "a"}}}, Sources: []Source{{Resource: Pods, Objects: 1}}})
	pod := before.Pods[0].Ref
	after := before.WithMetrics(Parts{Usages: []Usage{{Pod: pod, Container: "c", Periods: 7}}, Sources: []Source{{Resource: Metrics, Objects: 1}}})
	if u := after.Usage(pod, "c"); u == nil || u.Periods != 7 || after.Usage(pod, "other") != nil {
		t.Errorf("%+v", u)
	}
	if before.Usage(pod, "c") != nil || before.Read(Metrics) || !after.Read(Metrics) || !after.Read(Pods) {
		t.Error("the snapshot before is changed, or that after lacks something")
	}
}
