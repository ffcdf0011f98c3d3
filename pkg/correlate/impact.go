package correlate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// impact tells for every affected workload how it stands, and for Services
// that the affected call.
func (e *explainer) impact(p *Pattern) []Impact {
	var out []Impact
	hits := e.hits(p)
	for _, w := range p.Tally.Workloads {
		im := e.impactOn(p, w)
		if h := hits[w]; h != nil {
			e.outage(&im, h)
			im.WorsenedBy = e.worsened(p, &im, h)
		}
		out = append(out, im)
	}
	out = append(out, e.impactOnServices(p)...)
	slices.SortStableFunc(out, func(a, b Impact) int {
		return cmp.Or(cmp.Compare(stateRank(a.State), stateRank(b.State)), a.Workload.Compare(b.Workload))
	})
	return out
}

func stateRank(s State) int {
	return slices.Index([]State{Down, Degraded, Recovered, Unaffected}, s)
}

func (e *explainer) impactOn(p *Pattern, ref cluster.Ref) Impact {
	im := Impact{Workload: ref, Service: e.serviceNames(ref), Routes: e.routeNames(ref)}
	im.Desired, im.Ready = e.replicas(ref)
	switch {
	case im.Desired > 0 && im.Ready == 0 && (ref.Kind == "Job" || ref.Kind == "CronJob"):
		im.State = Degraded // work that is not done; nothing waits for its answer
	case im.Desired > 0 && im.Ready == 0:
		im.State = Down
		e.downtime(&im)
	case im.Ready < im.Desired:
		im.State = Degraded
	case im.Desired == 0 || isSlow(p):
		im.State = Unaffected
	default:
		im.State = Recovered
		if failsBeyond(p, ref) {
			im.State = Unaffected // all that is wanted is ready; the failing pods are extra
		}
	}
	return im
}

// isSlow reports whether a pattern tells of containers that are slow or fill
// up, and of nothing that fails.
func isSlow(p *Pattern) bool {
	return len(p.Symptoms) > 0 && !slices.ContainsFunc(p.Symptoms, func(s *symptom.Symptom) bool {
		return s.Kind != symptom.Throttling && s.Kind != symptom.Growth
	})
}

// failsBeyond reports whether pods fail that are not among the ready ones.
func failsBeyond(p *Pattern, workload cluster.Ref) bool {
	for _, s := range p.Symptoms {
		if s.Ongoing && s.Workload.Key() == workload && s.Pod != nil && !s.Pod.Ready() {
			return true
		}
	}
	return false
}

func (e *explainer) serviceNames(ref cluster.Ref) string {
	var names []string
	for _, svc := range e.s.ServicesOf(ref) {
		names = append(names, svc.Name)
	}
	return strings.Join(names, ",")
}

// replicas are those that the workload's status tells, or its pods where the
// workload itself was not read.
func (e *explainer) replicas(ref cluster.Ref) (desired, ready int32) {
	if w := e.s.Workload(ref); w != nil && w.Kind != "CronJob" {
		if w.Kind == "Job" && w.Condition("Complete").Status == "True" {
			return 0, 0
		}
		return w.Desired, w.Ready
	}
	for _, p := range e.s.PodsOf(ref) {
		if p.Finished() || !p.Deleting.IsZero() {
			continue
		}
		desired++
		if p.Ready() {
			ready++
		}
	}
	return desired, ready
}

// downtime fills in how long nothing of a workload has been ready. It is so at
// least since the last of its pods turned not ready: these may have taken the
// place of others. It is so at most since its Available condition turned
// False, which of several replicas needs but some to be gone; of one replica
// it is the time itself.
func (e *explainer) downtime(im *Impact) {
	var last time.Time
	for _, p := range e.s.PodsOf(im.Workload) {
		if t := p.Condition("Ready").Transition; t.After(last) && !p.Finished() {
			last = t
		}
	}
	if !last.IsZero() {
		im.Downtime, im.LowerBound = e.s.At.Sub(last), true
	}
	w := e.s.Workload(im.Workload)
	if w == nil || w.Condition("Available").Status != "False" || w.Condition("Available").Transition.IsZero() {
		return
	}
	most := e.s.At.Sub(w.Condition("Available").Transition)
	if im.Desired == 1 || im.Downtime >= most {
		im.Downtime, im.LowerBound = most, false
		return
	}
	im.LowerBound, im.AtMost = true, most
}

// lostNode is critical, unless somebody closed the node on purpose and nothing
// is left on it.
func lostNode(p *Pattern, s *cluster.Snapshot) Severity {
	for _, name := range p.Nodes {
		if n := s.Node(name); n == nil || !n.Unschedulable {
			return Critical
		}
	}
	if len(p.Also) > 0 {
		return Warning
	}
	return Info
}

// severity by the contract: critical when a workload has nothing ready or a
// node is lost; info when all is long past and healed, or nothing was hurt.
func severity(p *Pattern, s *cluster.Snapshot) Severity {
	if isSlow(p) || p.Timing != nil {
		return Info // what fails of it has a pattern of its own, and lends it its severity
	}
	return severityOfFailures(p, s)
}

func severityOfFailures(p *Pattern, s *cluster.Snapshot) Severity {
	if p.Detector == "unclassified" || p.Tier == detect.Observation {
		return Info
	}
	if p.Tally.Ongoing {
		if p.Detector == "node-failure" && p.Cause != "kernel" {
			return lostNode(p, s)
		}
		for _, im := range p.Impact {
			if im.State == Down && im.Desired > 0 {
				return Critical
			}
		}
		return Warning
	}
	if s.At.Sub(p.Tally.Last) > time.Hour || (len(p.Tally.Pods) == 0 && p.Detector == "node-pressure") {
		return Info
	}
	return Warning
}
