package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/synth"
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

func TestWrong(t *testing.T) {
	for text, tiers := range map[string]map[string]bool{
		"The root cause is x.":                         {"stated": true, "strong": true},
		"It failed because x is missing.":              {"stated": false, "strong": true, "observation": true},
		"It says: “failed because of x, due to y”":     {"observation": false},
		"It was caused by the rollout.":                {"suggestive": true, "stated": false},
		"It is correlated with node a.":                {"strong": true, "stated": true},
		"It is correlated with node a: 9 of 9, 1 of 8": {"strong": false},
		"It started 3m after the rollout of api.":      {"observation": false},
	} {
		for tier, want := range tiers {
			if got := wrong(sentence{"", tier, text}); (got != "") != want {
				t.Errorf("%s: %q: %q", tier, text, got)
			}
		}
	}
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

// renderings are a report as text, wide, and each pattern explained: what is
// left of them when everything is taken out that stands in the report, which
// is the words of the renderer alone. They are said of every tier.
func renderings(t *testing.T, r *report.Report) []sentence {
	t.Helper()
	var told []string
	for _, s := range sentences(r) {
		told = append(told, s.text)
	}
	for i := range r.Patterns {
		p := &r.Patterns[i]
		told = append(told, p.Title)
		for _, e := range p.Evidence {
			told = append(told, e.Text)
		}
		for _, a := range p.Affected {
			told = append(told, a.Detail)
		}
		for _, c := range p.PrecedingChanges {
			told = append(told, c.What)
		}
	}
	for _, e := range r.Timeline {
		told = append(told, e.Message)
	}
	slices.SortFunc(told, func(a, b string) int { return len(b) - len(a) })
	told = slices.Compact(told)
	var out []sentence
	render := func(where string, write func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text := plain(b.String())
		for _, s := range told {
			if len(s) > 3 {
				text = strings.ReplaceAll(text, plain(s), "“”")
			}
		}
		out = append(out, sentence{where, "observation", text})
	}
	style := report.Style{Width: 1 << 20} // nothing is broken or cut
	render("text", func(b *bytes.Buffer) error { return report.Text(b, r, style) })
	for i := range r.Patterns {
		one := *r
		one.Explain = &report.Explain{ID: r.Patterns[i].ID}
		render("explain", func(b *bytes.Buffer) error { return report.ExplainText(b, &one, style) })
	}
	return out
}

// plain is a text with its blanks made alike.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

// audited are the recordings, and every few generated incidents.
func audited(t *testing.T) []incident {
	t.Helper()
	folders, err := filepath.Glob("testdata/incidents/*")
	if err != nil {
		t.Fatal(err)
	}
	all, err := recorded(folders)
	if err != nil {
		t.Fatal(err)
	}
	for i, in := range synthetic(synth.Seed) {
		if i%9 == 0 {
			all = append(all, in)
		}
	}
	if len(all) < 150 {
		t.Fatalf("%d incidents", len(all))
	}
	return all
}

// TestClaims reads everything that is said of the corpus: no sentence claims
// more than its tier allows, and every claim has its numbers.
func TestClaims(t *testing.T) {
	counted := map[string]int{}
	for _, in := range audited(t) {
		folder, err := os.MkdirTemp(t.TempDir(), "claims-")
		if err != nil {
			t.Fatal(err)
		}
		files, err := in.put(folder)
		if err != nil {
			t.Fatal(err)
		}
		r, err := analyse(t.Context(), files, in.truth.At)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append(sentences(r), renderings(t, r)...) {
			counted[s.where]++
			if why := wrong(s); why != "" {
				t.Errorf("%s, %s: %s: %s", in.name, s.where, why, around(s.text))
			}
		}
		for i := range r.Patterns {
			for _, lack := range lacks(&r.Patterns[i]) {
				t.Errorf("%s, %s: %s", in.name, r.Patterns[i].ID, lack)
			}
		}
	}
	for _, where := range []string{"title", "factor", "change", "counter-evidence", "link", "text", "explain"} {
		if counted[where] < 20 {
			t.Errorf("only %d sentences of the sort %q were read", counted[where], where)
		}
	}
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
	for _, f := range p.SharedFactors {
		name := "factor " + f.Attribute + " " + f.Value + " "
		switch {
		case f.AffectedOf == 0 && f.Tier == "stated" && p.Frequency.Pods == 0: // the node itself, or pods that could not be made
		case f.AffectedOf <= 0 || f.Affected > f.AffectedOf || f.Healthy > f.HealthyOf || f.Unit == "":
			out = append(out, name+"lacks how many of how many")
		case f.Tier != "stated" && f.Tested <= 0:
			out = append(out, name+"lacks how many values were tried")
		case (f.Tier == "strong" || f.Tier == "suggestive") && (f.Q == nil || f.RiskRatio == nil || len(f.Interval) != 2 || f.HealthyOf == 0):
			out = append(out, name+"lacks its ratio or what it is compared with")
		}
		if f.Tier == "suggestive" && !strings.Contains(f.Text, "may be related") {
			out = append(out, name+"is suggestive, and does not say that it may be related: "+f.Text)
		}
	}
	for _, c := range p.PrecedingChanges {
		if c.Link == "" || c.What == "" || c.LeadSeconds < 0 || c.Tier == "" {
			out = append(out, "change of "+c.Kind+" "+c.Name+" lacks its link or lead")
		}
	}
	if f := p.Follows; (f == nil) != (p.ExplainedBy == "") || f != nil && (f.Text == "" || f.Unit != "link" && (f.Common <= 0 || f.Common > f.Of)) {
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
