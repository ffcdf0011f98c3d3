package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// rootsOfEach is how many roots of each of several clusters the screen names.
const rootsOfEach = 6

// AcrossText writes the report of several contexts: the verdict over all, what
// clusters have in common, then the roots of each.
func AcrossText(w io.Writer, r *Report, s Style) error {
	t := newAcrossText(w, r, s)
	t.head()
	for i := range r.Clusters {
		t.cluster(&r.Clusters[i], t.each[i])
	}
	t.blank()
	t.beside(0, "More: ", t.palette.dim, fmt.Sprintf("'%s' tells all of one cluster; -o wide tells all of all.",
		strings.Join(filled("kubectl patterns --context NAME", s.Again), " ")), t.palette.dim)
	return t.err
}

// AcrossWide writes the verdict over all contexts and what clusters have in
// common, then all of each.
func AcrossWide(w io.Writer, r *Report, s Style) error {
	t := newAcrossText(w, r, s)
	t.head()
	again := s.Again
	for i := range r.Clusters {
		row := &r.Clusters[i]
		if row.Gap != "" {
			continue // said at the head
		}
		t.blank()
		t.laid(0, cell{strings.Repeat("═", s.width()), t.palette.dim})
		if t.err != nil {
			return t.err
		}
		s.Again = strings.Join(filled("--context "+detect.Quote(row.Context), again), " ")
		if err := Wide(w, r.of(row), s); err != nil {
			return err
		}
	}
	return t.err
}

// acrossText is one rendering of several contexts.
type acrossText struct {
	*text
	each []*text // of each context, by itself
}

func newAcrossText(w io.Writer, r *Report, s Style) *acrossText {
	t := &acrossText{text: &text{canvas: newCanvas(w, s), r: r}}
	for i := range r.Clusters {
		one := &text{canvas: t.canvas, r: r.of(&r.Clusters[i]), number: map[string]int{}}
		one.numberPatterns()
		t.each = append(t.each, one)
	}
	return t
}

// head is the verdict over all, what could not be read, and what clusters have
// in common.
func (t *acrossText) head() {
	t.paragraph(0, 0, t.verdict(), t.palette.bold)
	t.paragraph(0, 0, t.scope(), t.palette.dim)
	for _, row := range t.r.Clusters {
		if row.Gap != "" {
			t.beside(0, "Not read: ", t.palette.warning, row.Context+": "+row.Gap, nil)
		}
		if row.SameClusterAs != "" {
			t.paragraph(0, 2, fmt.Sprintf("%s and %s are contexts of one cluster; it counts once.", row.SameClusterAs, row.Context), t.palette.dim)
		}
	}
	if len(t.r.Across) == 0 {
		return
	}
	t.heading("In several clusters")
	for i := range t.r.Across {
		t.common(i+1, &t.r.Across[i])
	}
}

// verdict counts contexts, roots and pods over all.
func (t *acrossText) verdict() string {
	read, problems := 0, map[string]int{}
	for i, row := range t.r.Clusters {
		if row.Gap == "" {
			read++
		}
		if row.Repeats {
			continue
		}
		for k := range t.each[i].r.Patterns {
			if p := &t.each[i].r.Patterns[k]; t.each[i].isRoot(p) {
				problems[p.Severity]++
			}
		}
	}
	parts := []string{"no problem found"}
	if n := problems["critical"] + problems["warning"]; n > 0 {
		parts[0] = fmt.Sprintf("%s (%s)", detect.Count(n, "problem"), strings.Join(counted(problems, "critical", "warning"), ", "))
	}
	if n := problems["info"]; n > 0 {
		parts = append(parts, detect.Count(n, "observation"))
	}
	if n := len(t.r.Across); n > 0 {
		parts = append(parts, fmt.Sprintf("%d of several clusters", n))
	}
	if t.r.Hidden > 0 {
		parts = append(parts, fmt.Sprintf("%d hidden by the filters", t.r.Hidden))
	}
	return fmt.Sprintf("%d of %s read: %s. %d of %s failing now.", read, detect.Count(len(t.r.Clusters), "context"), strings.Join(parts, ", "),
		t.r.Totals.FailingPods, detect.Count(t.r.Totals.PodsInScope, "pod"))
}

func (t *acrossText) scope() string {
	parts := []string{"the namespace of each context"}
	if t.r.Scope.AllNamespaces {
		parts[0] = "all namespaces"
	}
	if t.r.Scope.Selector != "" {
		parts = append(parts, "pods with "+t.r.Scope.Selector)
	}
	at := t.r.GeneratedAt
	return fmt.Sprintf("%s; as of %s %s", strings.Join(parts, ", "), t.stamp(at), t.zoneName(at))
}

// common is what several clusters have in common, with a line for each.
func (t *acrossText) common(n int, c *Common) {
	t.bullet(2, fmt.Sprintf("%d.", n), fmt.Sprintf("%s (%s)", c.Title, c.Tier), t.palette.bold)
	t.paragraph(5, 0, c.Text, nil)
	width := 0
	for _, in := range c.Clusters {
		width = max(width, len([]rune(escape(strings.Join(in.Contexts, ", ")))))
	}
	width = min(width, t.style.width()/3)
	for _, in := range c.Clusters {
		name := shorten(escape(strings.Join(in.Contexts, ", ")), width)
		t.beside(5, pad(name, width)+"  ", t.palette.info, fmt.Sprintf("%s; %s of %s; %s", t.began(in.FirstSeen, in.FirstSeenIsBound, in.Ongoing),
			detect.Count(in.Pods, "pod"), detect.Count(in.Workloads, "workload"), strings.Join(in.Patterns, ", ")), nil)
	}
}

func (t *acrossText) began(first *time.Time, bound, ongoing bool) string {
	out := "time not told"
	if first != nil {
		out = "since " + t.clock(*first)
		if bound {
			out += " or earlier"
		}
	}
	if !ongoing {
		out += ", over"
	}
	return out
}

// cluster is a context in short: its verdict, and its roots in a line each.
func (t *acrossText) cluster(row *ClusterRow, one *text) {
	t.blank()
	if row.Gap != "" {
		t.paragraph(0, 2, row.Context+": not read", t.palette.warning)
		return
	}
	if row.Repeats && t.tellsTheSame(row) {
		t.paragraph(0, 2, fmt.Sprintf("%s: the same as %s", row.Context, row.SameClusterAs), nil)
		return
	}
	verdict, paint := one.nothing(), one.nothingPaint()
	if len(one.number) > 0 {
		verdict, paint = one.verdict(), t.palette.bold
	}
	where := strings.Join(filled(row.Version, one.namespaces()), ", ")
	t.paragraph(0, 2, fmt.Sprintf("%s (%s): %s", row.Context, where, verdict), paint)
	one.unexplained()
	told := 0
	for i := range one.r.Patterns {
		p := &one.r.Patterns[i]
		if !one.isRoot(p) {
			continue
		}
		if told++; told > rootsOfEach {
			continue
		}
		t.bullet(2, "-", fmt.Sprintf("%s: %s [%s]%s", p.Severity, p.Title, p.ID, t.alsoAbove(row.Context, p.ID)), t.palette.severity(p.Severity))
	}
	if more := told - rootsOfEach; more > 0 {
		t.paragraph(4, 0, fmt.Sprintf("and %d more", more), t.palette.dim)
	}
	if lacks := one.gapsInShort(); lacks != "" {
		t.beside(2, "Not seen: ", t.palette.warning, lacks, nil)
	}
}

// tellsTheSame reports whether a context found what the first one of its cluster
// did: another user may not see all.
func (t *acrossText) tellsTheSame(row *ClusterRow) bool {
	ids := func(context string) (out []string) {
		for _, p := range t.r.Patterns {
			if p.Cluster == context {
				out = append(out, p.ID)
			}
		}
		return out
	}
	return slices.Equal(ids(row.Context), ids(row.SameClusterAs))
}

// alsoAbove says under which number a root is told with those of other clusters.
func (t *acrossText) alsoAbove(context, id string) string {
	for i, c := range t.r.Across {
		for _, in := range c.Clusters {
			if slices.Contains(in.Contexts, context) && slices.Contains(in.Patterns, id) {
				return fmt.Sprintf(", see %d above", i+1)
			}
		}
	}
	return ""
}
