// Package pulse measures how often the detectors of patterns in time are wrong
// on failures that fall at random, and how often they find what is planted.
package pulse

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Study is one sort of generated series.
type Study struct {
	Detector, Name string
	// Null is set where nothing is planted: then what is told is false.
	Null bool
	// Expected is the power that theory or the literature has; NaN where none
	// is known.
	Expected float64
	Runs     int
	Make     func(rng *rand.Rand) cluster.Parts
	// Tells decides whether a pattern counts; nil: any.
	Tells func(*detect.Pattern) bool
}

// Figure is what a study came to.
type Figure struct {
	Study
	Told int
}

// Share of the series of which something was told.
func (f *Figure) Share() float64 { return float64(f.Told) / float64(f.Runs) }

// Measure runs studies, each series from a seed of its own, so that the same
// seed gives the same figures on any number of processors.
func Measure(studies []Study, seed uint64) []Figure {
	out := make([]Figure, len(studies))
	suite := detectors.Suite()
	for i, s := range studies {
		told := make([]bool, s.Runs)
		turn := make(chan struct{}, runtime.GOMAXPROCS(0))
		var all sync.WaitGroup
		for n := range s.Runs {
			turn <- struct{}{}
			all.Go(func() {
				defer func() { <-turn }()
				told[n] = tells(suite, &s, rand.New(rand.NewPCG(seed+uint64(i), uint64(n)))) //nolint:gosec // not negative
			})
		}
		all.Wait()
		out[i].Study = s
		for _, t := range told {
			if t {
				out[i].Told++
			}
		}
	}
	return out
}

func tells(suite detect.Suite, s *Study, rng *rand.Rand) bool {
	snapshot := cluster.New(s.Make(rng))
	found, _ := detect.Run(detect.Suite{suite.Named(s.Detector)}, snapshot, symptom.Recognise(snapshot))
	for i := range found {
		if s.Tells == nil || s.Tells(&found[i]) {
			return true
		}
	}
	return false
}

// Section is the part of the scoreboard.
func Section(seed uint64) []byte {
	var b bytes.Buffer
	b.WriteString("\n## Patterns in time\n\nOn series of failures that are generated from a seed. Where nothing is planted and\nfailures fall at random, whatever is told is false: at most 1 % may be. Where a pattern\nis planted, *expected* is what the test is known to find before workloads and days are\ncounted.\n\n")
	b.WriteString("| detector    | series                                                            | planted | runs | told  | expected |\n")
	b.WriteString("|-------------|-------------------------------------------------------------------|---------|------|-------|----------|\n")
	for _, f := range Measure(Studies(), seed) {
		planted, expected := "yes", "–"
		if f.Null {
			planted, expected = "no", "≤ 0.010"
		} else if !math.IsNaN(f.Expected) {
			expected = fmt.Sprintf("%.2f", f.Expected)
		}
		fmt.Fprintf(&b, "| %-11s | %-65s | %-7s | %4d | %.3f | %-8s |\n", f.Detector, f.Name, planted, f.Runs, f.Share(), expected)
	}
	return b.Bytes()
}
