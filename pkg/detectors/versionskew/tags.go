package versionskew

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// program is one repository run with one command: what workloads must have
// in common for their tags to be compared.
type program struct {
	repository string
	command    uint64
}

// tagged are the workloads that run a program from one tag.
type tagged struct {
	failing, fine, other map[cluster.Ref]bool
	symptoms             []*symptom.Symptom
}

// tags compares workloads that run one program from several tags.
func tags(pass *detect.Pass, health map[cluster.Ref]detect.Health) {
	found := map[program]map[string]*tagged{}
	images := map[string]symptom.Image{} // replicas have the same ones
	for i := range pass.Pods {
		p := &pass.Pods[i]
		if p.Template == nil || p.Finished() || !p.Deleting.IsZero() {
			continue
		}
		for _, spec := range p.Template.Containers {
			img, known := images[spec.Image]
			if !known {
				img = symptom.ParseImage(spec.Image)
				images[spec.Image] = img
			}
			if spec.Role != cluster.Regular || img.Tag == "" {
				continue
			}
			k := program{img.Registry + "/" + img.Repository, spec.Command}
			if found[k] == nil {
				found[k] = map[string]*tagged{}
			}
			if found[k][img.Tag] == nil {
				found[k][img.Tag] = &tagged{failing: map[cluster.Ref]bool{}, fine: map[cluster.Ref]bool{}, other: map[cluster.Ref]bool{}}
			}
			found[k][img.Tag].add(pass.WorkloadOf(p), p, health[p.Key()], spec.Name)
		}
	}
	for k, byTag := range found { // a pass puts what is reported in order
		reportTag(pass, k, byTag)
	}
}

func (t *tagged) add(workload cluster.Ref, p *cluster.Pod, h detect.Health, container string) {
	switch symptoms := h.OfContainer(p, container); {
	case len(symptoms) > 0:
		t.failing[workload] = true
		t.symptoms = append(t.symptoms, symptoms...)
	case h.Fine(p):
		t.fine[workload] = true
	default:
		t.other[workload] = true
	}
}

// few is how many workloads there must be on each side: one that fails with a
// tag of its own may fail for any other reason.
const few = 2

// reportTag reports the one tag with which every workload fails, when every
// workload with another is fine.
func reportTag(pass *detect.Pass, k program, byTag map[string]*tagged) {
	var bad *tagged
	var badTag string
	well := map[cluster.Ref]bool{}
	var others []string
	for tag, t := range byTag {
		switch {
		case len(t.failing) == 0:
			for w := range t.fine {
				well[w] = true
			}
			others = append(others, tag)
		case bad != nil || len(t.fine) > 0:
			return
		default:
			bad, badTag = t, tag
		}
	}
	if bad == nil {
		return
	}
	for w := range bad.failing {
		delete(well, w) // a rollout within one workload
	}
	if len(bad.failing) < few || len(well) < few || !sameEnd(bad.symptoms) {
		return
	}
	slices.Sort(others)
	slices.SortStableFunc(bad.symptoms, func(a, b *symptom.Symptom) int { return a.Object.Compare(b.Object) })
	pass.Report(tagPattern(pass, k, badTag, bad, len(well), others))
}

// sameEnd reports whether all fail in the same way: with one kind of trouble
// and one exit code.
func sameEnd(symptoms []*symptom.Symptom) bool {
	return !slices.ContainsFunc(symptoms, func(s *symptom.Symptom) bool {
		return s.Kind == symptom.Exit && (symptoms[0].Kind != symptom.Exit || s.ExitCode != symptoms[0].ExitCode)
	})
}

func tagPattern(pass *detect.Pass, k program, tag string, bad *tagged, well int, others []string) detect.Pattern {
	n := len(bad.failing)
	p := detect.Pattern{
		Cause:    symptom.MixedVersions,
		Key:      fmt.Sprintf("%s %x", k.repository, k.command),
		Tier:     detect.Suggestive,
		Symptoms: bad.symptoms,
		Contrast: true,
		Title:    fmt.Sprintf("%d workloads that run %s at %s fail, %d that run it at %s do not", n, k.repository, detect.Clip(tag, 30), well, detect.List(others, 2)),
		Factors: []detect.Factor{{Attribute: "image", Value: k.repository + ":" + tag, Holds: func(p *cluster.Pod) bool {
			return p.Template != nil && slices.ContainsFunc(p.Template.Containers, func(c cluster.ContainerSpec) bool {
				img := symptom.ParseImage(c.Image)
				return img.Registry+"/"+img.Repository == k.repository && img.Tag == tag
			})
		}}},
		Probable: detect.Cause{Text: "This version of the program fails where others of it work.", Confidence: detect.Medium,
			Why: fmt.Sprintf("all %d workloads with this tag fail in the same way, and all %d with another are fine", n, well)},
		Recommendations: []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf("Run a tag of %s that works, such as %s.", k.repository, detect.Clip(others[0], 30))}},
	}
	if stats.Partings(n+well, n) >= stats.Unlikely {
		p.Tier = detect.Strong
	}
	first := bad.symptoms[0].Object
	p.Investigation = []detect.Command{{Why: "what one of them says", Command: detect.Kubectl("logs", first.Name, "-n", first.Namespace, "-c", bad.symptoms[0].Container, "--tail=50")}}
	if bad.symptoms[0].Container == "" {
		p.Investigation[0].Command = detect.Kubectl("logs", first.Name, "-n", first.Namespace, "--all-containers", "--tail=50")
	}
	return p
}
