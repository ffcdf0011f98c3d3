package collect

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestAbsurdTimes: what clocks that were not set have written dates nothing, and
// is told; what lies hours ahead is a clock that is not right, and stays.
func TestAbsurdTimes(t *testing.T) {
	now := time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
	ahead, year1, later := now.Add(3*time.Hour), time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), now.AddDate(5, 0, 0)
	b := newBucket()
	b.Pods = []cluster.Pod{{Created: now, Started: year1, Deleting: later, Conditions: []cluster.Condition{{Transition: ahead, Updated: later}}}}
	b.Events = []cluster.Event{{First: year1, Last: now}, {First: now, Last: later}, {First: later, Last: later}, {}}
	b.Workloads = []cluster.Workload{{Ref: cluster.Ref{Kind: "Deployment"}, Created: now, Writes: []cluster.Write{{Time: later}, {Time: now}}}}
	b.touched = []stamp{{at: later}, {at: now}}
	b.Sources = []cluster.Source{{Resource: cluster.Pods, Objects: 1}}
	b.soberTimes(now)
	if s := b.Sources[0]; !strings.Contains(s.Gap, "taken as unknown: 2") || len(b.Sources) != 3 {
		t.Errorf("sources %+v", b.Sources)
	}
	p := b.Pods[0]
	if !p.Created.Equal(now) || !p.Started.IsZero() || !p.Deleting.Equal(later) || !p.Conditions[0].Transition.Equal(ahead) || !p.Conditions[0].Updated.IsZero() {
		t.Errorf("pod %+v", p)
	}
	for i, want := range []time.Time{now, now, {}, {}} {
		if e := b.Events[i]; !e.First.Equal(want) || !e.Last.Equal(want) {
			t.Errorf("event %d: %s to %s, want %s", i, e.First, e.Last, want)
		}
	}
	if w := b.Workloads[0].Writes; len(w) != 1 || !w[0].Time.Equal(now) || len(b.touched) != 1 {
		t.Errorf("writes %+v, touched %+v", w, b.touched)
	}
	var told []string
	for _, g := range b.Gaps {
		told = append(told, string(g.Resource)+": "+g.Reason)
	}
	const want = "deployments: times before 2014 or in the future, taken as unknown: 1; events: times before 2014 or in the future, taken as unknown: 4; " +
		"pods: times before 2014 or in the future, taken as unknown: 2"
	if got := strings.Join(told, "; "); got != want {
		t.Errorf("told %s", got)
	}
}
