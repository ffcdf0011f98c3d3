package report

import (
	"math"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Timing is what a pattern in time claims, and what that rests on.
type Timing struct {
	// Test is the statistical test by name; "schedule" where Kubernetes itself
	// says what starts it.
	Test   string `json:"test"`
	Window Window `json:"window"`
	// WatchedSeconds is how much of the window was watched: outside of it
	// silence says nothing.
	WatchedSeconds int `json:"watchedSeconds"`
	// Count of Of incidents fit; Units are the workloads and nodes, Days the
	// days on which it happened, of a pattern of the day.
	Count int `json:"count"`
	Of    int `json:"of"`
	Units int `json:"units"`
	Days  int `json:"days,omitempty"`
	// P is the chance that incidents which fall at random look so, with all
	// that was tried counted; null where Kubernetes itself says it.
	P *float64 `json:"p"`
	// PeriodSeconds of what comes again evenly, and PhaseSeconds, where in the
	// period it comes, counted from midnight UTC.
	PeriodSeconds int `json:"periodSeconds,omitempty"`
	PhaseSeconds  int `json:"phaseSeconds,omitempty"`
	// Clock is what keeps the same rhythm: a CronJob, or a known interval.
	Clock string `json:"clock,omitempty"`
	// Slope is set for what grows.
	Slope *Slope `json:"slope,omitempty"`
	// BucketSeconds is how long a bucket is. Folded ones are parts of one day,
	// over which all days are laid; their times are of 1970.
	BucketSeconds int      `json:"bucketSeconds"`
	Folded        bool     `json:"folded,omitempty"`
	Buckets       []Bucket `json:"buckets"`
}

// Bucket counts the incidents that began in a part of the window; of what
// grows it holds the value there.
type Bucket struct {
	From  time.Time `json:"from"`
	Count int       `json:"count"`
	Value *float64  `json:"value,omitempty"`
}

// Slope is how something grows: by PerHour, in its unit, of which Interval
// holds 95 %; null where the samples are too few for an end of it.
type Slope struct {
	Unit     string     `json:"unit"`
	First    float64    `json:"first"`
	Last     float64    `json:"last"`
	PerHour  float64    `json:"perHour"`
	Interval []*float64 `json:"interval"`
	Limit    *float64   `json:"limit"`
	// Reaches is when the limit is reached at this pace.
	Reaches *time.Time `json:"reaches"`
	// Lives are the runs of containers that rose at a similar pace.
	Lives   int `json:"lives"`
	Samples int `json:"samples"`
	Pairs   int `json:"pairs"`
	Against int `json:"against"`
}

func timing(t *detect.Timing) *Timing {
	if t == nil {
		return nil
	}
	out := &Timing{Test: t.Test, Window: Window{From: t.From.UTC(), To: t.To.UTC()}, WatchedSeconds: int(t.Watched.Seconds()), Count: t.Count, Of: t.Of,
		Units: t.Units, Days: t.Days, P: probability(t.P), PeriodSeconds: int(t.Period.Seconds()), PhaseSeconds: int(t.Phase.Seconds()), Clock: t.Clock,
		Slope: slope(t.Rise), BucketSeconds: int(t.Bucket.Seconds()), Folded: t.Folded, Buckets: []Bucket{}}
	for _, b := range t.Buckets {
		bucket := Bucket{From: b.From.UTC(), Count: b.Count}
		if t.Rise != nil {
			bucket.Value = probability(b.Value)
		}
		out.Buckets = append(out.Buckets, bucket)
	}
	return out
}

func slope(r *detect.Rise) *Slope {
	if r == nil {
		return nil
	}
	out := &Slope{Unit: r.Unit, First: rounded(r.First), Last: rounded(r.Last), PerHour: rounded(r.PerHour), Interval: []*float64{finite(r.Low), finite(r.High)},
		Reaches: moment(r.Reaches), Lives: r.Lives, Samples: r.Samples, Pairs: r.Pairs, Against: r.Against}
	if r.Limit > 0 {
		out.Limit = &r.Limit
	}
	return out
}

// finite is a number that JSON can hold, nil else.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) {
		return nil
	}
	return probability(v)
}

func rounded(v float64) float64 {
	if p := probability(v); p != nil {
		return *p
	}
	return 0
}
