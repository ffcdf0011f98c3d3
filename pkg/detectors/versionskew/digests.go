package versionskew

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// replicas are the pods of one revision that should run the same image in a
// container, on nodes that could.
type replicas struct {
	workload  cluster.Ref
	container string
	image     string
	byDigest  map[string][]*cluster.Pod
}

// digests compares the images that replicas of one revision really run.
func digests(pass *detect.Pass, health map[cluster.Ref]detect.Health) {
	type key struct {
		workload                            cluster.Ref
		revision, container, image, machine string
	}
	found := map[key]*replicas{}
	var order []key
	for i := range pass.Pods {
		p := &pass.Pods[i]
		machine := machineOf(pass, p)
		if machine == "" || p.Finished() || !p.Deleting.IsZero() || !pass.Scope.Asks(p) {
			continue
		}
		for _, c := range p.Containers {
			spec := p.SpecOf(c.Name)
			digest, form := digestOf(c.ImageID)
			if digest == "" || spec == nil || strings.Contains(spec.Image, "@") || (c.Role != cluster.Regular && c.Role != cluster.Sidecar) {
				continue
			}
			k := key{pass.WorkloadOf(p), p.Revision(), c.Name, spec.Image, machine + " " + form}
			if found[k] == nil {
				found[k] = &replicas{workload: k.workload, container: c.Name, image: spec.Image, byDigest: map[string][]*cluster.Pod{}}
				order = append(order, k)
			}
			found[k].byDigest[digest] = append(found[k].byDigest[digest], p)
		}
	}
	for _, k := range order {
		if r := found[k]; len(r.byDigest) > 1 {
			pass.Report(r.pattern(pass, health))
		}
	}
}

// machineOf is what two nodes must have in common for one tag to give them
// one image: of an index, each architecture gets its own, and runtimes name
// what they pulled in different ways. Empty when the node was not read.
func machineOf(pass *detect.Pass, p *cluster.Pod) string {
	n := pass.Node(p.Node)
	if n == nil || n.Info.Architecture == "" {
		return ""
	}
	runtime, _, _ := strings.Cut(n.Info.ContainerRuntime, "://")
	return n.Info.Architecture + " " + runtime
}

// digestOf is the digest in an imageID, and in which of two senses: that of
// the manifest that was pulled, or of the image's configuration.
func digestOf(imageID string) (digest, form string) {
	if i := strings.LastIndex(imageID, "@sha256:"); i >= 0 {
		return imageID[i+1:], "manifest"
	}
	if strings.HasPrefix(imageID, "sha256:") {
		return imageID, "configuration"
	}
	return "", ""
}

func (r *replicas) pattern(pass *detect.Pass, health map[cluster.Ref]detect.Health) detect.Pattern {
	names := make([]string, 0, len(r.byDigest))
	total := 0
	for d, pods := range r.byDigest {
		names = append(names, d)
		total += len(pods)
	}
	slices.Sort(names)
	p := detect.Pattern{
		Cause: symptom.MixedVersions,
		Key:   r.workload.String() + " " + r.container + " " + r.image,
		Investigation: []detect.Command{{Why: "which pod runs which image", Command: detect.Kubectl("get", "pods", "-n", r.workload.Namespace, "-o",
			"custom-columns=POD:.metadata.name,NODE:.spec.nodeName,CREATED:.metadata.creationTimestamp,IMAGE:.status.containerStatuses[*].imageID")}},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon,
			Text: fmt.Sprintf("Give every build a tag of its own, or name %s by its digest, so that all replicas run the same.", r.image)}},
	}
	if bad, ok := r.parted(health, names); ok {
		r.tellParted(&p, bad, total-len(bad.pods))
		return p
	}
	p.Tier = detect.Observation
	p.Title = fmt.Sprintf("%s of %s run %d different images under the one tag %s", detect.Count(total, "pod"), r.workload.Path(), len(names), r.image)
	p.Probable = detect.Cause{Text: "The tag was moved to another image between the starts of these pods. Nothing fails by it that could be told.",
		Confidence: detect.High, Why: "pods of one revision, on nodes of one architecture and runtime, have different image IDs"}
	for _, d := range names {
		for _, pod := range r.byDigest[d] {
			s := observed(pass, pod.Ref, "container "+r.container+" runs "+d)
			s.Pod, s.Workload, s.Node, s.Container = pod, r.workload, pod.Node, r.container
			p.Symptoms = append(p.Symptoms, s)
		}
	}
	return p
}

// side is the pods of one digest, all of which fail.
type side struct {
	digest   string
	pods     []*cluster.Pod
	symptoms []*symptom.Symptom
}

// parted finds the one digest all of whose pods fail, while all others are
// fine.
func (r *replicas) parted(health map[cluster.Ref]detect.Health, names []string) (side, bool) {
	var bad []side
	for _, d := range names {
		s := side{digest: d, pods: r.byDigest[d]}
		failing := 0
		for _, p := range s.pods {
			h := health[p.Key()]
			switch symptoms := h.OfContainer(p, r.container); {
			case len(symptoms) > 0:
				failing++
				s.symptoms = append(s.symptoms, symptoms...)
			case !h.Fine(p):
				return side{}, false
			}
		}
		if failing > 0 && failing < len(s.pods) {
			return side{}, false
		}
		if failing > 0 {
			bad = append(bad, s)
		}
	}
	if len(bad) != 1 {
		return side{}, false
	}
	return bad[0], true
}

func (r *replicas) tellParted(p *detect.Pattern, bad side, well int) {
	p.Symptoms, p.Contrast, p.Tier = bad.symptoms, true, detect.Suggestive
	if stats.Partings(len(bad.pods)+well, well) >= stats.Unlikely {
		p.Tier = detect.Strong
	}
	p.Title = fmt.Sprintf("%s of %s that run one image under the tag %s fail, %d that run another do not",
		detect.Count(len(bad.pods), "pod"), r.workload.Path(), r.image, well)
	if len(bad.pods) == 1 {
		p.Title = strings.Replace(strings.Replace(p.Title, " run one", " runs one", 1), " fail,", " fails,", 1)
	}
	p.Factors = []detect.Factor{{Attribute: "imageID", Value: bad.digest, Placement: true, Holds: func(p *cluster.Pod) bool {
		return slices.ContainsFunc(p.Containers, func(c cluster.Container) bool { return strings.HasSuffix(c.ImageID, bad.digest) })
	}}}
	p.Probable = detect.Cause{Text: "The tag was moved, and the image that it names for the failing pods does not work.", Confidence: detect.Medium,
		Why: fmt.Sprintf("within one revision, all %d pods on %s fail and all %d on another digest are fine", len(bad.pods), detect.Clip(bad.digest, 19), well)}
	p.Recommendations[0].Urgency = detect.Immediate
}
