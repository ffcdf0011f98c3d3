package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// exitCodeTable is every end of every container that was asked for.
type exitCodeTable struct {
	about
	Note      string          `json:"note"`
	ExitCodes []exitCodeGroup `json:"exitCodes"`
}

// exitCodeGroup is all ends with one exit code.
type exitCodeGroup struct {
	// ExitCode is null where it is known that a container ended, but not how.
	ExitCode *int32 `json:"exitCode"`
	Signal   string `json:"signal,omitempty"`
	Meaning  string `json:"meaning"`
	// Ends counts what is told of; there may have been more.
	Ends       int            `json:"ends"`
	Containers int            `json:"containers"`
	Pods       int            `json:"pods"`
	Workloads  int            `json:"workloads"`
	Namespaces int            `json:"namespaces"`
	Reasons    map[string]int `json:"reasons"`
	Of         []exitOf       `json:"of"`
}

// exitOf is one end of one container.
type exitOf struct {
	Namespace  string     `json:"namespace"`
	Pod        string     `json:"pod"`
	Container  string     `json:"container"`
	Workload   Workload   `json:"workload"`
	Node       string     `json:"node"`
	Reason     string     `json:"reason"`
	StartedAt  *time.Time `json:"startedAt"`
	FinishedAt *time.Time `json:"finishedAt"`
	Restarts   int32      `json:"restarts"`
}

const exitNote = "A status tells a container's last end and the one before; earlier ends are known from a history alone. All counts are lower bounds."

func exitCodes(s *cluster.Snapshot, r *Report) exitCodeTable {
	groups := map[int32]*exitCodeGroup{}
	for _, e := range ends(s) {
		g := groups[e.State.ExitCode]
		if g == nil {
			g = newExitGroup(e.State.ExitCode)
			groups[e.State.ExitCode] = g
		}
		g.Ends++
		g.Reasons[cmp.Or(e.State.Reason, "not told")]++
		g.Of = append(g.Of, exitOf{Namespace: e.Pod.Namespace, Pod: e.Pod.Name, Container: e.Container, Workload: workload(e.Workload), Node: e.Node,
			Reason: e.State.Reason, StartedAt: moment(e.State.StartedAt), FinishedAt: moment(e.State.FinishedAt), Restarts: e.Restarts})
	}
	out := exitCodeTable{about: r.about("ExitCodes"), Note: exitNote, ExitCodes: []exitCodeGroup{}}
	for _, g := range groups {
		g.count()
		out.ExitCodes = append(out.ExitCodes, *g)
	}
	slices.SortFunc(out.ExitCodes, func(a, b exitCodeGroup) int {
		return cmp.Or(cmp.Compare(b.Ends, a.Ends), cmp.Compare(codeOf(a), codeOf(b)))
	})
	return out
}

func codeOf(g exitCodeGroup) int32 {
	if g.ExitCode == nil {
		return cluster.ExitCodeUntold
	}
	return *g.ExitCode
}

func newExitGroup(code int32) *exitCodeGroup {
	g := &exitCodeGroup{ExitCode: &code, Signal: detect.ExitSignal(code), Meaning: detect.ExitMeaning(code), Reasons: map[string]int{}}
	switch code {
	case cluster.ExitCodeUntold:
		g.ExitCode = nil
	case 0:
		g.Meaning = "The process ended with success."
	case 137:
		g.Meaning = "SIGKILL: with the reason OOMKilled the kernel killed it for memory; else the grace period ran out, or somebody killed it."
	}
	return g
}

// count counts whose ends they are, and sorts them.
func (g *exitCodeGroup) count() {
	slices.SortFunc(g.Of, func(a, b exitOf) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Pod, b.Pod), cmp.Compare(a.Container, b.Container), compareMoments(a.FinishedAt, b.FinishedAt))
	})
	containers, pods, workloads, namespaces := map[[3]string]bool{}, map[[2]string]bool{}, map[[3]string]bool{}, map[string]bool{}
	for _, x := range g.Of {
		containers[[3]string{x.Namespace, x.Pod, x.Container}] = true
		pods[[2]string{x.Namespace, x.Pod}] = true
		workloads[[3]string{x.Namespace, x.Workload.Kind, x.Workload.Name}] = true
		namespaces[x.Namespace] = true
	}
	g.Containers, g.Pods, g.Workloads, g.Namespaces = len(containers), len(pods), len(workloads), len(namespaces)
}

func compareMoments(a, b *time.Time) int {
	var x, y time.Time // not told is earliest
	if a != nil {
		x = *a
	}
	if b != nil {
		y = *b
	}
	return x.Compare(y)
}

// ends are those that statuses tell, and those that only a history does.
func ends(s *cluster.Snapshot) []cluster.End {
	var out []cluster.End
	type key struct {
		pod       cluster.Ref
		container string
		at        int64
	}
	told := map[key]bool{}
	for i := range s.Pods {
		p := &s.Pods[i]
		if !s.Scope.Asks(p) {
			continue
		}
		for _, c := range p.Containers {
			for _, state := range []*cluster.State{c.Last(), &c.State} {
				if state.Phase != cluster.Terminated {
					continue
				}
				told[key{p.Key(), c.Name, state.FinishedAt.Unix()}] = true
				out = append(out, cluster.End{Pod: p.Ref, Workload: s.WorkloadOf(p), Node: p.Node, Container: c.Name, Restarts: c.Restarts, State: *state})
			}
		}
	}
	for _, e := range s.Past.Ends {
		if s.Scope.Includes(e.Pod.Namespace) && !told[key{e.Pod.Key(), e.Container, e.State.FinishedAt.Unix()}] {
			out = append(out, e)
		}
	}
	return out
}
