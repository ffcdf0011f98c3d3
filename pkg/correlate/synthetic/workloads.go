package synthetic

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// workload is a controller with its pods.
type workload struct {
	cluster.Workload
	size      int
	pool      string // the only one that it may sit on
	revisions []*cluster.Revision
	pods      []*cluster.Pod
	fresh     []*cluster.Pod // those of a revision that has just been rolled out
	missing   int            // pods that cannot be made
}

var registries = []string{"registry.example.com", "ghcr.io", "quay.io", "docker.io", "mirror.internal:5000"}

// addWorkloads makes workloads of namespaces, about eight in each. Those of a
// namespace share ConfigMaps, Secrets and service accounts.
func (m *maker) addWorkloads() {
	for i := range m.Workloads {
		ns := fmt.Sprintf("team%04d", m.IntN(1+m.Workloads/8))
		w := &workload{size: m.size()}
		w.Ref = cluster.Ref{Kind: "Deployment", Namespace: ns, Name: fmt.Sprintf("app%04d", i)}
		if m.chance(0.2) {
			w.Kind = "StatefulSet"
		}
		w.Created = m.ago(30*24*time.Hour, 200*24*time.Hour)
		w.Selector = map[string]string{"app": w.Name}
		if m.chance(m.Pinned) {
			w.pool = pick(m, pools)
		}
		w.Template = m.template(w)
		m.workloads = append(m.workloads, w)
	}
}

// size of a workload: most are small, few are large.
func (m *maker) size() int {
	n := 1
	switch draw := m.Float64(); {
	case draw < .35:
	case draw < .70:
		n = 2 + m.IntN(2)
	case draw < .90:
		n = 4 + m.IntN(7)
	default:
		n = 11 + m.IntN(30)
	}
	if m.MaxSize > 0 {
		n = min(n, m.MaxSize)
	}
	return n * max(1, m.Times)
}

func (m *maker) template(w *workload) *cluster.Template {
	t := &cluster.Template{RestartPolicy: "Always", ServiceAccount: "default"}
	registry := registries[min(m.IntN(8), len(registries)-1)]
	t.Containers = []cluster.ContainerSpec{{Name: "app", Role: cluster.Regular, PullPolicy: "IfNotPresent",
		Image:       fmt.Sprintf("%s/%s:%d.%d", registry, w.Name, 1+m.IntN(3), m.IntN(20)),
		MemoryLimit: pick(m, []string{"128Mi", "256Mi", "512Mi", "1Gi", "2Gi"}), MemoryRequest: "64Mi"}}
	if m.chance(.25) { // many workloads carry the same image beside their own
		t.Containers = append(t.Containers, cluster.ContainerSpec{Name: "proxy", Role: cluster.Regular, PullPolicy: "IfNotPresent",
			Image: "registry.example.com/mesh/proxy:" + pick(m, []string{"1.24.1", "1.25.0", "1.26.2"}), MemoryLimit: "128Mi", MemoryRequest: "64Mi"})
	}
	for range m.IntN(3) {
		t.ConfigMaps = append(t.ConfigMaps, cluster.ConfigRef{Name: fmt.Sprintf("settings%04d", m.IntN(4)), Via: "volume"})
	}
	for range m.IntN(3) {
		t.Secrets = append(t.Secrets, cluster.ConfigRef{Name: fmt.Sprintf("keys%04d", m.IntN(4)), Via: "env"})
	}
	if m.chance(.5) {
		t.ServiceAccount = fmt.Sprintf("robot%04d", m.IntN(3))
	}
	if w.pool != "" {
		t.NodeSelector = []string{"cloud.google.com/gke-nodepool=" + w.pool}
	}
	return t
}

// place makes the pods, spread over nodes as chance has it. The first
// workloads of a cluster with rollouts have just been rolled out: half of
// their pods are of the new revision, and on nodes that have just joined.
func (m *maker) place(w *workload) {
	old := m.revise(w, w.Template, w.Created, 1)
	nodes := m.open(w)
	keep := w.size
	if m.isRolling(w) {
		keep = w.size / 2
	}
	for range keep {
		m.addPod(w, old, pick(m, nodes), m.ago(2*time.Hour, 28*24*time.Hour))
	}
	old.Desired, old.Ready = int32(keep), int32(keep)
	if keep == w.size {
		return
	}
	t := *w.Template
	t.Containers = append([]cluster.ContainerSpec(nil), t.Containers...)
	t.Containers[0].Image += "-next"
	w.Template = &t
	next := m.revise(w, &t, m.ago(30*time.Minute, 39*time.Minute), 2)
	for range w.size - keep {
		w.fresh = append(w.fresh, m.addPod(w, next, pick(m, m.fresh), next.Created.Add(time.Second)))
	}
	next.Desired, next.Ready = int32(w.size-keep), int32(w.size-keep)
}

func (m *maker) isRolling(w *workload) bool {
	for i := range min(m.Rollouts, len(m.workloads)) {
		if m.workloads[i] == w {
			return w.size > 0
		}
	}
	return false
}

func (m *maker) revise(w *workload, t *cluster.Template, created time.Time, number int64) *cluster.Revision {
	hash := fmt.Sprintf("%s%d", m.letters(8), number)
	r := &cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: w.Namespace, Name: w.Name + "-" + hash},
		Owner: w.Ref, Created: created, Number: number, Hash: hash, Template: t}
	if w.Kind == "StatefulSet" {
		r.Kind, r.Template, r.Hash = "ControllerRevision", nil, r.Name // their pods are labelled with the whole name
	}
	w.revisions = append(w.revisions, r)
	return r
}

func (m *maker) letters(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = "bcdfghjklmnpqrstvwxz2456789"[m.IntN(27)]
	}
	return string(out)
}

func (m *maker) addPod(w *workload, r *cluster.Revision, n *cluster.Node, created time.Time) *cluster.Pod {
	p := &cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: w.Namespace, Name: r.Name + "-" + m.letters(5)},
		Created: created, Started: created.Add(time.Second), Owner: r.Ref, Node: n.Name, Template: w.Template, Phase: "Running", QOSClass: "Burstable",
		Labels:     map[string]string{"app": w.Name, "pod-template-hash": r.Hash},
		Conditions: []cluster.Condition{{Type: "PodScheduled", Status: "True", Transition: created}, {Type: "Ready", Status: "True", Transition: created.Add(10 * time.Second)}}}
	if w.Kind == "StatefulSet" {
		p.Name, p.Owner = fmt.Sprintf("%s-%d", w.Name, len(w.pods)), w.Ref
		p.Labels = map[string]string{"app": w.Name, "controller-revision-hash": r.Hash}
		m.claim(p)
	}
	for _, c := range w.Template.Containers {
		p.Containers = append(p.Containers, cluster.Container{ContainerIdentity: &cluster.ContainerIdentity{Name: c.Name, Role: c.Role, Image: c.Image}, Ready: true,
			State: cluster.State{Phase: cluster.Running, StartedAt: created.Add(5 * time.Second)}})
	}
	w.pods = append(w.pods, p)
	return p
}

// claim gives a pod of a StatefulSet a volume of its own.
func (m *maker) claim(p *cluster.Pod) {
	t := *p.Template
	t.Claims = []string{"data-" + p.Name}
	p.Template = &t
	class := classOf(p.Labels["app"])
	m.out.Claims = append(m.out.Claims, cluster.Claim{Ref: cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: p.Namespace, Name: t.Claims[0]},
		Created: p.Created, Phase: "Bound", StorageClass: class, Provisioner: driverOf(class), AccessModes: []string{"ReadWriteOnce"}, Volume: "pv-" + p.Name})
}

// count sums the pods up in the workload's status and its revisions'.
func (w *workload) count() {
	w.Desired, w.Updated = int32(len(w.pods)+w.missing), int32(len(w.pods))
	w.Progressing = w.missing > 0
	if len(w.fresh) > 0 {
		w.Updated, w.Progressing = int32(len(w.fresh)), true
	}
	w.Ready = 0
	ready := map[string]int32{}
	for _, p := range w.pods {
		if p.Ready() {
			w.Ready++
			ready[p.Revision()]++
		}
	}
	w.Available = w.Ready
	for _, r := range w.revisions {
		r.Ready = ready[r.Hash]
	}
}
