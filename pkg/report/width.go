package report

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// terminal measures characters as most terminals do, whatever the locale of
// whoever renders: the same report is laid out alike everywhere.
var terminal = &runewidth.Condition{StrictEmojiNeutral: true}

// widthOf is how many columns a text takes: those of its characters one by
// one. What joins characters to one sign is escaped before, so that no terminal
// sees less of it than another.
func widthOf(text string) int {
	n := 0
	for _, r := range text {
		n += terminal.RuneWidth(r)
	}
	return n
}

// pad fills text with blanks to a width in columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-widthOf(text)))
}

// shorten cuts text in the middle: names differ at their ends.
func shorten(text string, width int) string { return cutMiddle(text, width, (width-1)/2) }

// shortenKeepingEnd keeps more of the end than of the beginning.
func shortenKeepingEnd(text string, width int) string { return cutMiddle(text, width, (width-1)/3) }

func cutMiddle(text string, width, start int) string {
	head := headOf(text, width)
	if len(head) == len(text) || width < 5 {
		return head
	}
	head = headOf(text, start)
	return head + "…" + tailOf(text, width-1-widthOf(head))
}

// clip cuts a text at its end.
func clip(text string, width int) string {
	head := headOf(text, width)
	if len(head) == len(text) || width < 1 {
		return head
	}
	return headOf(text, width-1) + "…"
}

// headOf is the longest start of a text that fits into a width. It looks no
// further: the text may be a megabyte without a blank.
func headOf(text string, width int) string {
	for i, r := range text {
		if width -= terminal.RuneWidth(r); width < 0 {
			return text[:i]
		}
	}
	return text
}

// tailOf is the longest end of a text that fits into a width, without marks at
// its start that belong to a character before.
func tailOf(text string, width int) string {
	from := len(text)
	for i := len(text); i > 0; {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		w := terminal.RuneWidth(r)
		if width -= w; width < 0 {
			break
		}
		if i -= size; w > 0 {
			from = i
		}
	}
	return text[from:]
}
