package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ev is an event in short: first and last are how long ago.
type ev struct {
	object      corev1.ObjectReference
	typ, reason string
	message     string
	from, host  string
	first, last time.Duration
	count       int32
	notes       map[string]string
	action      string // of the new recorder, which the scheduler uses
}

// event stores an event as its recorder does, unless it is older than what
// the API keeps.
func (w *world) event(e ev) {
	if e.last == 0 && e.count <= 1 {
		e.last = e.first
	}
	if e.last >= time.Hour {
		return
	}
	out := corev1.Event{InvolvedObject: e.object, Type: e.typ, Reason: e.reason, Message: e.message}
	namespace := e.object.Namespace
	if namespace == "" {
		namespace = metav1.NamespaceDefault
	}
	out.ObjectMeta = w.meta(namespace, fmt.Sprintf("%s.%s", e.object.Name, w.names.hex(16)), e.first)
	out.Annotations = e.notes
	out.InvolvedObject.APIVersion = apiVersion(e.object.Kind)
	if e.action != "" {
		w.newRecorder(&out, e)
	} else {
		out.FirstTimestamp, out.LastTimestamp, out.Count = w.ago(e.first), w.ago(e.last), max(e.count, 1)
		out.Source = corev1.EventSource{Component: e.from, Host: e.host}
		out.ReportingController, out.ReportingInstance = e.from, e.host
	}
	w.events = append(w.events, out)
}

// newRecorder fills what client-go's tools/events does: no first, last and
// count, but a series from the second time on.
func (w *world) newRecorder(out *corev1.Event, e ev) {
	out.EventTime = metav1.NewMicroTime(w.ago(e.first).Add(123456 * time.Microsecond))
	out.Action, out.ReportingController, out.ReportingInstance = e.action, e.from, e.from+"-cp-1"
	if e.count > 1 {
		out.Series = &corev1.EventSeries{Count: e.count, LastObservedTime: metav1.NewMicroTime(w.ago(e.last).Time)}
	}
}

func apiVersion(kind string) string {
	switch kind {
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet":
		return "apps/v1"
	case "Job", "CronJob":
		return "batch/v1"
	}
	return "v1"
}

// repeats is how often something happened that is tried again with the
// kubelet's back-off, up to every five minutes.
func repeats(since time.Duration) int32 { return 3 + int32(since/(5*time.Minute)) }

// latest is when something that repeats happened last.
func (w *world) latest(since time.Duration) time.Duration {
	return min(since, w.between(5*time.Second, 4*time.Minute))
}
