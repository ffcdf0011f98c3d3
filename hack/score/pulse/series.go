package pulse

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var now = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// past is a cluster of which nothing is known but its past.
func past(watched time.Duration) cluster.Parts {
	return cluster.Parts{At: now, Scope: cluster.Scope{AllNamespaces: true}, Sources: []cluster.Source{{Resource: cluster.Pods}, {Resource: cluster.Events}},
		Past: cluster.Past{Watched: []cluster.Span{{From: now.Add(-watched), To: now}}}}
}

func workload(n int) cluster.Ref {
	return cluster.Ref{Kind: "Deployment", Namespace: fmt.Sprintf("team-%d", n%7), Name: fmt.Sprintf("app-%d", n)}
}

// crash of a workload's one container.
func crash(p *cluster.Parts, n int, at time.Time, reason string) {
	w := workload(n)
	p.Past.Ends = append(p.Past.Ends, cluster.End{Pod: cluster.Ref{Kind: "Pod", Namespace: w.Namespace, Name: w.Name + "-7c9f8d6b5-x2k4w"}, Workload: w,
		Node: "worker", Container: "app", Restarts: 9, State: cluster.State{Phase: cluster.Terminated, Reason: reason, ExitCode: 1, FinishedAt: at}})
}

// ago is a moment at random in the time before now.
func ago(rng *rand.Rand, within time.Duration) time.Time {
	return now.Add(-time.Duration(rng.Float64() * float64(within)))
}

// poisson draws a number of events by their mean.
func poisson(rng *rand.Rand, mean float64) int {
	n, left := 0, mean
	for left -= rng.ExpFloat64(); left > 0; left -= rng.ExpFloat64() {
		n++
	}
	return n
}

// scattered crashes of one workload each, so many in the mean.
func scattered(p *cluster.Parts, rng *rand.Rand, from int, mean float64, within time.Duration) int {
	n := poisson(rng, mean)
	for i := range n {
		crash(p, from+i, ago(rng, within), "Error")
	}
	return from + n
}

// cronJobs that run daily, or several times a day, at odd minutes.
func cronJobs(p *cluster.Parts, rng *rand.Rand, n int) {
	for i := range n {
		hours := []string{fmt.Sprint(rng.IntN(24)), "*/6", "*/3", "*"}[i%4]
		p.Workloads = append(p.Workloads, cluster.Workload{Ref: cluster.Ref{Kind: "CronJob", Namespace: "ops", Name: fmt.Sprintf("job-%d", i)},
			Cron: &cluster.CronState{Schedule: fmt.Sprintf("%d %s * * *", rng.IntN(60), hours)}})
	}
	p.Sources = append(p.Sources, cluster.Source{Resource: cluster.CronJobs, Objects: n})
}

// restarting pods, of which the status keeps the last end only; each restarts
// at a rate of its own, from once a month to every four minutes.
func restarting(rng *rand.Rand, n int) cluster.Parts {
	p := cluster.Parts{At: now, Scope: cluster.Scope{AllNamespaces: true}, Sources: []cluster.Source{{Resource: cluster.Pods}, {Resource: cluster.Events}},
		Past: cluster.Past{Watched: []cluster.Span{{From: now.Add(-time.Hour), To: now}}}}
	rates := []float64{1. / 720, 1. / 24, 1. / 6, 1, 4, 15} // an hour
	for i := range n {
		rate := rates[rng.IntN(len(rates))]
		created := now.Add(-time.Duration(1+rng.IntN(20)) * day)
		restarts := poisson(rng, rate*now.Sub(created).Hours())
		if restarts == 0 {
			continue
		}
		last := now.Add(-time.Duration(rng.ExpFloat64() / rate * float64(time.Hour)))
		if last.Before(created) {
			continue
		}
		w := workload(i)
		p.Pods = append(p.Pods, cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: w.Namespace, Name: w.Name + "-0"}, Created: created, Owner: w, Node: "worker", Phase: "Running",
			Conditions: []cluster.Condition{{Type: "Ready", Status: "True", Transition: last}},
			Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "app", Role: cluster.Regular}, Ready: true, Restarts: int32(restarts), //nolint:gosec // thousands
				State: cluster.State{Phase: cluster.Running, StartedAt: last.Add(time.Second)},
				Ended: &cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 1, StartedAt: last.Add(-time.Minute), FinishedAt: last}}}})
	}
	return p
}

// memory of a container over half-hours, by what is added each time.
func memory(n int, hours int, limit float64, step func(before float64, i int) float64) cluster.Series {
	w := workload(n)
	s := cluster.Series{Metric: cluster.WorkingSet, Of: cluster.Ref{Kind: "Pod", Namespace: w.Namespace, Name: w.Name + "-0"}, Workload: w, Container: "app", Limit: limit}
	value := limit / 3
	for i := range 2 * hours {
		value = step(value, i)
		s.Points = append(s.Points, cluster.Point{Time: now.Add(-time.Duration(2*hours-i) * 30 * time.Minute), Value: value})
	}
	return s
}
