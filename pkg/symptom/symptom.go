// Package symptom says what is wrong with ONE thing, in a fixed vocabulary.
//
// It is the only place where the text of a message is recognised: a message
// is classified once, by the first matching row of a table. What detectors
// get are Symptoms, with causes from the taxonomy instead of words.
package symptom

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Kind is what sort of trouble it is.
type Kind string

// The kinds of symptoms.
const (
	ImagePull  Kind = "image-pull"  // a container's image cannot be pulled
	PullSecret Kind = "pull-secret" // an image pull Secret cannot be read
	Exit       Kind = "exit"        // a container ended with a failure of its own
	CrashLoop  Kind = "crash-loop"  // restarts are known from events only: no exit code
	OOM        Kind = "oom"         // a container was killed for memory
	Start      Kind = "start"       // a container could not be made or started at all
	Probe      Kind = "probe"       // a container's probe fails
	Eviction   Kind = "eviction"    // a pod was put off its node
	Unready    Kind = "unready"     // containers run, the pod is not ready
	Pressure   Kind = "pressure"    // a node is, or was, short of a resource
	NodeDown   Kind = "node-down"   // a node is, or was, not working
	NodeOOM    Kind = "node-oom"    // the kernel killed for want of memory on the node
	Rollout    Kind = "rollout"     // a rollout does not come to its end

	Scheduling    Kind = "scheduling"     // no node takes the pod
	Admission     Kind = "admission"      // the API server refuses to create the pod
	MissingConfig Kind = "missing-config" // something that the pod refers to is not there
	Storage       Kind = "storage"        // a volume cannot be made, attached, mounted or written
	Network       Kind = "network"        // a peer, a name or the pod's own network is out of reach
	Credentials   Kind = "credentials"    // a dependency refuses the program's credentials
	RBAC          Kind = "rbac"           // the API server refuses the pod's service account
	Environment   Kind = "environment"    // the program misses a setting, or cannot use its value
	Version       Kind = "version"        // two programs do not fit each other
	Job           Kind = "job"            // a Job or CronJob failed as a whole
	Throttling    Kind = "throttling"     // a container is held at its CPU limit
	Stale         Kind = "stale"          // a container runs with a value that was changed since it started
	Growth        Kind = "growth"         // something rises towards its limit; told by history alone
	Unclassified  Kind = "unclassified"   // a recurring warning that no table knows
)

// Symptom is one thing wrong with one object.
type Symptom struct {
	Kind  Kind
	Cause string // of the taxonomy; what it means depends on Kind

	Object    cluster.Ref  // the Pod, Node or Deployment that has it
	Workload  cluster.Ref  // the pod's top controller
	Pod       *cluster.Pod // nil when only events are left of it
	Node      string
	Container string

	First time.Time
	Last  time.Time // the last time it was seen: the snapshot's time if it stands
	Count int       // occurrences, a lower bound
	// SinceBefore is set when First is only the oldest time that is known:
	// restarts tell of more that no event dates.
	SinceBefore bool
	Restarts    int32
	Ended       time.Time // Exit, OOM: the newest end that the status tells
	Ongoing     bool

	Image    Image      // ImagePull
	ExitCode int32      // Exit, OOM
	KilledBy string     // Exit: who ended it, if an event tells; see KilledByLiveness
	Message  string     // the text that says why, as it came
	Template string     // Message with its variable parts masked
	Target   Connection // Exit: the peer that Message says could not be reached
	Usage    string     // Eviction: what the offenders used, as the kubelet says; Admission: the numbers of the refusal
	Limit    string     // OOM, Throttling: the limit of memory or CPU in canonical form
	Resource string     // Eviction, Pressure, Storage: memory, storage, ephemeral-storage, inodes, pids
	Names    []string   // PullSecret: the Secrets; Eviction: offending containers

	// About is the object that the text names and that makes it one problem:
	// the missing ConfigMap, the quota, the webhook, the claim, the Job.
	About cluster.Ref
	// Item is what of About is meant, or what is wrong without an object: a
	// key, a variable, a resource, a user, a probe's failure.
	Item    string
	Access  Access   // RBAC: what was refused
	Clauses []Clause // Scheduling: why each group of nodes did not take the pod
	Driver  string   // Storage: the CSI driver or provisioner; Network: the CNI plugin
	Class   string   // Storage: the StorageClass
	// Peers are other objects that the text names or that take part: the pods
	// that hold a volume, the pod that preempted this one.
	Peers []cluster.Ref
	Share float64 // Throttling: throttled periods of all; Storage: what is used of a full volume; 0 to 1

	Evidence []Evidence
}

// Access is a request that the API server refused.
type Access struct {
	User      string // "system:serviceaccount:ns:name", or whoever it was
	Verb      string
	Resource  string // with its subresource: pods/log
	Group     string
	Namespace string // empty at the cluster scope
}

// Clause is one reason of a scheduler's "0/N nodes are available: …" with
// the number of nodes that it holds for; Nodes is 0 where the text has none.
type Clause struct {
	Nodes int
	Text  string
	Cause string // of the taxonomy
}

// Source of a piece of evidence.
type Source string

// The sources of evidence.
const (
	FromEvent     Source = "event"
	FromStatus    Source = "status"
	FromCondition Source = "condition"
	FromLog       Source = "log"
	FromMetric    Source = "metric"
)

// Evidence is one thing that the cluster itself says.
type Evidence struct {
	Source  Source
	Subject cluster.Ref
	Time    time.Time
	Reason  string
	Text    string
	Count   int
}

// Recognise finds every symptom in the scope of a snapshot, in a fixed order.
func Recognise(s *cluster.Snapshot) []Symptom {
	r := &recogniser{s: s}
	r.from, _ = s.Window()
	for i := range s.Nodes {
		r.node(&s.Nodes[i])
	}
	r.absentNodes()
	for i := range s.Pods {
		if p := &s.Pods[i]; inScope(&s.Scope, p.Namespace, p.Labels) {
			from := len(r.found)
			r.pod(p)
			r.hearRunning(p, from)
			r.throttled(p)
		}
	}
	r.lend()
	r.gonePods()
	r.claims()
	r.accessRefused()
	r.fullVolumes()
	for i := range s.Workloads {
		if w := &s.Workloads[i]; inScope(&s.Scope, w.Namespace, w.Selector) {
			r.workload(w)
		}
	}
	r.refusals()
	r.jobs()
	r.unclassified()
	return r.found
}

// recogniser collects the symptoms of one snapshot.
type recogniser struct {
	s     *cluster.Snapshot
	from  time.Time // start of the window that events cover
	found []Symptom
	heard map[heardText]said // what was made of a program's words
	names map[string]string  // see mask
	free  map[freeFor]float64
	// What the logs of some replicas tell of others; see lend.
	lenders   map[endKey]*lender
	borrowers []borrower
}

func (r *recogniser) add(s Symptom) {
	if s.Workload.IsZero() {
		switch {
		case s.Pod != nil:
			s.Workload = r.s.WorkloadOf(s.Pod)
		case s.Object.Kind == "Pod":
			s.Workload = r.s.WorkloadNamed(s.Object)
		}
	}
	if s.Pod != nil && s.Node == "" {
		s.Node = s.Pod.Node
	}
	s.Count = max(s.Count, 1)
	s.Evidence = append(s.Evidence, r.measured(&s)...)
	if s.First.IsZero() || s.First.After(s.Last) {
		s.First = s.Last
	}
	if !s.Ongoing && !s.Last.IsZero() && s.Last.Before(r.s.Scope.Since) {
		return // --since bounds what is over, never what still stands
	}
	r.found = append(r.found, s)
}

func inScope(scope *cluster.Scope, namespace string, labels map[string]string) bool {
	if !scope.Includes(namespace) {
		return false
	}
	return scope.MatchPod == nil || labels == nil || scope.MatchPod(labels)
}

// isAbout reports whether an event is about a container or, when the event
// names none, about its pod. Every event is about the container "".
func isAbout(e *cluster.Event, container string) bool {
	return container == "" || e.Container == "" || e.Container == container
}

func fromEvent(e *cluster.Event) Evidence {
	return Evidence{Source: FromEvent, Subject: e.Object, Time: e.Last, Reason: e.Reason, Text: e.Message, Count: e.Count}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
