package report

import (
	"math"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// Between sets two patterns against each other.
type Between struct {
	A string `json:"a"`
	B string `json:"b"`
	// Workloads and Pods are touched by both, of so many of each.
	Workloads    int `json:"workloads"`
	WorkloadsOfA int `json:"workloadsOfA"`
	WorkloadsOfB int `json:"workloadsOfB"`
	Pods         int `json:"pods"`
	PodsOfA      int `json:"podsOfA"`
	PodsOfB      int `json:"podsOfB"`
	// Jaccard is the share of the workloads of either that both touch.
	Jaccard float64 `json:"jaccard"`
	// LagSeconds is how long after A's first sign B's came, negative where B
	// came first; null where no time is told. LagBound is "at-least",
	// "at-most" or "unknown" where a beginning is only a bound.
	LagSeconds *int   `json:"lagSeconds"`
	LagBound   string `json:"lagBound,omitempty"`
	// Explains is set where one of the two follows from the other.
	Explains bool `json:"explains"`
}

func between(all []correlate.Between) []Between {
	return convert(all, func(b correlate.Between) Between {
		out := Between{A: b.A, B: b.B, Workloads: b.Workloads, WorkloadsOfA: b.WorkloadsOfA, WorkloadsOfB: b.WorkloadsOfB,
			Pods: b.Pods, PodsOfA: b.PodsOfA, PodsOfB: b.PodsOfB,
			Jaccard: round(b.Jaccard), LagBound: string(b.LagBound), Explains: b.Explains}
		if b.LagKnown {
			seconds := int(math.Round(b.Lag.Seconds()))
			out.LagSeconds = &seconds
		}
		return out
	})
}
