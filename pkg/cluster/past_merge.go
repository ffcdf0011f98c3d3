package cluster

import (
	"cmp"
	"slices"
	"time"
)

// Merge is what two sources know together, each fact once. Where both tell the
// same fact the one with the exact time is kept, with what only the other
// knows of it: a time that was told beats one that was sampled, and of two
// that were sampled the narrower is kept. What only one of them tells stays.
func (p Past) Merge(o Past) Past {
	return Past{
		Watched: joined(append(slices.Clone(p.Watched), o.Watched...)),
		Events:  mergeEvents(p.Events, o.Events),
		Ends:    mergeDated(p.Ends, o.Ends, End.dated, End.with),
		Turns:   mergeDated(p.Turns, o.Turns, Turn.dated, Turn.with),
		Changes: mergeChanges(p.Changes, o.Changes),
		Series:  mergeSeries(p.Series, o.Series),
	}.sorted()
}

// clockTolerance is how far two accounts of one moment may lie apart: one of
// them may be cut to seconds.
const clockTolerance = time.Second

// dated is a fact's place in time, within which it is the same as another of
// the same key.
type dated struct {
	key    any
	at     time.Time
	within time.Duration
}

// meets reports whether two facts may be one: the periods in which each may
// have happened touch.
func (d dated) meets(o dated) bool {
	return !d.at.Add(-d.within-clockTolerance).After(o.at) && !o.at.Add(-o.within-clockTolerance).After(d.at)
}

type endKey struct {
	pod       Ref
	container string
}

func (e End) dated() dated {
	return dated{endKey{e.Pod.Key(), e.Container}, e.State.FinishedAt, e.Within}
}

// with is the end with what another account of it tells beside.
func (e End) with(o End) End {
	e.Node, e.Image, e.Restarts = cmp.Or(e.Node, o.Node), cmp.Or(e.Image, o.Image), cmp.Or(e.Restarts, o.Restarts)
	e.Pod.UID = cmp.Or(e.Pod.UID, o.Pod.UID)
	if e.Workload.IsZero() || (e.Workload.Kind == "Pod" && !o.Workload.IsZero()) {
		e.Workload = o.Workload
	}
	if e.State.ExitCode == ExitCodeUntold {
		e.State.ExitCode = o.State.ExitCode
	}
	e.State.Reason, e.State.Message = cmp.Or(e.State.Reason, o.State.Reason), cmp.Or(e.State.Message, o.State.Message)
	if e.State.StartedAt.IsZero() {
		e.State.StartedAt = o.State.StartedAt
	}
	return e
}

// exact gives ends that were sampled the times that statuses tell of them.
// Each status is of one end, the newest that it may be.
func (s *Snapshot) exact(ends []End) {
	spent := map[dated]bool{}
	for i := len(ends) - 1; i >= 0; i-- {
		e := &ends[i]
		if e.Within == 0 {
			continue
		}
		for _, told := range s.endsTold(e.Pod, e.Container) {
			if d := told.dated(); !spent[d] && d.meets(e.dated()) {
				spent[d] = true
				*e = told.with(*e)
				break
			}
		}
	}
}

// endsTold are the ends of a container that its status tells of.
func (s *Snapshot) endsTold(ref Ref, container string) []End {
	pod := s.Pod(ref.Namespace, ref.Name)
	if pod == nil {
		return nil
	}
	var out []End
	for i := range pod.Containers {
		c := &pod.Containers[i]
		for _, state := range []*State{&c.State, c.Last()} {
			if c.Name == container && state.Phase == Terminated && !state.FinishedAt.IsZero() {
				out = append(out, End{Pod: pod.Ref, Workload: s.WorkloadOf(pod), Node: pod.Node, Container: c.Name, Image: c.Image, State: *state})
			}
		}
	}
	return out
}

type turnKey struct {
	object                 Ref
	container, typ, status string
}

func (t Turn) dated() dated {
	return dated{turnKey{t.Object.Key(), t.Container, t.Type, t.Status}, t.Transition, t.Within}
}

// with is the turn with what another account of it tells beside.
func (t Turn) with(o Turn) Turn {
	t.Reason, t.Message = cmp.Or(t.Reason, o.Reason), cmp.Or(t.Message, o.Message)
	if t.Workload.IsZero() {
		t.Workload = o.Workload
	}
	return t
}

// mergeDated joins two accounts. Each fact of one is at most one of the other,
// so that two ends of a container within one step stay two.
func mergeDated[T any](a, b []T, place func(T) dated, with func(T, T) T) []T {
	out := slices.Clone(a)
	byKey := map[any][]int{} // positions in out, by what the facts are of
	for i := range out {
		key := place(out[i]).key
		byKey[key] = append(byKey[key], i)
	}
	taken := make([]bool, len(a))
	for _, fact := range b {
		d := place(fact)
		i := nearest(d, byKey[d.key], taken, func(i int) dated { return place(out[i]) })
		if i < 0 {
			out = append(out, fact)
			continue
		}
		taken[i] = true
		if d.within < place(out[i]).within {
			out[i] = with(fact, out[i])
		} else {
			out[i] = with(out[i], fact)
		}
	}
	return out
}

// nearest is the free position whose fact may be the same and lies closest in
// time, -1 if there is none.
func nearest(d dated, positions []int, taken []bool, at func(int) dated) int {
	best, distance := -1, time.Duration(0)
	for _, i := range positions {
		o := at(i)
		if taken[i] || !d.meets(o) {
			continue
		}
		if apart := d.at.Sub(o.at).Abs(); best < 0 || apart < distance {
			best, distance = i, apart
		}
	}
	return best
}

type eventKey struct {
	object            Ref
	container, reason string
}

// mergeEvents makes accounts of one event that overlap in time one: the larger
// count and the wider period, and the text that was told. An event without a
// text is only known to have been, and goes with any of its reason.
func mergeEvents(a, b []Event) []Event {
	out := slices.Clone(a)
	byKey := map[eventKey][]int{}
	for i := range out {
		key := eventKey{out[i].Object.Key(), out[i].Container, out[i].Reason}
		byKey[key] = append(byKey[key], i)
	}
	for _, e := range b {
		key := eventKey{e.Object.Key(), e.Container, e.Reason}
		if i := slices.IndexFunc(byKey[key], func(i int) bool { return sameEvent(&out[i], &e) }); i >= 0 {
			out[byKey[key][i]] = joinedEvent(out[byKey[key][i]], e)
			continue
		}
		out = append(out, e)
	}
	return out
}

// eventTolerance is how far an event that was sampled may lie from the same
// one as it was told.
const eventTolerance = 5 * time.Minute

func sameEvent(a, b *Event) bool {
	if a.Message == "" || b.Message == "" {
		return !a.First.After(b.Last.Add(eventTolerance)) && !b.First.After(a.Last.Add(eventTolerance))
	}
	return a.Message == b.Message && !a.First.After(b.Last) && !b.First.After(a.Last)
}

func joinedEvent(a, b Event) Event {
	if a.Message == "" {
		a, b = b, a
	}
	if b.Message == "" { // what was sampled has no better times than what was told
		return a
	}
	if b.First.Before(a.First) {
		a.First = b.First
	}
	if b.Last.After(a.Last) {
		a.Last = b.Last
	}
	a.Count = max(a.Count, b.Count)
	return a
}

func mergeChanges(a, b []Change) []Change {
	out := slices.Concat(a, b)
	slices.SortStableFunc(out, compareChanges)
	return slices.CompactFunc(out, func(a, b Change) bool { return compareChanges(a, b) == 0 })
}

type seriesKey struct {
	metric    Metric
	of        Ref
	container string
}

// mergeSeries keeps one series of one thing. Of two that measure the same
// times the points are joined, the first source's where both have one.
func mergeSeries(a, b []Series) []Series {
	out := slices.Clone(a)
	at := map[seriesKey]int{}
	for i, s := range out {
		at[seriesKey{s.Metric, s.Of.Key(), s.Container}] = i
	}
	for _, s := range b {
		i, ok := at[seriesKey{s.Metric, s.Of.Key(), s.Container}]
		if !ok {
			out = append(out, s)
			continue
		}
		points := slices.Concat(out[i].Points, s.Points)
		slices.SortStableFunc(points, func(a, b Point) int { return a.Time.Compare(b.Time) })
		out[i].Points = slices.CompactFunc(points, func(a, b Point) bool { return a.Time.Equal(b.Time) })
		out[i].Limit, out[i].Node = cmp.Or(out[i].Limit, s.Limit), cmp.Or(out[i].Node, s.Node)
	}
	return out
}
