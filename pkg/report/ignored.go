package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Ignored is a pattern that a rule of the user's own keeps from being told.
type Ignored struct {
	ID       string `json:"id"`
	Cluster  string `json:"cluster,omitempty"` // the context, where several were asked for
	Severity string `json:"severity"`
	Title    string `json:"title"`
	// Rule is the rule in words, with the file and line where it is written.
	Rule   string     `json:"rule"`
	Reason string     `json:"reason,omitempty"`
	Until  *time.Time `json:"until,omitempty"` // when the rule ends
	// Explains are the IDs of patterns that follow from it and are told.
	Explains []string `json:"explains,omitempty"`
}

// ignored is nil where nothing is: most have no rules, and need not read of them.
func ignored(in []correlate.Ignored, told []*correlate.Pattern) []Ignored {
	var out []Ignored
	follow := map[string][]string{}
	for _, p := range told {
		follow[p.ExplainedBy] = append(follow[p.ExplainedBy], p.ID)
	}
	for _, i := range in {
		out = append(out, Ignored{ID: i.ID, Severity: string(i.Severity), Title: i.Title,
			Rule: i.Rule.Text + " (" + i.Rule.At + ")", Reason: i.Rule.Reason, Until: moment(i.Rule.Until), Explains: follow[i.ID]})
	}
	return out
}

// pastIgnored puts what follows from an ignored pattern beneath the one that this
// follows from in turn, where that is told: one incident is told as one.
func (r *Report) pastIgnored(all []correlate.Ignored) {
	if len(all) == 0 {
		return
	}
	told, above := map[string]*Pattern{}, map[string]string{}
	for i := range r.Patterns {
		told[r.Patterns[i].ID] = &r.Patterns[i]
	}
	for _, i := range all {
		above[i.ID] = i.ExplainedBy
	}
	for i := range r.Patterns {
		p := &r.Patterns[i]
		up := p.ExplainedBy
		for told[up] == nil && up != "" {
			up = above[up]
		}
		if root := told[up]; root != nil && up != p.ExplainedBy {
			p.ExplainedBy = up
			root.Explains = append(slices.Clip(root.Explains), p.ID)
		}
	}
}

// ignoredNamed is how many patterns are named where they are told in a line.
const ignoredNamed = 6

// IgnoredLine tells in a line what is ignored, and for how long; it is empty
// where nothing is.
func IgnoredLine(in []Ignored) string {
	if len(in) == 0 {
		return ""
	}
	var names []string
	for _, i := range in[:min(len(in), ignoredNamed)] {
		names = append(names, i.named())
	}
	if more := len(in) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return escape(fmt.Sprintf("%s ignored by config: %s", detect.Count(len(in), "pattern"), strings.Join(names, ", ")))
}

// named is the ID with what else there is to say.
func (i *Ignored) named() string {
	var notes []string
	if i.Until != nil {
		notes = append(notes, "until "+i.Until.UTC().Format(time.DateOnly))
	}
	if i.Reason != "" {
		notes = append(notes, i.Reason)
	}
	if n := len(i.Explains); n > 0 {
		notes = append(notes, fmt.Sprintf("explains %d of the patterns that are told", n))
	}
	if len(notes) == 0 {
		return i.ID
	}
	return i.ID + " (" + strings.Join(notes, "; ") + ")"
}

// IgnoredText writes that line below a text.
func IgnoredText(w io.Writer, in []Ignored, s Style) error {
	if len(in) == 0 {
		return nil
	}
	c := newCanvas(w, s)
	c.blank()
	c.paragraph(0, 2, IgnoredLine(in), c.palette.dim)
	return c.err
}

// onlyIgnored is what there is to say where nothing else is told.
func (t *text) onlyIgnored() string {
	return fmt.Sprintf("No failure pattern found but %d that the config ignores. %s", len(t.r.Ignored), t.failing())
}
