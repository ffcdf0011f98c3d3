package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// block is a message of several lines: its first line and, within a few lines
// of it, what it says of one setting.
type block struct {
	source string
	head   *lazyregexp.Regexp
	// entry finds the setting; why, when not nil, has to match within the two
	// lines after it and parts what is missing from what is wrong.
	entry, why *lazyregexp.Regexp
	missing    *lazyregexp.Regexp
}

// blockForms are the reports of validators of settings. Their heads say that
// it is settings and not somebody's request that is validated.
var blockForms = []block{
	{source: "pydantic-settings",
		head:  lazyregexp.New(`\d+ validation errors? for \w*(?i:settings|config|configuration|env|environment|conf)\w*`),
		entry: lazyregexp.New(`^([A-Za-z_][\w.]*)$`), why: lazyregexp.New(`\[?\(?type=`), missing: lazyregexp.New(`(?i)field required`)},
	{source: "envalid, znv, t3-env", head: lazyregexp.New(`(?i)(?:missing|invalid|bad) environment variables?`),
		entry: lazyregexp.New(`^[\s{"'\-*•]*([A-Z][A-Z0-9_]{2,})["']?(?: ?[:=]|\s*$| \()`), missing: lazyregexp.New(`(?i)undefined|required|missing`)},
	{source: "zod on process.env", head: lazyregexp.New(`ZodError: \[|ZodError$`),
		entry: lazyregexp.New(`^\s*"([A-Z][A-Z0-9_]{2,})"$`), missing: lazyregexp.New(`(?i)"?required"?|undefined`)},
	{source: "Docker images of MySQL and MariaDB", head: lazyregexp.New(`[Yy]ou need to specify one of the following`),
		entry: lazyregexp.New(`^\s*-? ?([A-Z][A-Z0-9_]{2,})\b`), missing: lazyregexp.New(`.`)},
	{source: "Spring Boot, APPLICATION FAILED TO START", head: lazyregexp.New(`^Failed to bind properties under '([^'\s]{1,120})'`),
		entry: lazyregexp.New(`^\s+Property: ([\w.\-]+)`), missing: lazyregexp.New(`must not be (?:null|blank|empty)`)},
}

// within is how many lines a block's entries are looked for in.
const within = 14

// blocksIn finds such messages, by their first line. The first setting that a
// block names stands for it.
func blocksIn(lines []line) map[int]said {
	var out map[int]said
	for i := range lines {
		for k := range blockForms {
			b := &blockForms[k]
			if !b.head.MatchString(lines[i].text) {
				continue
			}
			if s, ok := b.read(lines, i); ok {
				if out == nil {
					out = map[int]said{}
				}
				out[i] = s
			}
		}
	}
	return out
}

func (b *block) read(lines []line, head int) (said, bool) {
	end := min(head+1+within, len(lines))
	for j := head + 1; j < end; j++ {
		m := b.entry.FindStringSubmatch(lines[j].text)
		if m == nil {
			continue
		}
		detail := joined(lines[j:min(j+3, end)])
		if b.why != nil && !b.why.MatchString(detail) {
			continue
		}
		if b.source == "zod on process.env" {
			detail = joined(lines[head:end])
		}
		s := said{kind: Environment, cause: BadValue, item: m[1], line: strings.TrimSpace(lines[head].text) + ": " + strings.TrimSpace(lines[j].text)}
		if b.missing.MatchString(detail) {
			s.cause = MissingVariable
		}
		return s, true
	}
	return said{}, false
}

func joined(lines []line) string {
	var b strings.Builder
	for i := range lines {
		b.WriteString(lines[i].text)
		b.WriteByte('\n')
	}
	return b.String()
}
