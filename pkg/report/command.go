package report

import (
	"regexp"
	"strings"
)

// command prints a command line that can be copied and pasted as it stands.
func (c *canvas) command(indent int, command string) {
	for _, l := range c.commandLines(indent, command) {
		c.laid(l.at, cell{l.text, c.palette.command})
	}
}

// commandLine is one line of a command, and the column where it begins.
type commandLine struct {
	at   int
	text string
}

// commandLines breaks a command where a POSIX shell puts it together again:
// between words behind a backslash, the next line indented; inside of a word
// that is wider than the terminal behind a backslash as well, the next line at
// the very left, for blanks would end the word.
func (c *canvas) commandLines(indent int, command string) []commandLine {
	b := commandBreaker{width: c.style.width(), indent: indent + 2}
	b.line = commandLine{at: indent}
	words := shellWords(c.cleanCommand(command))
	for i, word := range words {
		if i+1 < len(words) && isFlagOf(word, words[i+1]) {
			b.keepTogether(word + " " + words[i+1])
		}
		b.put(word, i == len(words)-1)
	}
	return append(b.done, b.line)
}

// isFlagOf reports whether a word reads as a flag with a value behind it.
func isFlagOf(word, next string) bool {
	return word[0] == '-' && len(word) > 1 && !strings.Contains(word, "=") && next[0] != '-' && next != "|"
}

// keepTogether begins a line where two words have room on the next but not on
// this one.
func (b *commandBreaker) keepTogether(words string) {
	n := widthOf(words) + 2
	if b.line.text != "" && b.room() < 1+n && b.width-b.indent >= n {
		b.next(" \\", b.indent)
	}
}

type commandBreaker struct {
	width, indent int
	done          []commandLine
	line          commandLine
}

// put adds a word to the line, or to a new one. Behind every word but the
// last there must be room for a blank and a backslash.
func (b *commandBreaker) put(word string, last bool) {
	tail := 2
	if last {
		tail = 0
	}
	if b.line.text != "" {
		if b.room() >= 1+widthOf(word)+tail {
			b.line.text += " " + word
			return
		}
		b.next(" \\", b.indent)
	}
	if b.room() >= widthOf(word)+tail {
		b.line.text = word
		return
	}
	pieces := atomsOf(word)
	for len(pieces) > 0 {
		n := atomsFitting(pieces, b.room()-2)
		b.line.text = joined(pieces[:n])
		if pieces = pieces[n:]; len(pieces) > 0 {
			b.next("\\", 0)
		}
	}
}

func (b *commandBreaker) room() int {
	return b.width - b.line.at - widthOf(b.line.text)
}

func (b *commandBreaker) next(end string, at int) {
	b.line.text += end
	b.done = append(b.done, b.line)
	b.line = commandLine{at: at}
}

// atom is what is not cut: a character, one with a backslash before it, a
// variable. The quote is that which it stands in; 0 is none.
type atom struct {
	text  string
	quote byte
}

// expansion is a variable, with braces or not.
var expansion = regexp.MustCompile(`^\$(\w+|\{\w+\})`)

// atomsOf takes a word apart. A quote that is never closed is a character.
func atomsOf(word string) []atom {
	var out []atom
	quote := byte(0)
	for len(word) > 0 {
		c := word[0]
		switch {
		case quote == 0 && (c == '\'' || c == '"') && strings.IndexByte(word[1:], c) >= 0:
			quote = c
			if word = word[1:]; word[0] == c {
				out = append(out, atom{"", c})
			}
			continue
		case c == quote && quote != 0:
			quote, word = 0, word[1:]
			continue
		}
		n := len(headOfRunes(word, 1))
		switch {
		case quote == '\'':
		case c == '\\' && len(word) > 1:
			n = 1 + len(headOfRunes(word[1:], 1))
		case c == '$':
			n = max(n, len(expansion.FindString(word)))
		}
		out = append(out, atom{word[:n], quote})
		word = word[n:]
	}
	return out
}

func headOfRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// joined writes atoms as a word, each in its quotes.
func joined(atoms []atom) string {
	var b strings.Builder
	for i, a := range atoms {
		if a.quote != 0 && (i == 0 || atoms[i-1].quote != a.quote) {
			b.WriteByte(a.quote)
		}
		b.WriteString(a.text)
		if a.quote != 0 && (i == len(atoms)-1 || atoms[i+1].quote != a.quote) {
			b.WriteByte(a.quote)
		}
	}
	return b.String()
}

// atomsFitting is how many atoms have room, one at least; better those up to the
// last sign at which an eye may rest.
func atomsFitting(atoms []atom, room int) int {
	n, rest := 0, 0
	used := 0
	for n < len(atoms) {
		w := widthOf(atoms[n].text)
		if n == 0 || atoms[n-1].quote != atoms[n].quote {
			w += 2 // quotes that it may need
		}
		if used+w > room {
			break
		}
		used += w
		n++
		if strings.ContainsAny(atoms[n-1].text, " ,;/}=:.-") {
			rest = n
		}
	}
	switch {
	case n == len(atoms):
		return n
	case rest > n/2:
		return rest
	}
	return max(n, 1)
}

// shellWords splits a command at blanks that are not inside quotes.
func shellWords(command string) []string {
	var words []string
	start, quote := 0, byte(0)
	for i := 0; i < len(command); i++ {
		switch c := command[i]; {
		case quote != '\'' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '\'' || c == '"') && strings.IndexByte(command[i+1:], c) >= 0:
			quote = c
		case c == ' ':
			words, start = appendFilled(words, command[start:i]), i+1
		}
	}
	return appendFilled(words, command[min(start, len(command)):])
}

func appendFilled(words []string, word string) []string {
	if word == "" {
		return words
	}
	return append(words, word)
}
