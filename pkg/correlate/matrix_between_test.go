package correlate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func TestPatternsAgainstPatterns(t *testing.T) {
	api, web, db := deployment("shop", "api"), deployment("shop", "web"), deployment("shop", "db")
	pull := patternOf("image-pull", "auth", noon, nil, map[cluster.Ref][]string{api: {"api-1", "api-2"}, web: {"web-1"}})
	rollout := patternOf("rollout-failure", "image", noon.Add(42*time.Second), nil, map[cluster.Ref][]string{api: {"api-2"}})
	elsewhere := patternOf("oom", "container-limit", noon, nil, map[cluster.Ref][]string{db: {"db-0"}})
	late := ofWorkloads(patternOf("rollout-failure", "deadline", noon.Add(-time.Minute), nil, nil), db)
	late.Tally.First, late.Tally.SinceBefore = noon.Add(-time.Minute), true
	rollout.ExplainedBy = pull.ID
	got := between([]*Pattern{pull, rollout, elsewhere, late})
	want := []Between{
		{A: pull.ID, B: rollout.ID, Workloads: 1, WorkloadsOfA: 2, WorkloadsOfB: 1, Pods: 1, PodsOfA: 3, PodsOfB: 1,
			Jaccard: .5, Lag: 42 * time.Second, LagKnown: true, Explains: true},
		{A: elsewhere.ID, B: late.ID, Workloads: 1, WorkloadsOfA: 1, WorkloadsOfB: 1, PodsOfA: 1,
			Jaccard: 1, Lag: -time.Minute, LagKnown: true, LagBound: LagAtMost},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if kept := keepBetween(got, map[string]bool{pull.ID: true, late.ID: true, elsewhere.ID: true}); len(kept) != 1 || kept[0].A != elsewhere.ID {
		t.Errorf("of the pairs of what is shown are left %+v", kept)
	}
}

func TestALagIsABoundWhereABeginningIs(t *testing.T) {
	for _, c := range []struct {
		a, b bool
		want LagBound
	}{{false, false, LagExact}, {true, false, LagAtLeast}, {false, true, LagAtMost}, {true, true, LagUnknown}} {
		if got := lagBound(c.a, c.b); got != c.want {
			t.Errorf("%v, %v: %q, want %q", c.a, c.b, got, c.want)
		}
	}
	timeless := compared(&Pattern{ID: "a"}, &Pattern{ID: "b", Tally: detect.Tally{First: noon}}, 0, 0)
	if timeless.LagKnown {
		t.Error("a lag to what has no time")
	}
}
