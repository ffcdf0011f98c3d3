package fill

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var zones = []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"}

const imagesPerNode = 30

func (g *generator) node(i int) *corev1.Node {
	created := g.plan.Now.Add(-time.Duration(20+i%30) * 24 * time.Hour)
	n := &corev1.Node{TypeMeta: typeOf("v1", "Node"), ObjectMeta: g.meta("", nodeName(i), created)}
	pool := []string{"general", "general", "memory", "batch"}[i%4]
	n.Labels = map[string]string{
		corev1.LabelHostname: n.Name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64",
		corev1.LabelTopologyZone: zones[i%len(zones)], corev1.LabelTopologyRegion: "eu-west-1",
		corev1.LabelInstanceTypeStable: "m6i.4xlarge", "eks.amazonaws.com/nodegroup": pool, "eks.amazonaws.com/capacityType": "ON_DEMAND",
	}
	n.Annotations = map[string]string{"node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true",
		"csi.volume.kubernetes.io/nodeid": `{"ebs.csi.aws.com":"i-` + g.suffix(17) + `"}`}
	n.ManagedFields = []metav1.ManagedFieldsEntry{wrote("kubelet", "v1", "", nodeFields, created),
		wrote("kubelet", "v1", "status", nodeStatusFields, g.plan.Now.Add(-time.Minute))}
	n.Spec = corev1.NodeSpec{PodCIDR: fmt.Sprintf("10.%d.%d.0/24", 64+i/250, i%250), ProviderID: "aws:///" + zones[i%len(zones)] + "/i-" + g.suffix(17)}
	n.Status = g.nodeStatus(i, created)
	if i == brokenNode {
		since := at(g.plan.Now.Add(-diskSince))
		n.Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeDiskPressure, Effect: corev1.TaintEffectNoSchedule, TimeAdded: &since}}
	}
	return n
}

func (g *generator) nodeStatus(i int, created time.Time) corev1.NodeStatus {
	s := corev1.NodeStatus{
		Capacity:    resources("16", "65011032Ki", "104845292Ki"),
		Allocatable: resources("15890m", "61790552Ki", "95551679124"),
		Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("10.%d.%d.10", 16+i/250, i%250)},
			{Type: corev1.NodeInternalDNS, Address: nodeName(i)}, {Type: corev1.NodeHostName, Address: nodeName(i)}},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: 10250}},
		NodeInfo: corev1.NodeSystemInfo{MachineID: g.suffix(32), SystemUUID: string(g.uid()), BootID: string(g.uid()),
			KernelVersion: "6.12.46-66.121.amzn2023.x86_64", OSImage: "Amazon Linux 2023.9", ContainerRuntimeVersion: "containerd://2.1.4",
			KubeletVersion: "v1.36.1", KubeProxyVersion: "", OperatingSystem: "linux", Architecture: "amd64"},
	}
	s.Capacity[corev1.ResourcePods], s.Allocatable[corev1.ResourcePods] = resource.MustParse("110"), resource.MustParse("110")
	for range imagesPerNode {
		name := fmt.Sprintf("ghcr.io/acme/base-%d", g.random.IntN(500))
		s.Images = append(s.Images, corev1.ContainerImage{Names: []string{name + "@" + g.digest(), name + ":v1"}, SizeBytes: g.random.Int64N(900_000_000)})
	}
	s.Conditions = g.nodeConditions(i, created)
	return s
}

func (g *generator) nodeConditions(i int, created time.Time) []corev1.NodeCondition {
	heartbeat := at(g.plan.Now.Add(-time.Duration(g.random.IntN(280)) * time.Second))
	condition := func(kind corev1.NodeConditionType, status corev1.ConditionStatus, reason, message string, since time.Time) corev1.NodeCondition {
		return corev1.NodeCondition{Type: kind, Status: status, Reason: reason, Message: message, LastHeartbeatTime: heartbeat, LastTransitionTime: at(since)}
	}
	disk := condition(corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", created)
	if i == brokenNode {
		disk = condition(corev1.NodeDiskPressure, corev1.ConditionTrue, "KubeletHasDiskPressure", "kubelet has disk pressure", g.plan.Now.Add(-diskSince))
	}
	return []corev1.NodeCondition{
		condition(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", created),
		disk,
		condition(corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID", "kubelet has sufficient PID available", created),
		condition(corev1.NodeReady, corev1.ConditionTrue, "KubeletReady", "kubelet is posting ready status", created.Add(time.Minute)),
	}
}

func resources(cpu, memory, disk string) corev1.ResourceList {
	out := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
	if disk != "" {
		out[corev1.ResourceEphemeralStorage] = resource.MustParse(disk)
	}
	return out
}
