package collect

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// How many things of each sort are asked about, those first that did most.
const (
	restartedLimit = 2000
	waitedLimit    = 1000
	evictedLimit   = 2000
	jobsLimit      = 5000
	seriesLimit    = 200
)

var containerLabels = []string{"namespace", "pod", "uid", "container"}

// thing names a container, pod or Job of the past, by what tells it from
// another that had the same name.
type thing struct{ namespace, name, uid, container string }

func (r *promReading) thing(n naming, m model.Metric) thing {
	return thing{n.of(m, "namespace"), n.of(m, "pod"), n.of(m, "uid"), n.of(m, "container")}
}

func (t thing) pod() cluster.Ref {
	return cluster.Ref{Kind: "Pod", Namespace: t.namespace, Name: t.name, UID: t.uid}
}

// moment is a thing at a step.
type moment struct {
	thing
	at time.Time
}

// most asks for the things with the largest values of an expression, and says
// so if there are more.
func (r *promReading) most(ctx context.Context, name string, limit int, query string) ([]sampled, error) {
	found, err := r.instant(ctx, fmt.Sprintf("topk(%d, %s)", limit+1, query))
	if err == nil && len(found) > limit {
		r.missing(fmt.Sprintf("%s: more than %d, of which the first %d are read", name, limit, limit))
		found = found[:limit]
	}
	return found, err
}

// restarts reads when containers ended, and how. What is sampled is the
// counter, which moves when a container is started again.
func (r *promReading) restarts(ctx context.Context) error {
	group, all := r.state.by(containerLabels...), r.over(r.selector(restartsMetric, r.inScope(r.state)))
	grew := fmt.Sprintf("(max %s (max_over_time(%s)) - min %s (min_over_time(%s))) > 0", group, all, group, all)
	found, err := r.most(ctx, "containers that restarted", restartedLimit, grew)
	if err != nil {
		return err
	}
	asked := map[thing]bool{}
	var pods []string
	for _, s := range found {
		t := r.thing(r.state, s.metric)
		asked[t] = true
		pods = append(pods, t.name)
	}
	for _, names := range chunks(pods) {
		if err := r.endsOf(ctx, names, asked); err != nil {
			return err
		}
	}
	return nil
}

// endsOf reads the ends of some pods' containers: at each step at which the
// counter moved its value, and what the status told of the last end.
func (r *promReading) endsOf(ctx context.Context, pods []string, asked map[thing]bool) error {
	group, these := r.state.by(containerLabels...), []string{r.inScope(r.state), r.state.is("pod", pods...)}
	moved := r.changed(group, r.selector(restartsMetric, these...))
	counts, err := r.steps(ctx, moved, r.step)
	if err != nil {
		return err
	}
	least, err := r.instant(ctx, fmt.Sprintf("min %s (min_over_time(%s))", group, r.over(r.selector(restartsMetric, these...))))
	if err != nil {
		return err
	}
	before := map[thing]float64{}
	for _, s := range least {
		before[r.thing(r.state, s.metric)] = s.value
	}
	told := r.told(ctx, moved, these)
	r.assemble(counts, told, before, asked)
	return nil
}

// told is what the status said of the last end at each step at which the
// counter moved. What of it could not be read is a gap; that it ended is known
// without.
func (r *promReading) told(ctx context.Context, moved string, these []string) map[moment]cluster.State {
	told := map[moment]cluster.State{}
	for _, detail := range []struct {
		metric, name string
		labels       []string
		note         func(*cluster.State, sampled)
	}{
		{reasonMetric, "reasons of ends", append(containerLabels[:4:4], "reason"), r.noteReason},
		{exitCodeMetric, "exit codes", containerLabels, noteExitCode},
		{endTimeMetric, "times of ends", containerLabels, noteEnd},
	} {
		if !r.has[detail.metric] {
			continue
		}
		// A reason is told by a series that is 1; what else is told has any value.
		query := fmt.Sprintf("max %s (%s) and on (%s) (%s)", r.state.by(detail.labels...), r.selector(detail.metric, these...), r.state.labels(containerLabels...), moved)
		found, err := r.steps(ctx, query, r.step)
		if err != nil {
			r.gap(detail.name, err)
			continue
		}
		for _, s := range found {
			at := moment{r.thing(r.state, s.metric), s.at}
			state, known := told[at]
			if !known {
				state.ExitCode = cluster.ExitCodeUntold
			}
			detail.note(&state, s)
			told[at] = state
		}
	}
	return told
}

func (r *promReading) noteReason(s *cluster.State, from sampled) {
	if from.value == 1 {
		s.Reason = r.state.of(from.metric, "reason")
	}
}

func noteExitCode(s *cluster.State, from sampled) {
	if from.value >= 0 && from.value <= math.MaxUint8 {
		s.ExitCode = int32(from.value)
	}
}

func noteEnd(s *cluster.State, from sampled) {
	if from.value > 0 && from.value < math.MaxUint32 {
		s.FinishedAt = time.Unix(int64(from.value), 0).UTC()
	}
}

// assemble makes ends of the counter's moves.
func (r *promReading) assemble(counts []sampled, told map[moment]cluster.State, before map[thing]float64, asked map[thing]bool) {
	moves := map[thing][]sampled{}
	var order []thing
	for _, s := range counts {
		t := r.thing(r.state, s.metric)
		if !asked[t] || !r.asks(t.namespace) {
			continue
		}
		if moves[t] == nil {
			order = append(order, t)
		}
		moves[t] = append(moves[t], s)
	}
	var out []cluster.End
	for _, t := range order {
		out = append(out, r.endsOfOne(t, moves[t], told, before[t])...)
	}
	r.add(func(p *cluster.Past) { p.Ends = append(p.Ends, out...) })
}

// inAStep bounds how many ends are made of one move of a counter.
const inAStep = 60

func (r *promReading) endsOfOne(t thing, moves []sampled, told map[moment]cluster.State, before float64) []cluster.End {
	var out []cluster.End
	for i, move := range moves {
		within, dated := r.seen.within(move.at, r.step)
		if !dated {
			continue
		}
		n := min(r.movedBy(moves, i, before), inAStep)
		for j := range n {
			end := cluster.End{Pod: t.pod(), Container: t.container, Restarts: int32(min(move.value, math.MaxInt32)) - int32(n-1-j),
				Within: within + delay(moves, i), State: cluster.State{Phase: cluster.Terminated, FinishedAt: move.at, ExitCode: cluster.ExitCodeUntold}}
			if state, ok := told[moment{t, move.at}]; ok && j == n-1 {
				learn(&end, state)
			}
			out = append(out, end)
		}
	}
	return out
}

// learn takes what the status told of an end. Its time is the exact one, where
// it can be that of this end.
func learn(end *cluster.End, told cluster.State) {
	at := end.State.FinishedAt
	end.State.Reason, end.State.ExitCode = told.Reason, told.ExitCode
	if told.Reason == "Completed" { // which is what 0 is called
		end.State.ExitCode = 0
	}
	if t := told.FinishedAt; !t.IsZero() && !t.After(at) && !t.Before(at.Add(-end.Within-longestDelay)) {
		end.State.FinishedAt, end.Within = t, 0
	}
}

// movedBy is how many ends a move of the counter stands for, when before was
// its least value. After a reset the value itself is what was counted since;
// and over a time that nobody saw no more than the one is told.
func (r *promReading) movedBy(moves []sampled, i int, before float64) int {
	since, by := r.from, int(moves[i].value-before)
	if i > 0 {
		since, by = moves[i-1].at, int(moves[i].value-moves[i-1].value)
	}
	switch {
	case by <= 0:
		return int(moves[i].value)
	case !r.seen.unbroken(since, moves[i].at):
		return 1
	}
	return by
}

// longestDelay is how long the kubelet waits before it starts a container
// again; after a run of twice that it forgets, and starts it at once.
const longestDelay = 5 * time.Minute

// delay is how much earlier than the counter's move the end may have been,
// since the counter moves only with the next start.
func delay(moves []sampled, i int) time.Duration {
	if i > 0 && moves[i].at.Sub(moves[i-1].at) <= 3*longestDelay {
		return longestDelay
	}
	return 0
}
