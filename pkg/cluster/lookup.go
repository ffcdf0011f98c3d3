package cluster

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// position looks a pod up in what is sorted: a map of all pods would take a
// third of what the pods themselves do. Of two of one name it is the last.
func (ix *index) position(namespace, name string) (int, bool) {
	in := ix.podsIn[namespace]
	after, _ := slices.BinarySearchFunc(ix.allPods[in.from:in.to], name, func(p *Pod, name string) int {
		if p.Name <= name {
			return -1
		}
		return 1
	})
	at := in.from + after - 1
	return at, after > 0 && ix.allPods[at].Name == name
}

// podsByAddress sorts the pods that have, or had, an address of their own.
func podsByAddress(pods []Pod) []*Pod {
	var out []*Pod
	for i := range pods {
		if p := &pods[i]; p.IP != "" && p.Template != nil && !p.Template.HostNetwork {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *Pod) int { return cmp.Compare(a.IP, b.IP) })
	return out
}

// generatedTail matches what the API server appends to a pod's name and what
// controllers append for a template hash: five safe characters, without
// vowels, 0, 1 and 3 (k8s.io/apimachinery/pkg/util/rand).
var generatedTail = regexp.MustCompile(`-[bcdfghjklmnpqrstvwxz2456789]{5}$`)

// WorkloadNamed finds the workload of a pod that is gone and known from
// events only: by the event of the controller that made it, else by its
// name, if a known workload's name is what is left without the generated
// tails. It returns the pod's own Ref when nothing fits.
func (s *Snapshot) WorkloadNamed(pod Ref) Ref {
	if at, ok := s.Position(pod); ok {
		return *s.workloadOf[s.allPods[at]]
	}
	if maker, ok := s.madeBy[pod.Key()]; ok {
		return s.TopOf(maker)
	}
	stem := generatedTail.ReplaceAllString(pod.Name, "")
	if stem != pod.Name {
		if ref, ok := s.ownerNamed(pod.Namespace, stem); ok {
			return ref
		}
	}
	if i := strings.LastIndexByte(pod.Name, '-'); i > 0 { // StatefulSet ordinal
		ref := Ref{Kind: "StatefulSet", Namespace: pod.Namespace, Name: pod.Name[:i]}
		if s.workloads[ref] != nil {
			return ref
		}
	}
	return pod.Key()
}

// TopOf climbs from the controller that made a pod to its workload. A
// ReplicaSet that was not read belongs where its other pods do, or to the
// Deployment whose name is its own less the template hash.
func (s *Snapshot) TopOf(maker Ref) Ref {
	if r, ok := s.revisions[maker]; ok && !r.Owner.IsZero() {
		return r.Owner.Key()
	}
	if top, ok := s.topOfPods[maker]; ok {
		return top
	}
	if i := strings.LastIndexByte(maker.Name, '-'); i > 0 && maker.Kind == "ReplicaSet" {
		ref := Ref{Kind: "Deployment", Namespace: maker.Namespace, Name: maker.Name[:i]}
		if s.workloads[ref] != nil {
			return ref
		}
	}
	if w, ok := s.workloads[maker]; ok && !w.Owner.IsZero() {
		return w.Owner.Key()
	}
	return maker
}

func (s *Snapshot) ownerNamed(namespace, stem string) (Ref, bool) {
	for _, kind := range []string{"ReplicaSet", "DaemonSet", "Job"} {
		ref := Ref{Kind: kind, Namespace: namespace, Name: stem}
		if s.revisions[ref] != nil || s.workloads[ref] != nil {
			return s.TopOf(ref), true
		}
	}
	if i := strings.LastIndexByte(stem, '-'); i > 0 { // its ReplicaSet is gone too
		ref := Ref{Kind: "Deployment", Namespace: namespace, Name: stem[:i]}
		if s.workloads[ref] != nil {
			return ref, true
		}
	}
	return Ref{}, false
}

// ServicesOf are the Services of its namespace whose selector picks the
// workload's pods, and those without a selector whose written endpoints are
// among them.
func (s *Snapshot) ServicesOf(workload Ref) []*Service {
	labels := s.PodLabels(workload)
	if labels == nil {
		return nil
	}
	var out []*Service
	for _, svc := range s.servicesIn[workload.Namespace] {
		if selects(svc.Selector, labels) {
			out = append(out, svc)
		}
	}
	return append(out, s.written[workload]...)
}

// PodLabels are the labels of a workload's pods: those of one of them, else
// what the workload selects; nil where neither is known.
func (s *Snapshot) PodLabels(workload Ref) map[string]string {
	if pods := s.PodsOf(workload); len(pods) > 0 {
		return pods[0].Labels
	}
	if w := s.Workload(workload); w != nil {
		return w.Selector
	}
	return nil
}

func selects(selector, labels map[string]string) bool {
	if len(selector) == 0 {
		return false
	}
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return true
}

// BackendsOf are the workloads whose pods a Service selects; of one without a
// selector those that its EndpointSlices or its external name lead to.
func (s *Snapshot) BackendsOf(svc *Service) []Ref {
	if len(svc.Selector) == 0 {
		return s.writtenBackends(svc)
	}
	var out []Ref
	seen := map[Ref]bool{}
	for _, p := range s.labelled.rarest(svc) {
		if !selects(svc.Selector, p.Labels) {
			continue
		}
		if ref := s.WorkloadOf(p); !seen[ref] {
			seen[ref] = true
			out = append(out, ref)
		}
	}
	return out
}

// labelIn is a label of a namespace's pods.
type labelIn struct{ namespace, key, value string }

// labelled holds the pods with each label that some Service selects by, so
// that what is behind a Service is found without asking every pod.
type labelled map[labelIn][]*Pod

func labelledPods(services []Service, pods []Pod) labelled {
	out := labelled{}
	for i := range services {
		for k, v := range services[i].Selector {
			out[labelIn{services[i].Namespace, k, v}] = nil
		}
	}
	if len(out) == 0 {
		return out
	}
	for i := range pods {
		for k, v := range pods[i].Labels {
			key := labelIn{pods[i].Namespace, k, v}
			if list, wanted := out[key]; wanted {
				out[key] = append(list, &pods[i])
			}
		}
	}
	return out
}

// rarest are the pods with that label of a Service's selector which the fewest
// have.
func (l labelled) rarest(svc *Service) []*Pod {
	var best []*Pod
	first := true
	for k, v := range svc.Selector {
		if list := l[labelIn{svc.Namespace, k, v}]; first || len(list) < len(best) {
			best, first = list, false
		}
	}
	return best
}

// ServiceNamed resolves a host as a pod of the namespace would: name,
// name.namespace, name.namespace.svc and the full cluster name, each behind
// the name of a StatefulSet's pod too. Nil when it is no Service that was
// read.
func (s *Snapshot) ServiceNamed(host, namespace string) *Service {
	if svc := s.ServiceByIP(host); svc != nil {
		return svc
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	if svc := s.serviceOf(labels, namespace); svc != nil || !ordinal.MatchString(labels[0]) {
		return svc
	}
	return s.serviceOf(labels[1:], namespace)
}

// DNS is the Service of the cluster's name server, by what it selects (CoreDNS
// and kube-dns alike) or by OpenShift's name; nil when it was not read.
func (s *Snapshot) DNS() *Service {
	for i := range s.Services {
		svc := &s.Services[i]
		if svc.Selector["k8s-app"] == "kube-dns" || svc.Path() == "openshift-dns/dns-default" {
			return svc
		}
	}
	return nil
}

// ordinal matches the end of the name of a StatefulSet's pod.
var ordinal = regexp.MustCompile(`-\d+$`)

func (s *Snapshot) serviceOf(labels []string, namespace string) *Service {
	if len(labels) == 0 || (len(labels) > 2 && labels[2] != "svc") {
		return nil
	}
	if len(labels) > 1 {
		namespace = labels[1]
	}
	return s.services[Ref{Kind: "Service", Namespace: namespace, Name: labels[0]}]
}
