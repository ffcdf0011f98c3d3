package report

import (
	"fmt"
	"strings"
	"unicode"
)

// escape makes text from a cluster safe for a terminal and fit for a line:
// white space becomes one blank, control characters and those that change
// the direction of text are shown as what they are. It never lets an escape
// sequence through.
func escape(text string) string {
	if isPlain(text) {
		return text
	}
	return escaped(text, false)
}

// escaped does it; in a command each blank counts.
func escaped(text string, blanksKept bool) string {
	var b strings.Builder
	blank, stacked := false, 0
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == ' ':
			if !blank || blanksKept {
				b.WriteByte(' ')
			}
			blank = true
			continue
		case r < 0x20 || r == 0x7f:
			b.WriteString("^" + string(r^0x40)) // as terminals write it: ESC is ^[
		case isHidden(r) || marks(r, &stacked) > mostMarks:
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
		blank = false
	}
	return b.String()
}

func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < 0x20 || c >= 0x7f || (c == ' ' && i+1 < len(text) && text[i+1] == ' ') {
			return false
		}
	}
	return true
}

// mostMarks is how many marks may stand on one character. Languages need
// three; more of them are there to cover what stands in other lines.
const mostMarks = 4

// marks counts the marks on one character up to this one.
func marks(r rune, stacked *int) int {
	if *stacked++; !unicode.In(r, unicode.Mn, unicode.Me) {
		*stacked = 0
	}
	return *stacked
}

// isHidden reports the characters that are not seen, that join others to one
// sign, or that turn text around (Unicode Technical Report 36, "trojan source"):
// control and format characters, separators of lines, variation selectors,
// fillers, what is private or broken, and the keycap.
func isHidden(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		r == unicode.ReplacementChar || r == 0x20e3
}
