package collect

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// maskText replaces what looks like a credential in a text that applications
// or users wrote: what is called one, what has the form of one, and words that
// look generated. Only rows run of which a hint is in the text, and most texts
// hold none.
func maskText(text string) string {
	rows := hinted(text)
	for i := range secretMasks {
		if rows&(1<<i) != 0 {
			text = secretMasks[i].apply(text)
		}
	}
	return maskGenerated(text)
}

// mask is one form of credentials in a text.
type mask struct {
	// hints are the words of which a text holds one, in whatever case, if the
	// pattern matches it.
	hints   []string
	pattern *lazyregexp.Regexp
	with    string
}

func (m *mask) apply(text string) string {
	return m.pattern.ReplaceAllStringFunc(text, func(found string) string {
		if plainValue.MatchString(found) {
			return found
		}
		return m.pattern.ReplaceAllString(found, m.with)
	})
}

// plainValue matches what stands where a secret would and says that there is
// none: MySQL's "(using password: YES)", "DB_PASSWORD: undefined", and words
// such as those of "Basic authentication".
var plainValue = lazyregexp.New(`(?i:[=:]\s*["']?(?:yes|no|true|false|undefined|null|nil|none|required|missing|empty|unset|must|invalid)["']?$)|^(?i:bearer|basic)\s+[a-z]+$`)

// hint is a word with the rows, as bits, of which it is a hint.
type hint struct {
	word string
	rows uint64
}

// hints are the hints of all rows by their first byte.
var hints = func() *[256][]hint {
	var out [256][]hint
	for i := range secretMasks {
		for _, w := range secretMasks[i].hints {
			h := hint{w, 1 << i}
			out[w[0]] = append(out[w[0]], h)
			if upper := strings.ToUpper(w[:1])[0]; upper != w[0] {
				out[upper] = append(out[upper], h)
			}
		}
	}
	return &out
}()

// hinted are the rows, as bits, that may match a text.
func hinted(text string) uint64 {
	var rows uint64
	for i := range len(text) - 1 {
		for _, h := range hints[text[i]] {
			if text[i+1]|lower == h.word[1]|lower && i+len(h.word) <= len(text) && strings.EqualFold(text[i:i+len(h.word)], h.word) {
				rows |= h.rows
			}
		}
	}
	return rows
}

// lower is the bit in which an upper letter differs from the lower one. That it
// makes other bytes alike matters not: EqualFold decides.
const lower = 0x20

// hasSecretHint reports whether masking may change a text.
func hasSecretHint(text string) bool { return hinted(text) != 0 || hasGenerated(text) }
