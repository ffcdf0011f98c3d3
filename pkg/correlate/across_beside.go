package correlate

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// beside are the other clusters that use what an incident is about, with pods
// that are ready, while none of their patterns names it. Of a dependency it is
// not known who uses it in health.
func (a *across) beside(g *commonness, first time.Time) []Beside {
	if g.attribute == "dependency" || g.attribute == "time" {
		return nil
	}
	var out []Beside
	for i, contexts := range a.clusters {
		if slices.ContainsFunc(g.members, func(m member) bool { return m.cluster == i }) || slices.ContainsFunc(contexts, g.isNamed) {
			continue
		}
		var b Beside
		pods, workloads := map[cluster.Ref]bool{}, map[cluster.Ref]bool{} // contexts of one cluster may see the same
		for _, t := range contexts {
			b.Contexts = append(b.Contexts, t.Context)
			for _, p := range g.usedBy(t.Story.Snapshot) {
				workloads[t.Story.Snapshot.WorkloadOf(p)] = true
				if !pods[p.Key()] && p.Created.After(first) {
					b.Since++
				}
				pods[p.Key()] = true
			}
		}
		if b.Workloads = len(workloads); b.Workloads > 0 {
			out = append(out, b)
		}
	}
	return out
}

// usedBy are the ready pods that use what the incident is about.
func (g *commonness) usedBy(s *cluster.Snapshot) []*cluster.Pod {
	var out []*cluster.Pod
	for _, w := range g.workloads {
		for _, p := range s.PodsOf(w) {
			if p.Ready() {
				out = append(out, p)
			}
		}
	}
	if g.attribute == "workload" {
		return out
	}
	uses := map[*cluster.Template]bool{} // all pods of a revision share one
	for i := range s.Pods {
		p := &s.Pods[i]
		if p.Template == nil || !p.Ready() {
			continue
		}
		if _, known := uses[p.Template]; !known {
			uses[p.Template] = slices.ContainsFunc(p.Template.Containers, func(c cluster.ContainerSpec) bool { return g.isOf(c.Image) })
		}
		if uses[p.Template] {
			out = append(out, p)
		}
	}
	return out
}

// isOf reports whether an image has the incident's value.
func (g *commonness) isOf(image string) bool {
	img := symptom.ParseImage(image)
	switch g.attribute {
	case "registry":
		return img.Registry == g.value
	case "repository": // as a key of failed pulls has it, and as pods are compared by it
		return img.Registry+"/"+img.Repository == g.value || img.Repository == g.value
	}
	return img.Name == g.value
}

// isNamed reports whether any pattern of a cluster, root or not, is about the
// same: then it is not healthy in that respect.
func (g *commonness) isNamed(t Told) bool {
	return slices.ContainsFunc(t.Story.Patterns, func(p *Pattern) bool {
		if g.attribute == "workload" {
			return slices.ContainsFunc(p.Tally.Workloads, func(w cluster.Ref) bool { return slices.Contains(g.workloads, w) })
		}
		return slices.ContainsFunc(p.Shared, func(f SharedFactor) bool { return f.Attribute == g.attribute && f.Value == g.value }) ||
			p.Detector == g.detector && slices.ContainsFunc(p.Affected, func(a Affected) bool { return a.Image != "" && g.isOf(a.Image) })
	})
}
