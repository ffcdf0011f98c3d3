package cmd

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// BenchmarkScan reads, analyses and tells a recording of a small real cluster:
// the whole flow but the network.
func BenchmarkScan(b *testing.B) {
	for _, format := range []string{"text", "json"} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var out, errOut bytes.Buffer
				args := []string{"-f", recording("rollout-dependants"), "-o", format}
				if code := Main(b.Context(), args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut}); code != 0 {
					b.Fatalf("exit code %d: %s", code, errOut.String())
				}
			}
		})
	}
}

// large is a cluster of 100,000 pods with as many events, in which a zone
// fails by a fifth, 40 workloads are broken on their own and one pod of 200
// crashes for itself.
func large() *cluster.Snapshot {
	made := synthetic.New(1, synthetic.Knobs{Workloads: 6000, Times: 3, Broken: 40, Rollouts: 12, Pinned: .2, Noise: .005, Events: 95_000,
		Fault: synthetic.Fault{Kind: synthetic.ZoneFault, Share: .2}})
	return cluster.New(made.Parts)
}

// BenchmarkAnalysis is all that comes after reading: symptoms, detectors and
// explanation. live-MiB is what the story adds to the snapshot that it is of.
func BenchmarkAnalysis(b *testing.B) {
	s, o := large(), &options{suite: detectors.Suite()}
	b.Logf("%d pods, %d events, %d nodes", len(s.Pods), len(s.Events), len(s.Nodes))
	b.ReportAllocs()
	before := liveHeap()
	var story *correlate.Story
	for b.Loop() {
		story = o.explain(s, symptom.Recognise(s))
	}
	b.ReportMetric(float64(liveHeap()-before)/(1<<20), "live-MiB")
	if len(story.Patterns) == 0 {
		b.Fatal("no patterns")
	}
	runtime.KeepAlive(s)
}

// BenchmarkStages are the stages after reading, each by itself, on that cluster;
// those of reading are BenchmarkList of pkg/collect.
func BenchmarkStages(b *testing.B) {
	s, suite := large(), detectors.Suite()
	symptoms := symptom.Recognise(s)
	patterns, skipped := detect.Run(suite, s, symptoms)
	story := correlate.Explain(nil, s, suite, symptoms, patterns, skipped)
	r := report.New(story)
	for _, stage := range []struct {
		name string
		run  func()
	}{
		{"index", func() { cluster.New(s.Parts) }},
		{"symptoms", func() { symptom.Recognise(s) }},
		{"detect", func() { detect.Run(suite, s, symptoms) }},
		{"correlate", func() { correlate.Explain(nil, s, suite, symptoms, patterns, skipped) }},
		{"report", func() { report.New(story) }},
		{"render text", func() { drawn(b, report.Text(io.Discard, r, report.Style{Width: 100})) }},
		{"render wide", func() { drawn(b, report.Wide(io.Discard, r, report.Style{Width: 100})) }},
		{"render JSON", func() { drawn(b, report.JSON(io.Discard, r)) }},
		{"render HTML", func() { drawn(b, report.HTML(io.Discard, r, report.Style{Width: 100})) }},
	} {
		b.Run(stage.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				stage.run()
			}
		})
	}
}

func drawn(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
