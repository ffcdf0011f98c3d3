package cmd

import (
	"cmp"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// style looks at where the output goes.
func (f *scanFlags) style() report.Style {
	s := report.Style{Zone: time.Local, Width: 80}
	if f.utc {
		s.Zone = time.UTC
	}
	out, isFile := f.streams.Out.(*os.File)
	terminal := isFile && term.IsTerminal(int(out.Fd()))
	if terminal {
		if w, _, err := term.GetSize(int(out.Fd())); err == nil && w > 0 {
			s.Width = w
		}
	} else if w, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && w > 0 {
		s.Width = w
	}
	dumb := os.Getenv("TERM") == "dumb"
	switch f.color {
	case "always":
		s.Color = true
	case "auto":
		s.Color = terminal && os.Getenv("NO_COLOR") == "" && !dumb
	}
	s.ASCII = asciiOnly(terminal, dumb)
	return s
}

// asciiOnly reports whether whoever reads the output sees ASCII alone. The
// locale says so, as for other programs: the first of its variables that is
// set. Where none is, a terminal of Unix is of the locale C; what goes into a
// file is UTF-8.
func asciiOnly(terminal, dumb bool) bool {
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG"))
	if locale == "" {
		return terminal && (dumb || runtime.GOOS != "windows")
	}
	name := strings.ToUpper(locale)
	return terminal && dumb || !strings.Contains(name, "UTF-8") && !strings.Contains(name, "UTF8")
}
