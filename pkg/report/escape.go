package report

import (
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

// escapeBlanksKept is the same of a command, in which each blank counts.
func escapeBlanksKept(text string) string { return escaped(text, true) }

func escaped(text string, blanksKept bool) string {
	var b strings.Builder
	blank := false
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
		case unicode.IsControl(r) || isBidi(r) || r == unicode.ReplacementChar:
			b.WriteString("\\u")
			for shift := 12; shift >= 0; shift -= 4 {
				b.WriteByte("0123456789abcdef"[(r>>shift)&0xf])
			}
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

// isBidi reports the characters that reorder or hide text
// (Unicode Technical Report 36, "trojan source").
func isBidi(r rune) bool {
	return (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) ||
		r == 0x200e || r == 0x200f || r == 0x061c || (r >= 0x200b && r <= 0x200d) || r == 0xfeff
}
