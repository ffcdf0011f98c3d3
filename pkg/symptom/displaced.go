package symptom

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// displacements say what the reason of a pod's DisruptionTarget condition means
// (k8s.io/api/core/v1 types.go, the scheduler, the taint manager). Evictions by
// the kubelet have their own text; a pod that the garbage collector took went
// with its node.
var displacements = map[string]string{
	"PreemptionByScheduler":        EvictedPreempted,
	"DeletionByTaintManager":       EvictedTaint,
	"DeletionByDeviceTaintManager": EvictedTaint,
	"EvictionByEvictionAPI":        EvictedAPI,
}

// displacedBy says what events about pods mean that tell of a displacement;
// most of them are of type Normal. texts, where given, are how the message
// begins.
var displacedBy = []struct{ reason, text, cause string }{
	{"Preempted", "Preempted by ", EvictedPreempted}, // scheduler
	{"Preempting", "", EvictedPreempted},             // kubelet, for a critical pod
	{"TaintManagerEviction", "Marking for deletion", EvictedTaint},
	{"DeviceTaintManagerEviction", "Marking for deletion", EvictedTaint},
	{"NodeControllerEviction", "Marking for deletion", EvictedTaint},
	{"Evicted", "Evicted pod", EvictedAPI},        // Karpenter, Normal
	{"ScaleDown", "deleting pod for", EvictedAPI}, // cluster-autoscaler, Normal
	{"EvictedByVPA", "", EvictedAPI},              // VPA updater, Normal
}

// displacement recognises that a pod was put off its node by the will of
// others: for a pod of higher priority, by a taint, or through the eviction
// API (a drain, an autoscaler). Pod is nil when only events are left.
func (r *recogniser) displacement(ref cluster.Ref, p *cluster.Pod, events []*cluster.Event) (Symptom, bool) {
	s := Symptom{Kind: Eviction, Object: ref, Pod: p, Count: 1}
	for _, e := range events {
		if cause := displacementOf(e); cause != "" {
			s.Cause, s.Message = cause, e.Message
			s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
			s.Node = firstOf(s.Node, e.Host)
			s.Evidence = append(s.Evidence, fromEvent(e))
		} else if strings.HasPrefix(e.Message, "Cancelling deletion") {
			s = Symptom{Kind: Eviction, Object: ref, Pod: p, Count: 1} // the taint was taken off in time
		}
	}
	if p != nil {
		displacedByStatus(&s, p)
	}
	if s.Cause == "" || (s.Cause == EvictedAPI && r.isMadeGood(&s)) {
		return Symptom{}, false
	}
	r.nameDisplacer(&s, events)
	return s, true
}

func displacementOf(e *cluster.Event) string {
	for _, d := range displacedBy {
		if e.Reason == d.reason && strings.HasPrefix(e.Message, d.text) && (d.cause != EvictedAPI || !e.Warning) {
			return d.cause
		}
	}
	return ""
}

func displacedByStatus(s *Symptom, p *cluster.Pod) {
	c := p.Condition("DisruptionTarget")
	switch cause := displacements[c.Reason]; {
	case c.Status == "True" && cause != "":
		s.Cause = cause
		if s.Message == "" {
			s.Message = c.Message
		}
		s.First, s.Last = earliest(s.First, c.Transition), latest(s.Last, c.Transition)
		s.Evidence = append(s.Evidence, Evidence{Source: FromCondition, Subject: p.Key(), Time: c.Transition, Reason: c.Reason, Text: c.Message, Count: 1})
	case p.Reason == "Preempting": // the kubelet made room for a critical pod
		s.Cause, s.Message = EvictedPreempted, p.Message
		if s.Last.IsZero() {
			s.Last = latest(p.Condition("Ready").Transition, latest(p.Created, p.Started))
			s.First = s.Last
		}
		s.Evidence = append(s.Evidence, Evidence{Source: FromStatus, Subject: p.Key(), Time: s.Last, Reason: p.Reason, Text: p.Message, Count: 1})
	}
}

// replaceGrace is how long the pods of a drained node may take to run
// elsewhere.
const replaceGrace = time.Minute

// isMadeGood reports whether the workload of a pod that was evicted through
// the API has all its pods, or has had no time yet to get them: drains and
// autoscalers do that every day.
func (r *recogniser) isMadeGood(s *Symptom) bool {
	ref := r.s.WorkloadNamed(s.Object)
	if s.Pod != nil {
		ref = r.s.WorkloadOf(s.Pod)
	}
	w := r.s.Workload(ref)
	return w == nil || w.Kind == "Job" || r.staying(w) >= w.Desired || r.s.At.Sub(s.Last) < replaceGrace
}

// staying counts the ready pods of a workload that are not on their way out;
// its own count where no such pod was read.
func (r *recogniser) staying(w *cluster.Workload) int32 {
	var all, ready int32
	for _, p := range r.s.PodsOf(w.Ref) {
		if !p.Deleting.IsZero() || p.Finished() {
			continue
		}
		all++
		if p.Ready() {
			ready++
		}
	}
	if all == 0 {
		return w.Ready
	}
	return ready
}

// preemptor finds who took a pod's place: by UID, or by name in Kubernetes 1.26
// and older (pkg/scheduler/framework/preemption).
var preemptor = lazyregexp.New(`^Preempted by (?:[a-zA-Z]{1,20} )?([0-9a-zA-Z./-]{3,320}) on node (\S{1,253})`)

// nameDisplacer fills in who or what displaced the pod, and from where.
func (r *recogniser) nameDisplacer(s *Symptom, events []*cluster.Event) {
	if m := preemptor.FindStringSubmatch(s.Message); m != nil {
		s.Node = firstOf(s.Node, m[2])
		if by := r.podNamed(m[1]); by != nil {
			s.Peers = []cluster.Ref{by.Key()}
			s.About = r.s.WorkloadOf(by)
		}
	}
	if s.Pod != nil {
		s.Node = firstOf(s.Node, s.Pod.Node)
	}
	s.Node = firstOf(s.Node, nodeOf(events))
	if s.Node == "" && s.Cause == EvictedTaint {
		s.Node = r.onlyNodeInTrouble()
	}
	if n := r.s.Node(s.Node); s.Cause == EvictedTaint && n != nil {
		for _, t := range n.Untolerated(tolerationsOf(s.Pod)) {
			if t.Effect == "NoExecute" {
				s.Item = t.String()
			}
		}
	}
}

// onlyNodeInTrouble is the one node whose condition drives pods away; empty
// when there is none or more than one. A pod that is gone may have been on no
// other.
func (r *recogniser) onlyNodeInTrouble() string {
	found := ""
	for i := range r.s.Nodes {
		n := &r.s.Nodes[i]
		if !slices.ContainsFunc(n.Taints, func(t cluster.Taint) bool { return t.Effect == "NoExecute" && t.OfCondition() }) {
			continue
		}
		if found != "" {
			return ""
		}
		found = n.Name
	}
	return found
}

// assigned finds the node in the scheduler's event Scheduled.
var assigned = lazyregexp.New(`^Successfully assigned \S{1,320} to (\S{1,253})$`)

// nodeOf is the node that a pod was on, as its events tell: kubelets say who
// they are, the scheduler says where it put the pod.
func nodeOf(events []*cluster.Event) string {
	node := ""
	for _, e := range events {
		if m := assigned.FindStringSubmatch(e.Message); m != nil && e.Reason == "Scheduled" {
			node = m[1]
		}
		if e.Component == "kubelet" && e.Host != "" {
			node = e.Host
		}
	}
	return node
}

// podNamed finds a pod by its UID or by namespace/name.
func (r *recogniser) podNamed(name string) *cluster.Pod {
	if namespace, short, ok := strings.Cut(name, "/"); ok {
		return r.s.Pod(namespace, short)
	}
	for i := range r.s.Pods {
		if r.s.Pods[i].UID == name {
			return &r.s.Pods[i]
		}
	}
	return nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
