package symptom

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// turns are conditions that turned bad: of nodes, and of rollouts that were
// given up. Those of Jobs are told by their runs; a pod is not ready each time
// that it starts, which is no failure.
func (h *historian) turns(yield func(Occurrence) bool) bool {
	for i := range h.r.s.Past.Turns {
		t := &h.r.s.Past.Turns[i]
		if !h.since(t.Transition) {
			continue
		}
		kind, cause := turned(t)
		workload := topOf(t.Workload, t.Object)
		if kind == "" || (t.Object.Kind != "Node" && !h.inScope(workload)) {
			continue
		}
		o := Occurrence{Time: t.Transition, Within: t.Within, Kind: kind, Cause: cause, Workload: workload, Object: t.Object.Key(),
			Source: FromCondition, Text: t.Message}
		if t.Object.Kind == "Node" {
			o.Node = t.Object.Name
		}
		if !yield(o) {
			return false
		}
	}
	return true
}

// turned is what a condition that changed is a failure of; empty for none.
func turned(t *cluster.Turn) (Kind, string) {
	switch {
	case t.Object.Kind == "Deployment" && t.Type == "Progressing" && t.Status == "False" && t.Reason == "ProgressDeadlineExceeded":
		return Rollout, "deadline"
	case t.Object.Kind != "Node":
		return "", ""
	}
	bad, known := cluster.Unhealthy(t.Condition)
	if !bad || !known {
		return "", ""
	}
	if t.Type == "Ready" {
		if t.Status == "Unknown" {
			return NodeDown, NodeUnreachable
		}
		if cause := classify(notReadySignatures, t.Message); cause != "" {
			return NodeDown, cause
		}
		return NodeDown, NodeNotReady
	}
	for _, p := range pressures {
		if p.condition == t.Type {
			return Pressure, p.cause
		}
	}
	if cause := conditionCauses[t.Type]; cause != "" {
		return NodeDown, cause
	}
	return "", ""
}

// runs are the failed runs of Jobs.
func (h *historian) runs(yield func(Occurrence) bool) bool {
	for _, f := range RunHistory(h.r.s) {
		for i := range f.Runs {
			run := &f.Runs[i]
			if !run.Failed || !h.since(run.Ended) || !h.inScope(topOf(run.Owner, run.Job)) {
				continue
			}
			o := Occurrence{Time: run.Ended, Kind: Job, Cause: runCause(&f, run), Workload: topOf(f.Of, run.Job), Object: run.Job, Source: FromCondition, Text: run.Text}
			if !yield(o) {
				return false
			}
		}
	}
	return true
}

// RunHistory are the finished runs of Jobs that a snapshot knows and those
// before it, by family.
func RunHistory(s *cluster.Snapshot) []Family {
	var before []Run
	var events []cluster.Event
	for i := range s.Past.Turns {
		if run, ok := runFromTurn(&s.Past.Turns[i]); ok {
			before = append(before, run)
		}
	}
	for i := range s.Past.Events {
		if k := s.Past.Events[i].Object.Kind; k == "Job" || k == "CronJob" {
			events = append(events, s.Past.Events[i])
		}
	}
	if len(before) == 0 && len(events) == 0 {
		return Families(s)
	}
	all := *s
	all.Events = slices.Concat(events, s.Events)
	return families(&all, before)
}

// runFromTurn is what the condition of a Job tells that may be gone.
func runFromTurn(t *cluster.Turn) (Run, bool) {
	if t.Object.Kind != "Job" || t.Status != "True" || (t.Type != "Failed" && t.Type != "Complete") {
		return Run{}, false
	}
	run := Run{Job: t.Object.Key(), Owner: topOf(t.Workload, t.Object), Ended: t.Transition}
	if t.Type == "Failed" {
		run.Failed, run.Reason, run.Text = true, t.Reason, t.Message
		run.Evidence = []Evidence{{Source: FromCondition, Subject: run.Job, Time: t.Transition, Reason: t.Reason, Text: t.Message, Count: 1}}
	}
	return run, true
}
