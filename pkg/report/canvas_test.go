package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                           "plain",
		"two\nlines\r\n and\ttab":         "two lines and tab",
		"\x1b[31mred\x1b[0m":              "^[[31mred^[[0m",
		"bell\a and del\x7f":              "bell^G and del^?",
		"c1 \u009b31m":                    "c1 \\u009b31m",
		"abc\u202edef":                    "abc\\u202edef",
		"zero\u200bwidth":                 "zero\\u200bwidth",
		"broken \xff utf-8":               "broken \\ufffd utf-8",
		"join\u2060er, tag\U000e0041":     "join\\u2060er, tag\\ue0041",
		"line\u2028separator":             "line\\u2028separator",
		"hangul\u3164filler":              "hangul\\u3164filler",
		"e\u0301 n\u0303":                 "e\u0301 n\u0303",
		"a" + strings.Repeat("\u0301", 6): "a" + strings.Repeat("\u0301", 4) + `\u0301\u0301`,
		"umlaut ä, 漢字, → and “so”":        "umlaut ä, 漢字, → and “so”",
	} {
		if got := escape(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("\x1b]0;title\a")
	f.Add("\u009b2J")
	f.Fuzz(func(t *testing.T, in string) {
		out := escape(in)
		for _, r := range out {
			if isHidden(r) {
				t.Errorf("%q lets %U through", in, r)
			}
		}
		if again := escape(out); again != out {
			t.Errorf("not stable: %q, then %q", out, again)
		}
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 20, []string{""}},
		{"some words that go on", 16, []string{"some words that", "go on"}},
		{"aaaaaaaaaaaaaaaaaaaaaaaa end", 16, []string{"aaaaaaaaaaaaaaaa", "aaaaaaaa end"}},
		{"漢字漢字漢字漢字 漢字", 16, []string{"漢字漢字漢字漢字", "漢字"}},
	} {
		if diff := cmp.Diff(c.want, wrap(c.in, c.width)); diff != "" {
			t.Errorf("%q at %d: %s", c.in, c.width, diff)
		}
	}
}

func TestShortenKeepsTheEnd(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"checkout-5d54bc976b-dbrqn", 15, "checkou…b-dbrqn"},
		{"漢字漢字漢字漢字", 9, "漢字…漢字"},
	} {
		if got := shorten(c.in, c.width); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

// Colours are paint: without them the same text stands in the same columns.
func TestColourDoesNotMoveText(t *testing.T) {
	draw := func(s Style) string {
		var out bytes.Buffer
		c := newCanvas(&out, s)
		c.table(2, []string{"A", "B"}, [][]cell{{{"one", c.palette.critical}, {"two", nil}}, {{"three", nil}, {"four", c.palette.dim}}})
		c.bullet(2, "-", strings.Repeat("word ", 30), c.palette.warning)
		c.field(2, "Label", strings.Repeat("text ", 30), c.palette.bold)
		return out.String()
	}
	t.Setenv("NO_COLOR", "1") // --color=always outranks it
	painted := draw(Style{Width: 60, Color: true})
	if !strings.Contains(painted, "\x1b[") {
		t.Fatal("nothing is painted")
	}
	plain := draw(Style{Width: 60})
	if strings.Contains(plain, "\x1b[") {
		t.Fatal("painted without being asked to")
	}
	for painted != "" { // strip every escape sequence
		before, after, found := strings.Cut(painted, "\x1b[")
		if !found {
			break
		}
		painted = before + after[strings.IndexByte(after, 'm')+1:]
	}
	if diff := cmp.Diff(plain, painted); diff != "" {
		t.Error(diff)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrorsAreReported(t *testing.T) {
	if err := Text(full{}, &Report{}, Style{}); err == nil {
		t.Error("a full disk goes unnoticed")
	}
}

// A message of megabytes without a blank must not take time with its square.
func TestLongWordsTakeLinearTime(t *testing.T) {
	word := strings.Repeat("x", 4<<20)
	start := time.Now()
	if got := len(wrap(word, 64)); got != 1<<16 {
		t.Errorf("%d lines, want %d", got, 1<<16)
	}
	if got := shorten(word, 9); got != "xxxx…xxxx" {
		t.Errorf("cut to %.20q", got)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestWidthIsThatOfATerminal: COLUMNS may say anything.
func TestWidthIsThatOfATerminal(t *testing.T) {
	for said, want := range map[int]int{0: 80, -5: 80, 1: 40, 200: 200, 1 << 30: mostColumns} {
		if got := (Style{Width: said}).width(); got != want {
			t.Errorf("%d columns: %d, want %d", said, got, want)
		}
	}
}
