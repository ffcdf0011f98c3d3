package correlate

import (
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestAdopt(t *testing.T) {
	mine, other, far := deployment("shop", "cart"), deployment("data", "db"), deployment("infra", "disk")
	caller := func() *Pattern {
		return patternOf("network", "connection-refused", noon, nil, map[cluster.Ref][]string{mine: {"cart-1"}})
	}
	db := patternOf("oom", "container-limit", noon, nil, map[cluster.Ref][]string{other: {"db-1"}})
	root := patternOf("storage", "full", noon, nil, map[cluster.Ref][]string{far: {"disk-1"}})
	there := caller()
	there.ExplainedBy, db.ExplainedBy = db.ID, root.ID
	whole := &Story{Patterns: []*Pattern{root, db, there}}

	here := caller()
	got := adopt([]*Pattern{here}, whole)
	if len(got) != 3 || here.ExplainedBy != db.ID {
		t.Fatalf("%d patterns, the caller explained by %q", len(got), here.ExplainedBy)
	}
	if got[1] == db || got[1].ExplainedBy != root.ID || got[2].ExplainedBy != "" || len(got[2].Explains) != 1 {
		t.Errorf("the chain is not taken over as copies: %+v", ids(got))
	}
	// What the part explains itself stays as it is, even the other way round.
	here, own := caller(), patternOf("oom", "container-limit", noon, nil, map[cluster.Ref][]string{other: {"db-1"}})
	own.ExplainedBy = here.ID
	adopt([]*Pattern{here, own}, &Story{Patterns: []*Pattern{there, db}})
	if here.ExplainedBy != "" {
		t.Errorf("explains itself by way of %q", here.ExplainedBy)
	}
}
