package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// SeenBefore is that a pattern was there earlier, and went.
type SeenBefore struct {
	Times int       `json:"times"` // a lower bound
	First time.Time `json:"first"` // when the first and the last of the earlier began
	Last  time.Time `json:"last"`
	// RecoveredAfterSeconds is how long it took until all was well: the median.
	RecoveredAfterSeconds int `json:"recoveredAfterSeconds"`
	// Workloads of the pattern (nodes, where it is about nodes) had it before,
	// of Of that have it now.
	Workloads int           `json:"workloads"`
	Of        int           `json:"of"`
	Episodes  []SeenEpisode `json:"episodes"` // oldest first
	Window    Window        `json:"window"`   // what the past covers
	// WatchedSeconds is how much of the window was watched.
	WatchedSeconds int `json:"watchedSeconds"`
}

// SeenEpisode is one time that it was there.
type SeenEpisode struct {
	From                  time.Time `json:"from"`
	RecoveredAfterSeconds int       `json:"recoveredAfterSeconds"`
	// IsLowerBound is set when only the last failure dates the end.
	IsLowerBound bool `json:"isLowerBound,omitempty"`
}

func seenBefore(b *correlate.Before) *SeenBefore {
	if b == nil {
		return nil
	}
	first, last := b.Episodes[0].From.UTC(), b.Episodes[len(b.Episodes)-1].From.UTC()
	out := &SeenBefore{Times: len(b.Episodes), First: first, Last: last, Workloads: b.Workloads, Of: b.Of,
		Window: Window{From: b.From.UTC(), To: b.To.UTC()}, WatchedSeconds: int(b.Watched.Seconds())}
	var took []int
	for _, e := range b.Episodes {
		seconds := int(e.After.Seconds())
		took = append(took, seconds)
		out.Episodes = append(out.Episodes, SeenEpisode{From: e.From.UTC(), RecoveredAfterSeconds: seconds, IsLowerBound: e.AtLeast})
	}
	slices.Sort(took)
	out.RecoveredAfterSeconds = took[len(took)/2]
	return out
}

// before tells when a pattern was there earlier, the last times in full.
func (t *text) before(p *Pattern) {
	if words := t.beforeWords(p); words != "" {
		t.field(2, "Before", words, nil)
	}
}

// beforeWords are empty where nothing earlier is known.
func (t *text) beforeWords(p *Pattern) string {
	b := p.SeenBefore
	if b == nil {
		return ""
	}
	var told []string
	for _, e := range b.Episodes[max(0, len(b.Episodes)-few):] {
		least := ""
		if e.IsLowerBound {
			least = "at least "
		}
		told = append(told, fmt.Sprintf("%s, over after %s%s", t.stamp(e.From), least, detect.Span(time.Duration(e.RecoveredAfterSeconds)*time.Second)))
	}
	which := "the last: "
	if len(told) == len(b.Episodes) {
		which = ""
	}
	all := b.Window.To.Sub(b.Window.From)
	return fmt.Sprintf("seen %s on %d of the %d that have it now: %s%s. The past reaches back %s, %s of it watched.",
		times(b.Times), b.Workloads, b.Of, which, strings.Join(told, "; "), detect.Span(all), percentage(float64(b.WatchedSeconds)/all.Seconds()))
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
