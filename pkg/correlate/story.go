// Package correlate turns patterns into a story: what the affected share,
// what changed before, what follows from what, and whom it hurts. It alone
// decides what explains what.
package correlate

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Story is everything that there is to tell of a snapshot, in the order in
// which it is told.
type Story struct {
	Snapshot *cluster.Snapshot
	Patterns []*Pattern // roots before what they explain, most important first
	Timeline []Entry
	Matrix   Matrix
	Tree     []Branches
	Skipped  []detect.Skipped
	// Failing are the pods that have something wrong with them now, or have
	// not been ready for longer than a start takes; Looked is how many pods
	// were asked for.
	Failing []cluster.Ref
	Looked  int
	// Unexplained are those of Failing that no pattern holds.
	Unexplained []cluster.Ref
	// Hidden counts the patterns that Only left out.
	Hidden int
	// Ignored are the patterns that Ignoring left out.
	Ignored []Ignored

	explainer *explainer // of all of it, for views of a part
}

// Severity of a pattern.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// Rank orders severities: 0 is worst.
func (s Severity) Rank() int {
	switch s {
	case Critical:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// Pattern is a detected pattern, explained.
type Pattern struct {
	detect.Pattern
	ID          string
	Severity    Severity
	Tally       detect.Tally
	Affected    []Affected
	Shared      []SharedFactor
	Changes     []LinkedChange
	Impact      []Impact
	Timeline    []Entry
	Chain       []Hop // from what came first to what depends on it, depth first
	ExplainedBy string
	Following   *Following // why it follows from that; nil for a root
	Explains    []string
	Evidence    []symptom.Evidence
	Before      *Before // nil where it was not seen earlier, or nothing is known of that

	touched *touched
	members *members // looked up by factors; made when first asked for
	// firsts are when each workload's first symptom came; asked for by changes.
	firsts map[cluster.Ref]time.Time
	// comparison says among how many values of whom factors were found, or why
	// none; unfounded is set where none was, and no cause is known either.
	comparison string
	unfounded  bool
	compared   []detect.Factor // those of Shared that comparing found, for the matrix
}

// Affected is one affected object.
type Affected struct {
	cluster.Ref
	Workload  cluster.Ref
	Node      string
	Container string
	Image     string
	Detail    string
}

// SharedFactor is what the affected have in common, with the healthy beside
// it: Affected of AffectedOf hold the value, Healthy of HealthyOf do.
type SharedFactor struct {
	Attribute            string
	Value                string
	Unit                 string // workloads or pods
	Affected, AffectedOf int
	Healthy, HealthyOf   int
	RiskRatio, Low, High float64  // NaN when nothing can be compared
	P, Q                 float64  // NaN when nothing was compared
	Tested               int      // values that were compared
	With                 []Column // held together with the value
	Aliases              []Column // other names of the same pods
	Struck, Residue      int      // affected workloads compared, and those that no compared factor covers
	Tier                 detect.Tier
	Text                 string
}

// LinkedChange is a change shortly before a pattern, linked to the affected
// by more than time.
type LinkedChange struct {
	cluster.Change
	Lead   time.Duration // from the change to the first symptom
	Link   string
	Chance float64 // of some such change in this window anyway; NaN when the data reach back too short a time
	Tier   detect.Tier
	// Contrast sets those whom it reached against the others, Reversal says
	// that it ended when the change was undone, and Rivals are other linked
	// changes that lie as near; each may be empty.
	Contrast string
	Reversal string
	Rivals   []string
}

// Impact is what a pattern does to one workload.
type Impact struct {
	Workload       cluster.Ref
	Service        string
	Routes         []string // what leads requests to it: "Ingress shop/web (shop.example.com)"
	Desired, Ready int32
	State          State
	// Since and Until are when the workload was not as wanted; Until is zero
	// while it is not, and where nothing dates its recovery.
	Since, Until time.Time
	// Downtime is how long nothing of it was ready; with LowerBound at least
	// that long, and then no longer than AtMost, where that is told.
	Downtime   time.Duration
	LowerBound bool
	AtMost     time.Duration
	// RecoveredBy says how it became well again, HealedItself that no change
	// is known that did it. WorsenedBy are single points of failure.
	RecoveredBy  string
	HealedItself bool
	WorsenedBy   []string
}

// State of a workload that a pattern touched.
type State string

// The states, worst first.
const (
	Down       State = "down"
	Degraded   State = "degraded"
	Recovered  State = "recovered"
	Unaffected State = "unaffected"
)

// EntryKind is what sort of entry of a timeline it is.
type EntryKind string

// The kinds of entries.
const (
	ChangeEntry   EntryKind = "change"
	SymptomEntry  EntryKind = "symptom"
	RecoveryEntry EntryKind = "recovery"
)

// Entry of a timeline.
type Entry struct {
	Time, Until time.Time // Until is zero for an instant
	Kind        EntryKind
	Subject     cluster.Ref
	Node        string // where it happened, if on a node
	Reason      string
	Message     string
	Count       int
	Pattern     string // ID; empty for a change that no pattern is linked with
}

// Branches is one group of the tree that sums the story up.
type Branches struct {
	Heading  string
	Root     string
	Branches []string
}

// Matrix sets patterns against the factors that they name.
type Matrix struct {
	Rows    []string // IDs
	Columns []Column
	Cells   [][]Cell // by row, then column
	Between []Between
}

// Column is one value of an attribute.
type Column struct{ Attribute, Value string }

// Cell counts the units of a pattern that hold a column's value, and the
// healthy ones that do.
type Cell struct {
	Unit               string
	Affected, Of       int
	Healthy, HealthyOf int
}

// Explain makes the story of detected patterns. Where s asks about a part of
// what was read, whole is the story of all of it: what follows from something
// outside of the part is told under that. It is nil when there is no more.
func Explain(whole *Story, s *cluster.Snapshot, suite detect.Suite, symptoms []symptom.Symptom, found []detect.Pattern, skipped []detect.Skipped) *Story {
	e := newExplainer(s, symptoms)
	if d := suite.Named("rollout-cascade"); d != nil && detect.Unmet(d, s) == "" {
		found = append(found, e.cascades(d)...)
	}
	story := &Story{Snapshot: s, Skipped: skipped, explainer: e}
	story.Failing, story.Looked = e.unwell()
	e.countCohorts(found)
	for i := range found {
		story.Patterns = append(story.Patterns, e.explain(found[i]))
	}
	distinguish(story.Patterns)
	e.nest(story.Patterns)
	if d := suite.Named("shared-factor"); d != nil && detect.Unmet(d, s) == "" {
		story.Patterns = append(story.Patterns, e.concentrations(d, story.Patterns)...)
		distinguish(story.Patterns)
		e.nest(story.Patterns)
	}
	e.beginnings(story.Patterns)
	e.weighTimings(story.Patterns)
	e.remember(story.Patterns, symptoms)
	e.chain(story.Patterns)
	admitSilence(story.Patterns)
	if whole != nil {
		story.Patterns = adopt(story.Patterns, whole)
	}
	story.Patterns = ordered(story.Patterns)
	story.Unexplained = unexplained(story.Failing, story.Patterns)
	story.Timeline = e.timeline(story.Patterns)
	story.Matrix = e.matrix(story.Patterns)
	for _, p := range story.Patterns {
		p.compared = nil // told; they would keep all that was compared
	}
	story.Tree = tree(story.Patterns)
	return story
}

// OnNode returns the story with the part of the timeline that happened on a
// node, and the changes linked with its patterns.
func (s *Story) OnNode(name string) *Story {
	out := *s
	out.Timeline = nil
	for _, t := range s.Timeline {
		if t.Node == name || t.Subject.Key() == (cluster.Ref{Kind: "Node", Name: name}) || (t.Kind == ChangeEntry && t.Pattern != "") {
			out.Timeline = append(out.Timeline, t)
		}
	}
	return &out
}

// Only returns the story with those patterns that are to be shown. Everything
// was explained before: a pattern that is left out still explains.
func (s *Story) Only(show func(*Pattern) bool) *Story {
	out := *s
	out.Patterns = nil
	kept := map[string]bool{"": true}
	for _, p := range s.Patterns {
		if show(p) {
			out.Patterns = append(out.Patterns, p)
			kept[p.ID] = true
		} else {
			out.Hidden++
		}
	}
	out.Timeline = nil
	for _, t := range s.Timeline {
		if kept[t.Pattern] {
			out.Timeline = append(out.Timeline, t)
		}
	}
	out.Matrix = s.Matrix.only(kept)
	out.Tree = tree(out.Patterns)
	return &out
}
