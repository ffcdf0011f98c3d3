package history

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// twoWeeks fills a file with a million facts of two weeks: 2,000 pods of 400
// workloads, of which some restart now and then, with the events that go with it.
func twoWeeks(tb testing.TB, path string, facts int) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	const perBatch = 5000
	step := 14 * 24 * time.Hour / time.Duration(facts)
	var b Batch
	for i := range facts {
		at := noon.Add(time.Duration(i) * step)
		name := fmt.Sprintf("app-%03d-5d4f9c7b6-%04x", i*31%400, i*31%2000)
		ref := cluster.Ref{Kind: "Pod", Namespace: fmt.Sprintf("team-%02d", i*31%40), Name: name, UID: "3d7c9e2a-0000-4000-8000-" + name[8:]}
		workload := cluster.Ref{Kind: "Deployment", Namespace: ref.Namespace, Name: name[:7]}
		switch i % 10 {
		case 0:
			b.Ends = append(b.Ends, cluster.End{Pod: ref, Workload: workload, Node: fmt.Sprint("node-", i%50), Container: "app", Image: "registry.example.com/" + name[:7] + ":1.4",
				State: cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 1, FinishedAt: at}})
		case 1:
			b.Turns = append(b.Turns, cluster.Turn{Object: ref, Workload: workload, Condition: cluster.Condition{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: at}})
		case 2:
			p := cluster.Pod{Ref: ref, Created: noon, Phase: "Running", Node: fmt.Sprint("node-", i%50), Labels: map[string]string{"app": name[:7]}, Message: fmt.Sprint(i),
				Template: &cluster.Template{ServiceAccount: name[:7]}, Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "app", Role: cluster.Regular, Image: "registry.example.com/" + name[:7] + ":1.4"}, Restarts: int32(i % 100)}}} //nolint:gosec // below a hundred
			o, err := ObjectOf(p, int64(i+1))
			if err != nil {
				tb.Fatal(err)
			}
			b.Objects = append(b.Objects, o)
		default:
			b.Sightings = append(b.Sightings, Sighting{UID: fmt.Sprint("event-", i/3), Event: cluster.Event{Object: ref, Container: "app", Warning: i%20 != 3, Reason: "BackOff",
				Message: "Back-off restarting failed container app in pod " + name, Component: "kubelet", Host: fmt.Sprint("node-", i%50), First: at.Add(-time.Minute), Last: at, Count: i % 97}})
		}
		if i%perBatch == perBatch-1 || i == facts-1 {
			b.At = at
			b.Watch = &Watch{Key: "w", From: noon, To: at}
			if _, err := s.Keep(context.Background(), &b); err != nil {
				tb.Fatal(err)
			}
			b = Batch{}
		}
	}
	return s
}

// heap watches the largest heap while something runs.
func heap(run func()) uint64 {
	runtime.GC()
	done, largest := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc)
			select {
			case <-done:
				largest <- top
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	run()
	close(done)
	return <-largest
}

func BenchmarkMillionFacts(b *testing.B) {
	const facts = 1_000_000
	path := filepath.Join(b.TempDir(), "h.db")
	began := time.Now()
	s := twoWeeks(b, path, facts)
	b.Logf("kept %d facts in %s: %.0f a second, %d MiB on disk", facts, time.Since(began).Round(time.Millisecond), facts/time.Since(began).Seconds(), s.size()>>20)
	for name, q := range map[string]Query{"all events one by one": {}, "newest 200000 of each": {Limit: 200_000}, "last day": {From: noon.AddDate(0, 0, 13)}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				top := heap(func() {
					if name == "all events one by one" {
						if err := s.Events(b.Context(), q, func(cluster.Event) bool { n++; return true }); err != nil {
							b.Fatal(err)
						}
						return
					}
					past, _, err := s.Past(b.Context(), q)
					if err != nil {
						b.Fatal(err)
					}
					n = len(past.Events) + len(past.Ends) + len(past.Turns)
				})
				b.ReportMetric(float64(n), "facts")
				b.ReportMetric(float64(top)/(1<<20), "MiB-heap")
			}
		})
	}
	b.Run("cluster at a moment", func(b *testing.B) {
		for b.Loop() {
			p, err := s.At(b.Context(), noon.AddDate(0, 0, 7), nil)
			if err != nil || len(p.Pods) != 200 {
				b.Fatal(len(p.Pods), err)
			}
		}
	})
	b.Run("prune a day", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if _, err := s.Prune(b.Context(), noon.AddDate(0, 0, n+1)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
