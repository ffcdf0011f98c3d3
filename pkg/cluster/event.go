package cluster

import "time"

// Event is a core/v1 Event with its effective times and count: the two event
// APIs fill different fields, and collect resolves them once (last seen is
// series.lastObservedTime, lastTimestamp, eventTime, creationTimestamp in
// that order, as kubectl prints it).
type Event struct {
	Object    Ref
	Container string // from fieldPath spec.containers{name}; else empty
	Warning   bool   // type Warning; many failures are of type Normal
	Reason    string
	Message   string
	Component string // kubelet, default-scheduler, …
	Host      string // the node of a kubelet's event
	First     time.Time
	Last      time.Time
	// Count is a lower bound: recorders drop writes when their token bucket
	// is empty and series are written with delay.
	Count int
	// Combined is set on the recorder's merged events ("combined from
	// similar events"), whose count is of merged events, not of this text.
	Combined bool
	// Notes are the annotations of a kubelet's Evicted event that name the
	// starved resource and the offenders; nil otherwise.
	Notes map[string]string
}
