package correlate

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Before is that a pattern was seen earlier: the same failures of the same
// workloads or nodes, with a time between in which nothing of the sort was
// told although somebody looked.
type Before struct {
	// Episodes, oldest first. There may have been more: what was told of first
	// and what nobody saw is not among them.
	Episodes []Recovery
	// Workloads of the pattern that had it before, of all that have it now;
	// nodes where it is about nodes.
	Workloads, Of int
	// From and To are what the past covers, and Watched how much of that time
	// was looked at.
	From, To time.Time
	Watched  time.Duration
}

// Recovery is one earlier episode, and how long it took until all was well.
type Recovery struct {
	From  time.Time
	After time.Duration
	// AtLeast is set when only the last failure dates the end, and no condition
	// that turned good.
	AtLeast bool
}

// quiet is for how long nothing must be told for an episode to be over. A
// crash loop is silent for five minutes at most, and events of what goes on
// are written every half hour at the latest.
const quiet = 35 * time.Minute

// sort is what makes a failure of then and one of now the same.
type sort struct {
	of    cluster.Ref
	kind  symptom.Kind
	cause string
	code  int32
}

func sortOfSymptom(x *symptom.Symptom) sort {
	k := sort{of: x.Workload.Key(), kind: x.Kind, cause: x.Cause}
	if x.Workload.IsZero() {
		k.of = x.Object.Key()
	}
	if x.Kind == symptom.Exit {
		k.code = x.ExitCode
	}
	return k
}

// remember tells of patterns that were seen before, where a past is known.
func (e *explainer) remember(ps []*Pattern, symptoms []symptom.Symptom) {
	past := &e.s.Past
	if len(past.Watched) == 0 || len(past.Ends)+len(past.Events)+len(past.Turns) == 0 {
		return
	}
	streams := map[sort]*symptom.Stream{}
	for _, x := range symptom.Streams(symptom.Occurrences(e.s, symptoms)) {
		streams[sort{x.Of, x.Kind, x.Cause, x.ExitCode}] = x
	}
	well := recoveries(past)
	for _, p := range ps {
		if p.Timing == nil && !p.Tally.First.IsZero() { // patterns in time tell theirs themselves
			p.Before = e.before(p, streams, well)
		}
	}
}

// recoveries are the times at which a condition of a workload or its pods
// turned good, by workload, oldest first.
func recoveries(past *cluster.Past) map[cluster.Ref][]time.Time {
	out := map[cluster.Ref][]time.Time{}
	for i := range past.Turns {
		t := &past.Turns[i]
		of := t.Workload.Key()
		if of.IsZero() {
			of = t.Object.Key()
		}
		bad, known := cluster.Unhealthy(t.Condition)
		good := t.Status == "True" && (t.Type == "Ready" || t.Type == "Available")
		if good || (t.Object.Kind == "Node" && known && !bad) {
			out[of] = append(out[of], t.Transition)
		}
	}
	return out
}

func (e *explainer) before(p *Pattern, streams map[sort]*symptom.Stream, well map[cluster.Ref][]time.Time) *Before {
	var known []*symptom.Stream
	all, had := map[cluster.Ref]bool{}, map[cluster.Ref]bool{}
	asked := map[sort]bool{}
	began := p.Tally.First.Add(-quiet)
	for _, x := range p.Symptoms {
		k := sortOfSymptom(x)
		all[k.of] = true
		if s := streams[k]; s != nil && !asked[k] {
			asked[k] = true
			known = append(known, s)
			if len(e.earlier(s.Episodes(quiet), began)) > 0 {
				had[k.of] = true
			}
		}
	}
	if len(had) == 0 {
		return nil
	}
	earlier := e.earlier(symptom.Together(known, quiet), began)
	if len(earlier) == 0 {
		return nil
	}
	out := &Before{Workloads: len(had), Of: len(all), From: e.s.Past.Watched[0].From}
	out.To = e.s.Past.Watched[len(e.s.Past.Watched)-1].To
	for _, span := range e.s.Past.Watched {
		out.Watched += span.Length()
	}
	for _, x := range earlier {
		out.Episodes = append(out.Episodes, recovery(x, had, well))
	}
	return out
}

// earlier are the episodes that were over when the present one began. Where
// nobody looked after one of them, it may have gone on until the next: both
// are one then.
func (e *explainer) earlier(all []symptom.Episode, began time.Time) []symptom.Episode {
	var out []symptom.Episode
	open := false // the last one may have gone on
	for _, x := range all {
		if open {
			last := &out[len(out)-1]
			last.Until, last.Count = later(last.Until, x.Until), last.Count+x.Count
		} else {
			out = append(out, x)
		}
		open = !e.looked(out[len(out)-1].Until)
	}
	for i := range out {
		if !out[i].Until.Before(began) {
			return out[:i]
		}
	}
	return out
}

// looked reports whether the quiet after a moment was watched.
func (e *explainer) looked(after time.Time) bool {
	return slices.ContainsFunc(e.s.Past.Watched, func(w cluster.Span) bool {
		return w.Holds(after) && !w.To.Before(after.Add(quiet))
	})
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// recovery dates the end of an episode: when the last of those that had it
// had a condition that turned good after it, before the quiet was over.
func recovery(x symptom.Episode, had map[cluster.Ref]bool, well map[cluster.Ref][]time.Time) Recovery {
	var end time.Time
	for of := range had {
		for _, t := range well[of] {
			if !t.Before(x.Until) && t.Sub(x.Until) < quiet {
				end = later(end, t)
				break // what turns later may have another reason
			}
		}
	}
	if end.IsZero() {
		return Recovery{From: x.From, After: x.Until.Sub(x.From), AtLeast: true}
	}
	return Recovery{From: x.From, After: end.Sub(x.From)}
}
