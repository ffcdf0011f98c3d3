package cluster

import (
	"cmp"
	"slices"
)

// LogRef is one run of one container, of which a log may be read.
type LogRef struct {
	Pod       Ref
	Container string
	// Previous is set for the run before the present one.
	Previous bool
}

// Log is the end of what a container wrote, masked.
type Log struct {
	LogRef
	Lines []string
}

// Log is what was read of a container's log, nil if nothing was. The run that
// ended comes before the one that is running.
func (s *Snapshot) Log(pod Ref, container string) *Log {
	return s.logs[LogRef{Pod: pod.Key(), Container: container}]
}

func (ix *index) indexLogs(logs []Log) {
	ix.logs = make(map[LogRef]*Log, len(logs))
	for i := range logs {
		key := LogRef{Pod: logs[i].Pod.Key(), Container: logs[i].Container}
		if known := ix.logs[key]; known == nil || (logs[i].Previous && !known.Previous) {
			ix.logs[key] = &logs[i]
		}
	}
}

// WithLogs is the snapshot with logs that were read in a second step.
func (s *Snapshot) WithLogs(p Parts) *Snapshot {
	out := *s
	out.Logs = append(slices.Clone(s.Logs), p.Logs...)
	out.Sources = append(slices.Clone(s.Sources), p.Sources...)
	out.Gaps = append(slices.Clone(s.Gaps), p.Gaps...)
	sortLogs(out.Logs)
	out.indexLogs(out.Logs)
	return &out
}

func sortLogs(logs []Log) {
	slices.SortStableFunc(logs, func(a, b Log) int {
		return cmp.Or(a.Pod.Compare(b.Pod), cmp.Compare(a.Container, b.Container), cmp.Compare(len(a.Lines), len(b.Lines)))
	})
}
