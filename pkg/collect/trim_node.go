package collect

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) node(n *corev1.Node) {
	info := n.Status.NodeInfo
	node := cluster.Node{
		Ref:           b.ref("Node", &n.ObjectMeta),
		Created:       n.CreationTimestamp.Time,
		Unschedulable: n.Spec.Unschedulable,
		Labels:        b.pairs(n.Labels),
		Info: cluster.NodeInfo{KernelVersion: b.one(info.KernelVersion), OSImage: b.one(info.OSImage),
			ContainerRuntime: b.one(info.ContainerRuntimeVersion), KubeletVersion: b.one(info.KubeletVersion),
			Architecture: b.one(info.Architecture), BootID: b.names.keep(info.BootID)},
		Allocatable: map[string]string{},
		Writes:      b.writes(specWrites(&n.ObjectMeta)),
	}
	for _, c := range n.Status.Conditions {
		node.Conditions = append(node.Conditions, b.condition(string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime))
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
			node.Allocatable[b.one(string(name))] = b.one(q.String())
		}
	}
	b.Nodes = append(b.Nodes, node)
}
