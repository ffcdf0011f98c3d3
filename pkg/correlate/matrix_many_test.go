package correlate

import (
	"fmt"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// TestVeryManyPatternsAreNotAllCompared: who writes events in many words does not
// make a matrix that takes for ever.
func TestVeryManyPatternsAreNotAllCompared(t *testing.T) {
	pod := cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web"}
	ps := make([]*Pattern, mostCompared+50)
	for i := range ps {
		ps[i] = &Pattern{ID: fmt.Sprint(i), Pattern: detect.Pattern{Factors: []detect.Factor{{Attribute: "configMap", Value: fmt.Sprint(i)}}},
			Tally: detect.Tally{Pods: []cluster.Ref{pod}}}
	}
	m := (&explainer{s: cluster.New(cluster.Parts{})}).matrix(ps)
	if len(m.Rows) != mostCompared || len(m.Columns) != mostCompared || len(m.Between) != mostCompared*(mostCompared-1)/2 {
		t.Errorf("%d rows, %d columns, %d pairs", len(m.Rows), len(m.Columns), len(m.Between))
	}
	for i, x := range m.Between {
		if x.Pods != 1 || i == 0 && (x.A != "0" || x.B != "1") {
			t.Fatalf("%+v", x)
		}
	}
}
