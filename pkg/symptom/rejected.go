package symptom

import (
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// rejections say what the kubelet means by the reason with which it refuses a
// pod that was bound to its node (pkg/kubelet/lifecycle/predicate.go, the
// device, CPU and topology managers). NodeShutdown and Evicted are of the
// node, and told with it.
var rejections = map[string]struct{ cause, item string }{
	"OutOfcpu":    {InsufficientCPU, "cpu"},
	"OutOfmemory": {InsufficientMemory, "memory"},

	"UnexpectedAdmissionError": {InsufficientOther, "devices"},
	"TopologyAffinityError":    {InsufficientOther, "aligned CPUs, memory or devices"},
	"SMTAlignmentError":        {InsufficientOther, "aligned CPUs"},

	"NodeAffinity":                       {UnmetAffinity, ""},
	"NodeName":                           {UnmetAffinity, "node name"},
	"PodOSSelectorNodeLabelDoesNotMatch": {UnmetAffinity, "operating system"},
	"PodOSNotSupported":                  {UnmetAffinity, "operating system"},
	"NodePorts":                          {TakenPorts, ""},
	"TaintToleration":                    {UntoleratedTaints, ""},
	"VolumeAttachmentLimitExceeded":      {UnfitVolume, "volume attachment limit of the node"},
}

// unavailable finds the device that a device plugin has not enough of
// (pkg/kubelet/cm/devicemanager/manager.go).
var unavailable = lazyregexp.New(`devices unavailable for ([a-zA-Z0-9./_-]{1,317})\.`)

// rejected recognises a pod that its node's kubelet refused to start, and
// reports whether it is one. Such a pod is Failed and has no containers; its
// controller makes another.
func (r *recogniser) rejected(p *cluster.Pod, events []*cluster.Event) bool {
	if p.Phase != "Failed" {
		return false
	}
	meaning, ok := rejections[p.Reason]
	if name, out := strings.CutPrefix(p.Reason, "OutOf"); out && !ok {
		meaning.cause, meaning.item, ok = InsufficientOther, name, name != ""
	}
	if !ok {
		return false
	}
	s := Symptom{Kind: Scheduling, Cause: meaning.cause, Item: meaning.item, Object: p.Key(), Pod: p,
		Message: p.Message, Template: Mask(p.Message)}
	if m := unavailable.FindStringSubmatch(p.Message); m != nil {
		s.Item = m[1]
	}
	if meaning.cause == UnmetAffinity && meaning.item == "" {
		s.Item = affinityItem(p, "")
	}
	s.Last = rejectedAt(p, events)
	s.First = s.Last
	s.Evidence = []Evidence{{Source: FromStatus, Subject: p.Key(), Time: s.Last, Reason: p.Reason, Text: p.Message, Count: 1}}
	r.add(s)
	return true
}

// rejectedAt is when the kubelet refused a pod: the time of its event of the
// same reason, else within seconds of the pod's binding.
func rejectedAt(p *cluster.Pod, events []*cluster.Event) time.Time {
	for _, e := range events {
		if e.Reason == p.Reason {
			return e.First
		}
	}
	return latest(p.Condition("PodScheduled").Transition, latest(p.Created, p.Started))
}
