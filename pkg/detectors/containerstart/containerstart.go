// Package containerstart detects containers that cannot be made or started.
package containerstart

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups containers that never ran by image and by what keeps them
// from running, or by node where its runtime does.
var Detector = &detect.Detector{
	Name:     "container-start",
	Category: "configuration",
	Doc: `containers that cannot be made or started

Means that containers cannot be made or started at all: no program has run.

Reads the waiting and terminated reasons of containers with the words of kubelet and
runtime, and the event FailedPostStartHook.

Groups by image and cause; the runtime's own trouble by node when several workloads
meet it on one node, else over all nodes.

Speaks when a container waits with CreateContainerError, RunContainerError,
CreateContainerConfigError or PostStartHookError, when it ended with StartError or
ContainerCannotRun, and when its postStart hook fails: the command is not in the
image (command-not-found), a file may not be executed, runAsNonRoot, an unknown user
or a security setting (permission), a file for another architecture (exec-format),
the hook, or the runtime itself (devices, cgroups, mounts, reserved names, no answer
in time).

Silent on missing ConfigMaps and Secrets (missing-config), on a limit that is too
low for the start (oom), on programs that ran and ended (exit-code), and on failed
preStop hooks, after which a container ends as it was to.

What to do: correct the command, the user or the security setting, build the image
for the node's architecture, or see to the runtime on the node.`,
	Causes: []string{
		symptom.StartCommandNotFound, symptom.StartPermission, symptom.StartExecFormat, symptom.StartHook, symptom.StartRuntime,
	},
	Needs: []cluster.Resource{cluster.Pods, cluster.Events},
	Any:   true,
	Run:   run,
}

func run(pass *detect.Pass) {
	all := pass.Of(symptom.Start)
	atFault := nodesAtFault(pass, all)
	for _, g := range detect.GroupBy(all, func(s *symptom.Symptom) string { return s.Cause + " " + keyWithoutCause(s, atFault) }) {
		b := &builder{pass: pass, group: g.Symptoms, tally: detect.Sum(g.Symptoms), first: g.Symptoms[0]}
		if slices.Contains(atFault, b.first.Item+" "+b.first.Node) {
			b.node = b.first.Node
		}
		pass.Report(b.pattern(keyWithoutCause(b.first, atFault)))
	}
}

// nodesAtFault are the nodes on which a runtime keeps containers of several
// workloads from starting, as "item node": only while there are other nodes,
// where none of these workloads meets it.
func nodesAtFault(pass *detect.Pass, all []*symptom.Symptom) []string {
	var out []string
	for _, g := range detect.GroupBy(all, func(s *symptom.Symptom) string {
		if s.Cause != symptom.StartRuntime || s.Node == "" {
			return ""
		}
		return s.Item + " " + s.Node
	}) {
		t := detect.Sum(g.Symptoms)
		elsewhere := slices.ContainsFunc(all, func(s *symptom.Symptom) bool {
			return s.Item == g.Symptoms[0].Item && s.Node != g.Symptoms[0].Node && slices.Contains(t.Workloads, s.Workload.Key())
		})
		if len(t.Workloads) > 1 && len(pass.Nodes) > 1 && !elsewhere {
			out = append(out, g.Key)
		}
	}
	return out
}

// keyWithoutCause is what makes failed starts of one cause one problem.
func keyWithoutCause(s *symptom.Symptom, atFault []string) string {
	if place := s.Item + " " + s.Node; s.Cause == symptom.StartRuntime && slices.Contains(atFault, place) {
		return place
	}
	switch s.Item {
	case symptom.StartDevice, symptom.StartName, symptom.StartSpace, symptom.StartFiles, symptom.StartCgroup, symptom.StartTimeout:
		return s.Item // whatever the image
	case symptom.StartOther, symptom.StartMount, symptom.StartSubPath, symptom.StartPostStart:
		return s.Item + " " + image(s) + " " + s.Template
	}
	return s.Item + " " + image(s) + " " + strings.Join(s.Names, " ")
}

// image without its tag: a new one that fails in the same way is the same
// problem.
func image(s *symptom.Symptom) string {
	if s.Image.Repository == "" {
		return s.Workload.Path()
	}
	return s.Image.Registry + "/" + s.Image.Repository
}

// builder makes the pattern of one group.
type builder struct {
	pass  *detect.Pass
	group []*symptom.Symptom
	first *symptom.Symptom
	tally detect.Tally
	node  string // whose runtime is at fault; else empty
}

func (b *builder) pattern(key string) detect.Pattern {
	p := detect.Pattern{
		Cause:           b.first.Cause,
		Key:             key,
		Symptoms:        b.group,
		Title:           b.title(),
		Factors:         b.factors(),
		Probable:        b.probable(),
		Investigation:   b.investigation(),
		Recommendations: b.recommendations(),
	}
	if b.node != "" {
		p.Nodes = []string{b.node}
	}
	return p
}

func (b *builder) factors() []detect.Factor {
	if b.node != "" {
		return []detect.Factor{detect.OnNode(b.node)}
	}
	var out []detect.Factor
	if names := b.images(); len(names) == 1 {
		out = append(out, detect.Factor{Attribute: "image", Value: names[0], Holds: func(p *cluster.Pod) bool { return uses(p, names[0]) }})
	}
	if arch := b.architecture(); b.first.Cause == symptom.StartExecFormat && arch != "" {
		out = append(out, detect.Factor{Attribute: "architecture", Value: arch, Placement: true, Holds: func(p *cluster.Pod) bool {
			n := b.pass.Node(p.Node)
			return n != nil && n.Info.Architecture == arch
		}})
	}
	return out
}

func (b *builder) images() []string {
	return detect.Values(b.group, func(s *symptom.Symptom) string { return s.Image.Name })
}

func uses(p *cluster.Pod, image string) bool {
	return p.Template != nil && slices.ContainsFunc(p.Template.Containers, func(c cluster.ContainerSpec) bool { return c.Image == image })
}

// architecture is that of all nodes that the affected are on, empty when they
// differ or are not known.
func (b *builder) architecture() string {
	found := ""
	for _, name := range b.tally.Nodes {
		n := b.pass.Node(name)
		if n == nil || n.Info.Architecture == "" || (found != "" && found != n.Info.Architecture) {
			return ""
		}
		found = n.Info.Architecture
	}
	return found
}
