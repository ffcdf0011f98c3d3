package report

import "time"

// Seen remembers which entries of timelines were told.
type Seen struct {
	ends map[seenKey]time.Time // until when
}

type seenKey struct {
	kind, reason, what string
	subject            Ref
}

// New are the entries that were not told before. The same symptom again is new
// when it began after the end of what was told: that it goes on, or that its
// first events are forgotten, is not.
func (s *Seen) New(entries []Entry) []Entry {
	if s.ends == nil {
		s.ends = map[seenKey]time.Time{}
	}
	var out []Entry
	for _, e := range entries {
		k := keyOf(e)
		end, told := s.ends[k]
		if !told || e.Time.After(end) {
			out = append(out, e)
		}
		for _, t := range []*time.Time{&e.Time, e.Until} {
			if t != nil && t.After(end) {
				end = *t
			}
		}
		s.ends[k] = end
	}
	return out
}

func keyOf(e Entry) seenKey {
	k := seenKey{kind: e.Kind, reason: e.Reason, subject: e.Subject}
	k.subject.UID = ""
	if e.Kind == "change" {
		k.what = e.Message
	}
	return k
}
