package cmd

import (
	"regexp"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// TestEveryPatternCompiles: a scan compiles the patterns that it uses alone, so
// that a mistake in another one would wait for the cluster that asks for it.
func TestEveryPatternCompiles(t *testing.T) {
	n := 0
	lazyregexp.Each(func(r *lazyregexp.Regexp) {
		n++
		if _, err := regexp.Compile(r.String()); err != nil {
			t.Error(err)
		}
	})
	if n < 300 {
		t.Errorf("only %d patterns are known: are the others made at every start?", n)
	}
}
