package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// eventTable is how many events there were, and when.
type eventTable struct {
	about
	Note        string        `json:"note"`
	FiveMinutes []eventWindow `json:"fiveMinutes"`
	Hours       []eventWindow `json:"hours"`
}

// eventWindow is a period of the clock in which there were events; one without
// any is left out.
type eventWindow struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Partial is set where the data do not cover all of it.
	Partial     bool         `json:"partial,omitempty"`
	Occurrences int          `json:"occurrences"`
	Warnings    int          `json:"warnings"`
	Reasons     []eventCount `json:"reasons"`
}

// eventCount is one reason within a window.
type eventCount struct {
	Reason      string `json:"reason"`
	Type        string `json:"type"`
	Occurrences int    `json:"occurrences"`
	Objects     int    `json:"objects"`
	Namespaces  int    `json:"namespaces"`
}

const eventNote = "An event that was told many times has the times of its first and its last occurrence alone; those between are counted where both lie in one window, else in none. The API drops some, and keeps each for an hour after its last: all counts are lower bounds, and a window that is partial was not covered whole."

func eventWindows(s *cluster.Snapshot, r *Report) eventTable {
	out := eventTable{about: r.about("EventWindows"), Note: eventNote}
	events := eventsAsked(s)
	out.FiveMinutes = windows(events, r.Window, 5*time.Minute)
	out.Hours = windows(events, r.Window, time.Hour)
	return out
}

// eventsAsked are the events of what was asked for, those of a history that
// the API no longer holds, or holds with a smaller count, among them.
func eventsAsked(s *cluster.Snapshot) []*cluster.Event {
	type key struct {
		object                     cluster.Ref
		reason, message, container string
		first                      int64
	}
	var out []*cluster.Event
	at := map[key]int{}
	for _, list := range [][]cluster.Event{s.Events, s.Past.Events} {
		for i := range list {
			e := &list[i]
			if !s.Scope.Includes(e.Object.Namespace) || e.Last.IsZero() || e.Last.Before(s.Scope.Since) {
				continue
			}
			k := key{e.Object.Key(), e.Reason, e.Message, e.Container, e.First.Unix()}
			if j, ok := at[k]; ok {
				if e.Count > out[j].Count {
					out[j] = e
				}
				continue
			}
			at[k] = len(out)
			out = append(out, e)
		}
	}
	return out
}

// filling is a window while it is counted.
type filling struct {
	occurrences, warnings int
	reasons               map[[2]string]*filledReason
}

type filledReason struct {
	occurrences int
	objects     map[cluster.Ref]bool
}

func windows(events []*cluster.Event, covered Window, length time.Duration) []eventWindow {
	counted := map[int64]*filling{}
	for _, e := range events {
		first, last := e.First, e.Last
		if first.IsZero() || first.After(last) {
			first = last
		}
		from, to := first.Truncate(length), last.Truncate(length)
		switch {
		case from.Equal(to):
			countIn(counted, to, e, max(e.Count, 1))
		default:
			countIn(counted, from, e, 1)
			countIn(counted, to, e, 1)
		}
	}
	out := []eventWindow{}
	for at, f := range counted {
		from := time.Unix(at, 0).UTC()
		w := eventWindow{From: from, To: from.Add(length), Occurrences: f.occurrences, Warnings: f.warnings, Reasons: f.told()}
		w.Partial = w.From.Before(covered.From) || w.To.After(covered.To)
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b eventWindow) int { return a.From.Compare(b.From) })
	return out
}

func countIn(counted map[int64]*filling, at time.Time, e *cluster.Event, n int) {
	f := counted[at.Unix()]
	if f == nil {
		f = &filling{reasons: map[[2]string]*filledReason{}}
		counted[at.Unix()] = f
	}
	key := [2]string{e.Reason, "Normal"}
	f.occurrences += n
	if e.Warning {
		f.warnings += n
		key[1] = "Warning"
	}
	r := f.reasons[key]
	if r == nil {
		r = &filledReason{objects: map[cluster.Ref]bool{}}
		f.reasons[key] = r
	}
	r.occurrences += n
	r.objects[e.Object.Key()] = true
}

// told are the reasons, the most frequent first.
func (f *filling) told() []eventCount {
	out := make([]eventCount, 0, len(f.reasons))
	for key, r := range f.reasons {
		namespaces := map[string]bool{}
		for o := range r.objects {
			namespaces[o.Namespace] = true
		}
		out = append(out, eventCount{Reason: key[0], Type: key[1], Occurrences: r.occurrences, Objects: len(r.objects), Namespaces: len(namespaces)})
	}
	slices.SortFunc(out, func(a, b eventCount) int {
		return cmp.Or(cmp.Compare(b.Occurrences, a.Occurrences), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Type, b.Type))
	})
	return out
}
