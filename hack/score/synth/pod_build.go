package synth

import (
	"fmt"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// pod is a pod in the making. What it says of itself as a whole (phase,
// conditions) follows at the end from what its containers say.
type pod struct {
	*corev1.Pod
	w    *world
	app  *app
	rev  *revision
	at   string        // the container that an incident is about
	fell time.Duration // how long ago it stopped being ready
	lost time.Duration // how long ago its node was lost
	done bool          // its phase and conditions are as they shall be
}

func (a *app) addPod(r *revision, ordinal int, node *corev1.Node, age time.Duration) *pod {
	w := a.w
	owner := a.owner(r)
	p := w.newPod(a.namespace, a.podName(ordinal, r), r.spec, node, age)
	p.app, p.rev = a, r
	maps.Copy(p.Labels, a.labels)
	switch a.kind {
	case "Deployment":
		p.Labels["pod-template-hash"] = r.hash
		p.GenerateName = a.name + "-" + r.hash + "-"
	case "StatefulSet":
		p.Labels["controller-revision-hash"] = a.name + "-" + r.hash
		p.Labels["statefulset.kubernetes.io/pod-name"] = p.Name
		p.Labels["apps.kubernetes.io/pod-index"] = fmt.Sprint(ordinal)
	case "DaemonSet":
		p.Labels["controller-revision-hash"] = r.hash
		p.GenerateName = a.name + "-"
	}
	p.ownedBy(owner)
	if owner.Kind == "ReplicaSet" {
		w.event(ev{object: owner, typ: "Normal", reason: "SuccessfulCreate", message: "Created pod: " + p.Name, from: "replicaset-controller", first: age, count: 1})
	}
	a.pods = append(a.pods, p)
	return p
}

func (p *pod) ownedBy(o corev1.ObjectReference) {
	p.OwnerReferences = []metav1.OwnerReference{{APIVersion: apiVersion(o.Kind), Kind: o.Kind, Name: o.Name, UID: o.UID,
		Controller: new(true), BlockOwnerDeletion: new(true)}}
}

// newPod adds a running pod. A node of nil leaves it unscheduled.
func (w *world) newPod(namespace, name string, spec corev1.PodSpec, node *corev1.Node, age time.Duration) *pod {
	p := &pod{Pod: &corev1.Pod{ObjectMeta: w.meta(namespace, name, age), Spec: *spec.DeepCopy()}, w: w}
	p.Labels = map[string]string{}
	p.at = p.Spec.Containers[0].Name
	p.Status.QOSClass = qos(&p.Spec)
	w.wrote(&p.ObjectMeta, "kube-controller-manager", "v1", age, `{"f:spec":{}}`)
	w.pods = append(w.pods, p)
	p.place(node, age)
	started := max(age-w.between(2*time.Second, 12*time.Second), 0)
	for _, c := range p.Spec.InitContainers {
		p.Status.InitContainerStatuses = append(p.Status.InitContainerStatuses, w.initStatus(c, started))
	}
	for _, c := range p.Spec.Containers {
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: w.digest(c.Image),
			ContainerID: w.containerID(), Ready: true, Started: new(true), State: running(w, started)})
		p.started(c, started)
	}
	return p
}

// place puts a pod on a node.
func (p *pod) place(node *corev1.Node, age time.Duration) {
	if node == nil {
		return
	}
	p.Spec.NodeName = node.Name
	p.Status.HostIP, p.Status.PodIP = node.Status.Addresses[0].Address, p.w.ip()
	p.Status.PodIPs = []corev1.PodIP{{IP: p.Status.PodIP}}
	at := p.w.ago(age)
	p.Status.StartTime = &at
	if p.w.minor >= 35 { // the API server copies the node's topology
		p.Labels["topology.kubernetes.io/zone"] = node.Labels["topology.kubernetes.io/zone"]
	}
	p.w.event(ev{object: p.ref(""), typ: "Normal", reason: "Scheduled", from: "default-scheduler", action: "Binding", first: age, count: 1,
		message: fmt.Sprintf("Successfully assigned %s/%s to %s", p.Namespace, p.Name, node.Name)})
}

// started are the kubelet's events of a container that starts.
func (p *pod) started(c corev1.Container, ago time.Duration) {
	p.say(c.Name, "Normal", "Pulled", fmt.Sprintf("Container image %q already present on machine", c.Image), ago, ago, 1)
	created := "Created container: " + c.Name
	if p.w.isOld() {
		created = "Created container " + c.Name
	}
	p.say(c.Name, "Normal", "Created", created, ago, ago, 1)
	p.say(c.Name, "Normal", "Started", "Started container "+c.Name, ago, ago, 1)
}

// say is an event of the kubelet's about a container, or about the pod as a
// whole when container is empty.
func (p *pod) say(container, typ, reason, message string, first, last time.Duration, count int32) {
	p.w.event(ev{object: p.ref(container), typ: typ, reason: reason, message: message, from: "kubelet", host: p.Spec.NodeName, first: first, last: last, count: count})
}

func (p *pod) ref(container string) corev1.ObjectReference {
	o := corev1.ObjectReference{Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID}
	if container != "" {
		o.FieldPath = "spec.containers{" + container + "}"
		for _, c := range p.Spec.InitContainers {
			if c.Name == container {
				o.FieldPath = "spec.initContainers{" + container + "}"
			}
		}
	}
	return o
}

func running(w *world, ago time.Duration) corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: w.ago(ago)}}
}

// initStatus is that of an init container that has finished, or of a sidecar
// that runs.
func (w *world) initStatus(c corev1.Container, ago time.Duration) corev1.ContainerStatus {
	s := corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: w.digest(c.Image), ContainerID: w.containerID(), Ready: true, Started: new(false)}
	if c.RestartPolicy != nil {
		s.State, s.Started = running(w, ago), new(true)
		return s
	}
	s.State.Terminated = &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: w.ago(ago + 2*time.Second), FinishedAt: w.ago(ago + time.Second), ContainerID: s.ContainerID}
	return s
}

func (w *world) digest(image string) string {
	repository, _ := splitTag(image)
	if w.runtime == "docker" {
		return "docker-pullable://" + repository + "@sha256:" + sum256(image)
	}
	return repository + "@sha256:" + sum256(image)
}

func (w *world) containerID() string {
	scheme := map[string]string{"containerd": "containerd://", "cri-o": "cri-o://", "docker": "docker://"}[w.runtime]
	return scheme + w.names.hex(64)
}

func qos(s *corev1.PodSpec) corev1.PodQOSClass {
	for _, c := range s.Containers {
		if len(c.Resources.Requests)+len(c.Resources.Limits) > 0 {
			return corev1.PodQOSBurstable
		}
	}
	return corev1.PodQOSBestEffort
}

// bare adds a pod without a controller.
func (w *world) bare(namespace string, edits ...func(*corev1.PodSpec)) *app {
	a := &app{w: w, kind: "Pod", namespace: namespace, name: w.names.app(), age: w.between(time.Hour, 40*24*time.Hour), replicas: 1, labels: map[string]string{}}
	spec := w.podSpec(a)
	for _, edit := range edits {
		edit(&spec)
	}
	a.revisions = []*revision{w.revision(spec, a.age)}
	p := w.newPod(namespace, a.name, spec, w.anyNode(), a.age)
	p.Labels["run"] = a.name
	p.app = a
	a.pods = []*pod{p}
	return a
}
