package symptom

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

func inShop(kind, name string) cluster.Ref {
	return cluster.Ref{Kind: kind, Namespace: "shop", Name: name}
}

// streamsOf writes the streams of a past as lines.
func streamsOf(p cluster.Parts) []string {
	p.At = noon
	if p.Scope.Namespaces == nil {
		p.Scope.AllNamespaces = true
	}
	s := cluster.New(p)
	var out []string
	for _, st := range Streams(Occurrences(s, Recognise(s))) {
		line := fmt.Sprintf("%s %s/%s %d:", st.Of, st.Kind, st.Cause, st.ExitCode)
		for _, e := range st.Episodes(10 * time.Minute) {
			line += fmt.Sprintf(" %s-%s×%d", e.From.Format("15:04"), e.Until.Format("15:04"), e.Count)
		}
		out = append(out, line)
	}
	return out
}

func end(pod string, at time.Time, code int32, reason string, restarts int32, message string) cluster.End {
	return cluster.End{Pod: inShop("Pod", pod), Workload: inShop("Deployment", "web"), Container: "app", Restarts: restarts,
		State: cluster.State{Phase: cluster.Terminated, ExitCode: code, Reason: reason, Message: message, FinishedAt: at}}
}

func TestOccurrencesOfEnds(t *testing.T) {
	got := streamsOf(cluster.Parts{Past: cluster.Past{Ends: []cluster.End{
		end("web-1", ago(3*time.Hour), 1, "Error", 4, ""), end("web-2", ago(175*time.Minute), 1, "Error", 4, ""), // one incident of two pods
		end("web-1", ago(time.Hour), 1, "Error", 5, ""),
		end("web-1", ago(50*time.Hour/60), 0, "Completed", 5, ""),
		end("web-1", ago(40*time.Minute), 137, "OOMKilled", 6, ""),
		end("web-1", ago(30*time.Minute), 143, "Error", 1, ""), // asked to stop
		end("web-1", ago(20*time.Minute), 1, "Error", 7, "dial tcp 10.96.0.12:5432: connect: connection refused"),
	}}})
	want := []string{
		"Deployment shop/web exit/ 1: 09:00-09:05×2 11:00-11:00×1",
		"Deployment shop/web network/connection-refused 0: 11:40-11:40×1",
		"Deployment shop/web oom/ 0: 11:20-11:20×1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func event(object cluster.Ref, reason, message string, first, last time.Time, count int) cluster.Event {
	return cluster.Event{Object: object, Warning: true, Reason: reason, Message: message, First: first, Last: last, Count: count, Component: "kubelet"}
}

// TestOccurrencesOfEvents: what was said of one pod at two times is two
// incidents; a Normal event is none.
func TestOccurrencesOfEvents(t *testing.T) {
	pod := inShop("Pod", "web-7c9f8d6b5-x2k4w")
	started := event(pod, "Started", "Container started", ago(200*time.Minute), ago(10*time.Minute), 9)
	started.Warning = false
	parts := cluster.Parts{Past: cluster.Past{Events: []cluster.Event{
		event(pod, "BackOff", "Back-off restarting failed container", ago(3*time.Hour), ago(170*time.Minute), 40), started,
		event(pod, "BackOff", "Back-off restarting failed container", ago(time.Hour), ago(55*time.Minute), 9),
		event(cluster.Ref{Kind: "Node", Name: "n1"}, "SystemOOM", "System OOM encountered", ago(2*time.Hour), ago(2*time.Hour), 1),
	}}}
	want := []string{
		"Node n1 node-oom/node-oom 0: 10:00-10:00×1",
		"Pod shop/web-7c9f8d6b5-x2k4w crash-loop/ 0: 09:00-09:10×1 11:00-11:05×1",
	}
	if diff := cmp.Diff(want, streamsOf(parts)); diff != "" {
		t.Error(diff)
	}
	parts.Scope.Namespaces = []string{"other"} // nodes are everybody's
	if diff := cmp.Diff(want[:1], streamsOf(parts)); diff != "" {
		t.Error(diff)
	}
}

func TestOccurrencesOfTurns(t *testing.T) {
	turn := func(object cluster.Ref, typ, status, reason, message string, at time.Time) cluster.Turn {
		return cluster.Turn{Object: object, Condition: cluster.Condition{Type: typ, Status: status, Reason: reason, Message: message, Transition: at}}
	}
	n := cluster.Ref{Kind: "Node", Name: "n1"}
	got := streamsOf(cluster.Parts{Past: cluster.Past{Turns: []cluster.Turn{
		turn(n, "Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", ago(3*time.Hour)),
		turn(n, "Ready", "True", "KubeletReady", "", ago(170*time.Minute)),
		turn(n, "MemoryPressure", "True", "KubeletHasInsufficientMemory", "", ago(2*time.Hour)),
		turn(n, "MemoryPressure", "Unknown", "NodeStatusUnknown", "", ago(3*time.Hour)),
		turn(inShop("Deployment", "web"), "Progressing", "False", "ProgressDeadlineExceeded", "", ago(time.Hour)),
		turn(inShop("Pod", "web-1"), "Ready", "False", "ContainersNotReady", "", ago(time.Hour)),
		turn(inShop("Job", "load-29396820"), "Failed", "True", "BackoffLimitExceeded", "", ago(time.Hour)),
	}}})
	want := []string{
		"Node n1 node-down/unreachable 0: 09:00-09:00×1",
		"Node n1 pressure/memory-pressure 0: 10:00-10:00×1",
		"Deployment shop/web rollout/deadline 0: 11:00-11:00×1",
		"Job shop/load job/backoff-limit 0: 11:00-11:00×1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStarts(t *testing.T) {
	c := &cluster.CronState{Schedule: "30 3 * * *", TimeZone: "Europe/Berlin"}
	got, ok := Starts(c, noon.AddDate(0, 0, -2), noon, 100)
	if !ok || len(got) != 2 || !got[0].Equal(time.Date(2026, 11, 21, 2, 30, 0, 0, time.UTC)) {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, _ := Starts(&cluster.CronState{Schedule: "* * * * *"}, noon.AddDate(0, 0, -2), noon, 7); len(got) != 7 {
		t.Errorf("%d starts, want no more than 7", len(got))
	}
	for _, bad := range []*cluster.CronState{{Schedule: "nonsense"}, {Schedule: "@every 1h"}, {Schedule: "* * * * *", Suspended: true}} {
		if _, ok := Starts(bad, ago(time.Hour), noon, 9); ok {
			t.Errorf("%+v has no starts", bad)
		}
	}
}

func TestDue(t *testing.T) {
	minute := noon.Unix() / 60
	cron := inShop("CronJob", "report")
	for name, want := range map[string]bool{fmt.Sprintf("report-%d", minute): true, "report-7": false, "other-7": false, "report-x2k4w": false} {
		run := Run{Job: inShop("Job", name), Owner: cron, Ended: noon.Add(time.Minute)}
		if got := run.Due(); got.Equal(noon) != want {
			t.Errorf("%s: due %v", name, got)
		}
	}
}

// million is two weeks of a busy cluster: crashes, back-off events and turns.
func million(n int) *cluster.Snapshot {
	p := cluster.Parts{At: noon, Scope: cluster.Scope{AllNamespaces: true}}
	for i := range n {
		at := ago(time.Duration(i) * 14 * 24 * time.Hour / time.Duration(n))
		w := cluster.Ref{Kind: "Deployment", Namespace: fmt.Sprintf("team-%d", i%40), Name: fmt.Sprintf("app-%d", i%1000)}
		pod := cluster.Ref{Kind: "Pod", Namespace: w.Namespace, Name: fmt.Sprintf("%s-7c9f8d6b5-x2k%02d", w.Name, i%100)}
		if i%2 == 0 {
			p.Past.Ends = append(p.Past.Ends, cluster.End{Pod: pod, Workload: w, Container: "app", Restarts: 9,
				State: cluster.State{Phase: cluster.Terminated, ExitCode: 1, Reason: "Error", Message: "panic: out of range", FinishedAt: at}})
			continue
		}
		p.Past.Events = append(p.Past.Events, event(pod, "BackOff", "Back-off restarting failed container", at.Add(-time.Minute), at, 5))
	}
	return cluster.New(p)
}

// BenchmarkStreams makes streams of a million facts, and says how much memory
// they keep.
func BenchmarkStreams(b *testing.B) {
	s := million(1_000_000)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		streams := Streams(Occurrences(s, nil))
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
		b.ReportMetric(float64(len(streams)), "streams")
		runtime.KeepAlive(streams)
	}
}
