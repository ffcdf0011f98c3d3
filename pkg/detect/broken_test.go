package detect

import (
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestAMistakeTakesNothingFromOthers: a detector that breaks is named, what it had
// reported is not told, and the others are heard.
func TestAMistakeTakesNothingFromOthers(t *testing.T) {
	var names []string
	s := cluster.New(cluster.Parts{Sources: []cluster.Source{{Resource: cluster.Pods}}})
	patterns, skipped := Run(Suite{
		sound(func(d *Detector) {
			d.Run = func(p *Pass) { p.Report(Pattern{Cause: "one-cause"}); p.Report(Pattern{Cause: names[0]}) }
		}),
		sound(func(d *Detector) { d.Name, d.Run = "other", func(p *Pass) { p.Report(Pattern{Cause: "one-cause"}) } }),
	}, s, nil)
	if len(patterns) != 1 || patterns[0].Detector != "other" {
		t.Errorf("told: %+v", patterns)
	}
	if len(skipped) != 1 || skipped[0].Detector != "some-detector" || !strings.HasPrefix(skipped[0].Why, Mistake+"runtime error: index out of range") {
		t.Errorf("skipped: %+v", skipped)
	}
}
