package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
)

var (
	nodePatterns = []string{"gke-core-%s-%d", "ip-10-0-%s-%d.eu-west-1.compute.internal", "aks-pool-%s-vmss00000%d", "worker-%s-%d"}
	runtimeNames = map[string]string{"containerd": "containerd://2.1.4", "cri-o": "cri-o://1.33.2", "docker": "docker://26.1.4"}
)

// addNodes adds workers in up to three zones.
func (w *world) addNodes(count int) {
	pattern, age := w.names.word(nodePatterns), w.between(20*24*time.Hour, 200*24*time.Hour)
	for i := range count {
		w.addNode(w.names.node(pattern, i), fmt.Sprintf("eu-west-1%c", 'a'+i%3), age)
	}
}

func (w *world) addNode(name, zone string, age time.Duration) *corev1.Node {
	n := &corev1.Node{ObjectMeta: w.meta("", name, age)}
	n.Labels = map[string]string{"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
		"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": "eu-west-1", "node.kubernetes.io/instance-type": "m6i.2xlarge",
		"eks.amazonaws.com/nodegroup": "general"}
	w.wrote(&n.ObjectMeta, "kubelet", "v1", age, `{"f:metadata":{"f:labels":{}}}`)
	n.Status.NodeInfo = corev1.NodeSystemInfo{KernelVersion: "6.8.0-1021-aws", OSImage: "Ubuntu 24.04.2 LTS", Architecture: "amd64",
		OperatingSystem: "linux", KubeletVersion: fmt.Sprintf("v1.%d.4", w.minor), ContainerRuntimeVersion: w.runtimeVersion(), BootID: w.names.uid()}
	n.Status.Capacity = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8"), corev1.ResourceMemory: resource.MustParse("32Gi"),
		corev1.ResourcePods: resource.MustParse("110"), corev1.ResourceEphemeralStorage: resource.MustParse("100Gi")}
	n.Status.Allocatable = n.Status.Capacity.DeepCopy()
	n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("10.0.0.%d", 10+len(w.nodes))}, {Type: corev1.NodeHostName, Address: name}}
	since := age - 40*time.Second
	w.condition(n, corev1.NodeMemoryPressure, "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", since)
	w.condition(n, corev1.NodeDiskPressure, "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", since)
	w.condition(n, corev1.NodePIDPressure, "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available", since)
	w.condition(n, corev1.NodeReady, "True", "KubeletReady", "kubelet is posting ready status", since)
	w.nodes = append(w.nodes, n)
	return n
}

func (w *world) runtimeVersion() string {
	if w.runtime == "containerd" && w.isOld() {
		return "containerd://1.7.27"
	}
	return runtimeNames[w.runtime]
}

// condition sets a condition of a node since some time ago.
func (w *world) condition(n *corev1.Node, typ corev1.NodeConditionType, status, reason, message string, since time.Duration) {
	c := corev1.NodeCondition{Type: typ, Status: corev1.ConditionStatus(status), Reason: reason, Message: message,
		LastHeartbeatTime: w.ago(w.between(0, 4*time.Minute)), LastTransitionTime: w.ago(since)}
	if since < 4*time.Minute {
		c.LastHeartbeatTime = c.LastTransitionTime
	}
	for i := range n.Status.Conditions {
		if n.Status.Conditions[i].Type == typ {
			n.Status.Conditions[i] = c
			return
		}
	}
	n.Status.Conditions = append(n.Status.Conditions, c)
}

// taint adds a taint as the node controllers do.
func (w *world) taint(n *corev1.Node, key string, effect corev1.TaintEffect, since time.Duration) {
	at := w.ago(since)
	n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: key, Effect: effect, TimeAdded: &at})
}

// lose makes a node stop reporting: its pods are not ready any more, but
// their containers are as the kubelet last told them.
func (w *world) lose(n *corev1.Node, since time.Duration) {
	for _, typ := range []corev1.NodeConditionType{corev1.NodeReady, corev1.NodeMemoryPressure, corev1.NodeDiskPressure, corev1.NodePIDPressure} {
		w.condition(n, typ, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", since)
	}
	w.taint(n, corev1.TaintNodeUnreachable, corev1.TaintEffectNoSchedule, since)
	w.taint(n, corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute, since)
	w.nodeEvent(n, corev1.EventTypeNormal, "NodeNotReady", fmt.Sprintf("Node %s status is now: NodeNotReady", n.Name), "node-controller", since)
	w.unreadyOn(n, since)
}

// unreadyOn is what the node lifecycle controller does to the pods of a node
// that is not ready.
func (w *world) unreadyOn(n *corev1.Node, since time.Duration) {
	for _, p := range w.podsOn(n) {
		p.lost = since
		w.event(ev{object: p.ref(""), typ: "Warning", reason: "NodeNotReady", message: "Node is not ready", from: "node-controller", first: since, count: 1})
	}
}

func (w *world) podsOn(n *corev1.Node) []*pod {
	var out []*pod
	for _, p := range w.pods {
		if p.Spec.NodeName == n.Name {
			out = append(out, p)
		}
	}
	return out
}

// nodeEvent is an event about a node. Of the kubelet's the UID is the node's
// name.
func (w *world) nodeEvent(n *corev1.Node, typ, reason, message, from string, ago time.Duration) {
	o, host := corev1.ObjectReference{Kind: "Node", Name: n.Name, UID: n.UID}, ""
	if from == "kubelet" {
		o.UID, host = types.UID(n.Name), n.Name
	}
	w.event(ev{object: o, typ: typ, reason: reason, message: message, from: from, host: host, first: ago, count: 1})
}
