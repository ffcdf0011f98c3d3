package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// everything is a number of names that no list is longer than.
const everything = 1 << 30

// ExplainText writes all of one pattern, nothing left out.
func ExplainText(w io.Writer, r *Report, s Style) error {
	t := &text{canvas: newCanvas(w, s), r: r, number: map[string]int{}}
	p := t.find(r.Explain.ID)
	if p == nil {
		return fmt.Errorf("the report does not hold pattern %s", r.Explain.ID)
	}
	t.paragraph(0, 2, p.Title, t.palette.severity(p.Severity))
	t.blank()
	t.field(2, "ID", p.ID, nil)
	t.field(2, "Detector", fmt.Sprintf("%s, cause %s (%s)", p.Detector, p.Cause, p.Category), nil)
	t.field(2, "Severity", p.Severity, t.palette.severity(p.Severity))
	t.field(2, "Evidence", tierMeans(p.Tier), nil)
	t.field(2, "Frequency", frequency(p), nil)
	t.field(2, "Seen", t.seen(p), nil)
	t.field(2, "Covers", t.covered(), nil)
	t.impact(p)
	t.cause(p)
	t.timing(p)
	t.above()
	t.allAffected(p)
	t.allFactors(p)
	t.allChanges(p)
	t.allEvidence(p)
	t.below(p)
	t.chain(p)
	t.wholeTimeline(p)
	t.notChecked()
	t.commands(p)
	t.ownRecommendations(p)
	return t.err
}

func (t *text) cause(p *Pattern) {
	t.heading("Probable cause")
	t.paragraph(2, 0, p.ProbableCause.Text, t.palette.bold)
	t.field(2, "Confidence", fmt.Sprintf("%s: %s", p.ProbableCause.Confidence, p.ProbableCause.Why), nil)
}

// above tells what the pattern follows from, nearest first.
func (t *text) above() {
	why := ""
	if p := t.find(t.r.Explain.ID); p.Follows != nil {
		why = p.Follows.Text
	}
	for i, a := range t.r.Explain.FollowsFrom {
		if i == 0 {
			t.heading("What it follows from")
		}
		t.bullet(2+2*i, "└", fmt.Sprintf("%s: %s [%s]", a.Severity, a.Title, a.ID), t.palette.severity(a.Severity))
		if why != "" {
			t.paragraph(4+2*i, 0, "Link: "+why+".", t.palette.dim)
		}
		why = a.Why
	}
	if len(t.r.Explain.FollowsFrom) == 0 {
		t.heading("What it follows from")
		t.paragraph(2, 0, "Nothing that was found: no other pattern touches what it touches and comes before it. It stands by itself.", nil)
	}
}

// allAffected lists every affected object under its workload.
func (t *text) allAffected(p *Pattern) {
	t.heading(fmt.Sprintf("Affected: all %d", len(p.Affected)))
	of := map[string][]Affected{}
	var order []string
	for _, a := range p.Affected {
		key := a.Workload.Kind + " " + path(a.Namespace, a.Workload.Name)
		if a.Workload.Name == "" {
			key = ""
		}
		if of[key] == nil {
			order = append(order, key)
		}
		of[key] = append(of[key], a)
	}
	stands := t.stands(p)
	for _, key := range order {
		if key != "" {
			t.paragraph(2, 2, strings.Join(filled(key, stands[key]), ": "), t.palette.bold)
		}
		t.objects(of[key])
	}
	for _, i := range p.Impact {
		if i.Workload.Name == "" { // one without pods of the pattern, which it hurts all the same
			t.paragraph(2, 2, strings.Join(append([]string{subject(i) + ": " + t.state(i)}, i.WorsenedBy...), "; "), t.palette.bold)
		}
	}
}

// stands says of each workload how many of its pods are ready.
func (t *text) stands(p *Pattern) map[string]string {
	out := map[string]string{}
	for _, i := range p.Impact {
		text := fmt.Sprintf("%d of %d ready, %s", i.Ready, i.Desired, t.state(i))
		if i.Service != "" {
			text += ", behind Service " + i.Service
		}
		if i.Since != nil {
			text += ", since " + t.stamp(*i.Since)
		}
		if i.Until != nil {
			text += " until " + t.stamp(*i.Until)
		}
		if i.RecoveredBy != "" {
			text += ", well again " + i.RecoveredBy
		}
		out[i.Workload.Kind+" "+path(i.Namespace, i.Workload.Name)] = strings.Join(append([]string{text}, i.WorsenedBy...), "; ")
	}
	return out
}

func filled(texts ...string) []string {
	var out []string
	for _, s := range texts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// objects are those of one workload, then once each what they say.
func (t *text) objects(all []Affected) {
	var details []string
	count := map[string]int{}
	for _, a := range all {
		where := filled(a.Node, a.Container, a.Image)
		name := a.Kind + " " + a.Name
		if len(where) > 0 {
			name += ": " + strings.Join(where, ", ")
		}
		t.bullet(4, "-", name, t.palette.dim)
		if count[a.Detail]++; count[a.Detail] == 1 && a.Detail != "" {
			details = append(details, a.Detail)
		}
	}
	for _, d := range details {
		t.bullet(4, "»", fmt.Sprintf("%s (%d of %d)", detect.Said(d), count[d], len(all)), t.palette.dim)
	}
}

func (t *text) allFactors(p *Pattern) {
	t.heading("What the affected share")
	if len(p.SharedFactors) == 0 {
		why := ""
		if t.r.Explain.Comparison == "" && len(p.CounterEvidence) > 0 {
			why = " What speaks against it, below, says why where that is known."
		}
		t.paragraph(2, 0, "No value is told that they have and the healthy have not."+why, nil)
	}
	for i := range p.SharedFactors {
		f := &p.SharedFactors[i]
		if f.AffectedOf == 0 {
			t.bullet(2, "-", fmt.Sprintf("%s %s: the pattern is about it, and has no %s to count", f.Attribute, f.Value, f.Unit), t.palette.dim)
			continue
		}
		t.bullet(2, "-", f.Text, t.palette.dim)
		t.paragraph(4, 0, factorNumbers(f)+".", t.palette.dim)
		if a := aliases(f); a != "" {
			t.paragraph(4, 0, "Cannot be told apart here: "+a+".", t.palette.dim)
		}
	}
	if said := t.r.Explain.Comparison; said != "" {
		t.paragraph(2, 0, said, t.palette.dim)
	}
}

func (t *text) allChanges(p *Pattern) {
	t.heading("What changed before")
	if len(p.PrecedingChanges) == 0 {
		t.paragraph(2, 0, "Nothing that is dated, in its window, and linked with the affected by owner, reference, node or dependency.", nil)
		return
	}
	for _, c := range p.PrecedingChanges {
		t.bullet(2, "-", fmt.Sprintf("%s before, at %s: %s %s, %s", detect.Span(time.Duration(c.LeadSeconds)*time.Second), t.clock(c.Time),
			c.Kind, path(c.Namespace, c.Name), c.What), t.palette.change)
		t.paragraph(4, 0, fmt.Sprintf("Link: %s. By: %s. Evidence: %s. Chance of such a change in its window anyway: %s.",
			c.Link, orElse(c.By, "not told"), c.Tier, chanceText(c.Chance)), t.palette.dim)
		for _, more := range filled(c.Contrast, c.Reversal) {
			t.paragraph(4, 0, more, t.palette.dim)
		}
		for _, rival := range c.Rivals {
			t.bullet(4, "!", "rival: "+strings.TrimPrefix(rival, "rival: "), t.palette.warning)
		}
	}
	t.rivals(p)
}

// rivals are the changes that have a link too: which of them it was, their
// order alone does not say.
func (t *text) rivals(p *Pattern) {
	if n := len(p.PrecedingChanges); n > 1 {
		t.paragraph(2, 0, fmt.Sprintf("They are rivals: each of the %d has a link, and their order alone does not choose between them.", n), nil)
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func chanceText(chance *float64) string {
	if chance == nil {
		return "not told, the data reach back too short a time"
	}
	return percent(*chance)
}

func (t *text) allEvidence(p *Pattern) {
	t.heading("Evidence: everything that the cluster says of it")
	for _, s := range sayings(p.Evidence) {
		head := s.source
		if s.reason != "" {
			head += " " + s.reason
		}
		t.bullet(2, "-", fmt.Sprintf("%s, %s, at least %s: %s", head, detect.Count(len(s.subjects), "object"), detect.Count(s.times, "time"), detect.Said(s.text)), t.palette.dim)
		t.paragraph(4, 0, "of "+list(s.subjects, everything), t.palette.dim)
	}
	t.heading("What speaks against it")
	for _, c := range p.CounterEvidence {
		t.bullet(2, "!", c.Text, t.palette.warning)
	}
	if len(p.CounterEvidence) == 0 {
		t.paragraph(2, 0, "Nothing was found.", nil)
	}
}
