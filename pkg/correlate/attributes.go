package correlate

import (
	"maps"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// How well a name serves where several mean the same pods: what can be looked
// at and mended, then where it comes from, then topology, then what the owner
// gave.
const (
	rankObject = iota
	rankImage
	rankSource
	rankPlace
	rankLimit
	rankRange
	rankOwner
	rankLabel
)

// placeOf are the attributes of the node that a pod sits on, its name first.
var placeOf = []struct {
	name string
	rank int
	of   func(*cluster.Node) string
}{
	{"node", rankObject, func(n *cluster.Node) string { return n.Name }},
	{"zone", rankPlace, (*cluster.Node).Zone},
	{"region", rankPlace, (*cluster.Node).Region},
	{"nodePool", rankPlace, (*cluster.Node).Pool},
	{"instanceType", rankPlace, (*cluster.Node).InstanceType},
	{"kernelVersion", rankPlace, func(n *cluster.Node) string { return n.Info.KernelVersion }},
	{"osImage", rankPlace, func(n *cluster.Node) string { return n.Info.OSImage }},
	{"containerRuntime", rankPlace, func(n *cluster.Node) string { return n.Info.ContainerRuntime }},
	{"kubeletVersion", rankPlace, func(n *cluster.Node) string { return n.Info.KubeletVersion }},
	{"architecture", rankPlace, func(n *cluster.Node) string { return n.Info.Architecture }},
}

// claimsOf are the attributes of the volumes of one pod: replicas of a
// StatefulSet have each their own.
var claimsOf = []struct {
	name string
	rank int
	of   func(*cluster.Claim) string
}{
	{"persistentVolumeClaim", rankObject, func(c *cluster.Claim) string { return c.Path() }},
	{"storageClass", rankSource, func(c *cluster.Claim) string { return c.StorageClass }},
	{"csiDriver", rankSource, func(c *cluster.Claim) string { return c.Provisioner }},
}

// askedOf are the attributes that all pods of a revision have alike.
var askedOf = []struct {
	name string
	rank int
	of   func(*cluster.Pod) []string
}{
	{"namespace", rankOwner, func(p *cluster.Pod) []string { return []string{p.Namespace} }},
	{"image", rankImage, images(func(i symptom.Image) string { return i.Name })},
	{"registry", rankSource, images(func(i symptom.Image) string { return i.Registry })},
	{"repository", rankSource, images(func(i symptom.Image) string { return i.Repository })},
	{"tag", rankLimit, images(func(i symptom.Image) string { return i.Tag })},
	{"configMap", rankObject, func(p *cluster.Pod) []string { return configPaths(p, p.Template.ConfigMaps) }},
	{"secret", rankObject, func(p *cluster.Pod) []string { return configPaths(p, p.Template.Secrets) }},
	{"pullSecret", rankObject, func(p *cluster.Pod) []string { return inNamespace(p, p.Template.PullSecrets) }},
	{"serviceAccount", rankSource, func(p *cluster.Pod) []string { return inNamespace(p, []string{p.Template.ServiceAccount}) }},
	{"memoryLimit", rankLimit, limits(func(c *cluster.ContainerSpec) string { return c.MemoryLimit })},
	{"cpuLimit", rankLimit, limits(func(c *cluster.ContainerSpec) string { return c.CPULimit })},
	{"qosClass", rankLimit, func(p *cluster.Pod) []string { return []string{p.QOSClass} }},
	{"priorityClass", rankOwner, func(p *cluster.Pod) []string { return []string{p.Template.PriorityClass} }},
}

func images(part func(symptom.Image) string) func(*cluster.Pod) []string {
	return func(p *cluster.Pod) []string {
		var out []string
		for i := range p.Template.Containers {
			out = append(out, part(symptom.ParseImage(p.Template.Containers[i].Image)))
		}
		return out
	}
}

func limits(of func(*cluster.ContainerSpec) string) func(*cluster.Pod) []string {
	return func(p *cluster.Pod) []string {
		var out []string
		for i := range p.Template.Containers {
			out = append(out, of(&p.Template.Containers[i]))
		}
		return out
	}
}

// configPaths are ConfigMaps or Secrets by their paths, without the one that
// every namespace has (kube-controller-manager's root CA publisher).
func configPaths(p *cluster.Pod, refs []cluster.ConfigRef) []string {
	var names []string
	for _, r := range refs {
		if r.Name != "kube-root-ca.crt" {
			names = append(names, r.Name)
		}
	}
	return inNamespace(p, names)
}

func inNamespace(p *cluster.Pod, names []string) []string {
	var out []string
	for _, n := range names {
		if n != "" {
			out = append(out, p.Namespace+"/"+n)
		}
	}
	return out
}

// attributes is every pod with what it holds, as a contrast compares it.
type attributes struct {
	table *contrast.Table
	// sound are the pods that have nothing wrong: whom the failing are
	// compared with.
	sound []bool
}

// attributed makes the table, once.
func (e *explainer) attributed() *attributes {
	if e.attributes != nil {
		return e.attributes
	}
	a := &attributes{table: &contrast.Table{Tries: e.cohorts}, sound: make([]bool, len(e.s.Pods))}
	healthy := e.healthy // in the order of all pods
	for i := range e.s.Pods {
		p := &e.s.Pods[i]
		if len(healthy) > 0 && healthy[0] == p {
			a.sound[i], healthy = true, healthy[1:]
			continue
		}
		a.sound[i] = p.Phase == "Succeeded" && !e.sick[p.Key()]
	}
	firsts := a.revisions(e.s)
	a.places(e.s)
	a.claims(e.s)
	a.ages(e.s)
	a.asked(firsts)
	a.amounts(firsts)
	a.labels(e.s, firsts)
	e.attributes = a
	return a
}

// revisions numbers them, and gives one pod of each.
func (a *attributes) revisions(s *cluster.Snapshot) []*cluster.Pod {
	type revision struct {
		workload cluster.Ref
		hash     string
	}
	var firsts []*cluster.Pod
	known, workloads, families := map[revision]int32{}, map[cluster.Ref]int32{}, familyNumbers{}
	for i := range s.Pods {
		p := &s.Pods[i]
		w := s.WorkloadOf(p)
		if _, ok := workloads[w]; !ok {
			workloads[w] = int32(len(workloads))
			a.table.Families = append(a.table.Families, families.of(s, w, p))
		}
		key := revision{w, p.Revision()}
		n, ok := known[key]
		if !ok {
			n = int32(len(firsts))
			known[key] = n
			firsts = append(firsts, p)
			a.table.Revisions = append(a.table.Revisions, workloads[w])
		}
		a.table.Pods = append(a.table.Pods, n)
	}
	return firsts
}

// places are told once for each node: each pod has what its node has.
func (a *attributes) places(s *cluster.Snapshot) {
	var names []string
	number, on := map[string]int32{}, make([]int32, len(s.Pods))
	for i := range s.Pods {
		name := s.Pods[i].Node
		n, ok := number[name]
		if !ok {
			n = int32(len(names))
			number[name], names = n, append(names, name)
		}
		on[i] = n
	}
	for _, at := range placeOf {
		c := &contrast.Column{Attribute: at.name, Placement: true, Rank: at.rank, Of: on}
		for _, name := range names {
			value := ""
			if n := s.Node(name); n != nil {
				value = at.of(n)
			} else if at.name == "node" {
				value = name
			}
			c.Add(c.Encode(value))
		}
		a.table.Columns = append(a.table.Columns, c)
	}
}

func (a *attributes) claims(s *cluster.Snapshot) {
	for _, at := range claimsOf {
		c := &contrast.Column{Attribute: at.name, Placement: true, Rank: at.rank}
		for i := range s.Pods {
			var values []string
			if p := &s.Pods[i]; p.Template != nil {
				for _, name := range p.Template.Claims {
					if claim := s.Claim(p.Namespace, name); claim != nil {
						values = append(values, at.of(claim))
					}
				}
			}
			c.Add(c.Encode(values...))
		}
		a.table.Columns = append(a.table.Columns, c)
	}
}

func (a *attributes) asked(firsts []*cluster.Pod) {
	for _, at := range askedOf {
		c := &contrast.Column{Attribute: at.name, Rank: at.rank}
		for _, p := range firsts {
			if p.Template == nil && at.name != "namespace" && at.name != "qosClass" {
				c.Add(nil)
				continue
			}
			c.Add(c.Encode(at.of(p)...))
		}
		a.table.Columns = append(a.table.Columns, c)
	}
}

// mostLabels is how many keys of labels are compared: those that most
// revisions have.
const mostLabels = 24

// generated are the labels by which controllers number what they make.
var generated = []string{
	"pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
	"batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "batch.kubernetes.io/job-completion-index",
	"statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
}

// labels compares the values of labels, without those that are another name of
// the workload or the namespace.
func (a *attributes) labels(s *cluster.Snapshot, firsts []*cluster.Pod) {
	count := map[string]int{}
	for _, p := range firsts {
		for key := range p.Labels {
			if !slices.Contains(generated, key) {
				count[key]++
			}
		}
	}
	keys := slices.Sorted(maps.Keys(count))
	slices.SortStableFunc(keys, func(x, y string) int { return count[y] - count[x] })
	for _, key := range keys[:min(mostLabels, len(keys))] {
		c := &contrast.Column{Attribute: "label:" + key, Rank: rankLabel}
		for _, p := range firsts {
			value := p.Labels[key]
			if value == p.Namespace || value == s.WorkloadOf(p).Name {
				value = ""
			}
			c.Add(c.Encode(value))
		}
		a.table.Columns = append(a.table.Columns, c)
	}
}
