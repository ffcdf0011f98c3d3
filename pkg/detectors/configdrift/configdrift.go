// Package configdrift detects workloads that fail in one namespace while
// their namesake in another, set up otherwise, is fine.
package configdrift

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector compares a failing workload with its healthy namesakes.
var Detector = &detect.Detector{
	Name:     "config-drift",
	Category: "deployment",
	Doc: `workloads that fail in one namespace and not in another, and what they differ in

Means that a workload fails in one namespace (one environment) while its namesake in
another is fine and is set up otherwise.

Reads the templates of workloads, and what is wrong with their pods. Values of the
environment are compared by their sums.

Groups by kind and name of workload.

Speaks when a workload fails while one of the same kind and name in another
namespace, made from the same image repository, is fine, and the two differ in
something that such a failure can come from: image, command, environment,
references, resources, probes, service account, placement. Says which fields differ,
those first that matter most to this failure; of several healthy namesakes only what
they all agree in. Images and quantities are shown, values of the environment never.
Where more than a few such fields differ nothing points to one of them, and it is an
observation, of severity info.

Silent where nothing differs that could matter, on workloads that merely have the
same name, on hosts and settings that differ only as the namespaces do, and on
workloads most of whose pods are fine.

What to do: set the failing one up as the other is, the first field first, or find
out why it has to differ.`,
	Causes: []string{between},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Deployments, cluster.StatefulSets, cluster.DaemonSets, cluster.CronJobs},
	Any:    true,
	Run:    run,
}

const between = "between-namespaces"

func run(pass *detect.Pass) {
	troubles := troublesOf(pass)
	for _, same := range namesakes(pass.Snapshot) {
		var failing, fine []*cluster.Workload
		for _, w := range same {
			t := troubles[w.Key()]
			switch {
			case t != nil && isMostly(pass, w, t):
				failing = append(failing, w)
			case t == nil && w.Cron == nil && w.Desired > 0 && w.Ready >= w.Desired:
				fine = append(fine, w)
			case t == nil && w.Cron != nil && w.Cron.LastSuccess.After(w.Created):
				fine = append(fine, w)
			}
		}
		if c, ok := compare(failing, fine, troubles); ok {
			pass.Report(c.pattern())
		}
	}
}

// troublesOf are the standing symptoms of each workload, by kinds that a
// set-up can be to blame for; a workload with others only has none, but an
// empty list.
func troublesOf(pass *detect.Pass) map[cluster.Ref][]*symptom.Symptom {
	out := map[cluster.Ref][]*symptom.Symptom{}
	for _, s := range pass.All() {
		if !s.Ongoing || s.Workload.IsZero() || s.Kind == symptom.Unclassified {
			continue
		}
		ref := s.Workload.Key()
		if out[ref] == nil {
			out[ref] = []*symptom.Symptom{}
		}
		if relevance[s.Kind] != nil {
			out[ref] = append(out[ref], s)
		}
	}
	return out
}

// isMostly reports whether a workload fails as a whole: most of its pods do,
// or it cannot get any. A set-up is the same for all.
func isMostly(pass *detect.Pass, w *cluster.Workload, troubles []*symptom.Symptom) bool {
	if len(troubles) == 0 {
		return false
	}
	pods := 0
	for _, p := range pass.PodsOf(w.Ref) {
		if !p.Finished() && p.Deleting.IsZero() {
			pods++
		}
	}
	return 2*len(detect.Sum(troubles).Pods) >= pods
}

// namesakes are the workloads of one kind and name, where there are several,
// by kind and name.
func namesakes(s *cluster.Snapshot) [][]*cluster.Workload {
	type key struct{ kind, name string }
	found := map[key][]*cluster.Workload{}
	for i := range s.Workloads {
		w := &s.Workloads[i]
		switch w.Kind {
		case "Deployment", "StatefulSet", "DaemonSet", "CronJob":
			if w.Template != nil {
				found[key{w.Kind, w.Name}] = append(found[key{w.Kind, w.Name}], w)
			}
		}
	}
	var out [][]*cluster.Workload
	for _, list := range found {
		if len(list) > 1 {
			out = append(out, list)
		}
	}
	slices.SortFunc(out, func(a, b []*cluster.Workload) int {
		return strings.Compare(a[0].Kind+a[0].Name, b[0].Kind+b[0].Name)
	})
	return out
}

// sameProgram reports whether two workloads have an image repository in
// common, whatever registry and environment it is in: without one they only
// share their name.
func sameProgram(a, b *cluster.Workload) bool {
	theirs := repositories(b)
	return slices.ContainsFunc(repositories(a), func(r string) bool { return slices.Contains(theirs, r) })
}

func repositories(w *cluster.Workload) []string {
	var out []string
	for _, c := range w.Template.Containers {
		if img := symptom.ParseImage(c.Image); c.Role == cluster.Regular && img.Repository != "" {
			out = append(out, neutral(img.Repository, w.Namespace))
		}
	}
	return out
}
