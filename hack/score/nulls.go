package main

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// nullSeeds is how many null clusters of a size the page tells of.
const nullSeeds = 300

// mostPlentiful is the size of the largest of them: larger ones are for the full
// run, which takes long.
const mostPlentiful = 150

// nulls are null clusters of one size, and how many of them got a claim.
type nulls struct {
	workloads, clusters int
	strong, any         int
}

// falseClaims looks for claims in clusters in which every claim is false. They
// need no file: a test proves that the same is told of one.
func falseClaims() []nulls {
	var out []nulls
	for _, workloads := range synthetic.NullSizes {
		if workloads > mostPlentiful {
			continue
		}
		n := nulls{workloads: workloads, clusters: nullSeeds}
		turn := make(chan struct{}, runtime.GOMAXPROCS(0))
		var all sync.WaitGroup
		var mu sync.Mutex
		for seed := uint64(1); seed <= nullSeeds; seed++ {
			turn <- struct{}{}
			all.Go(func() {
				defer func() { <-turn }()
				strong, any := claimed(synthetic.New(seed, synthetic.Null(workloads, seed)))
				mu.Lock()
				defer mu.Unlock()
				n.strong += min(strong, 1)
				n.any += min(any, 1)
			})
		}
		all.Wait()
		out = append(out, n)
	}
	return out
}

// claimed counts what is claimed of a cluster by comparing.
func claimed(made *synthetic.Cluster) (strong, any int) {
	s := cluster.New(made.Parts)
	symptoms := symptom.Recognise(s)
	found, skipped := detect.Run(detectors.Suite(), s, symptoms)
	for _, p := range correlate.Explain(nil, s, detectors.Suite(), symptoms, found, skipped).Patterns {
		for _, f := range p.Shared {
			if f.Tier == detect.Strong {
				strong++
			}
			if isCompared(string(f.Tier)) {
				any++
			}
		}
	}
	return strong, any
}

const nullHead = `
## What is claimed where nothing is to blame

Null clusters (` + "`pkg/correlate/synthetic`" + `): none, one, four or eight workloads
fail for themselves, in words of their own or alike; some were just rolled out
onto new nodes; some are pinned to a pool; pods crash here and there. Every claim
by comparing is false. The larger ones, and 3,000 of each, are in
[benchmarks.md](benchmarks.md).

`

func writeNulls(out *bytes.Buffer, sizes []nulls) {
	out.WriteString(nullHead)
	rows := [][]string{{"workloads", "clusters", "with a strong claim", "with any claim"}}
	for _, n := range sizes {
		rows = append(rows, []string{fmt.Sprint(n.workloads), fmt.Sprint(n.clusters), share(n.strong, n.clusters), share(n.any, n.clusters)})
	}
	table(out, rows)
}

// share is a part with the most that the true share may be, with 95 %.
func share(part, of int) string {
	_, high := fraction{part, of}.wilson()
	return fmt.Sprintf("%d (at most %.1f %%)", part, 100*high)
}
