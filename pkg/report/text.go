package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Wide writes the long form: summary, method, every root with what follows
// from it, the cross-resource views, what to do, and what could not be read.
func Wide(w io.Writer, r *Report, s Style) error {
	t := &text{canvas: newCanvas(w, s), r: r, number: map[string]int{}}
	t.numberPatterns()
	t.summary()
	t.method()
	for i := range r.Patterns {
		if t.isRoot(&r.Patterns[i]) {
			t.pattern(&r.Patterns[i])
		}
	}
	t.correlations()
	t.recommendations()
	t.gaps()
	return t.err
}

// text is one rendering.
type text struct {
	*canvas
	r      *Report
	number map[string]int // of roots, by ID
}

func (t *text) numberPatterns() {
	for i := range t.r.Patterns {
		if p := &t.r.Patterns[i]; t.isRoot(p) {
			t.number[p.ID] = len(t.number) + 1
		}
	}
}

// isRoot: what follows from a pattern that is not shown stands by itself.
func (t *text) isRoot(p *Pattern) bool {
	return p.ExplainedBy == "" || t.find(p.ExplainedBy) == nil
}

func (t *text) find(id string) *Pattern {
	for i := range t.r.Patterns {
		if t.r.Patterns[i].ID == id {
			return &t.r.Patterns[i]
		}
	}
	return nil
}

func (t *text) summary() {
	t.title("Pattern analysis: " + t.where())
	t.blank()
	if len(t.number) == 0 {
		t.paragraph(0, 0, t.nothing(), t.nothingPaint())
		t.roots()
		return
	}
	t.paragraph(0, 0, t.verdict(), t.palette.bold)
	t.roots()
}

// nothingPaint is that of health only where nothing else was found either.
func (t *text) nothingPaint() *color.Color {
	if t.r.Hidden+len(t.r.Unexplained)+len(t.r.Ignored) > 0 {
		return t.palette.warning
	}
	return t.palette.good
}

// roots are the problems in a line each, and what no detector knows.
func (t *text) roots() {
	for i := range t.r.Patterns {
		p := &t.r.Patterns[i]
		if n, root := t.number[p.ID]; root {
			t.bullet(2, fmt.Sprintf("%d. %-8s", n, p.Severity), p.Title, t.palette.severity(p.Severity))
		}
	}
	t.unexplained()
}

// unexplained names the pods that are not well without a detector that knows
// why: no pattern is not the same as health.
func (t *text) unexplained() {
	if len(t.r.Unexplained) == 0 {
		return
	}
	names := make([]string, len(t.r.Unexplained))
	for i, u := range t.r.Unexplained {
		names[i] = path(u.Namespace, u.Name)
	}
	t.bullet(2, "!", fmt.Sprintf("%s failing or not ready, and no detector knows why: %s",
		detect.Count(len(names), "pod"), list(names, 4)), t.palette.warning)
}

// where says what was read, and whose failures are told.
func (t *text) where() string {
	parts := filled(t.source(), t.namespaces())
	if t.r.Scope.Selector != "" {
		parts = append(parts, "pods with "+t.r.Scope.Selector)
	}
	return strings.Join(parts, ", ")
}

// source is the cluster, or that data of one were read.
func (t *text) source() string {
	c := t.r.Cluster
	name := c.Server
	switch {
	case c.Offline:
		name = "saved data"
		if c.Context != "" { // a snapshot says of which cluster it is
			name += " of " + c.Context
		}
	case c.Context != "":
		name = c.Context
	}
	return strings.Join(filled(name, c.Version), ", ")
}

func (t *text) namespaces() string {
	s := t.r.Scope
	switch {
	case len(s.Namespaces) > 0:
		return "namespace " + strings.Join(s.Namespaces, ", ")
	case s.AllNamespaces || t.r.Cluster.Offline:
		return "all namespaces"
	}
	return ""
}

// covered is the period that the events cover, which need not be what was
// asked for.
func (t *text) covered() string {
	w := t.r.Window
	zone := t.zoneName(w.To)
	switch {
	case w.To.After(w.From):
		return fmt.Sprintf("%s – %s (%s): how far back events reach; statuses reach further. Times are %s.",
			t.stamp(w.From), t.clock(w.To), detect.Span(w.To.Sub(w.From)), zone)
	case t.r.Totals.Events > 0:
		return fmt.Sprintf("%s, the one moment that all events tell of; statuses reach further. Times are %s.", t.stamp(w.To), zone)
	}
	return "no events were there to read; statuses and conditions only"
}

func (t *text) method() {
	t.heading("How this was found")
	t.field(2, "Looked at", t.sources(), nil)
	t.field(2, "Covers", t.covered(), nil)
	for _, past := range t.pasts() {
		t.field(2, "Remembers", past, nil)
	}
	t.field(2, "Compared", fmt.Sprintf("failing pods and workloads with the healthy among %s of %s in %s. Counts of events are lower bounds: recorders drop some.",
		detect.Count(t.r.Totals.Pods, "pod"), detect.Count(t.r.Totals.Workloads, "workload"), detect.Count(t.r.Totals.Namespaces, "namespace")), nil)
	if left := t.leftOut(); left != "" {
		t.field(2, "Left out", left, nil)
	}
}

// sources adds the objects of each resource up over files and namespaces.
func (t *text) sources() string {
	var order []string
	sum := map[string]int{}
	for _, s := range t.r.Sources {
		if s.Objects == 0 || s.Resource == "others" || s.ofThePast() {
			continue
		}
		if _, ok := sum[s.Resource]; !ok {
			order = append(order, s.Resource)
		}
		sum[s.Resource] += s.Objects
	}
	parts := make([]string, len(order))
	for i, r := range order {
		parts[i] = fmt.Sprintf("%d %s", sum[r], resourceName(r, sum[r]))
	}
	return strings.Join(parts, ", ")
}

// resourceName is the name of a resource, which is a plural, as it is of so
// many objects.
func resourceName(resource string, n int) string {
	plural, rest, _ := strings.Cut(resource, " ")
	if n != 1 || plural == "metrics" || strings.Contains(plural, "/") {
		return resource
	}
	one := strings.TrimSuffix(plural, "s")
	switch {
	case strings.HasSuffix(plural, "ies"):
		one = strings.TrimSuffix(plural, "ies") + "y"
	case strings.HasSuffix(plural, "sses"):
		one = strings.TrimSuffix(plural, "es")
	}
	return strings.Join(filled(one, rest), " ")
}

func (t *text) recommendations() {
	if len(t.r.Recommendations) == 0 {
		return
	}
	t.heading("Recommendations")
	var alerts []string
	for i, r := range t.r.Recommendations {
		if r.AlertRule != "" { // all of them in a line: they come last
			alerts = append(alerts, r.Patterns...)
			continue
		}
		text := fmt.Sprintf("%s: %s", r.Urgency, r.Text)
		if refs := t.refs(r.Patterns); refs != "" {
			text += " (" + refs + ")"
		}
		t.bullet(2, fmt.Sprintf("%d.", i+1), text, t.palette.bold)
		for _, c := range r.Commands {
			t.command(5, c)
		}
	}
	t.alerts(alerts)
}

// alerts points to the alert rules that would have told of roots.
func (t *text) alerts(ids []string) {
	if refs := t.refs(ids); refs != "" {
		t.bullet(2, "-", fmt.Sprintf("monitoring: alert rules that tell of them (%s) are in 'explain ID', -o markdown and --evidence-dir", refs), nil)
	}
}

func (t *text) refs(ids []string) string {
	var out []string
	for _, id := range ids {
		if n, ok := t.number[id]; ok {
			out = append(out, fmt.Sprintf("pattern %d", n))
		}
	}
	return strings.Join(out, ", ")
}
