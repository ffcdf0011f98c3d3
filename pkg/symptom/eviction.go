package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Causes of evictions: the first three belong to a node under pressure, the
// next two are for the pod's own limits, and the last ones the will of others.
const (
	DiskPressure         = "disk-pressure"
	MemoryPressure       = "memory-pressure"
	PIDPressure          = "pid-pressure"
	EvictedStorageLimit  = "ephemeral-storage-limit"
	EvictedEmptyDirLimit = "emptydir-limit"
	EvictedPreempted     = "preempted"
	EvictedTaint         = "taint"
	EvictedAPI           = "api"
)

// starved finds the resource in the kubelet's eviction message
// (pkg/kubelet/eviction/helpers.go).
var (
	starved  = lazyregexp.New(`The node was low on resource: ([a-z-]+)\.`)
	rejected = lazyregexp.New(`The node had condition: \[([A-Za-z]+)[^\]]*\]`)
	usage    = lazyregexp.New(`(?:Container|Pod) (\S+) was using (\S+), request is (\S+),`)
)

// PressureOf is the pressure that a starved resource makes.
func PressureOf(resource string) string {
	switch resource {
	case "memory":
		return MemoryPressure
	case "pids":
		return PIDPressure
	}
	return DiskPressure // ephemeral-storage and inodes
}

// evictionSignatures classify the evictions that are not of a node under
// pressure.
var evictionSignatures = []signature{
	{cause: EvictedEmptyDirLimit, source: "kubelet eviction", texts: []string{"usage of emptydir volume"}},
	{cause: EvictedStorageLimit, source: "kubelet eviction", texts: []string{
		"exceeded its local ephemeral storage limit", "exceeds the total limit of containers"}},
}

// eviction recognises that a pod was put off its node. Phase and reason are
// not enough: a pod whose processes end cleanly when evicted is Succeeded,
// so the event and the DisruptionTarget condition count as well. Pod is nil
// when only events are left.
func eviction(ref cluster.Ref, p *cluster.Pod, events []*cluster.Event) (Symptom, bool) {
	s := Symptom{Kind: Eviction, Object: ref, Pod: p, Count: 1}
	for _, e := range events {
		if e.Reason != "Evicted" || !e.Warning {
			continue
		}
		s.Message, s.Node = e.Message, e.Host
		s.First, s.Last = e.First, e.Last
		s.Names = splitNames(e.Notes["offending_containers"])
		s.Resource = e.Notes["starved_resource"]
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	if p != nil {
		evictionFromStatus(&s, p)
	}
	if s.Message == "" {
		return Symptom{}, false
	}
	s.Message = strings.TrimSpace(s.Message)
	s.Cause = evictionCause(&s)
	return s, s.Cause != ""
}

func evictionFromStatus(s *Symptom, p *cluster.Pod) {
	if c := p.Condition("DisruptionTarget"); c.Status == "True" && c.Reason == "TerminationByKubelet" && starved.MatchString(c.Message) {
		s.Message, s.First, s.Last = c.Message, earliest(s.First, c.Transition), latest(s.Last, c.Transition)
		s.Evidence = append(s.Evidence, Evidence{Source: FromCondition, Subject: p.Key(), Time: c.Transition, Reason: c.Reason, Text: c.Message, Count: 1})
	}
	if p.Reason == "Evicted" {
		s.Message = p.Message
		if s.Last.IsZero() {
			at := latest(p.Condition("Ready").Transition, latest(p.Created, p.Started))
			s.First, s.Last = at, at
		}
		s.Evidence = append(s.Evidence, Evidence{Source: FromStatus, Subject: p.Key(), Time: s.Last, Reason: p.Reason, Text: p.Message, Count: 1})
	}
}

func evictionCause(s *Symptom) string {
	if m := usage.FindStringSubmatch(s.Message); m != nil {
		s.Usage = m[2]
		if len(s.Names) == 0 {
			s.Names = []string{m[1]}
		}
	}
	if m := starved.FindStringSubmatch(s.Message); m != nil {
		s.Resource = m[1]
		return PressureOf(m[1])
	}
	if m := rejected.FindStringSubmatch(s.Message); m != nil {
		return conditionPressure(m[1], s)
	}
	return ownLimit(s)
}

// overLimit finds which limit of a pod was exceeded, by what
// (pkg/kubelet/eviction/eviction_manager.go).
var overLimit = lazyregexp.New(`(?:Container |EmptyDir volume "|Pod )([a-z0-9.-]*)"?\b.{0,60}? (?:limit|containers) "?([0-9]{1,20}(?:\.[0-9]{1,20})?[a-zA-Z]{0,2})`)

// ownLimit reads an eviction for a limit of the pod itself.
func ownLimit(s *Symptom) string {
	cause := classify(evictionSignatures, s.Message)
	if cause == "" {
		return ""
	}
	s.Resource = "ephemeral-storage"
	if m := overLimit.FindStringSubmatch(s.Message); m != nil {
		s.Limit = m[2]
		if m[1] != "ephemeral" { // "Pod ephemeral local storage usage …" names no container
			s.Item = m[1]
		}
	}
	return cause
}

func conditionPressure(condition string, s *Symptom) string {
	switch condition {
	case "MemoryPressure":
		s.Resource = "memory"
		return MemoryPressure
	case "PIDPressure":
		s.Resource = "pids"
		return PIDPressure
	case "DiskPressure":
		s.Resource = "ephemeral-storage"
		return DiskPressure
	}
	return ""
}

func splitNames(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
