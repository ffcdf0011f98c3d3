package correlate

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// harmless are the kinds of symptoms that do not mean that a workload fails.
var harmless = map[symptom.Kind]bool{
	symptom.Throttling: true, symptom.Stale: true, symptom.Unclassified: true, symptom.PullSecret: true,
}

// failures says of each failing workload since when it fails.
func (e *explainer) failures() map[cluster.Ref]failure {
	if e.fails != nil {
		return e.fails
	}
	e.fails = map[cluster.Ref]failure{}
	down := e.nodesDown()
	for i := range e.symptoms {
		s := &e.symptoms[i]
		w, late := s.Workload.Key(), delay(s)
		if down[s.Node] {
			late = max(late, notReadyAfter)
		}
		if w.IsZero() || harmless[s.Kind] || s.First.IsZero() {
			continue
		}
		f, known := e.fails[w]
		switch {
		case !known:
			f = failure{onset: s.First, delay: late, bound: s.SinceBefore, until: ended(s)}
		case s.First.Before(f.onset):
			f.onset, f.delay, f.bound = s.First, late, f.bound || s.SinceBefore
		}
		if until := ended(s); until.IsZero() || f.until.IsZero() {
			f.until = time.Time{}
		} else if until.After(f.until) {
			f.until = until
		}
		e.fails[w] = f
	}
	return e.fails
}

func ended(s *symptom.Symptom) time.Time {
	if s.Ongoing {
		return time.Time{}
	}
	return s.Last
}

// nodesDown are the nodes that are, or were, not working.
func (e *explainer) nodesDown() map[string]bool {
	out := map[string]bool{}
	for i := range e.symptoms {
		if s := &e.symptoms[i]; s.Kind == symptom.NodeDown && s.Node != "" {
			out[s.Node] = true
		}
	}
	return out
}

// notReadyAfter is how long the node controller waits for a node's lease before
// it says that the node, and with it each pod there, is not ready
// (kube-controller-manager, --node-monitor-grace-period: 50 s, 40 s before
// Kubernetes 1.32). Who calls these pods may fail at once.
const notReadyAfter = 50 * time.Second

// delay is how much later than it began a symptom may be seen: a probe has to
// fail as often as its threshold says, and restarts are backed off.
func delay(s *symptom.Symptom) time.Duration {
	switch s.Kind {
	case symptom.Probe, symptom.Unready:
		return probeDelay(s)
	case symptom.Exit, symptom.CrashLoop:
		if s.SinceBefore {
			return min(10*time.Second<<min(max(s.Restarts-1, 0), 5), 5*time.Minute)
		}
	}
	return 0
}

// probeDelay is the longest that a probe of the container takes to be told.
func probeDelay(s *symptom.Symptom) time.Duration {
	var most int32
	if s.Pod == nil || s.Pod.Template == nil {
		return 0
	}
	for i := range s.Pod.Template.Containers {
		c := &s.Pod.Template.Containers[i]
		if s.Container != "" && c.Name != s.Container {
			continue
		}
		for _, p := range []cluster.Probe{c.Readiness, c.Liveness, c.Startup} {
			if p.Exists() {
				most = max(most, p.Delay+max(p.Period, 1)*max(p.Failures, 1))
			}
		}
	}
	return min(time.Duration(most)*time.Second, noticed)
}
