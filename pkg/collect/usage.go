package collect

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// sampler joins what several samples say of each run of a container.
type sampler struct {
	spans map[instance]*span
}

// span is the oldest and the newest sample of one run.
type span struct {
	node        string
	first, last point
}

func newSampler() *sampler { return &sampler{spans: map[instance]*span{}} }

// add takes what one sample of a node says. What /metrics/resource says has
// no cgroup: there its start tells a run from another.
func (s *sampler) add(node string, points []point) {
	for _, p := range points {
		if p.at.IsZero() {
			continue // nothing tells of when it is
		}
		key := p.instance
		if key.cgroup == "" {
			key.cgroup = strconv.FormatFloat(p.values[startTime], 'g', -1, 64)
		}
		sp := s.spans[key]
		if sp == nil {
			s.spans[key] = &span{node, p, p}
			continue
		}
		if p.at.After(sp.last.at) {
			sp.last = p
		}
		if p.at.Before(sp.first.at) {
			sp.first = p
		}
	}
}

// throttled are the nodes with a container that was ever throttled.
func (s *sampler) throttled() []string {
	var out []string
	for _, sp := range s.spans {
		if sp.last.values[throttledPeriods] > 0 {
			out = append(out, sp.node)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// newest finds the newest run of each container, of those that cadvisor tells
// of and of those that /metrics/resource does.
func (s *sampler) newest(fromCadvisor bool) map[instance]*span {
	out := map[instance]*span{}
	for _, sp := range s.spans {
		if (sp.last.cgroup != "") != fromCadvisor {
			continue
		}
		key := sp.last.instance
		key.cgroup = ""
		if found := out[key]; found == nil || sp.compare(found) > 0 {
			out[key] = sp
		}
	}
	return out
}

// compare decides between two runs: right after a restart the cgroup of the
// old one may still be told of.
func (sp *span) compare(o *span) int {
	return cmp.Or(sp.last.at.Compare(o.last.at), cmp.Compare(sp.last.values[startTime], o.last.values[startTime]),
		cmp.Compare(sp.last.cgroup, o.last.cgroup))
}

// usages is what is known of each container. /metrics/resource fills in where
// cadvisor is silent.
func (s *sampler) usages() []cluster.Usage {
	found, fill := s.newest(true), s.newest(false)
	var out []cluster.Usage
	for key, sp := range found {
		u := sp.usage()
		if other := fill[key]; other != nil {
			more := other.usage()
			if u.CPU < 0 {
				u.CPU = more.CPU
			}
			if u.WorkingSet < 0 {
				u.WorkingSet = more.WorkingSet
			}
		}
		out = append(out, u)
	}
	for key, sp := range fill {
		if found[key] == nil {
			out = append(out, sp.usage())
		}
	}
	return out
}

// usage counts from the older sample to the newer one, or from the start of
// the container when there is only one: counters begin at 0 there.
func (sp *span) usage() cluster.Usage {
	u := cluster.Usage{Pod: sp.last.pod, Container: sp.last.container, Node: sp.node, At: sp.last.at, WorkingSet: -1}
	if w := sp.last.values[workingSet]; !math.IsNaN(w) {
		u.WorkingSet = int64(w)
	}
	first := sp.first
	if !first.at.Before(sp.last.at) || sp.wentBack() {
		u.Total = true
		first = point{at: startOf(&sp.last)}
	}
	u.Since = first.at
	u.Periods = int64(sp.grown(&first, periods, 0))
	u.Throttled = min(int64(sp.grown(&first, throttledPeriods, 0)), u.Periods)
	u.ThrottledFor = time.Duration(min(sp.grown(&first, throttledSeconds, 0), maxSeconds) * float64(time.Second))
	u.CPU = sp.rate(&first, cpuSeconds)
	u.CPUWait = min(sp.rate(&first, cpuWaitSeconds), 1)
	u.MemoryWait = min(sp.rate(&first, memoryWaitSeconds), 1)
	return u
}

// maxSeconds keeps durations within what they can hold.
const maxSeconds = 9e9

// wentBack reports whether a counter began anew under the same cgroup.
func (sp *span) wentBack() bool {
	for _, m := range []measure{periods, throttledPeriods, throttledSeconds, cpuSeconds} {
		if sp.last.values[m] < sp.first.values[m] {
			return true
		}
	}
	return false
}

func startOf(p *point) time.Time {
	s := p.values[startTime]
	if math.IsNaN(s) || s > maxSeconds {
		return time.Time{}
	}
	start := plausible(time.UnixMilli(int64(s * 1000)).UTC())
	if start.After(p.at) {
		return time.Time{}
	}
	return start
}

// grown is by how much a counter grew; missing when it is not told.
func (sp *span) grown(first *point, m measure, missing float64) float64 {
	from, to := first.values[m], sp.last.values[m]
	if math.IsNaN(from) || math.IsNaN(to) {
		return missing
	}
	return to - from
}

// rate is by how much a counter of seconds grew in a second; -1 when that is
// not told.
func (sp *span) rate(first *point, m measure) float64 {
	seconds := sp.last.at.Sub(first.at).Seconds()
	if first.at.IsZero() || seconds <= 0 {
		return -1
	}
	grown := sp.grown(first, m, -1)
	if grown < 0 {
		return -1
	}
	return grown / seconds
}
