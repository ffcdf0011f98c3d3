package report

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// Explain is what a report about one pattern adds.
type Explain struct {
	ID string `json:"id"`
	// FollowsFrom are the patterns above it, nearest first; Following those
	// below it, each with what decided that it follows from its parent.
	FollowsFrom []Relative `json:"followsFrom"`
	Following   []Relative `json:"following"`
	// Comparison says among whom shared factors were looked for, or what is
	// lacking to compare.
	Comparison string `json:"comparison,omitempty"`
	// NotChecked is what could have told more and was not looked at.
	NotChecked []Sentence `json:"notChecked"`
}

// Relative is a pattern above or below another.
type Relative struct {
	ID          string `json:"id"`
	Severity    string `json:"severity"`
	Title       string `json:"title"`
	ExplainedBy string `json:"explainedBy"`
	// Why says what decided that it follows from ExplainedBy; empty for a root.
	Why string `json:"why"`
}

// Follows is what decided that a pattern follows from another: Common of Of
// units of it are touched by both, or a link that no count measures.
type Follows struct {
	Unit        string `json:"unit"`
	Common      int    `json:"common"`
	Of          int    `json:"of"`
	Text        string `json:"text"`
	LeadSeconds *int   `json:"leadSeconds"`
}

func follows(f *correlate.Following) *Follows {
	if f == nil {
		return nil
	}
	out := &Follows{Unit: f.Unit, Common: f.Common, Of: f.Of, Text: f.Text()}
	if f.Dated {
		s := int(f.Lead.Seconds())
		out.LeadSeconds = &s
	}
	return out
}

// AddExplain adds what is around one pattern to a report.
func (r *Report) AddExplain(e correlate.Explained) {
	r.Explain = &Explain{ID: e.Pattern.ID, FollowsFrom: convert(e.Above, relative), Following: convert(e.Below, relative),
		Comparison: e.Comparison,
		NotChecked: convert(e.NotChecked, func(s string) Sentence { return Sentence{s} })}
}

func relative(p *correlate.Pattern) Relative {
	out := Relative{ID: p.ID, Severity: string(p.Severity), Title: p.Title, ExplainedBy: p.ExplainedBy}
	if p.Following != nil {
		out.Why = p.Following.Text()
	}
	return out
}

// factorNumbers are a factor's numbers in a line: how much more often the
// affected have it, how likely that is by chance, and of how many it was told.
func factorNumbers(f *SharedFactor) string {
	text := fmt.Sprintf("%s; compared by %s", f.Tier, f.Unit)
	if f.HealthyOf == 0 {
		text += ", nothing healthy to compare with"
	}
	if f.RiskRatio != nil && len(f.Interval) == 2 {
		text += fmt.Sprintf("; risk ratio %.3g (95 %% interval %.3g to %.3g)", *f.RiskRatio, f.Interval[0], f.Interval[1])
	}
	if f.P != nil {
		text += fmt.Sprintf("; p %.2g", *f.P)
	}
	if f.Q != nil {
		text += fmt.Sprintf("; q %.2g", *f.Q)
	}
	if f.Tested > 0 {
		return text + fmt.Sprintf("; %d values tried", f.Tested)
	}
	return text + "; named by the failure itself, no other value tried"
}

// aliases are the values that nothing here tells from a factor's.
func aliases(f *SharedFactor) string {
	var out []string
	for _, a := range f.Aliases {
		out = append(out, a.Attribute+" "+a.Value)
	}
	return list(out, 8)
}

// tierMeans says what a tier stands on.
func tierMeans(tier string) string {
	switch tier {
	case "stated":
		return "stated: Kubernetes or the container names it itself"
	case "strong":
		return "strong: concentrated, or ordered, far beyond chance"
	case "suggestive":
		return "suggestive: may be related"
	}
	return "observation: counts only, nothing is concluded"
}

// saying is one text of the evidence with everything that says it.
type saying struct {
	source, reason, text string
	subjects             []string
	times                int
}

// sayings gathers evidence by what it says, in the order of time.
func sayings(all []Evidence) []saying {
	type words struct{ source, reason, text string }
	var out []saying
	at := map[words]int{}
	said := map[words]map[string]bool{}
	for _, e := range all {
		key := words{e.Source, e.Reason, e.Text}
		if said[key] == nil {
			at[key], said[key] = len(out), map[string]bool{}
			out = append(out, saying{source: e.Source, reason: e.Reason, text: e.Text})
		}
		s := &out[at[key]]
		s.times += max(e.Count, 1)
		if name := e.Subject.Kind + " " + path(e.Subject.Namespace, e.Subject.Name); !said[key][name] {
			said[key][name] = true
			s.subjects = append(s.subjects, name)
		}
	}
	return out
}
