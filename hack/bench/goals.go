package main

import "fmt"

// goal is a bound, and what was found.
type goal struct {
	says  string
	found string
	met   bool
}

const mebibyte = 1 << 20

// goals judges what was measured; what was not measured is not judged.
func goals(m map[string]sample) []goal {
	var out []goal
	ratio := func(says, of, to string, figure func(sample) float64, most float64) {
		a, ok := m[of]
		b, also := m[to]
		if !ok || !also || figure(b) == 0 {
			return
		}
		r := figure(a) / figure(b)
		out = append(out, goal{says, fmt.Sprintf("%.3g", r), r <= most})
	}
	beyond := func(says, of, to, unit string, figure func(sample) float64, most float64) {
		a, ok := m[of]
		b, also := m[to]
		if ok && also {
			more := figure(a) - figure(b)
			out = append(out, goal{says, fmt.Sprintf("%.3g%s", more, unit), more <= most})
		}
	}
	bound := func(says, of, unit string, figure func(sample) float64, most float64) {
		if a, ok := m[of]; ok {
			out = append(out, goal{says, fmt.Sprintf("%.3g%s", figure(a), unit), figure(a) <= most})
		}
	}
	ratio("wall time, of `kubectl get … -o json`: at most 1/15 (0.067)", patterns, dump, wall, 1./15)
	ratio("wall time, of the floor: at most 1.5", patterns, floor, wall, 1.5)
	ratio("processor time, of decoding: at most 1.5", patterns, decode, cpu, 1.5)
	ratio("peak memory, of `kubectl get … -o json`: at most 1/12 (0.083)", patterns, dump, peak, 1./12)
	bound("peak memory: at most 300 MiB", patterns, " MiB", peak, 300)
	beyond("requests beyond the floor's: at most two a namespace (102)", patterns, floor, "", requests, 102)
	ratio("processor time of the API server, of the floor: at most 1 (noise 0.1)", patterns, floor, serverCPU, 1+noise)
	beyond("growth of the API server beyond the floor's: none, but for noise (32 MiB)", patterns, floor, " MiB", growth, 32)
	bound("one namespace: under 1 s", namespace, " s", wall, 1)
	bound("one namespace: lists of pods, events, workloads beyond it: none", namespace, "", func(s sample) float64 { return s.Lists }, 0)
	ratio("a dump, wall time of `jq length`: at most 0.7", file, jqLength, wall, .7)
	bound("a dump, peak memory: at most 300 MiB", file, " MiB", peak, 300)
	return out
}

// noise is what two measurements of the same differ by.
const noise = .1

func wall(s sample) float64      { return s.Wall.Seconds() }
func cpu(s sample) float64       { return s.CPU.Seconds() }
func peak(s sample) float64      { return float64(s.Peak) / mebibyte }
func requests(s sample) float64  { return s.Requests }
func serverCPU(s sample) float64 { return s.ServerCPU.Seconds() }
func growth(s sample) float64    { return float64(s.Growth) / mebibyte }
