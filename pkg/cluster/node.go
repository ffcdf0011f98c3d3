package cluster

import "time"

// Node is a node with its conditions and what its labels say of its place.
type Node struct {
	Ref
	Created       time.Time
	Conditions    []Condition
	Taints        []Taint
	Unschedulable bool
	Labels        map[string]string
	Info          NodeInfo
	Allocatable   map[string]string // cpu, memory, pods, ephemeral-storage
	Writes        []Write
}

// NodeInfo is status.nodeInfo.
type NodeInfo struct {
	KernelVersion, OSImage, ContainerRuntime, KubeletVersion, Architecture, BootID string
}

// Taint of a node; Added is set by the node controllers only.
type Taint struct {
	Key, Value, Effect string
	Added              time.Time
}

// Condition returns the node's condition of a type, or the zero Condition.
func (n *Node) Condition(typ string) Condition { return findCondition(n.Conditions, typ) }

// Ready reports whether the node's Ready condition is True.
func (n *Node) Ready() bool { return n.Condition("Ready").Status == "True" }

// Zone is the node's topology zone, empty where there is none.
func (n *Node) Zone() string {
	return n.firstLabel("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
}

// Region is the node's topology region, empty where there is none.
func (n *Node) Region() string {
	return n.firstLabel("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
}

// InstanceType is the machine type as the cloud names it.
func (n *Node) InstanceType() string {
	return n.firstLabel("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
}

// Pool is the node pool, by the label of whichever provider made it.
func (n *Node) Pool() string {
	return n.firstLabel(
		"cloud.google.com/gke-nodepool",
		"eks.amazonaws.com/nodegroup",
		"alpha.eksctl.io/nodegroup-name",
		"kubernetes.azure.com/agentpool",
		"agentpool",
		"karpenter.sh/nodepool",
		"karpenter.sh/provisioner-name",
		"kops.k8s.io/instancegroup",
		"doks.digitalocean.com/node-pool",
		"lke.linode.com/pool-id",
		"k8s.scaleway.com/pool-name",
		"alibabacloud.com/nodepool-id",
		"ibm-cloud.kubernetes.io/worker-pool-name",
		"nodepool",
	)
}

func (n *Node) firstLabel(keys ...string) string {
	for _, k := range keys {
		if v := n.Labels[k]; v != "" {
			return v
		}
	}
	return ""
}
