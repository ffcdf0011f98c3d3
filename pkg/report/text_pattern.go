package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// pattern prints one root and what follows from it.
func (t *text) pattern(p *Pattern) {
	t.blank()
	t.paragraph(0, 2, fmt.Sprintf("Pattern %d: %s", t.number[p.ID], p.Title), t.palette.severity(p.Severity))
	t.field(2, "ID", fmt.Sprintf("%s (%s, %s, evidence: %s)", p.ID, p.Category, p.Severity, p.Tier), t.palette.dim)
	t.field(2, "Frequency", frequency(p), nil)
	t.field(2, "Seen", t.seen(p), nil)
	t.before(p)
	t.spark(p)
	t.impact(p)
	t.affected(p)
	t.timeline(p)
	t.evidence(p)
	t.field(2, "Cause", fmt.Sprintf("%s Confidence %s: %s.", p.ProbableCause.Text, p.ProbableCause.Confidence, p.ProbableCause.Why), t.palette.bold)
	t.chain(p)
	t.consequences(p)
	t.investigation(p)
}

func frequency(p *Pattern) string {
	f := p.Frequency
	parts := []string{}
	for _, x := range []struct {
		n    int
		noun string
	}{{f.Pods, "pod"}, {f.Workloads, "workload"}, {f.Namespaces, "namespace"}, {f.Nodes, "node"}} {
		if x.n > 0 {
			parts = append(parts, detect.Count(x.n, x.noun))
		}
	}
	least := "at least " + detect.Count(f.Occurrences, "occurrence")
	if len(parts) == 0 {
		return least
	}
	return strings.Join(parts, ", ") + "; " + least
}

func (t *text) seen(p *Pattern) string {
	if p.FirstSeen == nil {
		return "time not told"
	}
	out := fmt.Sprintf("since %s (%s ago)", t.stamp(*p.FirstSeen), detect.Span(t.r.GeneratedAt.Sub(*p.FirstSeen)))
	if p.FirstSeenIsBound {
		out += " or earlier"
	}
	if p.Ongoing {
		return out + ", ongoing"
	}
	return fmt.Sprintf("from %s to %s, last seen %s ago", t.stamp(*p.FirstSeen), t.clock(*p.LastSeen), detect.Span(t.r.GeneratedAt.Sub(*p.LastSeen)))
}

// affected prints a row for each workload: its pods, how it stands, and what
// serves it.
func (t *text) affected(p *Pattern) {
	pods := affectedPods(p)
	var rows [][]cell
	for _, i := range p.Impact {
		key := path(i.Namespace, i.Workload.Name)
		rows = append(rows, []cell{
			{subject(i), nil},
			{fmt.Sprintf("%d/%d", i.Ready, i.Desired), nil},
			{t.state(i), t.statePaint(i.State)},
			{strings.TrimPrefix(fmt.Sprintf("%d: %s", len(pods[key]), list(pods[key], t.namesShown())), "0: "), nil},
		})
	}
	if len(rows) == 0 {
		return
	}
	t.blank()
	t.table(2, []string{"WORKLOAD", "READY", "STATE", "AFFECTED PODS"}, rows)
	t.worsened(p)
	if p.Detector == "image-pull" {
		t.images(p)
	}
}

// namesShown is how many names of pods fit into a column.
func (t *text) namesShown() int { return max(1, (t.style.width()-50)/35) }

func (t *text) images(p *Pattern) {
	var all []string
	for _, a := range p.Affected {
		if a.Kind == "Pod" && a.Image != "" {
			all = append(all, a.Image)
		}
	}
	slices.Sort(all)
	t.field(2, "Images", list(slices.Compact(all), 4), nil)
}

// affectedPods are the names of a pattern's pods by workload, each once,
// however many of its containers fail.
func affectedPods(p *Pattern) map[string][]string {
	out := map[string][]string{}
	for _, a := range p.Affected {
		if key := path(a.Namespace, a.Workload.Name); a.Kind == "Pod" && !slices.Contains(out[key], a.Name) {
			out[key] = append(out[key], a.Name)
		}
	}
	return out
}

// list joins names, at most so many.
func list(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s +%d", strings.Join(names[:most], ", "), len(names)-most)
}

func (t *text) evidence(p *Pattern) {
	t.blank()
	t.line(2, cell{"Evidence", t.palette.bold})
	for _, f := range p.SharedFactors {
		if f.AffectedOf == 0 {
			continue
		}
		t.bullet(4, "-", f.Text, t.palette.dim)
	}
	t.changes(p)
	for _, e := range said(p.Evidence, 2) {
		text := fmt.Sprintf("%s %s: %s", e.Subject.Kind, path(e.Subject.Namespace, e.Subject.Name), e.Text)
		if e.Count > 1 {
			text += fmt.Sprintf(" (%d times)", e.Count)
		}
		t.bullet(4, "-", text, t.palette.dim)
	}
	for _, c := range p.CounterEvidence {
		t.bullet(4, "!", c.Text, t.palette.warning)
	}
}

// changes lists what changed before, and once for all how likely it is that
// some such change stands there by chance.
func (t *text) changes(p *Pattern) {
	if len(p.PrecedingChanges) == 0 {
		return
	}
	chance, told := 0.0, true
	for _, c := range p.PrecedingChanges {
		if c.Chance == nil {
			told = false
			continue
		}
		chance = max(chance, *c.Chance)
	}
	for i, c := range p.PrecedingChanges {
		if i == few && len(p.PrecedingChanges) > few+1 {
			t.bullet(4, "-", fmt.Sprintf("and %d more such changes; the timeline has them", len(p.PrecedingChanges)-few), t.palette.change)
			break
		}
		t.bullet(4, "-", changeText(c), t.palette.change)
		for _, more := range []string{c.Contrast, c.Reversal} {
			if more != "" {
				t.paragraph(6, 0, more, t.palette.dim)
			}
		}
		if len(c.Rivals) > 0 {
			t.bullet(6, "!", "as near: "+rivals(c.Rivals, few), t.palette.warning)
		}
	}
	if !told {
		t.paragraph(6, 0, "The data reach back too short a time to say how often such changes stand there by chance.", t.palette.dim)
		return
	}
	t.paragraph(6, 0, fmt.Sprintf("Chance that such a change lies in its window anyway: %s.", percent(chance)), t.palette.dim)
}

// changeText says what changed, how long before, by whom, and what ties it to
// the pattern.
func changeText(c PrecedingChange) string {
	by := ""
	if c.By != "" {
		by = "; by " + c.By
	}
	return fmt.Sprintf("%s before: %s %s, %s (%s%s)", detect.Span(seconds(c.LeadSeconds)), c.Kind, path(c.Namespace, c.Name), c.What, c.Link, by)
}

// rivals joins other changes that are linked and lie as near.
func rivals(all []string, most int) string {
	plain := make([]string, len(all))
	for i, r := range all {
		plain[i] = strings.TrimPrefix(r, "rival: ")
	}
	return list(plain, most)
}

func percent(x float64) string {
	if x < .01 {
		return "below 1 %"
	}
	return fmt.Sprintf("up to %.0f %%", x*100)
}

// said picks the most telling texts, of each wording one: events first, for
// they carry counts, and the more often the better.
func said(all []Evidence, most int) []Evidence {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(generic(a), generic(b)), cmp.Compare(sourceRank(a), sourceRank(b)), cmp.Compare(b.Count, a.Count))
	})
	var out []Evidence
	seen := map[string]bool{}
	for _, e := range sorted {
		if e.Text != "" && !seen[e.Reason] {
			seen[e.Reason] = true
			out = append(out, e)
		}
	}
	return out[:min(most, len(out))]
}

// generic texts say that something is retried, not why it fails.
func generic(e Evidence) int {
	if e.Reason == "BackOff" {
		return 1
	}
	return 0
}

func sourceRank(e Evidence) int {
	return slices.Index([]string{"event", "condition", "status"}, e.Source)
}

func path(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func (t *text) consequences(p *Pattern) {
	if !slices.ContainsFunc(p.Explains, func(id string) bool { return t.find(id) != nil }) {
		return
	}
	t.blank()
	t.line(2, cell{"What follows from it", t.palette.bold})
	t.follow(p, 4)
}

// follow prints what a pattern explains: of each sort the first ones, and
// how many more.
func (t *text) follow(p *Pattern, indent int) {
	shown := map[string]int{}
	total := map[string]int{}
	for _, id := range p.Explains {
		if c := t.find(id); c != nil {
			total[c.Detector+c.Cause]++
		}
	}
	for _, id := range p.Explains {
		c := t.find(id)
		if c == nil {
			continue
		}
		sort := c.Detector + c.Cause
		shown[sort]++
		switch {
		case shown[sort] <= few || total[sort] == few+1:
			t.bullet(indent, "└", fmt.Sprintf("%s: %s [%s]", c.Severity, c.Title, c.ID), t.palette.severity(c.Severity))
			t.follow(c, indent+2)
		case shown[sort] == few+1:
			t.bullet(indent, "└", fmt.Sprintf("and %d more: %s, %s", total[sort]-few, c.Detector, c.Cause), t.palette.dim)
		}
	}
}

func (t *text) investigation(p *Pattern) {
	if len(p.Investigation) == 0 {
		return
	}
	t.blank()
	t.line(2, cell{"To investigate", t.palette.bold})
	for i, c := range p.Investigation {
		if i == 0 || p.Investigation[i-1].Why != c.Why {
			t.remark(4, c.Why)
		}
		t.command(4, c.Command)
	}
}
