package collect

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// combined is what client-go's recorder puts before the newest message when
// it merges ten or more similar events (tools/record/events_cache.go).
const combined = "(combined from similar events): "

// evictionNotes are the annotations of a kubelet's Evicted event that are
// kept (pkg/kubelet/eviction/helpers.go).
var evictionNotes = []string{"offending_containers", "offending_containers_usage", "starved_resource"}

func (b *bucket) event(e *corev1.Event) {
	o := e.InvolvedObject
	if o.Kind == "Pod" {
		o.Namespace = firstOf(o.Namespace, e.Namespace) // who writes an event may leave it out
	}
	out := cluster.Event{
		Object:    b.about(&o),
		Container: b.one(containerOfPath(o.FieldPath)),
		Warning:   e.Type == corev1.EventTypeWarning,
		Reason:    b.one(e.Reason),
		Component: b.one(firstOf(e.Source.Component, e.ReportingController)),
		Host:      b.one(e.Source.Host),
		First:     firstTime(e.FirstTimestamp.Time, e.EventTime.Time, e.CreationTimestamp.Time),
		Last:      firstTime(seriesTime(e), e.LastTimestamp.Time, e.EventTime.Time, e.CreationTimestamp.Time),
		Count:     1,
	}
	if out.Object.Kind == "Node" {
		out.Object.Namespace = "" // a node's events lie in a namespace, the node does not
	}
	out.Message, out.Combined = strings.CutPrefix(b.masked(e.Message), combined)
	if e.Count > 0 {
		out.Count = int(e.Count)
	}
	if e.Series != nil && e.Series.Count > 0 {
		out.Count = int(e.Series.Count)
	}
	if e.Reason == "Evicted" {
		for _, k := range evictionNotes {
			if v, ok := e.Annotations[k]; ok {
				if out.Notes == nil {
					out.Notes = map[string]string{}
				}
				out.Notes[k] = v
			}
		}
	}
	b.Events = append(b.Events, out)
}

// about is what an event is of. Events come by name, which begins with that of
// their object, so that those of one object mostly follow each other.
func (b *bucket) about(o *corev1.ObjectReference) cluster.Ref {
	if n := len(b.Events); n > 0 {
		last := b.Events[n-1].Object
		if last.UID == string(o.UID) && last.Name == o.Name && last.Kind == o.Kind && last.Namespace == o.Namespace {
			return last
		}
	}
	out := cluster.Ref{Kind: b.one(o.Kind), Namespace: b.one(o.Namespace)}
	if o.Kind == "Pod" {
		out.Name, out.UID = b.eventPods.keep(o.Name), b.eventPods.keep(string(o.UID))
	} else {
		out.Name, out.UID = b.one(o.Name), b.one(string(o.UID))
	}
	return out
}

// newEvent is the same stored object in the form of events.k8s.io/v1.
func (b *bucket) newEvent(e *eventsv1.Event) {
	old := corev1.Event{ObjectMeta: e.ObjectMeta, InvolvedObject: e.Regarding, Message: e.Note, Reason: e.Reason, Type: e.Type,
		Source: e.DeprecatedSource, FirstTimestamp: e.DeprecatedFirstTimestamp, LastTimestamp: e.DeprecatedLastTimestamp,
		Count: e.DeprecatedCount, EventTime: e.EventTime, ReportingController: e.ReportingController}
	if e.Series != nil {
		old.Series = &corev1.EventSeries{Count: e.Series.Count, LastObservedTime: e.Series.LastObservedTime}
	}
	b.event(&old)
}

func seriesTime(e *corev1.Event) time.Time {
	if e.Series == nil {
		return time.Time{}
	}
	return e.Series.LastObservedTime.Time
}

// containerOfPath reads the container's name out of spec.containers{name}.
func containerOfPath(path string) string {
	_, rest, ok := strings.Cut(path, "{")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(rest, "}")
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
