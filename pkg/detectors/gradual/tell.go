package gradual

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (c *climb) pattern(pass *detect.Pass) detect.Pattern {
	l := &c.newest
	first, last, at := l.points[0], l.last(), c.reaches()
	tier := detect.Observation
	if c.lives >= 2 {
		tier = detect.Strong
	}
	rose := fmt.Sprintf("rose from %s to %s of %s in %s", c.say(first.Value), c.say(last.Value), c.say(l.series.Limit), detect.Span(l.length()))
	pace := fmt.Sprintf("%s an hour (%s to %s)", c.say(c.trend.Slope*3600), c.say(c.trend.Low*3600), c.say(c.trend.High*3600))
	s := &symptom.Symptom{Kind: symptom.Growth, Cause: "growth", Object: l.series.Of.Key(), Workload: l.series.Workload, Node: l.series.Node, Container: l.series.Container,
		First: first.Time, Last: pass.At, Ongoing: true, Count: c.trend.Samples, Message: c.what() + " " + rose,
		Evidence: []symptom.Evidence{{Source: symptom.FromMetric, Subject: l.series.Of.Key(), Time: last.Time, Reason: string(c.metric), Text: c.what() + " " + rose, Count: c.trend.Samples}}}
	var nodes []string
	switch s.Object.Kind {
	case "Pod":
		s.Pod = pass.Pod(s.Object.Namespace, s.Object.Name)
	case "Node":
		nodes = []string{s.Object.Name}
	}
	p := detect.Pattern{
		Cause: "growth", Key: string(c.metric) + " " + c.of.String() + " " + c.container, Tier: tier, Symptoms: []*symptom.Symptom{s}, Nodes: nodes,
		Timing: c.timing(at),
		Title:  fmt.Sprintf("%s %s, %s; at that pace it is there at %s UTC", c.what(), rose, pace, at.UTC().Format("2006-01-02 15:04")),
		Probable: detect.Cause{Confidence: detect.Low, Text: c.cause(),
			Why: fmt.Sprintf("%s over %s, %d of %d pairs against it; with all that was tried the chance of such a rise in values without order is %s (Mann-Kendall); %s",
				"it rose", detect.Count(c.trend.Samples, "sample"), c.trend.Discordant, c.trend.Pairs(), detect.Chance(c.p), c.again())},
		Investigation:   c.investigation(),
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon, Text: c.advice(at)}},
	}
	if c.lives < 2 {
		p.Counter = []string{"only one run was seen to rise so: neighbouring samples resemble each other, and what drifts without an aim can look the same"}
	}
	return p
}

func (c *climb) timing(reaches time.Time) *detect.Timing {
	l := &c.newest
	t := &detect.Timing{Test: "Mann-Kendall", From: l.points[0].Time, To: l.last().Time, Watched: l.length(), Count: c.trend.Samples, Of: c.trend.Samples, Units: 1, P: c.p,
		Rise: &detect.Rise{Unit: "bytes", First: l.points[0].Value, Last: l.last().Value, PerHour: c.trend.Slope * 3600, Low: c.trend.Low * 3600, High: c.trend.High * 3600,
			Limit: l.series.Limit, Reaches: reaches, Lives: c.lives, Samples: c.trend.Samples, Pairs: c.trend.Pairs(), Against: c.trend.Discordant}}
	if c.metric == cluster.Used {
		t.Rise.Unit = "share"
	}
	times, values := thinned(l.points)
	t.Bucket = l.length() / time.Duration(max(1, len(times)-1))
	for i := range times {
		t.Buckets = append(t.Buckets, detect.Bucket{From: time.Unix(int64(times[i]), 0).UTC(), Value: values[i]})
	}
	return t
}

func (c *climb) what() string {
	if c.metric == cluster.Used {
		return "What is used of " + c.of.String()
	}
	return fmt.Sprintf("Memory of container %s of %s", c.container, c.of.Path())
}

// say writes a value in its unit.
func (c *climb) say(v float64) string {
	if c.metric == cluster.Used {
		return fmt.Sprintf("%.2g %%", v*100)
	}
	switch a := max(v, -v); {
	case a >= 1<<30:
		return fmt.Sprintf("%.2fGi", v/(1<<30))
	case a >= 1<<20 && a < 100<<20:
		return fmt.Sprintf("%.1fMi", v/(1<<20))
	case a >= 1<<20:
		return fmt.Sprintf("%.0fMi", v/(1<<20))
	}
	return fmt.Sprintf("%.0fKi", v/(1<<10))
}

func (c *climb) cause() string {
	if c.metric == cluster.Used {
		return "More is written than is deleted."
	}
	return "The program may not give back memory that it took: a leak, or a cache without bound."
}

func (c *climb) again() string {
	if c.lives >= 2 {
		return fmt.Sprintf("%d runs rose so, at a similar pace", c.lives)
	}
	return "no other run is known that rose so"
}

func (c *climb) investigation() []detect.Command {
	s := c.newest.series
	switch s.Of.Kind {
	case "Pod":
		return []detect.Command{{Why: "what it uses now", Command: detect.Kubectl("top", "pod", s.Of.Name, "-n", s.Of.Namespace, "--containers")}}
	case "Node":
		return []detect.Command{{Why: "what fills it", Command: detect.Kubectl("describe", "node", s.Of.Name)}}
	}
	return []detect.Command{{Why: "who writes to it", Command: detect.Kubectl("describe", "pvc", s.Of.Name, "-n", s.Of.Namespace)}}
}

func (c *climb) advice(at time.Time) string {
	if c.metric == cluster.Used {
		return fmt.Sprintf("Make room in %s, or more of it, before %s UTC.", c.of.String(), at.UTC().Format("2006-01-02 15:04"))
	}
	return fmt.Sprintf("Find what container %s of %s does not give back; restart it before %s UTC if it cannot wait. A higher limit only buys time.", c.container, c.of.Path(), at.UTC().Format("2006-01-02 15:04"))
}
