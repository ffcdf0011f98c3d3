package collect

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) node(n *corev1.Node) {
	info := n.Status.NodeInfo
	node := cluster.Node{
		Ref:           ref("Node", &n.ObjectMeta),
		Created:       n.CreationTimestamp.Time,
		Unschedulable: n.Spec.Unschedulable,
		Labels:        n.Labels,
		Info: cluster.NodeInfo{KernelVersion: info.KernelVersion, OSImage: info.OSImage,
			ContainerRuntime: info.ContainerRuntimeVersion, KubeletVersion: info.KubeletVersion,
			Architecture: info.Architecture, BootID: info.BootID},
		Allocatable: map[string]string{},
		Writes:      specWrites(&n.ObjectMeta),
	}
	for _, c := range n.Status.Conditions {
		node.Conditions = append(node.Conditions, cluster.Condition{Type: string(c.Type), Status: string(c.Status),
			Reason: c.Reason, Message: maskText(c.Message), Transition: c.LastTransitionTime.Time})
	}
	for _, t := range n.Spec.Taints {
		taint := cluster.Taint{Key: t.Key, Value: t.Value, Effect: string(t.Effect)}
		if t.TimeAdded != nil {
			taint.Added = t.TimeAdded.Time
		}
		node.Taints = append(node.Taints, taint)
	}
	for name, q := range n.Status.Allocatable {
		if !strings.HasPrefix(string(name), "hugepages-") {
			node.Allocatable[string(name)] = q.String()
		}
	}
	b.Nodes = append(b.Nodes, node)
}
