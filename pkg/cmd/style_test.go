package cmd

import (
	"strings"
	"testing"
)

func TestTheLocaleSaysWhichSignsAreSeen(t *testing.T) {
	for _, c := range []struct {
		all, ctype, lang string
		terminal, dumb   bool
		ascii            bool
	}{
		{lang: "en_US.UTF-8", terminal: true},
		{lang: "C.utf8", terminal: true},
		{lang: "de_DE.UTF-8", all: "C", ascii: true},
		{lang: "C", ctype: "en_GB.UTF-8", terminal: true},
		{lang: "de_DE.ISO-8859-1", ascii: true},
		{lang: "en_US.UTF-8", terminal: true, dumb: true, ascii: true},
		{terminal: true, ascii: true},
		{}, // a file
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_CTYPE", c.ctype)
		t.Setenv("LANG", c.lang)
		if got := asciiOnly(c.terminal, c.dumb); got != c.ascii {
			t.Errorf("%+v: ASCII %v", c, got)
		}
	}
}

// TestPlainOutputs: a locale of another character set gets ASCII, a pipe no
// colour, and neither changes what programs read.
func TestPlainOutputs(t *testing.T) {
	data := recording("registry-auth")
	t.Setenv("LC_ALL", "en_US.UTF-8")
	unicode, _, _ := run(t, "", "-f", data, "--utc")
	markdown, _, _ := run(t, "", "-f", data, "--utc", "-o", "markdown")
	t.Setenv("LC_ALL", "C")
	ascii, _, _ := run(t, "", "-f", data, "--utc")
	same, _, _ := run(t, "", "-f", data, "--utc", "-o", "markdown")
	isASCII := func(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0 }
	if !isASCII(ascii) || isASCII(unicode) || strings.Contains(unicode, "\x1b") {
		t.Errorf("in the locale C:\n%s\nin UTF-8:\n%s", ascii, unicode)
	}
	if markdown != same {
		t.Error("Markdown depends on the locale")
	}
}
