package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/synth"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

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
	if view := viewOf(r); view != nil {
		render("view", func(b *bytes.Buffer) error { return view(b, r, style) })
		return out
	}
	render("text", func(b *bytes.Buffer) error { return report.Text(b, r, style) })
	render("wide", func(b *bytes.Buffer) error { return report.Wide(b, r, style) })
	render("markdown", func(b *bytes.Buffer) error { return report.Markdown(b, r, style) })
	for where, write := range map[string]func(io.Writer, *report.Report, report.Style) error{
		"matrix": report.MatrixText, "matrix, wide": report.MatrixWide, "timeline": report.TimelineText, "timeline, wide": report.TimelineWide,
	} {
		render(where, func(b *bytes.Buffer) error { return write(b, r, style) })
	}
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
	for i, in := range generated(synth.Seed) {
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
	for _, where := range []string{"title", "factor", "change", "counter-evidence", "link", "text", "wide", "explain", "matrix", "timeline"} {
		if counted[where] < 20 {
			t.Errorf("only %d sentences of the sort %q were read", counted[where], where)
		}
	}
}
