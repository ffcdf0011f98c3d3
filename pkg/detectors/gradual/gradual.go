// Package gradual recognises what grows slowly towards a failure.
package gradual

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// Detector looks for trends in what was measured and recorded.
var Detector = &detect.Detector{
	Name:     "gradual",
	Category: "timing",
	Doc: `what grows slowly towards its limit, or fails more and more often

Means that something builds up: memory that a program does not give back, a volume
that fills, or failures that come ever faster.

Reads from a history, or a Prometheus, the memory of containers and what is used of
filesystems over time, and the ends of containers: their number in equal parts of the
time, and the gaps between OOM kills.

Groups by workload and container; by claim or node for filesystems.

Speaks of a rise of at least 6 samples without exception, or of 8 and more with one
pair in fourteen against it at most, whose chance is 1 % at most with all that was
tried counted (Mann-Kendall, exact), and which goes on in both halves. The pace is the
median of all pairs with its 95 % interval (Theil-Sen). What is measured must reach its
limit at that pace within as long as it was watched; it is strong only where two runs
of containers or more rise so, at similar pace: neighbouring samples resemble each other, and
one run alone that drifts looks like a trend. Failures that come more often must at
least have doubled.

Silent on a count that can only rise, such as restarts or an event's count: only what
is added counts. Silent on what does not reach its limit in time or has none, on steps,
and on one sample: kubelets tell what is used now, and without history nothing is known
of before.

What to do: look for what is never given back; a higher limit only buys time, which the
pace tells.`,
	Causes: []string{"growth"},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Nodes, cluster.PersistentVolumeClaims},
	Any:    true,
	Run:    run,
}

const (
	certain = 0.01
	fewest  = 6  // samples without exception
	fewer   = 8  // samples with a few
	against = 14 // one pair in so many may be
)

func run(pass *detect.Pass) {
	if len(pass.Past.Series) == 0 && len(pass.Past.Ends) == 0 {
		return
	}
	for _, p := range climbs(pass) {
		pass.Report(p)
	}
	watched := pass.Watched()
	if len(pass.Past.Watched) == 0 {
		return
	}
	for _, p := range faster(pass, watched) {
		pass.Report(p)
	}
}

// rises reports whether samples rise beyond doubt, and in both halves.
func rises(times, values []float64) (stats.Trend, bool) {
	t := stats.Rise(times, values)
	n := len(values)
	if n < fewest || (t.Discordant > 0 && (n < fewer || t.Discordant*against > t.Pairs())) || t.P > certain || t.Slope <= 0 {
		return t, false
	}
	half := n / 2
	return t, halfRises(times[:half], values[:half]) && halfRises(times[n-half:], values[n-half:])
}

func halfRises(times, values []float64) bool { return stats.Rise(times, values).Slope > 0 }
