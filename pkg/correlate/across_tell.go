package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// namedValues is how many values a title names.
const namedValues = 3

// common is an incident, told.
func (a *across) common(g *commonness) Common {
	c := Common{Detector: g.detector, Cause: g.cause, Attribute: g.attribute, Values: []string{g.value}, Of: len(a.clusters), Tier: detect.Stated}
	if len(g.workloads) > 0 {
		c.Values = kindsAndNames(g.workloads)
	}
	byCluster := map[int]*CommonIn{}
	for _, m := range g.members {
		c.Tier = weaker(c.Tier, m.tier)
		in := byCluster[m.cluster]
		if in == nil {
			in = &CommonIn{Bound: m.pattern.Tally.SinceBefore}
			byCluster[m.cluster] = in
		}
		in.add(m)
	}
	for i := range a.clusters {
		if in := byCluster[i]; in != nil {
			c.In = append(c.In, *in)
		}
	}
	slices.SortStableFunc(c.In, byBeginning)
	c.measureSpread()
	c.Beside = a.beside(g, c.In[0].First)
	c.Title = fmt.Sprintf("%s in %d of %d clusters: %s", c.what(), len(c.In), c.Of, strings.TrimSuffix(c.Detector+", "+c.Cause, ", "))
	c.Text = c.text()
	return c
}

func kindsAndNames(refs []cluster.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.String()
	}
	return out
}

// what is the thing that the clusters have in common.
func (c *Common) what() string {
	values := detect.List(c.Values, namedValues)
	if c.Attribute == "workload" { // named by its kind
		return values
	}
	return c.Attribute + " " + values
}

func (c *CommonIn) add(m member) {
	if !slices.Contains(c.Contexts, m.context) {
		c.Contexts = append(c.Contexts, m.context)
	}
	t := &m.pattern.Tally
	if first := t.First; !first.IsZero() && (c.First.IsZero() || first.Before(c.First)) {
		c.First, c.Bound = first, t.SinceBefore
	}
	c.Ongoing = c.Ongoing || t.Ongoing
	c.Patterns = append(c.Patterns, m.pattern)
	c.count()
}

// count counts what all of the patterns touch, each once: two contexts may see
// the same.
func (c *CommonIn) count() {
	pods, workloads := map[cluster.Ref]bool{}, map[cluster.Ref]bool{}
	for _, p := range c.Patterns {
		for _, ref := range p.Tally.Pods {
			pods[ref] = true
		}
		for _, ref := range p.Tally.Workloads {
			workloads[ref] = true
		}
	}
	c.Pods, c.Workloads = len(pods), len(workloads)
}

// byBeginning orders by the beginning; what has none comes last.
func byBeginning(x, y CommonIn) int {
	undated := func(c CommonIn) int {
		if c.First.IsZero() {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(undated(x), undated(y)), x.First.Compare(y.First))
}

// measureSpread is the time from the first beginning to the last, where all are
// known.
func (c *Common) measureSpread() {
	c.Dated = !slices.ContainsFunc(c.In, func(in CommonIn) bool { return in.First.IsZero() || in.Bound })
	if c.Dated {
		c.Spread = c.In[len(c.In)-1].First.Sub(c.In[0].First)
	}
}

func (c *Common) text() string {
	parts := []string{c.founded(), c.beginnings()}
	for _, b := range c.Beside {
		parts = append(parts, c.besideText(b))
	}
	return strings.Join(parts, " ")
}

// founded says what connects the clusters, in the words that its tier allows.
func (c *Common) founded() string {
	n, what := fmt.Sprintf("%d of %d clusters that were read", len(c.In), c.Of), c.what()
	switch {
	case c.Cause == "":
		return fmt.Sprintf("In %s failures name %s, in different ways (%s): they meet in time, and nothing else connects them.", n, what, strings.Join(c.ways(), "; "))
	case c.Attribute == "workload":
		return fmt.Sprintf("In %s the same fails in the same way (%s, %s): %s. Their names alone connect them.", n, c.Detector, c.Cause, what)
	case c.Tier == detect.Stated:
		return fmt.Sprintf("In %s the failures themselves name %s, with the same cause (%s).", n, what, c.Cause)
	}
	return fmt.Sprintf("In each of %s comparing with the healthy found %s.", n, what)
}

// ways are the causes in each cluster.
func (c *Common) ways() []string {
	var out []string
	for _, in := range c.In {
		var causes []string
		for _, p := range in.Patterns {
			if !slices.Contains(causes, p.Cause) {
				causes = append(causes, p.Cause)
			}
		}
		out = append(out, strings.Join(causes, " and ")+" in "+detect.List(in.Contexts, namedValues))
	}
	return out
}

// beginnings say which cluster came first, and how long after it the others;
// each cluster dates by its own clock.
func (c *Common) beginnings() string {
	if !c.Dated {
		return "Not of all of them is it known when it began."
	}
	if c.Spread < time.Second {
		return "It began in all of them within a second."
	}
	return fmt.Sprintf("It began first in %s, in the last of them %s later.", detect.List(c.In[0].Contexts, namedValues), detect.Span(c.Spread))
}

func (c *Common) besideText(b Beside) string {
	name := detect.List(b.Contexts, namedValues)
	if c.Attribute == "workload" {
		return fmt.Sprintf("%s runs %d of %s of these names without a failure.", name, b.Workloads, detect.Count(len(c.Values), "workload"))
	}
	text := fmt.Sprintf("%s uses it in %s without failing on it", name, detect.Count(b.Workloads, "workload"))
	if c.In[0].First.IsZero() {
		return text + "."
	}
	return fmt.Sprintf("%s (ready pods made since then: %d).", text, b.Since)
}
