package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// sample is what one run took.
type sample struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes of memory
	Requests  float64
	Lists     float64 // of pods, events and workloads, over all namespaces
	Bytes     float64 // that the API server answered
	ServerCPU time.Duration
	Growth    int64 // of the API server's memory during the run, in bytes
}

// measure runs every row as often as asked, in turns: forth, then back, so that
// what changes with time is not one row's alone.
func (o *options) measure(ctx context.Context, c *cluster, work string) (map[string]sample, error) {
	rows, err := o.chosen(work)
	if err != nil {
		return nil, err
	}
	samples := map[string][]sample{}
	for n := range max(o.repeat, o.slow) {
		for i := range rows {
			r := rows[i]
			if n%2 == 1 && !slices.ContainsFunc(rows, func(r row) bool { return r.slow && n < o.slow }) {
				r = rows[len(rows)-1-i]
			}
			if r.slow && n >= o.slow || !r.slow && n >= o.repeat {
				continue
			}
			s, err := c.run(ctx, r)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.name, err)
			}
			fmt.Fprintf(os.Stderr, "%-10s %6.2f s, %6.2f s of a processor, %5d MiB\n", r.name, s.Wall.Seconds(), s.CPU.Seconds(), s.Peak>>20)
			samples[r.name] = append(samples[r.name], s)
		}
	}
	out := map[string]sample{}
	for name, all := range samples {
		out[name] = median(all)
	}
	return out, nil
}

// chosen are the rows that are asked for and fit: kubectl holds the whole
// cluster several times over, and a machine that swaps measures nothing.
func (o *options) chosen(work string) ([]row, error) {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil, fmt.Errorf("how much memory is free: %w", err)
	}
	needed, free := int64(o.size)*kubectlPerPod, kibibytes(string(info), "MemAvailable:")
	if needed > free {
		fmt.Fprintf(os.Stderr, "no dump is made: kubectl would take about %d GiB, and %d are free\n", needed>>30, free>>30)
	}
	return slices.DeleteFunc(o.all(work), func(r row) bool {
		asked := o.rows == "" || slices.Contains(strings.Split(o.rows, ","), r.name)
		return !asked || needed > free && r.dumped()
	}), nil
}

// kubectlPerPod is what `kubectl get -o json` takes for a pod and an event, in
// bytes: 2.8 GB for 10,000.
const kubectlPerPod = 300 << 10

// run measures one run of a row, on both sides.
func (c *cluster) run(ctx context.Context, r row) (sample, error) {
	before, err := c.look(ctx)
	if err != nil {
		return sample{}, err
	}
	s, err := child(ctx, r)
	if err != nil {
		return s, err
	}
	after, err := c.look(ctx)
	if err != nil {
		return s, err
	}
	if r.offline {
		return s, nil
	}
	s.Requests, s.Lists, s.Bytes = after.requests-before.requests, after.lists-before.lists, after.bytes-before.bytes
	s.ServerCPU, s.Growth = after.cpu-before.cpu, max(0, after.peak-before.resident)
	return s, nil
}

func child(ctx context.Context, r row) (sample, error) {
	cmd := exec.CommandContext(ctx, r.command[0], r.command[1:]...)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	if r.into != "" {
		f, err := os.Create(r.into)
		if err != nil {
			return sample{}, err
		}
		defer f.Close()
		cmd.Stdout = f
	}
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return sample{}, fmt.Errorf("%w: %.300s", err, errors.String())
	}
	s := sample{Wall: time.Since(began), CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.Peak = usage.Maxrss << 10
	}
	return s, nil
}

// median of every figure by itself.
func median(all []sample) sample {
	return sample{
		Wall: middle(all, func(s sample) time.Duration { return s.Wall }), CPU: middle(all, func(s sample) time.Duration { return s.CPU }),
		Peak: middle(all, func(s sample) int64 { return s.Peak }), Requests: middle(all, func(s sample) float64 { return s.Requests }),
		Lists: middle(all, func(s sample) float64 { return s.Lists }), Bytes: middle(all, func(s sample) float64 { return s.Bytes }),
		ServerCPU: middle(all, func(s sample) time.Duration { return s.ServerCPU }), Growth: middle(all, func(s sample) int64 { return s.Growth }),
	}
}

func middle[T int64 | float64 | time.Duration](all []sample, of func(sample) T) T {
	values := make([]T, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
