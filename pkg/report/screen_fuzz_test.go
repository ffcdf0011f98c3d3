package report_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

type renderer func(io.Writer, *report.Report, report.Style) error

// onScreens are all that is written for a terminal, by a recorded report that
// has what they tell.
var onScreens = []struct {
	file  string
	texts []renderer
}{
	{"testdata/rollout-dependants.json", []renderer{report.Text, report.Wide, report.MatrixText, report.MatrixWide, report.TimelineText, report.TimelineWide, turns, screen, across, difference}},
	{"testdata/registry-auth.json", []renderer{report.Text, report.Wide, report.MatrixText, report.TimelineText}},
	{"testdata/explain.json", []renderer{report.ExplainText}},
	{"testdata/explain-burst.json", []renderer{report.ExplainText}},
	{"testdata/node.json", []renderer{report.NodeText}},
	{"testdata/rollout.json", []renderer{report.RolloutText}},
}

func turns(w io.Writer, r *report.Report, s report.Style) error {
	var watch report.Watch
	return report.TurnLines(w, r, watch.Turns(r), s)
}

func screen(w io.Writer, r *report.Report, s report.Style) error {
	var watch report.Watch
	return report.Screen(w, r, watch.Turns(r), r.GeneratedAt, s, 30)
}

func across(w io.Writer, r *report.Report, s report.Style) error {
	name := r.Patterns[0].Title // whatever a context is called
	return report.AcrossText(w, report.NewAcross([]report.Context{{Name: name, Server: name, Report: r}, {Name: "b", Gap: name}}, nil), s)
}

func difference(w io.Writer, r *report.Report, s report.Style) error {
	before := *r
	before.Patterns = r.Patterns[:1]
	return report.DifferenceText(w, report.NewDifference(&before, r, "a", r.Patterns[0].Title, func(*report.Pattern) bool { return true }), s)
}

// FuzzScreens: whatever a cluster says, no line is wider than the terminal, and
// nothing gets through that steers it, that nobody sees, or that turns text
// around.
func FuzzScreens(f *testing.F) {
	for i, seed := range []string{
		"", "plain", "\x1b[31mred\x1b[0m", "\x1b]0;title\a", "a\u202egnp.exe", "zero\u200bwidth\ufeff", "\u009b2J", "broken \xff\xc3",
		"漢字漢字漢字漢字", "👩🏽‍🚀👨‍👩‍👧‍👦🇩🇪🏴\U000e0067\U000e007f", "e\u0301\u0301\u0301\u0301\u0301\u0301", "\u0301starts", "각각", "ＦＵＬＬ",
		"क्षि", "ﷺ", "1\ufe0f\u20e3", "ab\u00adcd\u2060ef\u2028gh\u3164", "line\nbreak\r\tand\vmore\f", `it's "quoted" $HOME \ |`,
		strings.Repeat("x", 300), strings.Repeat("漢", 120), strings.Repeat("a b ", 80), strings.Repeat("--flag='v ", 30), "“…→–×≥└░█",
	} {
		f.Add(seed, uint8(len(seed)*7), uint8(i%2))
		f.Add(seed, uint8(40-i), uint8(2+(i+1)%2))
	}
	f.Fuzz(func(t *testing.T, text string, columns, mode uint8) {
		if len(text) > 2000 {
			t.Skip("longer than needed")
		}
		change := func(s string) string { return s + text }
		if mode&1 != 0 {
			change = func(s string) string { return text + s }
		}
		style := report.Style{Width: 40 + int(columns), ASCII: mode&2 != 0}
		for _, on := range onScreens {
			r := poison(t, on.file, change)
			dropAlerts(r)
			for i, write := range on.texts {
				var out bytes.Buffer
				if err := write(&out, r, style); err != nil {
					t.Fatal(err)
				}
				for _, line := range strings.Split(out.String(), "\n") {
					if why := unfit(line, style); why != "" {
						t.Fatalf("%s, text %d at %d columns: %s: %q", on.file, i, style.Width, why, line)
					}
				}
			}
		}
	})
}

// dropAlerts takes alert rules out: words of PromQL are wider than narrow
// terminals, and nothing breaks them.
func dropAlerts(r *report.Report) {
	for i := range r.Patterns {
		for k := range r.Patterns[i].Recommendations {
			r.Patterns[i].Recommendations[k].AlertRule = ""
		}
	}
}

// unfit says what is wrong with a line; empty where nothing is.
func unfit(line string, s report.Style) string {
	if n := runewidth.StringWidth(line); n > s.Width {
		return "too wide"
	}
	if !utf8.ValidString(line) {
		return "no UTF-8"
	}
	for _, r := range line {
		switch {
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Variation_Selector,
			unicode.Join_Control, unicode.Other_Default_Ignorable_Code_Point):
			return "a character that must not get through"
		case s.ASCII && r > unicode.MaxASCII:
			return "not ASCII"
		}
	}
	return ""
}
