package correlate

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// harmWords are what a comparison calls a class of failures.
var harmWords = map[harm]string{
	pulling:  "Images not pulled",
	starting: "Not started",
	running:  "Crashed or not ready",
	removal:  "Evicted or lost",
}

// words says a comparison: the counts of both sides, what chance would do, and
// what of it may be said of the node. Like pods are those of one stratum.
func (x *Comparison) words(h harm, c *counts) string {
	text := harmWords[h] + ": "
	if x.Affected == 0 {
		return text + x.incomparable(c)
	}
	text += fmt.Sprintf("%d of %s here, %d of %d like ones %s", x.Affected, detect.Count(x.Of, "pod"), x.PeersAffected, x.PeersOf, where(x.With))
	switch x.Tier {
	case Silent:
		text += fmt.Sprintf(". Not enough to compare: that is %s, and at least %d more that fail here and not there would be needed.",
			detect.Count(c.workloads, "workload"), x.Needed)
	case detect.Observation:
		text += x.chance() + ". That is no more than chance may do."
	case detect.Suggestive:
		text += x.chance() + ". It may be related to this node."
	default:
		text += x.chance() + ". The failures are concentrated on this node."
	}
	return text + rest(c) + x.company()
}

func where(with string) string {
	if with == allOthers {
		return "on " + with
	}
	return "in " + with
}

// incomparable says why nothing can be set against the failures at all.
func (x *Comparison) incomparable(c *counts) string {
	text := detect.Count(c.broken+c.alone, "pod") + " here. "
	if c.alone == 0 {
		return text + fmt.Sprintf("Every pod of their revisions fails, here and %s: that says nothing of this node.", where(x.With))
	}
	return text + fmt.Sprintf("Not enough to compare: no like pod was at risk %s without failing; at least %s that fail here and not there would be needed.",
		where(x.With), detect.Count(x.Needed, "workload"))
}

// rest says what was left out of the counts.
func rest(c *counts) string {
	text := ""
	if c.broken > 0 {
		text += fmt.Sprintf(" Not counted: %s here of revisions that fail wherever they run.", detect.Count(c.broken, "pod"))
	}
	if c.alone > 0 {
		text += fmt.Sprintf(" Not counted: %s here without a like there.", detect.Count(c.alone, "failing pod"))
	}
	return text
}

func (x *Comparison) company() string {
	if len(x.Alike) == 0 {
		return ""
	}
	return " Failing alike: " + detect.List(x.Alike, 5) + "."
}

// chance is how likely as much is, on this node and on any.
func (x *Comparison) chance() string {
	text := "; chance " + odds(x.P)
	if x.Nodes > 1 && x.P <= .5 {
		text += fmt.Sprintf(", %s for any of %d nodes", odds(x.Q), x.Nodes)
	}
	return text
}

// odds says a chance as people do: "1 in 5,000", to two digits.
func odds(p float64) string {
	switch {
	case p > .5:
		return "better than even"
	case p < 1e-9:
		return "below 1 in a billion"
	}
	n := 1 / p
	if digits := math.Floor(math.Log10(n)) - 1; digits > 0 {
		n = math.Floor(n/math.Pow(10, digits)) * math.Pow(10, digits)
	}
	return "1 in " + thousands(int64(n+1e-9))
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
