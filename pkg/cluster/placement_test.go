package cluster_test

import (
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestNodeMatchesSelector(t *testing.T) {
	n := cluster.Node{Labels: map[string]string{"disk": "ssd", "cores": "16", "empty": ""}}
	for expression, want := range map[string]bool{
		"disk=ssd": true, "disk=hdd": false, "gpu=": false, "empty=": true,
		"disk In (hdd,ssd)": true, "disk In (hdd)": false, "gpu In (a)": false,
		"disk NotIn (hdd)": true, "disk NotIn (ssd)": false, "gpu NotIn (a)": true,
		"disk Exists": true, "gpu Exists": false, "gpu DoesNotExist": true, "disk DoesNotExist": false,
		"cores Gt (8)": true, "cores Gt (16)": false, "cores Lt (32)": true, "cores Lt (16)": false, "disk Gt (1)": false,
		"disk Sounds (odd)": true,
	} {
		if got := n.Matches([]string{expression}); got != want {
			t.Errorf("%s: %v, want %v", expression, got, want)
		}
	}
	if n.Matches([]string{"disk=ssd", "gpu Exists"}) {
		t.Error("one expression that is not met is enough to refuse")
	}
	n.Name = "n1"
	for terms, want := range map[string]bool{
		"gpu Exists or disk In (hdd,ssd)":                   true,
		"gpu Exists or disk In (hdd)":                       false,
		"disk In (ssd) and gpu Exists or cores In (8)":      false,
		"cores In (8) or disk In (ssd) and cores Gt (8)":    true,
		"gpu Exists or metadata.name In (n1)":               true,
		"metadata.name In (n2) or metadata.name NotIn (n1)": false,
	} {
		if got := n.Matches([]string{terms, "disk=ssd"}); got != want {
			t.Errorf("%s: %v, want %v", terms, got, want)
		}
	}
}

func TestUntolerated(t *testing.T) {
	gpu := cluster.Taint{Key: "dedicated", Value: "gpu", Effect: "NoSchedule"}
	n := cluster.Node{Taints: []cluster.Taint{gpu, {Key: "old", Effect: "PreferNoSchedule"}}}
	for _, c := range []struct {
		tolerations []cluster.Toleration
		tolerated   bool
	}{
		{nil, false},
		{[]cluster.Toleration{{Operator: "Exists"}}, true},
		{[]cluster.Toleration{{Key: "dedicated", Operator: "Exists"}}, true},
		{[]cluster.Toleration{{Key: "dedicated", Value: "gpu"}}, true},
		{[]cluster.Toleration{{Key: "dedicated", Operator: "Equal", Value: "db"}}, false},
		{[]cluster.Toleration{{Key: "dedicated", Operator: "Exists", Effect: "NoExecute"}}, false},
		{[]cluster.Toleration{{Value: "gpu"}}, false},
	} {
		if got := len(n.Untolerated(c.tolerations)) == 0; got != c.tolerated {
			t.Errorf("%+v: tolerated %v, want %v", c.tolerations, got, c.tolerated)
		}
	}
	if gpu.String() != "dedicated=gpu:NoSchedule" {
		t.Errorf("taint is written %s", gpu)
	}
}

func TestFreeCountsWhatRunsTogether(t *testing.T) {
	template := &cluster.Template{Containers: []cluster.ContainerSpec{
		{Name: "init", Role: cluster.Init, CPURequest: "2"},
		{Name: "proxy", Role: cluster.Sidecar, CPURequest: "100m"},
		{Name: "app", Role: cluster.Regular, CPURequest: "500m", MemoryRequest: "1Gi", Extended: "ephemeral-storage=2Gi,nvidia.com/gpu=1"},
	}}
	for name, want := range map[string]string{"cpu": "2100m", "memory": "1Gi", "nvidia.com/gpu": "1", "ephemeral-storage": "2Gi", "pods": "1", "other": "0"} {
		if q := template.Request(name); q.String() != want {
			t.Errorf("request of %s is %s, want %s", name, q.String(), want)
		}
	}
	node := cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: "n"}, Allocatable: map[string]string{"cpu": "4", "pods": "10"}}
	s := cluster.New(cluster.Parts{Nodes: []cluster.Node{node}, Pods: []cluster.Pod{
		{Ref: cluster.Ref{Kind: "Pod", Namespace: "a", Name: "runs"}, Node: "n", Phase: "Running", Template: template},
		{Ref: cluster.Ref{Kind: "Pod", Namespace: "a", Name: "done"}, Node: "n", Phase: "Succeeded", Template: template},
	}})
	if q := s.Free(s.Node("n"), "cpu"); q.String() != "1900m" {
		t.Errorf("free CPU is %s, want 1900m", q.String())
	}
	if q := s.Free(s.Node("n"), "pods"); q.String() != "9" {
		t.Errorf("room for %s pods, want 9", q.String())
	}
}
