package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// app is a workload with its revisions and pods.
type app struct {
	w               *world
	kind            string
	namespace, name string
	uid             types.UID
	age             time.Duration
	replicas        int
	labels          map[string]string
	revisions       []*revision
	pods            []*pod
	service         string
	// unfinished is set while the newest revision has not come out whole.
	unfinished bool
	refused    string // why pods of the newest revision cannot be created
	progressed time.Duration
}

// revision of a workload: a ReplicaSet or ControllerRevision.
type revision struct {
	hash string
	uid  types.UID
	age  time.Duration
	spec corev1.PodSpec
}

// shape is what a workload shall look like.
type shape struct {
	kind, namespace, name string
	replicas              int
	age                   time.Duration
	edits                 []func(*corev1.PodSpec)
	noService             bool
	labels                map[string]string
	nodes                 []*corev1.Node
}

type option func(*shape)

func in(namespace string) option     { return func(s *shape) { s.namespace = namespace } }
func named(name string) option       { return func(s *shape) { s.name = name } }
func replicas(n int) option          { return func(s *shape) { s.replicas = n } }
func fresh(age time.Duration) option { return func(s *shape) { s.age = age } }
func on(nodes ...*corev1.Node) option {
	return func(s *shape) { s.nodes = nodes }
}
func statefulSet(s *shape) { s.kind = "StatefulSet" }
func daemonSet(s *shape)   { s.kind, s.noService = "DaemonSet", true }
func labelled(key, value string) option {
	return func(s *shape) { s.labels = map[string]string{key: value} }
}
func internal(s *shape) { s.noService = true }

// with changes what the pods ask for.
func with(edit func(*corev1.PodSpec)) option {
	return func(s *shape) { s.edits = append(s.edits, edit) }
}

// app adds a workload whose pods are all well.
func (w *world) app(opts ...option) *app {
	s := shape{kind: "Deployment", replicas: 2 + w.r.IntN(3), age: w.between(3*24*time.Hour, 60*24*time.Hour)}
	for _, o := range opts {
		o(&s)
	}
	if s.namespace == "" {
		s.namespace = w.names.namespace()
	}
	if s.name == "" {
		s.name = w.names.app()
	}
	a := &app{w: w, kind: s.kind, namespace: s.namespace, name: s.name, uid: types.UID(w.names.uid()), age: s.age, replicas: s.replicas,
		labels: s.labels, progressed: s.age - 40*time.Second}
	if a.labels == nil {
		a.labels = map[string]string{"app.kubernetes.io/name": s.name}
	}
	spec := w.podSpec(a)
	for _, edit := range s.edits {
		edit(&spec)
	}
	a.revisions = []*revision{w.revision(spec, s.age)}
	if !s.noService {
		a.service = a.name
		w.addService(a)
	}
	if len(s.nodes) == 0 {
		s.nodes = w.open()
	}
	if s.kind == "DaemonSet" {
		a.replicas = len(s.nodes)
	}
	w.apps = append(w.apps, a)
	first := w.r.IntN(len(s.nodes))
	for i := range a.replicas {
		a.addPod(a.revisions[0], i, s.nodes[(first+i)%len(s.nodes)], a.podAge())
	}
	a.createdEvents()
	return a
}

func (a *app) podAge() time.Duration {
	if a.age < 2*time.Hour {
		return a.age
	}
	return a.w.between(2*time.Hour, a.age)
}

func (w *world) revision(spec corev1.PodSpec, age time.Duration) *revision {
	return &revision{hash: w.names.letters(8 + w.r.IntN(3)), uid: types.UID(w.names.uid()), age: age, spec: spec}
}

// String is namespace/name, as truths name workloads.
func (a *app) String() string { return a.namespace + "/" + a.name }

func (a *app) current() *revision { return a.revisions[len(a.revisions)-1] }

func (a *app) image() string { return a.current().spec.Containers[0].Image }

func (a *app) ref() corev1.ObjectReference {
	return corev1.ObjectReference{Kind: a.kind, Namespace: a.namespace, Name: a.name, UID: a.uid}
}

// pods' owner is the revision's ReplicaSet for a Deployment, else the
// workload itself.
func (a *app) owner(r *revision) corev1.ObjectReference {
	if a.kind == "Deployment" {
		return corev1.ObjectReference{Kind: "ReplicaSet", Namespace: a.namespace, Name: a.name + "-" + r.hash, UID: r.uid}
	}
	return a.ref()
}

func (a *app) podName(ordinal int, r *revision) string {
	switch a.kind {
	case "StatefulSet":
		return fmt.Sprintf("%s-%d", a.name, ordinal)
	case "DaemonSet":
		return a.name + "-" + a.w.names.letters(5)
	}
	return a.name + "-" + r.hash + "-" + a.w.names.letters(5)
}

// rollout begins a new revision some time ago and leaves it unfinished: a
// Deployment has added what it may surge, a StatefulSet has replaced its last
// pod, a DaemonSet one of its pods. It returns the new pods.
func (a *app) rollout(ago time.Duration, edit func(*corev1.PodSpec)) []*pod {
	r := a.revise(ago, edit)
	a.unfinished, a.progressed = true, ago
	if a.kind == "Deployment" {
		n := (a.replicas + 3) / 4
		a.scaled("up", r, 0, n, ago)
		var out []*pod
		for range n {
			out = append(out, a.addPod(r, 0, a.w.anyNode(), ago-time.Second))
		}
		return out
	}
	last := a.pods[len(a.pods)-1]
	a.remove(last)
	return []*pod{a.addPod(r, a.replicas-1, a.w.nodeNamed(last.Spec.NodeName), ago-time.Second)}
}

// replace rolls a new revision out to its end: all pods are of it.
func (a *app) replace(ago time.Duration, edit func(*corev1.PodSpec)) {
	r := a.revise(ago, edit)
	old := a.pods
	a.pods = nil
	for i, p := range old {
		a.w.forget(p)
		a.addPod(r, i, a.w.nodeNamed(p.Spec.NodeName), ago-time.Duration(5+8*i)*time.Second)
	}
	a.progressed = max(ago-time.Duration(20+8*len(old))*time.Second, 0)
	a.scaled("up", r, 0, a.replicas, ago)
	a.scaled("down", a.revisions[len(a.revisions)-2], a.replicas, 0, a.progressed)
}

func (a *app) revise(ago time.Duration, edit func(*corev1.PodSpec)) *revision {
	spec := *a.current().spec.DeepCopy()
	spec.Containers[0].Image = a.w.retag(spec.Containers[0].Image)
	if edit != nil {
		edit(&spec)
	}
	r := a.w.revision(spec, ago)
	a.revisions = append(a.revisions, r)
	return r
}

// scaled is the Deployment controller's event, in the wording of the version.
func (a *app) scaled(direction string, r *revision, from, to int, ago time.Duration) {
	if a.kind != "Deployment" {
		return
	}
	name := a.name + "-" + r.hash
	message := fmt.Sprintf("Scaled %s replica set %s from %d to %d", direction, name, from, to)
	if a.w.isOld() {
		message = fmt.Sprintf("Scaled %s replica set %s to %d from %d", direction, name, to, from)
		if from == 0 {
			message = fmt.Sprintf("Scaled up replica set %s to %d", name, to)
		}
	}
	a.w.event(ev{object: a.ref(), typ: "Normal", reason: "ScalingReplicaSet", message: message, from: "deployment-controller", first: ago, count: 1})
}

func (a *app) createdEvents() {
	if a.age < time.Hour {
		a.scaled("up", a.revisions[0], 0, a.replicas, a.age)
	}
}

// remove takes a pod out of the cluster.
func (a *app) remove(p *pod) {
	for i := range a.pods {
		if a.pods[i] == p {
			a.pods = append(a.pods[:i:i], a.pods[i+1:]...)
			break
		}
	}
	a.w.forget(p)
}

func (w *world) forget(p *pod) {
	for i := range w.pods {
		if w.pods[i] == p {
			w.pods = append(w.pods[:i:i], w.pods[i+1:]...)
			return
		}
	}
}

func (w *world) nodeNamed(name string) *corev1.Node {
	for _, n := range w.nodes {
		if n.Name == name {
			return n
		}
	}
	return w.anyNode()
}
