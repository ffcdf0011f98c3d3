package cluster

import (
	"cmp"
	"slices"
	"time"
)

// Past is what is known of the time that the API no longer tells of: kept by
// a recorder, or measured by a monitoring system. It holds facts as they were
// told, never what was made of them, so that better tables apply to them too.
// The zero Past says that nothing is known.
type Past struct {
	// Watched are the periods in which somebody looked, oldest first and apart
	// from one another. Outside them silence says nothing.
	Watched []Span
	// Events are no longer held by the API, or were held with a smaller count.
	Events []Event
	Ends   []End
	// Turns are conditions that changed, of nodes, workloads, Jobs and pods.
	Turns   []Turn
	Changes []Change
	Series  []Series
}

// Span is a period, From included and To not.
type Span struct{ From, To time.Time }

// Length of the period.
func (s Span) Length() time.Duration { return s.To.Sub(s.From) }

// Holds reports whether a moment lies in the period.
func (s Span) Holds(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }

// End is one end of one container's run: what a status tells only until the
// next one.
type End struct {
	Pod       Ref
	Workload  Ref // the pod's top controller
	Node      string
	Container string
	Image     string
	Restarts  int32 // the count of restarts when it had ended
	// State is terminated; StartedAt is zero and ExitCode is ExitCodeUntold
	// where they are not told.
	State State
	// Within is how much earlier than State.FinishedAt it may have been: the
	// step of what was sampled, 0 where the time was told.
	Within time.Duration
}

// ExitCodeUntold stands where it is known that a container ended, but not how:
// 0 would be a success.
const ExitCodeUntold = -1

// ContainerUntold stands for the name of a container where only the state is
// known, as a table tells it.
const ContainerUntold = "(not told)"

// ContainerWaiting is the type of a Turn that tells that a container began to
// wait (True, with the reason) or no longer did (False). It is no condition of
// the API, but turns like one.
const ContainerWaiting = "ContainerWaiting"

// Turn is one change of one condition.
type Turn struct {
	Object    Ref
	Workload  Ref    // the pod's or Job's top controller; zero for nodes
	Container string // of ContainerWaiting, else empty
	Condition
	// Within as of End, for the condition's Transition.
	Within time.Duration
}

// Metric is what a Series measures.
type Metric string

// The metrics that are kept over time.
const (
	WorkingSet Metric = "working-set" // bytes of a container's memory that cannot be reclaimed
	Throttled  Metric = "throttled"   // share of CFS periods in which a container had to wait, 0 to 1
	Used       Metric = "used"        // share of a filesystem's bytes that are taken, 0 to 1
)

// Series is one measure of one thing over time, in the unit of its Metric.
type Series struct {
	Metric    Metric
	Of        Ref // a Pod, a Node or a PersistentVolumeClaim
	Workload  Ref
	Node      string
	Container string
	Limit     float64 // what it may not exceed; 0 where there is none
	Points    []Point // oldest first
}

// Point is one sample.
type Point struct {
	Time  time.Time
	Value float64
}

// WithPast is the snapshot with what one more source knows of the time before
// it.
func (s *Snapshot) WithPast(p Parts) *Snapshot {
	out := *s
	out.Past = s.Past.Merge(p.Past)
	s.exact(out.Past.Ends)
	out.Past = out.Past.sorted()
	out.Sources = append(slices.Clone(s.Sources), p.Sources...)
	out.Gaps = append(slices.Clone(s.Gaps), p.Gaps...)
	out.Usages = append(slices.Clone(s.Usages), p.Usages...) // what it measures at present
	out.measured()
	return &out
}

// sorted is the past in its one order, the oldest first.
func (p Past) sorted() Past {
	p.Watched = joined(p.Watched)
	sortLarge(p.Events, compareEvents)
	sortLarge(p.Ends, func(a, b *End) int {
		return cmp.Or(a.State.FinishedAt.Compare(b.State.FinishedAt), a.Pod.Compare(b.Pod), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Restarts, b.Restarts))
	})
	sortLarge(p.Turns, func(a, b *Turn) int {
		return cmp.Or(a.Transition.Compare(b.Transition), a.Object.Compare(b.Object), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Status, b.Status))
	})
	sortLarge(p.Changes, func(a, b *Change) int { return compareChanges(*a, *b) })
	sortLarge(p.Series, func(a, b *Series) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), a.Of.Compare(b.Of), cmp.Compare(a.Container, b.Container))
	})
	return p
}

// joined are the periods in order, those that touch made one.
func joined(spans []Span) []Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			if s.To.After(out[n-1].To) {
				out[n-1].To = s.To
			}
			continue
		}
		if s.To.After(s.From) {
			out = append(out, s)
		}
	}
	return out
}
