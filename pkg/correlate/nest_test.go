package correlate

import "testing"

// Whoever explains is found by ID: with two of one ID, a pattern would be
// walked as its own consequence without an end.
func TestPatternsOfOneIDAreToldApart(t *testing.T) {
	ps := []*Pattern{{ID: "oom-1"}, {ID: "oom-1"}, {ID: "oom-1-2"}, {ID: "oom-1"}}
	distinguish(ps)
	seen := map[string]bool{}
	for _, p := range ps {
		if seen[p.ID] {
			t.Errorf("two patterns are %s", p.ID)
		}
		seen[p.ID] = true
	}
	if ps[0].ID != "oom-1" {
		t.Errorf("the first must keep its ID, not be %s", ps[0].ID)
	}
	if got := len(ordered(ps)); got != 4 {
		t.Errorf("%d of 4 patterns in order", got)
	}
}
