package main

import (
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// clock tells the times of a recording anew. Scenarios are played in seconds;
// in a real cluster the same takes minutes, on workloads that are days old. So
// what happened since began is stretched to span, and what was before is put
// back by the age that an object is given; the end becomes at. Order stays among
// what belongs together, and equal times stay equal.
type clock struct {
	began, end time.Time // as played: the incident, the recording
	at         time.Time // as told: the recording
	span, age  time.Duration
	seed       uint64
}

// before is how ordinary life before an incident is stretched: a pod that takes
// two seconds to start here takes some more where images are pulled.
const before = 4

// tell maps a moment of an object with a share of the age. Whole seconds, which
// is what most fields hold, go to scattered seconds: else all would lie on a
// grid of the factor.
func (c *clock) tell(t time.Time, share float64) time.Time {
	floor := t.Truncate(time.Second)
	from := c.whole(floor, share)
	if rest := t.Sub(floor); rest > 0 {
		next := c.whole(floor.Add(time.Second), share)
		return from.Add(time.Duration(rest.Seconds() * float64(next.Sub(from)))).Truncate(time.Microsecond)
	}
	return from
}

func (c *clock) whole(t time.Time, share float64) time.Time {
	end, began := c.end.Truncate(time.Second), c.began.Truncate(time.Second)
	ago, incident := end.Sub(t), max(end.Sub(began), time.Second)
	factor := min(max(float64(c.span)/float64(incident), 1), most)
	told, step := time.Duration(0), time.Duration(0)
	switch {
	case ago <= 0: // times to come: they are as far away as they are
		return c.at.Add(-ago)
	case ago <= incident:
		step = time.Duration(factor * float64(time.Second))
		told = time.Duration(factor * float64(ago))
	case ago-incident > 10*time.Minute: // what a scenario itself dates long before its play
		return c.at.Add(-ago)
	default:
		step = before * time.Second
		told = time.Duration(factor*float64(incident)) + time.Duration(share*float64(c.age)) + before*(ago-incident)
	}
	return c.at.Add(-told - c.scatter(t, step)).Truncate(time.Second)
}

// most is how much a second of an incident is stretched at most.
const most = 90

func (c *clock) scatter(t time.Time, step time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendUint(strconv.AppendInt(nil, t.Unix(), 10), c.seed, 10))
	return time.Duration(h.Sum64() % uint64(step)) //nolint:gosec // a step is positive
}

// share is how old an object is told to be: what belongs to no app, such as a
// node or a ConfigMap, is the oldest.
func (c *clock) share(o object) float64 {
	app := text(o, "metadata", "labels", "app")
	if app == "" || text(o, "kind") == "Node" {
		return 1
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(text(o, "metadata", "namespace") + "/" + app))
	return 0.05 + 0.9*float64((h.Sum64()^c.seed)%1000)/1000
}

// sinceBegan lets an event that goes on in the incident begin with it. Scripts
// date the first of many by their count, in seconds of play: a second before the
// incident would be told as days, and before its pod was made.
func (c *clock) sinceBegan(event object) {
	last, err := time.Parse(time.RFC3339, text(event, "lastTimestamp"))
	first, errFirst := time.Parse(time.RFC3339, text(event, "firstTimestamp"))
	began := c.began.Truncate(time.Second)
	if err == nil && errFirst == nil && first.Before(began) && !last.Before(began) {
		event["firstTimestamp"] = began.UTC().Format(time.RFC3339)
	}
}

var moment = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?)(Z|[+-]\d\d:\d\d)$`)

// retell maps every time in a decoded JSON value, in place.
func (c *clock) retell(value any, share float64) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = c.retell(item, share)
		}
	case []any:
		for i, item := range v {
			v[i] = c.retell(item, share)
		}
	case string:
		return c.text(v, share)
	}
	return value
}

func (c *clock) text(s string, share float64) string {
	if len(s) > 40 || !moment.MatchString(s) {
		return s
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 2000 {
		return s
	}
	layout := time.RFC3339
	if strings.Contains(s, ".") {
		layout = "2006-01-02T15:04:05.000000Z07:00"
	}
	return c.tell(t.UTC(), share).UTC().Format(layout)
}
