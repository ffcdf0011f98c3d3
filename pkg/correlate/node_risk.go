package correlate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// harm is a class of failures of pods that go through the same step: only pods
// that went through it too were at risk, and may be compared with.
type harm string

// The harms, in the order of a pod's life.
const (
	noHarm   harm = ""
	pulling  harm = "image-pull" // its images cannot be pulled
	starting harm = "start"      // its containers cannot be made or started
	running  harm = "run"        // its containers end, or are not ready
	removal  harm = "removal"    // it was put off its node, or lost with it
)

// riskWindow is how long before the first failure a pod may have gone through the
// same step and still be compared with.
const riskWindow = time.Hour

// harmOf is the class of a symptom of a pod; noHarm for what makes no pod fail
// on its node.
func harmOf(s *symptom.Symptom) harm {
	switch s.Kind {
	case symptom.ImagePull:
		return pulling
	case symptom.Start, symptom.MissingConfig:
		return starting
	case symptom.Storage, symptom.Network:
		if s.Pod != nil && started(s.Pod) {
			return running
		}
		return starting
	case symptom.Eviction:
		return removal
	case symptom.Exit, symptom.CrashLoop, symptom.OOM, symptom.Probe, symptom.Unready,
		symptom.Credentials, symptom.RBAC, symptom.Environment, symptom.Version:
		return running
	}
	return noHarm
}

// started reports whether any container of a pod ran, so that its images were
// there and its volumes mounted.
func started(p *cluster.Pod) bool {
	return slices.ContainsFunc(p.Containers, func(c cluster.Container) bool {
		return c.State.Phase == cluster.Running || c.State.Phase == cluster.Terminated || c.Restarts > 0 || c.Last().Phase == cluster.Terminated
	})
}

// sighting is a pod on a node, where it failed or was well. A pod that failed
// on one node and came back under its name on another is two.
type sighting struct {
	node     string
	pod      cluster.Ref
	workload cluster.Ref
	revision string
	failed   bool
	fresh    bool // made shortly before the first failure, or after it
}

// period is from the first to the last failure of something.
type period struct{ first, last time.Time }

func (p period) with(first, last time.Time) period {
	if p.first.IsZero() || first.Before(p.first) {
		p.first = first
	}
	if last.After(p.last) {
		p.last = last
	}
	return p
}

// place is where a pod was seen.
type place struct {
	node string
	pod  cluster.Ref
}

// risk collects, of one class of failures, who failed where and when.
type risk struct {
	s        *cluster.Snapshot
	harm     harm
	failed   map[place]sighting
	here     period               // on the node in question
	byStrata map[stratumOf]period // everywhere
}

// atRisk lists the pods that failed in one way and those that went through the
// same without failing, everywhere; none when nothing failed so on the node.
func atRisk(s *cluster.Snapshot, symptoms []symptom.Symptom, h harm, node string) []sighting {
	r := &risk{s: s, harm: h, failed: map[place]sighting{}, byStrata: map[stratumOf]period{}}
	for i := range symptoms {
		if sym := &symptoms[i]; sym.Object.Kind == "Pod" && sym.Node != "" && harmOf(sym) == h {
			r.fail(sym.Node, sym.Object.Key(), sym.Workload.Key(), sym.Pod, period{sym.First, sym.Last}, node)
		}
	}
	if h == removal {
		r.lost(node)
	}
	if r.here == (period{}) {
		return nil
	}
	out := make([]sighting, 0, len(s.Pods))
	for _, f := range r.failed {
		f.fresh = r.fresh(f.pod)
		out = append(out, f)
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		if _, bad := r.failed[place{p.Node, p.Key()}]; !bad && p.Node != "" && s.Scope.Asks(p) && r.well(p) {
			out = append(out, sighting{node: p.Node, pod: p.Key(), workload: s.WorkloadOf(p), revision: p.Revision(), fresh: r.fresh(p.Key())})
		}
	}
	slices.SortFunc(out, func(a, b sighting) int { return cmp.Or(a.pod.Compare(b.pod), cmp.Compare(a.node, b.node)) })
	return out
}

func (r *risk) fail(node string, ref, workload cluster.Ref, pod *cluster.Pod, when period, here string) {
	f := sighting{node: node, pod: ref, workload: workload, failed: true}
	if pod != nil {
		f.revision = pod.Revision()
	} else {
		f.revision = r.revisionOfGone(ref, workload)
	}
	r.failed[place{node, ref}] = f
	key := stratumOf{f.workload, f.revision}
	r.byStrata[key] = r.byStrata[key].with(when.first, when.last)
	if node == here {
		r.here = r.here.with(when.first, when.last)
	}
}

// lost counts the pods of nodes that are lost as failed with them.
func (r *risk) lost(here string) {
	for i := range r.s.Nodes {
		n := &r.s.Nodes[i]
		for _, p := range r.s.PodsOn(n.Name) {
			if r.s.Scope.Asks(p) && lostWith(r.s, p) {
				r.fail(n.Name, p.Key(), r.s.WorkloadOf(p), p, period{n.Condition("Ready").Transition, r.s.At}, here)
			}
		}
	}
}

// well reports whether a pod that did not fail was at risk, in the same time.
// What was made in place of those that were put off their node was not.
func (r *risk) well(p *cluster.Pod) bool {
	switch r.harm {
	case pulling, starting:
		return started(p) && !p.Created.Before(r.here.first.Add(-riskWindow)) && !p.Created.After(r.here.last)
	case running:
		return (p.Ready() || p.Phase == "Succeeded") && !p.Created.After(r.here.last)
	}
	end := r.here.last
	if f, ok := r.byStrata[stratumOf{r.s.WorkloadOf(p), p.Revision()}]; ok {
		end = f.first
	}
	return !p.Created.After(end)
}

// fresh reports whether a pod was made in the hour before the first failure on
// the node, or later. One that is gone was made when it was placed, if an event
// tells of that.
func (r *risk) fresh(ref cluster.Ref) bool {
	since := r.here.first.Add(-riskWindow)
	if p := r.s.Pod(ref.Namespace, ref.Name); p != nil {
		return !p.Created.Before(since)
	}
	return slices.ContainsFunc(r.s.EventsOf(ref), func(e *cluster.Event) bool {
		return e.Reason == "Scheduled" && !e.Last.Before(since)
	})
}

// unknownRevision is that of a pod that is gone and whose name tells nothing.
const unknownRevision = "?"

// revisionOfGone tells the revision of a pod that is gone: by its name, which
// holds the hash, or as the only one that there is.
func (r *risk) revisionOfGone(pod, workload cluster.Ref) string {
	var hashes []string
	for _, p := range r.s.PodsOf(workload) {
		hashes = append(hashes, p.Revision())
	}
	for _, rev := range r.s.RevisionsOf(workload) {
		hashes = append(hashes, rev.Hash)
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	for _, hash := range hashes {
		if hash != "" && strings.Contains(pod.Name, "-"+hash+"-") {
			return hash
		}
	}
	switch {
	case len(hashes) == 0:
		return ""
	case len(hashes) == 1 && workload.Kind != "Deployment":
		return hashes[0]
	}
	return unknownRevision
}
