package symptom

import (
	"strconv"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Bounds on the logs that are asked for: replicas that fail alike say the
// same.
const (
	mostLogs       = 100
	logsOfOneThing = 3
)

// failing are the kinds of symptoms of containers whose log may say why.
var failing = map[Kind]bool{Exit: true, CrashLoop: true, OOM: true, Unready: true, Probe: true}

// LogsWanted lists the logs that are worth reading: of containers that fail
// now, or ended of late in pods that failed for good, at most three for each
// container of a workload and way of failing, and a hundred in all; one of
// each first, then the second.
func LogsWanted(snapshot *cluster.Snapshot, symptoms []Symptom) []cluster.LogRef {
	groups := map[string][]cluster.LogRef{}
	var order []string
	seen := map[cluster.LogRef]bool{}
	for i := range symptoms {
		s := &symptoms[i]
		lately := s.Pod != nil && s.Pod.Phase == "Failed" && snapshot.At.Sub(s.Last) < longPast
		if !failing[s.Kind] || s.Pod == nil || (!s.Ongoing && !lately) {
			continue
		}
		for _, ref := range logsOf(s) {
			key := s.Workload.String() + "|" + ref.Container + "|" + string(s.Kind) + "|" + strconv.Itoa(int(s.ExitCode))
			any := cluster.LogRef{Pod: ref.Pod, Container: ref.Container}
			if seen[any] || len(groups[key]) == logsOfOneThing {
				continue
			}
			seen[any] = true
			if groups[key] == nil {
				order = append(order, key)
			}
			groups[key] = append(groups[key], ref)
		}
	}
	return inTurn(order, groups)
}

func inTurn(order []string, groups map[string][]cluster.LogRef) []cluster.LogRef {
	var out []cluster.LogRef
	for turn := range logsOfOneThing {
		for _, key := range order {
			if turn < len(groups[key]) && len(out) < mostLogs {
				out = append(out, groups[key][turn])
			}
		}
	}
	return out
}

// logsOf are the runs whose words a symptom is about: of the container that it
// names, else of those that are not ready. A container that ended and runs
// again, or waits to, is asked for the run that ended.
func logsOf(s *Symptom) []cluster.LogRef {
	var out []cluster.LogRef
	for i := range s.Pod.Containers {
		c := &s.Pod.Containers[i]
		if c.Role == cluster.Ephemeral || (s.Container == "" && c.Ready) || (s.Container != "" && c.Name != s.Container) {
			continue
		}
		if c.State.Phase == cluster.Waiting && c.Last().Phase != cluster.Terminated {
			continue // it never ran
		}
		previous := c.Last().Phase == cluster.Terminated && c.State.Phase != cluster.Terminated && (s.Kind == Exit || s.Kind == OOM || s.Kind == CrashLoop)
		out = append(out, cluster.LogRef{Pod: s.Pod.Key(), Container: c.Name, Previous: previous})
	}
	return out
}
