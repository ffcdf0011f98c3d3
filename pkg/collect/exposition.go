package collect

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// measure is one of the values that are kept of a container.
type measure int

const (
	periods measure = iota
	throttledPeriods
	throttledSeconds
	cpuSeconds
	workingSet
	startTime
	cpuWaitSeconds
	memoryWaitSeconds
	measures // how many there are
)

// families are those that are kept of /metrics/cadvisor and
// /metrics/resource, which have some tens of others.
var families = map[string]measure{
	"container_cpu_cfs_periods_total":                 periods,
	"container_cpu_cfs_throttled_periods_total":       throttledPeriods,
	"container_cpu_cfs_throttled_seconds_total":       throttledSeconds,
	"container_cpu_usage_seconds_total":               cpuSeconds,
	"container_memory_working_set_bytes":              workingSet,
	"container_start_time_seconds":                    startTime,
	"container_pressure_cpu_waiting_seconds_total":    cpuWaitSeconds,
	"container_pressure_memory_waiting_seconds_total": memoryWaitSeconds,
}

// instance is one run of a container.
type instance struct {
	pod       cluster.Ref
	container string
	// cgroup tells the runs apart; /metrics/resource does not tell it.
	cgroup string
}

// point is what one sample says of one container.
type point struct {
	instance
	at     time.Time
	values [measures]float64 // NaN where not told
}

// exposition reads metrics in Prometheus' text format with its own parser,
// which holds what it reads: so only the families that are kept reach it. On
// an error what came before it stands. Values without a time of their own are
// of the fallback.
func exposition(in io.Reader, fallback time.Time) ([]point, error) {
	filter := &familyFilter{r: bufio.NewReaderSize(in, 1<<16)}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	found, err := parser.TextToMetricFamilies(filter)
	points := map[instance]*point{}
	for name, m := range families {
		for _, metric := range found[name].GetMetric() {
			key := instanceOf(metric)
			if key.pod.Namespace == "" || key.pod.Name == "" || key.container == "" || key.container == sandbox {
				continue
			}
			if points[key] == nil {
				points[key] = emptyPoint(key)
			}
			points[key].set(m, metric, fallback)
		}
	}
	out := make([]point, 0, len(points))
	for _, p := range points {
		out = append(out, *p)
	}
	return out, filter.locate(err)
}

// sandbox is what cadvisor called the containers that hold a pod's network
// together under Docker; the cgroups of pods and of the system bear no
// container's name.
const sandbox = "POD"

func instanceOf(metric *dto.Metric) instance {
	i := instance{pod: cluster.Ref{Kind: "Pod"}}
	for _, l := range metric.GetLabel() {
		switch l.GetName() {
		case "namespace":
			i.pod.Namespace = l.GetValue()
		case "pod":
			i.pod.Name = l.GetValue()
		case "container":
			i.container = l.GetValue()
		case "id":
			i.cgroup = l.GetValue()
		}
	}
	return i
}

func emptyPoint(of instance) *point {
	p := &point{instance: of}
	for i := range p.values {
		p.values[i] = math.NaN()
	}
	return p
}

func (p *point) set(m measure, metric *dto.Metric, fallback time.Time) {
	value := metric.GetUntyped().GetValue() // without their comments all families are untyped
	if math.IsNaN(value) || value < 0 || value > maxValue {
		return
	}
	p.values[m] = value
	at := plausible(time.UnixMilli(metric.GetTimestampMs()).UTC())
	if at.IsZero() {
		at = fallback
	}
	if at.After(p.at) {
		p.at = at
	}
}

// maxValue keeps counters within what whole numbers can hold: 4 PiB, or a
// hundred million years.
const maxValue = 1 << 52

// plausible is a time as a clock can have told it; others are as good as
// none.
func plausible(t time.Time) time.Time {
	if y := t.Year(); y < 2000 || y > 9000 {
		return time.Time{}
	}
	return t
}

// familyFilter lets only lines of the families that are kept through, and
// such as are no lines of metrics at all, of which the parser is to complain.
// The others become empty lines, so that lines keep their numbers.
type familyFilter struct {
	r       *bufio.Reader
	pending []byte
	line    int
	inside  bool // in the midst of a line that is longer than the buffer
	keep    bool
}

func (f *familyFilter) Read(p []byte) (int, error) {
	for len(f.pending) == 0 {
		piece, err := f.r.ReadSlice('\n')
		f.piece(piece)
		switch {
		case errors.Is(err, io.EOF) && f.inside:
			return 0, io.ErrUnexpectedEOF
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		}
	}
	n := copy(p, f.pending)
	f.pending = f.pending[:copy(f.pending, f.pending[n:])]
	return n, nil
}

func (f *familyFilter) piece(piece []byte) {
	if len(piece) == 0 {
		return
	}
	if !f.inside {
		f.line++
		f.keep = isKept(piece)
	}
	rest, ended := bytes.CutSuffix(piece, []byte("\n"))
	f.inside = !ended
	if f.keep {
		f.pending = append(f.pending, bytes.TrimSuffix(rest, []byte("\r"))...)
	}
	if ended {
		f.pending = append(f.pending, '\n')
	}
}

// isKept looks at the beginning of a line. Comments name types and meanings,
// which are known of the families that are kept.
func isKept(line []byte) bool {
	if line[0] == '#' {
		return false
	}
	i := bytes.IndexFunc(line, func(c rune) bool { return !isNameRune(c) })
	if i <= 0 || (line[i] != '{' && line[i] != ' ') {
		return true
	}
	_, ok := families[string(line[:i])]
	return ok
}

func isNameRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == ':'
}

// locate says of an error in which line it is.
func (f *familyFilter) locate(err error) error {
	var parse expfmt.ParseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &parse):
		return fmt.Errorf("line %d: %s", parse.Line, parse.Msg)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("line %d: it ends in the middle of a line", f.line)
	}
	return err
}
