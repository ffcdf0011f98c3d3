package symptom

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Stream is every known failure of one sort of one workload, in time.
type Stream struct {
	Of       cluster.Ref // the workload, or the node
	Kind     Kind
	Cause    string
	ExitCode int32 // Exit
	Newest   Occurrence
	marks    []mark
}

// mark is one occurrence, made small: seconds, for there may be a million.
type mark struct {
	at, until   int64
	within, ran int32
	newest      bool
}

// Episode is failures of one sort that came one after another: one incident,
// however often it was told.
type Episode struct {
	From, Until time.Time
	Within      time.Duration // how much earlier it may have begun
	Ran         time.Duration // how long the container had run before; 0 where that is not told
	Count       int           // of what was told
	// Newest is set when it is known as the last one only; see Occurrence.
	Newest bool
}

// Streams sorts occurrences by whom they befell and what they are, in the
// order of their names.
func Streams(all iter.Seq[Occurrence]) []*Stream {
	type key struct {
		of    cluster.Ref
		kind  Kind
		cause string
		code  int32
	}
	at := map[key]*Stream{}
	var out []*Stream
	for o := range all {
		k := key{of: o.Workload, kind: o.Kind, cause: o.Cause}
		if o.Kind == Exit {
			k.code = o.ExitCode
		}
		s := at[k]
		if s == nil {
			s = &Stream{Of: k.of, Kind: k.kind, Cause: k.cause, ExitCode: k.code}
			at[k] = s
			out = append(out, s)
		}
		s.add(&o)
	}
	slices.SortFunc(out, (*Stream).compare)
	for _, s := range out {
		slices.SortFunc(s.marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.until, b.until)) })
	}
	return out
}

func (s *Stream) compare(o *Stream) int {
	return cmp.Or(s.Of.Compare(o.Of), cmp.Compare(s.Kind, o.Kind), cmp.Compare(s.Cause, o.Cause), cmp.Compare(s.ExitCode, o.ExitCode))
}

func (s *Stream) add(o *Occurrence) {
	if n := &s.Newest; n.Time.IsZero() || cmp.Or(o.Time.Compare(n.Time), o.Object.Compare(n.Object), cmp.Compare(o.Text, n.Text)) > 0 {
		s.Newest = *o
	}
	m := mark{at: o.Time.Unix(), until: o.Time.Unix(), within: seconds(o.Within), ran: seconds(o.Ran), newest: o.Newest}
	if o.Until.After(o.Time) {
		m.until = o.Until.Unix()
	}
	s.marks = append(s.marks, m)
}

func seconds(d time.Duration) int32 { return int32(min(d/time.Second, 1<<30)) } //nolint:gosec // bounded

// Told counts the failures.
func (s *Stream) Told() int { return len(s.marks) }

// Episodes are the failures made incidents: what began less than a gap after
// the last one ended belongs to that.
func (s *Stream) Episodes(gap time.Duration) []Episode { return episodes(s.marks, gap) }

// Together are the episodes of several streams of one workload.
func Together(streams []*Stream, gap time.Duration) []Episode {
	if len(streams) == 1 {
		return streams[0].Episodes(gap)
	}
	var marks []mark
	for _, s := range streams {
		marks = append(marks, s.marks...)
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.until, b.until)) })
	return episodes(marks, gap)
}

func episodes(marks []mark, gap time.Duration) []Episode {
	var out []Episode
	until := int64(0)
	for _, m := range marks {
		if n := len(out); n > 0 && m.at-until < int64(gap/time.Second) {
			until = max(until, m.until)
			out[n-1].Until = time.Unix(until, 0).UTC()
			out[n-1].Count++
			out[n-1].Newest = out[n-1].Newest && m.newest
			continue
		}
		until = m.until
		out = append(out, Episode{From: time.Unix(m.at, 0).UTC(), Until: time.Unix(until, 0).UTC(), Within: time.Duration(m.within) * time.Second,
			Ran: time.Duration(m.ran) * time.Second, Count: 1, Newest: m.newest})
	}
	return out
}
