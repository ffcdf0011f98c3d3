package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func (e *explainer) cascadePattern(c *cascade, others []*cascade) detect.Pattern {
	t := detect.Sum(c.symptoms)
	up := c.change.Object
	lag := t.First.Sub(c.change.Time)
	verb := "failed"
	if t.Ongoing {
		verb = "are failing"
	}
	p := detect.Pattern{
		Cause:    "dependants",
		Key:      up.String(),
		Tier:     c.tier,
		Symptoms: c.symptoms,
		Change:   &c.change,
		Title: fmt.Sprintf("%s that depend on %s %s, first %s after its %s",
			detect.Count(len(t.Workloads), "workload"), up.Path(), verb, detect.Span(lag), c.change.Kind),
		Factors: []detect.Factor{{Attribute: "dependency", Value: strings.Join(sortedKeys(c.services), ","), Note: c.edges(), Holds: func(pod *cluster.Pod) bool {
			svc, _ := e.declares(pod.Template, pod.Namespace, up)
			return svc != nil
		}}},
		Probable: c.probable(&t, lag),
		Counter:  c.counter(others),
	}
	p.Investigation = c.investigation(&t)
	p.Recommendations = c.recommendations(&t)
	return p
}

// edges says of each dependant how its dependency is known.
func (c *cascade) edges() string {
	hops := slices.DeleteFunc(slices.Clone(c.hops), func(h Hop) bool { return c.dependants[h.To] == noEdge })
	slices.SortFunc(hops, func(a, b Hop) int { return a.To.Compare(b.To) })
	parts := make([]string, len(hops))
	for i, h := range hops {
		how := "says so itself"
		switch {
		case h.From != c.change.Object:
			how = "by way of " + h.From.Path()
		case h.Class == declared.String():
			how = "names it in its " + strings.SplitN(h.How, " names ", 2)[0]
		}
		parts[i] = h.To.Path() + " " + how
	}
	return strings.Join(parts, ", ")
}

func (c *cascade) overlap(o *cascade) int {
	n := 0
	for w := range o.dependants {
		if c.dependants[w] != noEdge {
			n++
		}
	}
	return n
}

func (c *cascade) probable(t *detect.Tally, lag time.Duration) detect.Cause {
	names := detect.List(detect.Paths(t.Workloads), 4)
	words := 0
	for _, kind := range c.dependants {
		if kind >= observed {
			words++
		}
	}
	why, because := "connections to it are not retried, or not for long enough", "say themselves that they could not connect to it"
	deep := slices.ContainsFunc(c.hops, func(h Hop) bool { return h.From != c.change.Object && c.dependants[h.To] != noEdge })
	switch {
	case c.spoken && deep:
		why, because = "they do not get from it what they need", "name it, or what stands between, in their own words"
	case c.spoken:
		why, because = "they do not get from it what they need", "name it in their own words"
	case deep:
		because += ", or to what stands between"
	}
	return detect.Cause{
		Text: fmt.Sprintf("The change most consistent with the evidence: the %s of %s (%s). %s depend on it and failed first %s later; %s.",
			c.change.Kind, c.change.Object.Path(), c.change.What, names, detect.Span(lag), why),
		Confidence: detect.Medium,
		Why:        fmt.Sprintf("%d of %d dependants %s, and none of them failed before", words, len(c.dependants), because),
	}
}

func (c *cascade) counter(others []*cascade) []string {
	var out []string
	if c.unhurt > 0 {
		out = append(out, fmt.Sprintf("%s with the same dependency did not fail", detect.Count(c.unhurt, "workload")))
	}
	for _, o := range others {
		if c.overlap(o) > 0 {
			out = append(out, fmt.Sprintf("rival: %s of %s reaches %d of the same workloads", o.change.Kind, o.change.Object.Path(), c.overlap(o)))
		}
	}
	for _, h := range c.hops {
		if c.dependants[h.To] == noEdge {
			out = append(out, fmt.Sprintf("may be related: %s, which only its manifest ties to it (%s), began to fail in the same window and does not say why", h.To.Path(), h.How))
		}
	}
	return append(out, hidden(c.hops)...)
}

func (c *cascade) investigation(t *detect.Tally) []detect.Command {
	up := c.change.Object
	out := []detect.Command{
		{Why: "what the rollout changed", Command: detect.Kubectl("rollout", "history", detect.Target(up), "-n", up.Namespace)},
	}
	for _, svc := range sortedKeys(c.services) {
		ns, name, _ := strings.Cut(svc, "/")
		out = append(out, detect.Command{Why: "whether the Service has ready backends", Command: detect.Kubectl("get", "endpointslices", "-n", ns, "-l", "kubernetes.io/service-name="+name)})
	}
	s := c.symptoms[0]
	if s.Pod != nil {
		out = append(out, detect.Command{Why: "the last words of a dependant", Command: detect.Kubectl("logs", s.Object.Name, "-n", s.Object.Namespace, "-c", s.Container, "--previous", "--tail=50")})
	}
	return out
}

func (c *cascade) recommendations(t *detect.Tally) []detect.Recommendation {
	up := c.change.Object
	var out []detect.Recommendation
	if t.Ongoing {
		out = append(out, detect.Recommendation{Urgency: detect.Immediate,
			Text:     fmt.Sprintf("See whether %s serves; if it does not, go back to its revision before.", up.Path()),
			Commands: []string{detect.Kubectl("rollout", "undo", detect.Target(up), "-n", up.Namespace)}})
	}
	return append(out, detect.Recommendation{Urgency: detect.Later,
		Text: fmt.Sprintf("Let %s survive a restart of %s: retries with backoff, circuit breakers, pools that reconnect; and give %s a readiness probe that passes only when it serves.",
			detect.List(detect.Paths(t.Workloads), 3), up.Name, up.Name)})
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
