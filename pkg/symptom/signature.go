package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// signature is one row of a table: when any of its texts occurs in a
// message, or its pattern matches, the message has its cause. Texts are
// compared in lower case. The first matching row wins, so the order of a
// table is part of its meaning.
type signature struct {
	cause   string
	texts   []string
	pattern *lazyregexp.Regexp
	source  string // where the wording comes from
}

// classify returns the cause of the first row that matches, else "".
func classify(table []signature, message string) string {
	lower := strings.ToLower(message)
	for i := range table {
		if table[i].matches(lower) {
			return table[i].cause
		}
	}
	return ""
}

func (s *signature) matches(lower string) bool {
	for _, t := range s.texts {
		if strings.Contains(lower, t) {
			return true
		}
	}
	return s.pattern != nil && s.pattern.MatchString(lower)
}
