package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// asciiOf are the signs that we write, for terminals that have none but ASCII.
// Those of one column, with which is drawn, have one here too.
var asciiOf = map[rune]string{
	'→': "->", '–': "-", '—': "-", '×': "x", '≥': ">=", '≤': "<=", '“': `"`, '”': `"`, '‘': "'", '’': "'", '…': "...",
	'·': ".", '»': ">", '«': "<", '└': "`", '├': "|", '─': "-", '│': "|", '┊': "|", '▪': "#",
	'▁': "+", '▂': "+", '▃': "+", '▄': "*", '▅': "*", '▆': "#", '▇': "#", '█': "#",
	'░': ":", '▒': "%", '▓': "&", '◆': "@", '○': "o",
}

// ascii writes a text that is escaped already in ASCII: our signs as they are
// in the table, everything else by its number.
func ascii(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		sign, known := asciiOf[r]
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case known:
			b.WriteString(sign)
		case r > 0xffff:
			fmt.Fprintf(&b, "\\U%08x", r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}

// asciiDrawn writes what was laid out already in ASCII, sign by sign.
func asciiDrawn(text string) string {
	if isASCII(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		if r == '…' { // where a text was cut
			return '~'
		}
		if sign := asciiOf[r]; len(sign) == 1 {
			return rune(sign[0])
		}
		return '?'
	}, text)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
