package nodepressure

import (
	"k8s.io/apimachinery/pkg/api/resource"
)

// worthNaming is the use from which an evicted container is named as the
// largest user: below, the kubelet had not measured yet.
var worthNaming = resource.MustParse("100Mi")

// largest is the evicted pod whose container used most by the kubelet's own
// words, and how much.
func (n *node) largest() (who, usage string) {
	most := worthNaming
	for _, s := range n.evictions {
		q, err := resource.ParseQuantity(s.Usage)
		if err == nil && q.Cmp(most) > 0 {
			most, who, usage = q, s.Object.Path(), s.Usage
		}
	}
	return who, usage
}
