package correlate

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// comparedFactor is what was found by comparing as a factor, so that it stands
// in the matrix beside those that failures name: a pair of values under both
// its names.
func (e *explainer) comparedFactor(f *contrast.Finding) detect.Factor {
	table := e.attributed().table
	attribute, value := f.Values[0].Attribute, f.Values[0].Value
	holds := table.Holding(f.Values[0])
	for _, v := range f.Values[1:] {
		attribute, value = attribute+" & "+v.Attribute, value+" & "+v.Value
		for pod, has := range table.Holding(v) {
			holds[pod] = holds[pod] && has
		}
	}
	return e.heldFactor(attribute, value, f.Placement, holds)
}

// heldFactor is a factor of those pods of the table that hold it.
func (e *explainer) heldFactor(attribute, value string, placement bool, holds []bool) detect.Factor {
	holders := map[*cluster.Pod]bool{}
	for i, has := range holds {
		if has {
			holders[&e.s.Pods[i]] = true
		}
	}
	return detect.Factor{Attribute: attribute, Value: value, Placement: placement, Holds: func(p *cluster.Pod) bool { return holders[p] }}
}
