package cluster

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// index holds the look-ups of a Snapshot. Values are positions or pointers
// into the sorted slices of Parts.
type index struct {
	nodes      map[string]*Node
	workloads  map[Ref]*Workload
	revisions  map[Ref]*Revision
	podsOn     map[string][]*Pod
	podsOf     map[Ref][]*Pod
	revsOf     map[Ref][]*Revision
	eventsOf   map[Ref][]*Event
	configs    map[Ref]*Config
	usages     map[usageKey]*Usage
	claims     map[Ref]*Claim
	byIP       map[string]*Service
	services   map[Ref]*Service
	servicesIn map[string][]*Service
	allPods    []*Pod          // as they are sorted: by namespace and name
	podsIn     map[string]span // of allPods, by namespace
	podsAt     func() []*Pod   // those with an address of their own, by address; made when first asked for
	labelled   labelled        // by the labels that Services select by
	claimOf    map[volumeKey]*Claim
	workloadOf map[*Pod]*Ref   // one for all pods of a workload
	madeBy     map[Ref]Ref     // pod -> ReplicaSet, Job … by SuccessfulCreate events
	logs       map[LogRef]*Log // by pod and container
	topOfPods  map[Ref]Ref     // ReplicaSet, Job … -> workload, as the pods that are there tell
	routes     routes
	webhooks   map[string]Ref     // Services by the webhooks that are called at them
	written    map[Ref][]*Service // those without a selector, by the workloads behind them
}

// span is where a part of a list begins and ends.
type span struct{ from, to int }

func buildIndex(p *Parts) index {
	ix := index{
		nodes:      make(map[string]*Node, len(p.Nodes)),
		workloads:  make(map[Ref]*Workload, len(p.Workloads)),
		revisions:  make(map[Ref]*Revision, len(p.Revisions)),
		podsOn:     map[string][]*Pod{},
		podsOf:     map[Ref][]*Pod{},
		revsOf:     map[Ref][]*Revision{},
		eventsOf:   map[Ref][]*Event{},
		configs:    map[Ref]*Config{},
		claims:     map[Ref]*Claim{},
		byIP:       map[string]*Service{},
		services:   map[Ref]*Service{},
		servicesIn: map[string][]*Service{},
		allPods:    make([]*Pod, len(p.Pods)),
		podsIn:     map[string]span{},
		claimOf:    map[volumeKey]*Claim{},
		workloadOf: make(map[*Pod]*Ref, len(p.Pods)),
		madeBy:     map[Ref]Ref{},
		topOfPods:  map[Ref]Ref{},
	}
	ix.podsAt = sync.OnceValue(func() []*Pod { return podsByAddress(p.Pods) })
	ix.indexObjects(p)
	ix.indexPods(p)
	ix.indexEvents(p)
	ix.labelled = labelledPods(p.Services, p.Pods)
	ix.indexLogs(p.Logs)
	ix.routes = indexRoutes(p.Routes)
	ix.webhooks = indexWebhooks(p.Settings)
	return ix
}

func (ix *index) indexObjects(p *Parts) {
	for i := range p.Nodes {
		ix.nodes[p.Nodes[i].Name] = &p.Nodes[i]
	}
	for i := range p.Workloads {
		ix.workloads[p.Workloads[i].Key()] = &p.Workloads[i]
	}
	for i := range p.Revisions {
		r := &p.Revisions[i]
		ix.revisions[r.Key()] = r
		ix.revsOf[r.Owner.Key()] = append(ix.revsOf[r.Owner.Key()], r)
	}
	for i := range p.Configs {
		ix.configs[p.Configs[i].Key()] = &p.Configs[i]
	}
	for i := range p.Claims {
		c := &p.Claims[i]
		ix.claims[c.Key()] = c
		if key := (volumeKey{c.Namespace, c.Volume}); c.Volume != "" && ix.claimOf[key] == nil {
			ix.claimOf[key] = c
		}
	}
	for i := range p.Services {
		svc := &p.Services[i]
		ix.services[svc.Key()] = svc
		ix.servicesIn[svc.Namespace] = append(ix.servicesIn[svc.Namespace], svc)
		for _, ip := range svc.ClusterIPs {
			ix.byIP[ip] = svc
		}
	}
}

func (ix *index) indexEvents(p *Parts) {
	for i := range p.Events {
		e := &p.Events[i]
		if e.Object.Kind == "Pod" {
			if at, ok := ix.position(e.Object.Namespace, e.Object.Name); ok && e.Object == p.Pods[at].Ref {
				e.Object = p.Pods[at].Ref // the same text is kept once
			}
		}
		ix.eventsOf[e.Object.Key()] = append(ix.eventsOf[e.Object.Key()], e)
		if name, ok := strings.CutPrefix(e.Message, "Created pod: "); ok && e.Reason == "SuccessfulCreate" {
			ix.madeBy[Ref{Kind: "Pod", Namespace: e.Object.Namespace, Name: name}] = e.Object.Key()
		}
	}
}

func (ix *index) indexPods(p *Parts) {
	tops := map[Ref]*Ref{}
	begin := 0
	for i := range p.Pods {
		pod := &p.Pods[i]
		ix.allPods[i] = pod
		if i == 0 || pod.Namespace != p.Pods[i-1].Namespace {
			begin = i
		}
		ix.podsIn[pod.Namespace] = span{begin, i + 1}
		if pod.Node != "" {
			ix.podsOn[pod.Node] = append(ix.podsOn[pod.Node], pod)
		}
		top := ix.top(pod.Owner, pod)
		if tops[top] == nil {
			kept := top // not top itself, which would be one for each pod
			tops[top] = &kept
		}
		ix.workloadOf[pod] = tops[top]
		if !pod.Owner.IsZero() {
			ix.topOfPods[pod.Owner.Key()] = top
		}
		ix.podsOf[top] = append(ix.podsOf[top], pod)
	}
}

// top climbs from a pod's controller to the workload that people know. When
// the ReplicaSet was not read its name less the template hash is the
// Deployment's: that is how the Deployment controller names it.
func (ix *index) top(owner Ref, pod *Pod) Ref {
	if owner.IsZero() || owner.Kind == "Node" { // a static pod is its own workload
		return pod.Key()
	}
	if r, ok := ix.revisions[owner.Key()]; ok && !r.Owner.IsZero() {
		return r.Owner.Key()
	}
	if w, ok := ix.workloads[owner.Key()]; ok {
		if !w.Owner.IsZero() {
			return w.Owner.Key()
		}
		return w.Key()
	}
	if hash := pod.Labels["pod-template-hash"]; hash != "" && owner.Kind == "ReplicaSet" {
		if name, ok := strings.CutSuffix(owner.Name, "-"+hash); ok {
			return Ref{Kind: "Deployment", Namespace: owner.Namespace, Name: name}
		}
	}
	return owner.Key()
}

// Pod looks a pod up by namespace and name; nil if it is not there.
func (s *Snapshot) Pod(namespace, name string) *Pod {
	at, ok := s.position(namespace, name)
	if !ok {
		return nil
	}
	return s.allPods[at]
}

// Position of a pod in Pods.
func (s *Snapshot) Position(pod Ref) (at int, ok bool) {
	if pod.Kind != "Pod" {
		return 0, false
	}
	return s.position(pod.Namespace, pod.Name)
}

// Node looks a node up by name; nil if it is not there.
func (s *Snapshot) Node(name string) *Node { return s.nodes[name] }

// Workload looks a workload up; nil if it was not read.
func (s *Snapshot) Workload(ref Ref) *Workload { return s.workloads[ref.Key()] }

// Config looks a ConfigMap or Secret up; nil if its metadata was not read.
func (s *Snapshot) Config(ref Ref) *Config { return s.configs[ref.Key()] }

// Claim looks a PersistentVolumeClaim up; nil if it was not read.
func (s *Snapshot) Claim(namespace, name string) *Claim {
	return s.claims[Ref{Kind: "PersistentVolumeClaim", Namespace: namespace, Name: name}]
}

// volumeKey is a volume as a namespace's claims name it.
type volumeKey struct{ namespace, volume string }

// ClaimOf is the claim of a namespace that is bound to a volume; nil if there
// is none.
func (s *Snapshot) ClaimOf(namespace, volume string) *Claim {
	return s.claimOf[volumeKey{namespace, volume}]
}

// PodsAt are the pods that have, or had, an address of their own: those on
// their node's network have none.
func (s *Snapshot) PodsAt(ip string) []*Pod {
	all := s.podsAt()
	from, _ := slices.BinarySearchFunc(all, ip, func(p *Pod, ip string) int { return cmp.Compare(p.IP, ip) })
	to := from
	for to < len(all) && all[to].IP == ip {
		to++
	}
	return all[from:to:to]
}

// PodsIn are the pods of a namespace, by name.
func (s *Snapshot) PodsIn(namespace string) []*Pod {
	in := s.podsIn[namespace]
	return s.allPods[in.from:in.to:in.to]
}

// WorkloadOf is the top controller of a pod, or the pod itself.
func (s *Snapshot) WorkloadOf(p *Pod) Ref {
	if top := s.workloadOf[p]; top != nil {
		return *top
	}
	return Ref{}
}

// CountWorkloads counts the workloads that were read and those that are known
// by their pods alone.
func (s *Snapshot) CountWorkloads() int {
	n := len(s.Workloads)
	for ref := range s.podsOf {
		if s.workloads[ref] == nil {
			n++
		}
	}
	return n
}

// PodsOf are the pods of a workload, by name.
func (s *Snapshot) PodsOf(workload Ref) []*Pod { return s.podsOf[workload.Key()] }

// PodsOn are the pods bound to a node.
func (s *Snapshot) PodsOn(node string) []*Pod { return s.podsOn[node] }

// RevisionsOf are the revisions of a workload, oldest number first.
func (s *Snapshot) RevisionsOf(workload Ref) []*Revision {
	revs := slices.Clone(s.revsOf[workload.Key()])
	slices.SortStableFunc(revs, func(a, b *Revision) int {
		if a.Number != b.Number {
			return int(a.Number - b.Number)
		}
		return a.Created.Compare(b.Created)
	})
	return revs
}

// EventsOf are the events about an object, oldest first.
func (s *Snapshot) EventsOf(ref Ref) []*Event { return s.eventsOf[ref.Key()] }

// Revision looks a revision up; nil if it was not read.
func (s *Snapshot) Revision(ref Ref) *Revision { return s.revisions[ref.Key()] }

// Service looks a Service up; nil if it was not read.
func (s *Snapshot) Service(ref Ref) *Service { return s.services[ref.Key()] }

// ServiceByIP is the Service with a cluster IP; nil if there is none.
func (s *Snapshot) ServiceByIP(ip string) *Service { return s.byIP[ip] }
