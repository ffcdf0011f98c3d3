package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// unwell are the pods asked for that fail now: by a symptom that stands, or by
// not being ready for longer than a start takes, whatever the reason. What no
// detector knows must not pass for healthy.
func (e *explainer) unwell() (failing []cluster.Ref, looked int) {
	for i := range e.s.Pods {
		p := &e.s.Pods[i]
		if !e.s.Scope.Asks(p) {
			continue
		}
		looked++
		if e.failing[p.Key()] || e.notReady(p) {
			failing = append(failing, p.Key())
		}
	}
	return failing, looked
}

func (e *explainer) notReady(p *cluster.Pod) bool {
	if p.Finished() || p.Ready() || !p.Deleting.IsZero() || p.Phase == "" {
		return false
	}
	if slices.ContainsFunc(p.Containers, func(c cluster.Container) bool { return c.Role != cluster.Ephemeral && c.Restarts > 2 && !c.Ready }) {
		return true
	}
	since := p.Created
	if t := p.Condition("Ready").Transition; t.After(since) {
		since = t
	}
	// A pod that was refused outright is not starting.
	scheduled := p.Condition("PodScheduled")
	if scheduled.Status == "False" && scheduled.Reason == "Unschedulable" {
		return true
	}
	return e.s.At.Sub(since) > symptom.StartGrace || e.refused(p)
}

// refused reports whether a container waits for something else than its
// start.
func (e *explainer) refused(p *cluster.Pod) bool {
	return slices.ContainsFunc(p.Containers, func(c cluster.Container) bool {
		if c.State.Phase != cluster.Waiting {
			return false
		}
		switch c.State.Reason {
		case "", "ContainerCreating", "PodInitializing":
			return false
		}
		return true
	})
}

func unexplained(failing []cluster.Ref, ps []*Pattern) []cluster.Ref {
	told := map[cluster.Ref]bool{}
	for _, p := range ps {
		for _, ref := range p.Tally.Pods {
			told[ref] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(failing), func(ref cluster.Ref) bool { return told[ref] })
}
