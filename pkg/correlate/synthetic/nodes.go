package synthetic

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var (
	zones = []string{"eu-1a", "eu-1b", "eu-1c"}
	pools = []string{"general", "compute", "spot"}
	// runtimes of nodes, and classes of storage, are theirs by their names: one
	// node of five, one StatefulSet of three.
	runtimes = []string{"containerd://2.0.5", "containerd://2.0.5", "cri-o://1.33.2", "containerd://2.0.5", "containerd://2.0.5"}
	classes  = []string{"standard", "fast", "shared"}
	kernels  = []string{"6.1.0-30-cloud-amd64", "6.1.0-32-cloud-amd64", "6.1.0-35-cloud-amd64", "6.6.44-gardenlinux", "6.8.0-60-generic"}
)

const podsPerNode = 20

// addNodes makes room for all pods. Zones take turns, pools have stretches of
// nodes, and kernels are whatever a node was made with. Nodes that have just
// joined are of a pool and have a kernel of their own.
func (m *maker) addNodes() {
	pods := 0
	for _, w := range m.workloads {
		pods += w.size
	}
	n := max(6, pods/podsPerNode)
	for i := range n {
		m.addNode(zones[i%3], pools[i*len(pools)/n], pick(m, kernels), m.ago(20*24*time.Hour, 90*24*time.Hour))
	}
	if m.Rollouts == 0 {
		return
	}
	for i := range max(3, n/10) {
		m.fresh = append(m.fresh, m.addNode(zones[i%3], "fresh", "6.12.5-cloud-amd64", m.ago(40*time.Minute, 50*time.Minute)))
	}
}

func (m *maker) addNode(zone, pool, kernel string, created time.Time) *cluster.Node {
	name := fmt.Sprintf("node%04d", len(m.nodes))
	n := &cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: name}, Created: created,
		Labels: map[string]string{"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": "eu-1",
			"cloud.google.com/gke-nodepool": pool, "kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64"},
		Conditions:  []cluster.Condition{{Type: "Ready", Status: "True", Reason: "KubeletReady", Transition: created.Add(time.Minute)}},
		Info:        cluster.NodeInfo{KernelVersion: kernel, OSImage: "Linux", ContainerRuntime: runtimes[len(m.nodes)%len(runtimes)], KubeletVersion: "v1.34.0", Architecture: "amd64"},
		Allocatable: map[string]string{"cpu": "16", "memory": "64Gi", "pods": "110"}}
	m.nodes = append(m.nodes, n)
	return n
}

// open are the nodes on which a workload may sit: all that are not new, or
// those of the pool that it is pinned to.
func (m *maker) open(w *workload) []*cluster.Node {
	var out []*cluster.Node
	for _, n := range m.nodes {
		if n.Pool() != "fresh" && (w.pool == "" || n.Pool() == w.pool) {
			out = append(out, n)
		}
	}
	return out
}

// classOf is the class of storage that a StatefulSet asks for, whatever the
// seed: so that it can be told from its name.
func classOf(app string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(app)) // a hash takes everything
	return classes[h.Sum32()%uint32(len(classes))]
}

func driverOf(class string) string { return class + ".csi.example.com" }
