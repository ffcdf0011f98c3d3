package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// The strata: how many workloads there are, how many of them fail for
// themselves, and which share of the events the API has lost.
var (
	blameSizes  = []int{25, 150}
	blameBroken = []int{0, 2, 8}
	blameLost   = []float64{0, .5}
)

// blameSeeds is how many incidents of each fault and size are tried, all of
// the strata the same number of times.
const blameSeeds = 6

// chains are the strata of cascades: how much of who needs whom is known, and
// how much of what is declared is not so.
var chains = []struct{ unknown, untrue float64 }{{0, 0}, {.3, .1}, {.6, .3}}

// chainSeeds is how many cascades of each stratum are tried.
const chainSeeds = 40

// blamed is an incident of which is known what is to blame, and its stratum.
type blamed struct {
	name   string
	knobs  synthetic.Knobs
	seed   uint64
	result verdicts
}

// incidentsOfBlame are all that are tried.
func incidentsOfBlame() []blamed {
	var out []blamed
	for _, size := range blameSizes {
		for _, fault := range synthetic.Faults() {
			for seed := range uint64(blameSeeds) {
				k := synthetic.Knobs{Workloads: size, Broken: blameBroken[seed%3], Lost: blameLost[seed/3%2], Pinned: .2, Noise: .005, Fault: fault}
				out = append(out, blamed{name: fmt.Sprintf("%s, %d", fault.Kind, size), knobs: k, seed: seed + 1})
			}
		}
	}
	return out
}

func incidentsOfChains() []blamed {
	var out []blamed
	for _, stratum := range chains {
		for seed := range uint64(chainSeeds) {
			k := synthetic.Knobs{Workloads: 60, MaxSize: 6, Broken: 3, Fault: synthetic.Fault{Kind: synthetic.ChainFault, Share: .7}, Unknown: stratum.unknown, Untrue: stratum.untrue}
			out = append(out, blamed{name: fmt.Sprintf("%.1f", 1-stratum.unknown), knobs: k, seed: seed + 1})
		}
	}
	return out
}

// judgeAll makes the incidents, lets the plugin read each from a file, and
// judges what it says.
func judgeAll(ctx context.Context, incidents []blamed) error {
	errs := make([]error, len(incidents))
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i := range incidents {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			errs[i] = incidents[i].judge(ctx)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (b *blamed) judge(ctx context.Context) error {
	made := synthetic.New(b.seed, b.knobs)
	r, err := toldOf(ctx, made)
	if err != nil {
		return fmt.Errorf("%s, seed %d: %w", b.name, b.seed, err)
	}
	b.result = verdictsOn(made, b.knobs.Fault.Kind, r)
	return nil
}

// toldOf writes a cluster as kubectl writes it, and lets the plugin read that.
func toldOf(ctx context.Context, made *synthetic.Cluster) (*report.Report, error) {
	folder, err := os.MkdirTemp("", "blame-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path, err := writeLists(made, folder)
	if err != nil {
		return nil, err
	}
	return analyse(ctx, []string{path}, made.At.Format(time.RFC3339))
}

func writeLists(made *synthetic.Cluster, folder string) (string, error) {
	path := filepath.Join(folder, "data.json")
	f, err := os.Create(path) //nolint:gosec // a folder of our own
	if err != nil {
		return "", err
	}
	return path, errors.Join(made.WriteLists(f), f.Close())
}

// encoded is a report as JSON.
func encoded(r *report.Report) string {
	raw, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// byName gathers incidents of one name, in the order of their first.
func byName(incidents []blamed) [][]blamed {
	var out [][]blamed
	for _, b := range incidents {
		i := slices.IndexFunc(out, func(group []blamed) bool { return group[0].name == b.name })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], b)
	}
	return out
}
