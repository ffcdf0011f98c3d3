package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// entries are a pattern's own timeline: the changes linked with it, its
// symptoms, and where they ended.
func (e *explainer) entries(p *Pattern) []Entry {
	var out []Entry
	for _, c := range p.Changes {
		out = append(out, changeEntry(c.Change, p.ID))
	}
	for _, s := range p.Symptoms {
		en := Entry{Time: s.First, Kind: SymptomEntry, Subject: s.Object, Node: s.Node, Reason: reason(s), Message: s.Message, Count: s.Count, Pattern: p.ID}
		if s.Last.After(s.First) {
			en.Until = s.Last
		}
		out = append(out, en)
		if s.Kind == symptom.Pressure && !s.Ongoing {
			out = append(out, Entry{Time: s.Last, Kind: RecoveryEntry, Subject: s.Object, Reason: "recovered",
				Message: "no longer short of " + s.Resource, Count: 1, Pattern: p.ID})
		}
	}
	out = slices.DeleteFunc(out, func(en Entry) bool { return en.Time.IsZero() }) // no order holds what nobody dated
	sortEntries(out)
	return out
}

func changeEntry(c cluster.Change, pattern string) Entry {
	kind := ChangeEntry
	if c.Kind == cluster.NodeRecovery {
		kind = RecoveryEntry
	}
	en := Entry{Time: c.Time, Kind: kind, Subject: c.Object, Reason: string(c.Kind), Message: c.What, Count: 1, Pattern: pattern}
	if c.Kind == cluster.ConfigWrite { // created or written: there is nothing more to say
		en.Reason, en.Message = c.What, ""
	}
	return en
}

// timeline merges those of the roots' and their consequences' patterns, each
// happening once, and adds the changes of the window that no pattern is
// linked with: what changed is worth seeing beside what failed.
func (e *explainer) timeline(ps []*Pattern) []Entry {
	var out []Entry
	type key struct {
		at      time.Time
		subject cluster.Ref
		reason  string
	}
	seen := map[key]bool{}
	add := func(en Entry) {
		k := key{en.Time, en.Subject.Key(), en.Reason}
		if !seen[k] {
			seen[k] = true
			out = append(out, en)
		}
	}
	for _, p := range ps {
		for _, en := range p.Timeline {
			add(en)
		}
	}
	if len(ps) > 0 {
		from, _ := e.s.Window()
		for _, c := range e.changes {
			if c.Time.After(from) && c.Kind != cluster.ConfigWrite && e.s.Scope.Includes(c.Object.Namespace) && !told(out, c) {
				add(changeEntry(c, ""))
			}
		}
	}
	sortEntries(out)
	return out
}

// told reports whether a pattern tells of a node's recovery already.
func told(entries []Entry, c cluster.Change) bool {
	return c.Kind == cluster.NodeRecovery && slices.ContainsFunc(entries, func(en Entry) bool {
		return en.Kind == RecoveryEntry && en.Subject.Key() == c.Object && en.Time.Equal(c.Time)
	})
}

func sortEntries(entries []Entry) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Kind, b.Kind), a.Subject.Compare(b.Subject), cmp.Compare(a.Reason, b.Reason))
	})
}
