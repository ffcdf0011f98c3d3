package main

import (
	"regexp"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// sentence is something that a report says by itself, with the tier of what it
// is said of.
type sentence struct{ where, tier, text string }

var (
	quoted    = regexp.MustCompile(`“[^”]*”`)
	never     = regexp.MustCompile(`(?i)\broot cause|\bbrought down\b`)
	ofCause   = regexp.MustCompile(`(?i)\bcaused by\b|\bbecause\b|\bdue to\b|\bled to\b|\bas a result of\b`)
	ofNumbers = regexp.MustCompile(`(?i)\bcorrelate[sd]?\b`)
	number    = regexp.MustCompile(`\d+ of \d+|\d+ %|\d+/\d+`)
)

// wrong says which rule of wording a sentence breaks, empty when it breaks
// none. What the cluster says itself stands in quotation marks, and may say
// what it likes.
func wrong(s sentence) string {
	own := quoted.ReplaceAllString(s.text, "“”")
	switch {
	case never.MatchString(own):
		return "words that no evidence of ours allows"
	case ofCause.MatchString(own) && s.tier != "stated":
		return "a cause is claimed of what is " + s.tier
	case ofNumbers.MatchString(own) && !number.MatchString(own):
		return "correlated, without numbers"
	}
	return ""
}

// sentences are everything that a report says by itself. Titles end with what
// the cluster says where they have a colon.
func sentences(r *report.Report) []sentence {
	var out []sentence
	add := func(where, tier, text string) { out = append(out, sentence{where, tier, text}) }
	for i := range r.Patterns {
		p := &r.Patterns[i]
		title, _, _ := strings.Cut(p.Title, ": ")
		add("title", p.Tier, title)
		add("probable cause", p.Tier, p.ProbableCause.Text)
		add("why", p.Tier, p.ProbableCause.Why)
		for _, f := range p.SharedFactors {
			add("factor", f.Tier, f.Text)
		}
		for _, c := range p.PrecedingChanges {
			for _, text := range append([]string{c.Link, c.Contrast, c.Reversal}, c.Rivals...) {
				add("change", c.Tier, text)
			}
		}
		for _, c := range p.CounterEvidence {
			add("counter-evidence", p.Tier, c.Text)
		}
		for _, c := range p.Investigation {
			add("investigation", p.Tier, c.Why)
		}
		for _, c := range p.Recommendations {
			add("recommendation", p.Tier, c.Text)
		}
		if p.Follows != nil {
			add("link", p.Tier, p.Follows.Text)
		}
	}
	return out
}

// around is the part of a text that a rule is about.
func around(text string) string {
	own := quoted.ReplaceAllString(text, "“”")
	for _, rule := range []*regexp.Regexp{never, ofCause, ofNumbers} {
		if at := rule.FindStringIndex(own); at != nil {
			return own[max(0, at[0]-80):min(len(own), at[1]+60)]
		}
	}
	return text
}

// lacks says what the claims of a pattern lack of their numbers: how many of
// how many, of the affected and of what they are compared with, and of how many
// values it was told. What the failure itself names was not searched for.
func lacks(p *report.Pattern) []string {
	var out []string
	for i := range p.SharedFactors {
		out = append(out, factorLacks(p, &p.SharedFactors[i])...)
	}
	for _, c := range p.PrecedingChanges {
		if c.Link == "" || c.What == "" || c.LeadSeconds < 0 || c.Tier == "" {
			out = append(out, "change of "+c.Kind+" "+c.Name+" lacks its link or lead")
		}
	}
	if followsLacks(p) {
		out = append(out, "lacks what decided that it follows from "+p.ExplainedBy)
	}
	if p.Detector == "rollout-cascade" && len(p.Chain) == 0 {
		out = append(out, "a cascade lacks its chain")
	}
	for _, h := range p.Chain {
		if h.Edge.How == "" || h.Edge.Class == "" {
			out = append(out, "a hop of the chain lacks what tells of it")
		}
	}
	return out
}

func factorLacks(p *report.Pattern, f *report.SharedFactor) []string {
	var out []string
	name := "factor " + f.Attribute + " " + f.Value + " "
	switch {
	case f.AffectedOf == 0 && f.Tier == "stated" && p.Frequency.Pods == 0: // the node itself, or pods that could not be made
	case f.AffectedOf <= 0 || f.Affected > f.AffectedOf || f.Healthy > f.HealthyOf || f.Unit == "":
		out = append(out, name+"lacks how many of how many")
	case f.Tier != "stated" && f.Attribute != "revision" && f.Tested <= 0: // revisions are set against each other, not picked among values
		out = append(out, name+"lacks how many values were tried")
	case isCompared(f.Tier) && !isMeasured(f):
		out = append(out, name+"lacks its ratio or what it is compared with")
	}
	if f.Tier == "suggestive" && !strings.Contains(f.Text, "may be related") {
		out = append(out, name+"is suggestive, and does not say that it may be related: "+f.Text)
	}
	return out
}

// isMeasured reports whether a factor has its ratio, with how sure it is, and
// what it is compared with.
func isMeasured(f *report.SharedFactor) bool {
	return f.Q != nil && f.RiskRatio != nil && len(f.Interval) == 2 && f.HealthyOf > 0
}

// followsLacks reports whether a pattern that is explained does not say by what
// it was decided, or one that is not does.
func followsLacks(p *report.Pattern) bool {
	f := p.Follows
	if f == nil || p.ExplainedBy == "" {
		return (f == nil) != (p.ExplainedBy == "")
	}
	return f.Text == "" || f.Unit != "link" && (f.Common <= 0 || f.Common > f.Of)
}

// audit is what was read of reports for how they say it.
type audit struct {
	sentences int
	misworded int
	complete  fraction // patterns whose claims carry all of their numbers, of those with claims
}

func (a *audit) add(o audit) {
	a.sentences += o.sentences
	a.misworded += o.misworded
	a.complete.add(o.complete)
}

func auditOf(r *report.Report) audit {
	var out audit
	for _, s := range sentences(r) {
		if s.text == "" {
			continue
		}
		out.sentences++
		if wrong(s) != "" {
			out.misworded++
		}
	}
	for i := range r.Patterns {
		if p := &r.Patterns[i]; len(p.SharedFactors)+len(p.PrecedingChanges)+len(p.Chain) > 0 || p.Follows != nil {
			out.complete.count(len(lacks(p)) == 0)
		}
	}
	return out
}
