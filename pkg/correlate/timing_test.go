package correlate

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// inTime is a pattern in time of workloads 0 to n-1, last seen some time ago.
func inTime(detector string, n int, period, ago time.Duration, at time.Time) *Pattern {
	p := &Pattern{ID: detector, Severity: Info, Pattern: detect.Pattern{Detector: detector, Category: "timing", Tier: detect.Strong,
		Timing: &detect.Timing{Period: period, P: math.NaN()}}}
	for i := range n {
		w := cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: fmt.Sprintf("app-%d", i)}
		p.Symptoms = append(p.Symptoms, &symptom.Symptom{Kind: symptom.Exit, Object: w, Workload: w, First: at.Add(-ago), Last: at.Add(-ago), Count: 1})
	}
	p.Tally = detect.Sum(p.Symptoms)
	return p
}

// TestBeginnings: a burst is the beginning of what explains all of it but what
// would be no burst by itself.
func TestBeginnings(t *testing.T) {
	at := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	e := &explainer{s: cluster.New(cluster.Parts{At: at})}
	for _, c := range []struct {
		burst, other int
		nested       bool
	}{{6, 6, true}, {6, 3, true}, {6, 2, false}, {9, 5, false}, {4, 0, false}} {
		burst, other := inTime("burst", c.burst, 0, time.Minute, at), inTime("exit-code", c.other, 0, time.Minute, at)
		other.Timing = nil
		e.beginnings([]*Pattern{burst, other})
		if nested := burst.ExplainedBy == other.ID; nested != c.nested {
			t.Errorf("%d workloads of which %d fail otherwise: explained by %q", c.burst, c.other, burst.ExplainedBy)
		}
	}
}

// TestWeighTimings: what is to be expected again warns, what is long over or
// told by others does not.
func TestWeighTimings(t *testing.T) {
	at := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	e := &explainer{s: cluster.New(cluster.Parts{At: at})}
	for _, c := range []struct {
		name string
		p    *Pattern
		want Severity
	}{
		{"last night", inTime("time-of-day", 1, 24*time.Hour, 17*time.Hour, at), Warning},
		{"a week ago", inTime("time-of-day", 1, 24*time.Hour, 7*24*time.Hour, at), Info},
		{"a burst just now", inTime("burst", 5, 0, 10*time.Minute, at), Warning},
		{"a burst long ago", inTime("burst", 5, 0, 3*time.Hour, at), Info},
	} {
		e.weighTimings([]*Pattern{c.p})
		if c.p.Severity != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.p.Severity, c.want)
		}
	}
	told := inTime("burst", 5, 0, 10*time.Minute, at)
	told.ExplainedBy = "other"
	e.weighTimings([]*Pattern{told})
	if told.Severity != Info {
		t.Errorf("what others tell: %s", told.Severity)
	}
}
