package detect

import (
	"slices"
	"sync"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Timing is what a pattern in time claims, with everything that the claim
// rests on.
type Timing struct {
	Test     string    // by name, as the documentation of its detector has it
	From, To time.Time // the period that was looked at
	Watched  time.Duration
	Days     int // days on which it happened, of a pattern of the day
	// Count of Of incidents fit the pattern; Units are the workloads (and nodes).
	Count, Of, Units int
	// P is the chance that incidents which fall at random look like it, all
	// that was tried being counted; NaN where Kubernetes itself says so.
	P float64
	// Period of what comes again, 0 for what does not or not evenly; Phase is
	// where in the period it comes, from midnight UTC on.
	Period, Phase time.Duration
	// Clock is what starts in the same rhythm: a CronJob, or an interval that
	// is known.
	Clock string
	// Rise is of a trend, else nil.
	Rise *Rise
	// Bucket is how long each of Buckets is. Where Folded is set they are parts
	// of one period (the hours of the day) over which all that was seen is laid.
	Bucket  time.Duration
	Folded  bool
	Buckets []Bucket
}

// Bucket counts the incidents that began in a part of the time.
type Bucket struct {
	From  time.Time
	Count int
	Value float64 // of a trend: the value there, instead of a count
}

// Rise is how something grows.
type Rise struct {
	Unit           string // of the values: bytes, share, restarts, seconds
	First, Last    float64
	PerHour        float64 // its slope, and the 95 % interval of that
	Low, High      float64
	Limit          float64   // 0 for none
	Reaches        time.Time // when it gets there at this pace; zero without limit
	Lives          int       // runs of containers that rose in the same way
	Samples, Pairs int
	Against        int // of the pairs, those that do not rise
}

// dated holds the streams of a snapshot, made when a detector first asks.
type dated struct {
	once    sync.Once
	streams []*symptom.Stream
}

// Streams are all dated failures, those of the past included.
func (p *Pass) Streams() []*symptom.Stream {
	p.dated.once.Do(func() {
		p.dated.streams = symptom.Streams(symptom.Occurrences(p.Snapshot, p.symptoms))
	})
	return p.dated.streams
}

// Affected are the symptoms that a pattern in time is about: those of now that
// the streams hold, and one for what is known of each stream's past.
func (p *Pass) Affected(streams []*symptom.Stream) []*symptom.Symptom {
	var out []*symptom.Symptom
	told := p.byStream(streams)
	for _, st := range streams {
		episodes := st.Episodes(0)
		first, last := episodes[0], episodes[len(episodes)-1]
		n := st.Newest
		s := &symptom.Symptom{Kind: st.Kind, Cause: st.Cause, Object: n.Object, Workload: n.Workload, Node: n.Node, Container: n.Container,
			ExitCode: st.ExitCode, First: first.From, Last: last.Until, Count: st.Told(), Message: n.Text,
			Evidence: []symptom.Evidence{{Source: n.Source, Subject: n.Object, Time: n.Time, Reason: string(st.Kind), Text: n.Text, Count: st.Told()}}}
		if n.Object.Kind == "Node" {
			s.Workload = cluster.Ref{}
		}
		if n.Object.Kind == "Pod" {
			s.Pod = p.Pod(n.Object.Namespace, n.Object.Name)
		}
		for _, now := range told[mannerOf(st)] {
			out = append(out, now)
			s.Count -= max(1, now.Count)
		}
		if s.Count > 0 { // more than is told of now
			out = append(out, s)
		}
	}
	return out
}

// manner is what the failures of a stream have in common.
type manner struct {
	of       cluster.Ref
	kind     symptom.Kind
	cause    string
	exitCode int32
}

func mannerOf(s *symptom.Stream) manner { return manner{s.Of, s.Kind, s.Cause, s.ExitCode} }

// byStream are the symptoms of now that belong to some streams, by workload or
// by object.
func (p *Pass) byStream(streams []*symptom.Stream) map[manner][]*symptom.Symptom {
	out := make(map[manner][]*symptom.Symptom, len(streams))
	for _, st := range streams {
		out[mannerOf(st)] = nil
	}
	for i := range p.symptoms {
		s := &p.symptoms[i]
		of, object := s.Workload.Key(), s.Object.Key()
		for _, key := range []manner{{of, s.Kind, s.Cause, s.ExitCode}, {object, s.Kind, s.Cause, s.ExitCode}} {
			if held, wanted := out[key]; wanted {
				out[key] = append(held, s)
			}
			if of == object {
				break
			}
		}
	}
	return out
}

// ByWorkload groups streams by whom they befell, in their order.
func ByWorkload(streams []*symptom.Stream) [][]*symptom.Stream {
	var out [][]*symptom.Stream
	for i, s := range streams {
		if i == 0 || streams[i-1].Of != s.Of {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// Watched are the periods in which somebody looked: what the past says of
// itself, and what the events of now reach back to.
func (p *Pass) Watched() []cluster.Span {
	spans := slices.Clone(p.Past.Watched)
	from, to := p.Window()
	if to.After(from) {
		spans = append(spans, cluster.Span{From: from, To: to})
	}
	slices.SortFunc(spans, func(a, b cluster.Span) int { return a.From.Compare(b.From) })
	var out []cluster.Span
	for _, s := range spans {
		s.From = later(s.From, p.Scope.Since)
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			out[n-1].To = later(out[n-1].To, s.To)
		} else if s.To.After(s.From) {
			out = append(out, s)
		}
	}
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// TotalOf is how long periods are together.
func TotalOf(spans []cluster.Span) time.Duration {
	var total time.Duration
	for _, s := range spans {
		total += s.Length()
	}
	return total
}

// failures are what the failures of a kind are called, many and one.
var failures = map[symptom.Kind][2]string{
	symptom.Exit:          {"crashes", "crash"},
	symptom.CrashLoop:     {"crash loops", "crash loop"},
	symptom.OOM:           {"OOM kills", "OOM kill"},
	symptom.Start:         {"failed starts", "failed start"},
	symptom.ImagePull:     {"failed image pulls", "failed image pull"},
	symptom.Probe:         {"failed probes", "failed probe"},
	symptom.Eviction:      {"evictions", "eviction"},
	symptom.Unready:       {"times of not being ready", "time of not being ready"},
	symptom.Pressure:      {"times under pressure", "time under pressure"},
	symptom.NodeDown:      {"node failures", "node failure"},
	symptom.NodeOOM:       {"OOM kills of the node", "OOM kill of the node"},
	symptom.Rollout:       {"rollouts given up", "rollout given up"},
	symptom.Scheduling:    {"times of not being scheduled", "time of not being scheduled"},
	symptom.Admission:     {"refusals", "refusal"},
	symptom.MissingConfig: {"missing references", "missing reference"},
	symptom.Storage:       {"volume failures", "volume failure"},
	symptom.Network:       {"network failures", "network failure"},
	symptom.Credentials:   {"refused logins", "refused login"},
	symptom.RBAC:          {"refused requests", "refused request"},
	symptom.Environment:   {"failures of the environment", "failure of the environment"},
	symptom.Job:           {"failed runs", "failed run"},
}
