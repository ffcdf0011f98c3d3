package archive

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// combined begins the message of an event that stands for several
// (client-go/tools/record/events_cache.go).
const combined = "(combined from similar events): "

// eventNamespace is where an event lies: those of cluster-scoped objects do in
// the namespace default.
func eventNamespace(e *cluster.Event) string {
	if e.Object.Namespace == "" {
		return metav1.NamespaceDefault
	}
	return e.Object.Namespace
}

// eventOf is an event as core/v1 has it; n makes its name, which is not kept,
// distinct.
func eventOf(e *cluster.Event, n int) *corev1.Event {
	out := &corev1.Event{TypeMeta: typeOf("v1", "Event"),
		ObjectMeta:     metav1.ObjectMeta{Namespace: eventNamespace(e), Name: fmt.Sprintf("%s.%x", e.Object.Name, n)},
		InvolvedObject: corev1.ObjectReference{Kind: e.Object.Kind, Namespace: e.Object.Namespace, Name: e.Object.Name, UID: types.UID(e.Object.UID)},
		Reason:         e.Reason, Message: e.Message, Type: corev1.EventTypeNormal, Count: int32(min(e.Count, 1<<31-1)), //nolint:gosec // bounded
		Source: corev1.EventSource{Component: e.Component, Host: e.Host}}
	out.Annotations = e.Notes
	if e.Container != "" {
		out.InvolvedObject.FieldPath = "spec.containers{" + e.Container + "}"
	}
	if e.Combined {
		out.Message = combined + e.Message
	}
	if e.Warning {
		out.Type = corev1.EventTypeWarning
	}
	timeEvent(out, e)
	return out
}

// timeEvent dates an event as whoever wrote it did: the newer of the two event
// APIs counts microseconds, and the older one seconds.
func timeEvent(out *corev1.Event, e *cluster.Event) {
	if wholeSecond(e.First) && wholeSecond(e.Last) {
		out.FirstTimestamp, out.LastTimestamp = metav1.NewTime(e.First), metav1.NewTime(e.Last)
		return
	}
	out.EventTime = metav1.NewMicroTime(e.First)
	out.Series = &corev1.EventSeries{Count: out.Count, LastObservedTime: metav1.NewMicroTime(e.Last)}
}

func wholeSecond(t time.Time) bool { return t.Nanosecond() == 0 }
