package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// names that people use for attributes whose value is an object.
var attributeNames = map[string]string{
	"configMap": "ConfigMap", "secret": "Secret", "pullSecret": "pull Secret", "serviceAccount": "ServiceAccount",
	"persistentVolumeClaim": "PersistentVolumeClaim", "storageClass": "StorageClass", "csiDriver": "CSI driver",
	"memoryLimit": "memory limit", "cpuLimit": "CPU limit", "exitCode": "exit code", "nodePool": "node pool",
}

// branches are the workloads of a root, how many pods of each and how they
// stand, then what follows from it elsewhere, then who else has what the
// affected share.
func branches(p *Pattern, known map[string]*Pattern) []string {
	told := map[cluster.Ref]bool{}
	out := workloadBranches(p, told, func(cluster.Ref) string { return "" })
	for _, c := range descendants(p, known) {
		out = append(out, workloadBranches(c, told, func(w cluster.Ref) string { return follows(p, c, w) })...)
	}
	if line := alsoHealthy(p); line != "" {
		out = append(out, line)
	}
	for _, f := range p.Shared {
		if f.Attribute == "age" && f.Affected == f.AffectedOf {
			out = append(out, "only new pods are affected")
		}
	}
	return out
}

// descendants are the patterns that follow from one, nearest first, each once.
func descendants(p *Pattern, known map[string]*Pattern) []*Pattern {
	var out []*Pattern
	for _, id := range p.Explains {
		if c := known[id]; c != nil {
			out = append(out, c)
			out = append(out, descendants(c, known)...)
		}
	}
	return out
}

// workloadBranches tell the workloads of a pattern that were not told yet.
func workloadBranches(p *Pattern, told map[cluster.Ref]bool, more func(cluster.Ref) string) []string {
	count, words := counted(p)
	stands := map[cluster.Ref]*Impact{}
	for i := range p.Impact {
		stands[p.Impact[i].Workload] = &p.Impact[i]
	}
	var out []string
	for _, w := range p.Tally.Workloads {
		if told[w] {
			continue
		}
		told[w] = true
		line := w.Path()
		im := stands[w]
		if im != nil && im.Service != "" && im.Service != w.Name {
			line += " (Service " + strings.ReplaceAll(im.Service, ",", ", ") + ")"
		}
		parts := []string{}
		if count[w] > 0 {
			parts = append(parts, strings.TrimSpace(detect.Count(count[w], "pod")+" "+strings.Join(sortedKeys(words[w]), ", ")))
		}
		if s := standing(im); s != "" {
			parts = append(parts, s)
		}
		if s := reachedBy(im); s != "" {
			parts = append(parts, s)
		}
		if s := more(w); s != "" {
			parts = append(parts, s)
		}
		if len(parts) > 0 {
			line += ": " + strings.Join(parts, ", ")
		}
		out = append(out, line)
	}
	return out
}

// counted are the affected pods of each workload, and how they failed.
func counted(p *Pattern) (count map[cluster.Ref]int, words map[cluster.Ref]map[string]bool) {
	count, words = map[cluster.Ref]int{}, map[cluster.Ref]map[string]bool{}
	done := map[cluster.Ref]bool{}
	add := func(pod, workload cluster.Ref) {
		if !done[pod] {
			done[pod] = true
			count[workload]++
		}
	}
	for _, s := range p.Symptoms {
		if s.Object.Kind != "Pod" {
			continue
		}
		w := s.Workload.Key()
		if words[w] == nil {
			words[w] = map[string]bool{}
		}
		words[w][reason(s)] = true
		add(s.Object.Key(), w)
	}
	workloadOf := map[cluster.Ref]cluster.Ref{}
	for _, a := range p.Affected {
		workloadOf[a.Key()] = a.Workload.Key()
	}
	for _, pod := range p.Also {
		add(pod.Key(), workloadOf[pod.Key()])
	}
	return count, words
}

// standing says in a few words how a workload is now.
func standing(im *Impact) string {
	if im == nil {
		return ""
	}
	switch im.State {
	case Down, Degraded:
		if im.Desired > 0 {
			return fmt.Sprintf("%d of %d ready", im.Ready, im.Desired)
		}
	case Recovered:
		if im.Downtime > 0 {
			return "recovered after at least " + detect.Span(im.Downtime)
		}
		return "recovered"
	}
	return ""
}

// follows says how a workload comes under a root: with the lag of the hop that
// leads to it, else by the pattern that does.
func follows(root, c *Pattern, w cluster.Ref) string {
	for _, h := range root.Chain {
		if h.To != w {
			continue
		}
		if h.Lag < time.Second {
			return "depends on " + h.From.Path()
		}
		return fmt.Sprintf("depends on %s, %s later", h.From.Path(), detect.Span(h.Lag))
	}
	lag := c.Tally.First.Sub(root.Tally.First)
	if lag < time.Second || root.Tally.First.IsZero() || c.Tally.First.IsZero() || root.Tally.SinceBefore || c.Tally.SinceBefore {
		return "follows"
	}
	return "follows, " + detect.Span(lag) + " later"
}

// alsoHealthy says how many of the healthy have what the affected share most:
// those who pull from the same registry, or read the same ConfigMap.
func alsoHealthy(p *Pattern) string {
	i := slices.IndexFunc(p.Shared, func(f SharedFactor) bool { return f.Attribute != "age" })
	if i < 0 || p.Shared[i].Healthy == 0 {
		return ""
	}
	f := p.Shared[i]
	verb := verbs[f.Attribute]
	if verb == (verbOf{}) {
		verb = verbOf{"has", "have"}
	}
	does := verb.many
	if f.Healthy == 1 {
		does = verb.one
	}
	return fmt.Sprintf("%d of %d healthy %s %s it too", f.Healthy, f.HealthyOf, f.Unit, does)
}

// verbOf is what one or many do with a value.
type verbOf struct{ one, many string }

// verbs by attribute; of the others one says that they have it.
var verbs = map[string]verbOf{
	"node": {"is on", "are on"}, "zone": {"is in", "are in"}, "namespace": {"is in", "are in"},
	"registry": {"pulls from", "pull from"}, "image": {"runs", "run"}, "dependency": {"depends on", "depend on"},
	"configMap": {"refers to", "refer to"}, "secret": {"refers to", "refer to"}, "pullSecret": {"refers to", "refer to"},
	"persistentVolumeClaim": {"mounts", "mount"}, "storageClass": {"uses", "use"}, "csiDriver": {"uses", "use"},
}

// label names a value as people do.
func label(attribute, value string) string {
	switch attribute {
	case "registry", "image", "node":
		return value
	}
	if name, ok := attributeNames[attribute]; ok {
		attribute = name
	}
	return attribute + " " + value
}
