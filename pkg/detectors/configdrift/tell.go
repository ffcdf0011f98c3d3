package configdrift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// telling is how many fields may differ for any one of them to be worth
// pointing to.
const telling = 4

func (c *comparison) pattern() detect.Pattern {
	first := c.failing[0]
	p := detect.Pattern{
		Cause:         between,
		Key:           first.Kind + " " + first.Name,
		Tier:          detect.Suggestive,
		Symptoms:      c.symptoms,
		Contrast:      true,
		Title:         c.title(),
		Factors:       c.factors(),
		Counter:       c.counter(),
		Investigation: c.investigation(),
		Probable: detect.Cause{
			Text:       "It may fail for what it is set up with there: " + detect.List(c.wordList(), 6) + ".",
			Confidence: detect.Low,
			Why: fmt.Sprintf("%s from the same image repository %s fine in %s; this is what the failing %s in from there",
				detect.Count(len(c.fine), "namesake"), isAre(len(c.fine)), detect.List(namespaces(c.fine), 3), differs(len(c.failing))),
		},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("Set %s up in %s as it is in %s, or tell why it has to differ: %s first.",
			first.Name, detect.List(namespaces(c.failing), 3), detect.List(namespaces(c.fine), 3), c.drift[0].name)}},
	}
	if len(c.drift) > telling {
		p.Tier = detect.Observation
		p.Counter = append(p.Counter, fmt.Sprintf("%d fields differ that it could come from: none of them stands out", len(c.drift)))
	}
	return p
}

func (c *comparison) title() string {
	first := c.failing[0]
	where := "in " + detect.List(namespaces(c.failing), 3)
	names := make([]string, len(c.drift))
	for i := range c.drift {
		names[i] = c.drift[i].short()
	}
	return fmt.Sprintf("%s %s fails %s and not in %s: it differs in %s", first.Kind, first.Name, where, detect.List(namespaces(c.fine), 3),
		detect.List(slices.Compact(names), 3))
}

func namespaces(ws []*cluster.Workload) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.Namespace
	}
	slices.Sort(out)
	return out
}

func (c *comparison) wordList() []string {
	out := make([]string, len(c.drift))
	for i := range c.drift {
		d := &c.drift[i]
		out[i] = d.words()
		if len(d.namespaces) < len(c.failing) {
			out[i] += " (in " + detect.List(d.namespaces, 3) + ")"
		}
	}
	return out
}

// factors are the differing fields that are attributes of their own.
func (c *comparison) factors() []detect.Factor {
	var out []detect.Factor
	for i := range c.drift {
		d := &c.drift[i]
		if len(d.namespaces) < len(c.failing) || d.here == "" {
			continue
		}
		switch name, _, _ := strings.Cut(d.name, " of container "); name {
		case "image":
			out = append(out, detect.Factor{Attribute: "image", Value: d.here, Holds: holds(func(s *cluster.ContainerSpec) string { return s.Image }, d.here)})
		case "memory limit":
			out = append(out, detect.Factor{Attribute: "memoryLimit", Value: d.here, Holds: holds(func(s *cluster.ContainerSpec) string { return s.MemoryLimit }, d.here)})
		case "CPU limit":
			out = append(out, detect.Factor{Attribute: "cpuLimit", Value: d.here, Holds: holds(func(s *cluster.ContainerSpec) string { return s.CPULimit }, d.here)})
		}
	}
	return out
}

func holds(of func(*cluster.ContainerSpec) string, value string) func(*cluster.Pod) bool {
	return func(p *cluster.Pod) bool {
		return p.Template != nil && slices.ContainsFunc(p.Template.Containers, func(s cluster.ContainerSpec) bool { return of(&s) == value })
	}
}

func (c *comparison) counter() []string {
	var out []string
	if len(c.fine) == 1 {
		out = append(out, "there is one namesake to compare with: what it differs in need not be what matters")
	}
	if c.beside > 0 {
		out = append(out, fmt.Sprintf("%s that such a failure hardly comes from %s as well", detect.Count(c.beside, "more field"), differs(c.beside)))
	}
	if c.kind == symptom.Network || c.kind == symptom.Credentials {
		out = append(out, "what it calls may itself be in trouble in that namespace")
	}
	return out
}

func (c *comparison) investigation() []detect.Command {
	var out []detect.Command
	for i, w := range []*cluster.Workload{c.failing[0], c.fine[0]} {
		out = append(out, detect.Command{Why: [2]string{"how it is set up where it fails", "and where it does not"}[i],
			Command: detect.Kubectl("describe", strings.ToLower(w.Kind), w.Name, "-n", w.Namespace)})
	}
	return out
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func differs(n int) string {
	if n == 1 {
		return "differs"
	}
	return "differ"
}
