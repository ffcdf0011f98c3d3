package report

import (
	"time"

	"github.com/fatih/color"
)

// Style is how text is laid out and painted. It is an argument, never found
// out here: a report is written to whatever it is given.
type Style struct {
	Width int // columns, of which 40 to 1,000 are used; 0 means 80
	Color bool
	Zone  *time.Location // of the times shown; nil means UTC
	// ASCII is set where the terminal shows nothing else.
	ASCII bool
	// Again are the flags, quoted for a shell, by which another command looks
	// at the same as this one: "-A", "-f dump.json".
	Again string
}

func (s Style) width() int {
	if s.Width <= 0 {
		return 80
	}
	return min(max(s.Width, 40), mostColumns)
}

// mostColumns is what no terminal has. COLUMNS may say anything, and time lines are
// drawn as wide as that.
const mostColumns = 1000

func (s Style) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// palette is the set of paints: a colour says how bad something is, or of what
// kind; what is to be typed and what stands back is bold and faint. Each colour is enabled or disabled for
// itself: the library's global switch is never touched, for NO_COLOR would
// win over --color=always.
type palette struct {
	bold, dim, critical, warning, info, change, good, command *color.Color
}

func newPalette(enabled bool) palette {
	make := func(attrs ...color.Attribute) *color.Color {
		c := color.New(attrs...)
		if enabled {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return palette{
		bold:     make(color.Bold),
		dim:      make(color.Faint),
		critical: make(color.FgRed, color.Bold),
		warning:  make(color.FgYellow),
		info:     make(color.FgCyan),
		change:   make(color.FgMagenta),
		good:     make(color.FgGreen),
		command:  make(color.Bold),
	}
}

func (p palette) severity(s string) *color.Color {
	switch s {
	case "critical":
		return p.critical
	case "warning":
		return p.warning
	}
	return p.info
}

func (p palette) entry(kind string) *color.Color {
	switch kind {
	case "change":
		return p.change
	case "recovery":
		return p.good
	}
	return nil // as it is
}
