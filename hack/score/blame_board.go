package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
)

// blameBoard is what is told of incidents whose blame was drawn.
type blameBoard struct {
	incidents, cascades []blamed
	nulls               []nulls
	outputs, runs       int // different outputs of one input, of so many runs
}

// blame makes and judges them all.
func blame(ctx context.Context) (*blameBoard, error) {
	b := &blameBoard{incidents: incidentsOfBlame(), cascades: incidentsOfChains(), runs: 20}
	if err := judgeAll(ctx, b.incidents); err != nil {
		return nil, err
	}
	if err := judgeAll(ctx, b.cascades); err != nil {
		return nil, err
	}
	b.nulls = falseClaims()
	var err error
	b.outputs, err = outputs(ctx, b.runs)
	return b, err
}

// outputs counts the different reports of one incident, its objects shuffled,
// on 1, 2 and 8 processors.
func outputs(ctx context.Context, runs int) (int, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	seen := map[string]bool{}
	for run := range runs {
		runtime.GOMAXPROCS([]int{1, 2, 8}[run%3])
		made := synthetic.New(1, synthetic.Knobs{Workloads: 60, Broken: 4, Pinned: .2, Noise: .01, Fault: synthetic.Fault{Kind: synthetic.NodeFault, Share: .9}})
		made.Shuffle(uint64(run))
		r, err := toldOf(ctx, made)
		if err != nil {
			return 0, err
		}
		r.Sources = nil // they name the file, which is another in each run
		seen[encoded(r)] = true
	}
	return len(seen), nil
}

func (b *blameBoard) gates() []gate {
	s := blameScoreOf(b.incidents)
	out := append(s.gates(), gatesOfChains(b.cascades)...)
	var strong, any fraction
	for _, n := range b.nulls {
		strong.add(fraction{n.clusters - n.strong, n.clusters})
		any.add(fraction{n.clusters - n.any, n.clusters})
	}
	return append(out, gate{"null clusters without a strong claim", strong.share(), .98, strong.percent()},
		gate{"null clusters without any claim", any.share(), .95, any.percent()})
}

const blameHead = `
## What is claimed by comparing

Incidents of every kind, drawn from seeds (` + "`pkg/correlate/synthetic`" + `): with 25
and 150 workloads; none, two or eight workloads fail beside for themselves; the
API has all events, or has lost half of them. They are written as the lists that
kubectl prints and read through the command line. *Detectable* are those in
which the guilty value stands out among 300 others by an exact test at 1 %, and
those that are stated or have a change to blame; one look cannot tell a nightly
job.

A factor is right where it names what is to blame, or another name of the very
same pods, and near where it is a part of it or what contains it; a change where
it is the one; a stated one where it is what was made to fail. *Found*, *first*
and *among three* are of the detectable. *Extra* are the answers by comparing
beyond the first right one, *silent* the undetectable incidents without a false
claim.

`

// write adds the section of the page.
func (b *blameBoard) write(out *bytes.Buffer) {
	out.WriteString(blameHead)
	rows := [][]string{{"figure", "got", "at least"}}
	for _, g := range b.gates() {
		rows = append(rows, []string{g.name, g.text, fmt.Sprintf("%.2f", g.least)})
	}
	s := blameScoreOf(b.incidents)
	rows = append(rows, []string{"found, of all incidents", s.everFound.percent(), "–"},
		[]string{"mean of 1/rank, of the detectable", fmt.Sprintf("%.3f", s.meanReciprocal()), "–"},
		[]string{fmt.Sprintf("different outputs of one input in %d runs, shuffled, on 1, 2 and 8 processors", b.runs), fmt.Sprint(b.outputs), "1"})
	table(out, rows)
	out.WriteString("\n### How right each tier is\n\nWith the interval of Wilson that holds the true share with 95 %.\n\n")
	table(out, calibration(&s))
	out.WriteString("\n### By what is to blame\n\n")
	table(out, faultRows(b.incidents, s))
	out.WriteString("\n### Roots of cascades\n\nBy the share of the dependencies that manifests and last words tell of. Where it is\n0.7, one workload of ten declares what it does not need; where 0.4, three.\n\n")
	table(out, chainRows(b.cascades))
	writeNulls(out, b.nulls)
}

func calibration(s *blameScore) [][]string {
	rows := [][]string{{"tier", "right of claimed", "interval"}}
	for _, tier := range tierNames {
		low, high := s.claims[tier].wilson()
		rows = append(rows, []string{tier, s.claims[tier].percent(), fmt.Sprintf("%.3f to %.3f", low, high)})
	}
	return rows
}

func faultRows(incidents []blamed, total blameScore) [][]string {
	rows := [][]string{{"fault, workloads", "incidents", "found", "first", "among three", "found of all", "stated right", "strong right", "suggestive right", "near", "extra", "silent"}}
	row := func(name string, s *blameScore) {
		rows = append(rows, []string{name, fmt.Sprint(s.incidents), orDash(s.found), orDash(s.first), orDash(s.three), s.everFound.String(), orDash(s.claims["stated"]),
			orDash(s.claims["strong"]), orDash(s.claims["suggestive"]), fmt.Sprint(s.near), fmt.Sprint(s.extra), orDash(s.silent)})
	}
	for _, group := range byName(incidents) {
		s := blameScoreOf(group)
		row(group[0].name, &s)
	}
	row("all", &total)
	return rows
}

func chainRows(incidents []blamed) [][]string {
	rows := [][]string{{"known", "cascades", "root first", "root among three", "stated right"}}
	for _, group := range byName(incidents) {
		s := blameScoreOf(group)
		rows = append(rows, []string{group[0].name, fmt.Sprint(s.incidents), s.first.String(), s.three.String(), s.claims["stated"].String()})
	}
	return rows
}
