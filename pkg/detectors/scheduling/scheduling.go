// Package scheduling detects pods that no node takes.
package scheduling

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups pods without a node by what keeps every node from taking
// them.
var Detector = &detect.Detector{
	Name:     "scheduling",
	Category: "infrastructure",
	Doc: `pods that no node takes

Means that pods wait because no node takes them, or that a kubelet refused them.

Reads the condition PodScheduled of pods, the scheduler's events FailedScheduling,
the nodes' allocatable resources, taints and labels, and the reason of pods that a
kubelet refused (OutOfcpu, NodeAffinity, UnexpectedAdmissionError and others).

Groups by the resource that is short and the nodes asked for, the taint, the
selector, the claim or the host port; a pod that is larger than any node is its
workload's own problem.

Speaks when a pod has been unschedulable for more than ten seconds, or half a minute
where it may only wait for another pod to go or a volume to be made. Of the reasons
that the scheduler gives it names the one that holds for the nodes which the pod was
meant for: what the control plane, closed nodes and other pools refuse is
background.

Silent on pods with scheduling gates, on pods for which the autoscaler asked for a
node within the last five minutes, on pods that have found a node since, and on
claims that wait for their first consumer.

What to do: free or add what is short, tolerate or remove the taint, correct the
selector, see why the claim is not bound, or open the nodes again.`,
	Causes: []string{symptom.InsufficientCPU, symptom.InsufficientMemory, symptom.InsufficientOther, symptom.UntoleratedTaints,
		symptom.UnmetAffinity, symptom.UnfitVolume, symptom.TakenPorts, symptom.CordonedNodes},
	Needs: []cluster.Resource{cluster.Pods, cluster.Events},
	Any:   true,
	Run:   run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Scheduling), func(s *symptom.Symptom) string { return key(pass, s) }) {
		p := &problem{pass: pass, symptoms: g.Symptoms, first: g.Symptoms[0], tally: detect.Sum(g.Symptoms)}
		p.room = newRoom(pass, g.Symptoms, true)
		pass.Report(p.pattern(g.Key))
	}
}

// key is what makes it one problem, with the cause before it: groups of two
// causes never meet.
func key(pass *detect.Pass, s *symptom.Symptom) string {
	parts := []string{s.Cause, s.Item}
	switch {
	case refused(s):
		parts = append(parts, "refused by the node")
	case s.Cause == symptom.InsufficientCPU || s.Cause == symptom.InsufficientMemory || s.Cause == symptom.InsufficientOther:
		if r := newRoom(pass, []*symptom.Symptom{s}, false); r.tooLarge() {
			parts = append(parts, "larger than any node", s.Workload.String())
			break
		}
		parts = append(parts, selectorOf(s))
	case s.Cause == symptom.CordonedNodes:
		parts = append(parts, selectorOf(s))
	case s.Cause == symptom.UnmetAffinity && (s.Item == "" || isPodRule(s)):
		parts = append(parts, s.Workload.String())
	case s.Cause == symptom.UnfitVolume:
		parts = append(parts, volumeKey(s))
	}
	return strings.Join(parts, " | ")
}

// volumeKey joins claims of one StorageClass, and those that a StatefulSet
// made for its pods.
func volumeKey(s *symptom.Symptom) string {
	switch {
	case s.Class != "":
		return "class " + s.Class
	case s.About.IsZero() || s.Workload.Kind == "StatefulSet":
		return s.Workload.String()
	}
	return s.About.String()
}

// refused reports whether it was the kubelet that turned the pod away: then
// the pod had been given a node.
func refused(s *symptom.Symptom) bool { return s.Node != "" }

func isPodRule(s *symptom.Symptom) bool {
	return strings.HasSuffix(s.Item, "affinity rules") || strings.HasSuffix(s.Item, "topology spread constraints")
}

func selectorOf(s *symptom.Symptom) string {
	if s.Pod == nil || s.Pod.Template == nil {
		return ""
	}
	return strings.Join(s.Pod.Template.NodeSelector, ", ")
}

// problem is one group of pods that wait for the same.
type problem struct {
	pass     *detect.Pass
	symptoms []*symptom.Symptom
	first    *symptom.Symptom
	tally    detect.Tally
	room     room
}

func (p *problem) pattern(key string) detect.Pattern {
	return detect.Pattern{
		Cause:           p.first.Cause,
		Key:             key,
		Symptoms:        p.symptoms,
		Title:           p.title(),
		Factors:         p.factors(),
		Probable:        p.probable(),
		Counter:         p.counter(),
		Investigation:   p.investigation(),
		Recommendations: p.recommendations(),
	}
}

// factors that the failure itself names: the claim and its StorageClass.
func (p *problem) factors() []detect.Factor {
	var out []detect.Factor
	if class := p.first.Class; class != "" {
		out = append(out, detect.Factor{Attribute: "storageClass", Value: class, Holds: func(pod *cluster.Pod) bool { return p.mounts(pod, "", class) }})
	}
	about := detect.Values(p.symptoms, func(s *symptom.Symptom) string { return s.About.Path() })
	if len(about) == 1 && !p.first.About.IsZero() {
		name := p.first.About.Name
		namespace := p.first.About.Namespace
		out = append(out, detect.Factor{Attribute: "persistentVolumeClaim", Value: about[0],
			Holds: func(pod *cluster.Pod) bool { return pod.Namespace == namespace && p.mounts(pod, name, "") }})
	}
	return out
}

// mounts reports whether a pod mounts a claim of a name or of a class.
func (p *problem) mounts(pod *cluster.Pod, name, class string) bool {
	if pod.Template == nil {
		return false
	}
	for _, c := range pod.Template.Claims {
		if c == name {
			return true
		}
		if claim := p.pass.Claim(pod.Namespace, c); claim != nil && class != "" && claim.StorageClass == class {
			return true
		}
	}
	return false
}
