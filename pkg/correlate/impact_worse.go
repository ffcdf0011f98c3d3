package correlate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// worsened names what made a failure worse for a workload than it had to be:
// all of its replicas in the one place that failed, or no second replica
// elsewhere. Of what fails alike in every replica no more of them help.
func (e *explainer) worsened(p *Pattern, im *Impact, h *hit) []string {
	if len(p.Nodes) == 0 && p.Detector != "eviction" {
		return nil
	}
	switch {
	case im.State == Unaffected, im.State == Degraded && im.Ready > 0:
		return nil
	case im.Desired == 1:
		return single(im)
	case im.Desired < 1, len(h.lost) < int(im.Desired), e.outlived(im.Workload, h):
		return nil
	}
	return e.inOnePlace(p, im, h)
}

// single tells of a workload that was gone for want of a second replica.
func single(im *Impact) []string {
	kinds := []string{"Deployment", "StatefulSet"}
	if (im.State == Down || im.Downtime > 0) && slices.Contains(kinds, im.Workload.Kind) {
		return []string{"it has one replica only"}
	}
	return nil
}

// inOnePlace tells where all of a workload's replicas were: on the one node,
// or in the one zone of several, that the pattern is about.
func (e *explainer) inOnePlace(p *Pattern, im *Impact, h *hit) []string {
	nodes := map[string]bool{}
	for pod := range h.lost {
		nodes[h.on[pod]] = true
	}
	names := sortedKeys(nodes)
	if slices.ContainsFunc(names, func(n string) bool { return n == "" || !slices.Contains(p.Nodes, n) }) {
		return nil
	}
	if len(names) == 1 {
		return []string{fmt.Sprintf("all of its %d replicas were on %s", im.Desired, names[0])}
	}
	if zone := e.zoneOf(names); zone != "" {
		return []string{fmt.Sprintf("all of its %d replicas were in zone %s", im.Desired, zone)}
	}
	return nil
}

// outlived reports whether a pod of a workload was there before its trouble
// and is not among the lost.
func (e *explainer) outlived(ref cluster.Ref, h *hit) bool {
	return slices.ContainsFunc(e.s.PodsOf(ref), func(p *cluster.Pod) bool {
		_, lost := h.lost[p.Key()]
		return !lost && !p.Finished() && !p.Created.After(h.first)
	})
}

// zoneOf is the zone in which all of some nodes are, where the cluster has
// another one.
func (e *explainer) zoneOf(nodes []string) string {
	zone := ""
	for _, name := range nodes {
		n := e.s.Node(name)
		if n == nil || n.Zone() == "" || (zone != "" && n.Zone() != zone) {
			return ""
		}
		zone = n.Zone()
	}
	for i := range e.s.Nodes {
		if z := e.s.Nodes[i].Zone(); z != "" && z != zone {
			return zone
		}
	}
	return ""
}

// impactOnServices tells of Services that the affected call, that have no
// ready backend, and that are not in front of an affected workload.
func (e *explainer) impactOnServices(p *Pattern) []Impact {
	var out []Impact
	seen := map[*cluster.Service]bool{}
	for _, s := range p.Symptoms {
		if !s.Ongoing {
			continue
		}
		for _, svc := range e.servicesCalled(s) {
			if seen[svc] || svc.Ready != 0 || svc.Type == "ExternalName" || touchesAny(p, e.backends(svc)) {
				continue
			}
			seen[svc] = true
			im := Impact{Workload: cluster.Ref{Namespace: svc.Namespace}, Service: svc.Name, State: Down, Desired: int32(svc.NotReady)} //nolint:gosec // addresses of one Service
			var wanted int32
			for _, w := range e.backends(svc) {
				desired, _ := e.replicas(w)
				wanted += desired
			}
			im.Desired = max(im.Desired, wanted)
			out = append(out, im)
		}
	}
	slices.SortStableFunc(out, func(a, b Impact) int {
		return cmp.Or(cmp.Compare(a.Workload.Namespace, b.Workload.Namespace), cmp.Compare(a.Service, b.Service))
	})
	return out
}

// servicesCalled are those that a symptom's words name, or that stand among
// its peers.
func (e *explainer) servicesCalled(s *symptom.Symptom) []*cluster.Service {
	var out []*cluster.Service
	if s.Target.Host != "" {
		if svc := e.s.ServiceNamed(s.Target.Host, s.Object.Namespace); svc != nil {
			out = append(out, svc)
		}
	}
	for _, svc := range e.peerServices(s) {
		if svc != nil {
			out = append(out, svc)
		}
	}
	return out
}

// peerServices are the Services among a symptom's peers, as those of admission
// webhooks; nil for each that was not read.
func (e *explainer) peerServices(s *symptom.Symptom) []*cluster.Service {
	var out []*cluster.Service
	for _, peer := range symptom.PeersOf(e.s, s) {
		if peer.Kind == "Service" {
			out = append(out, e.s.ServiceNamed(peer.Name+"."+peer.Namespace+".svc", peer.Namespace))
		}
	}
	return out
}
