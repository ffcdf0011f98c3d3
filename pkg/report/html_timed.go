package report

import "time"

// timed is the timeline as the script draws it: numbers and positions instead
// of texts told ten thousand times.
type timed struct {
	From int64 `json:"from"` // milliseconds since 1970
	To   int64 `json:"to"`
	// Offset is what the zone of the page's times lies before UTC, in minutes,
	// and Zone its name.
	Offset   int            `json:"offset"`
	Zone     string         `json:"zone"`
	Lanes    []timedLane    `json:"lanes"`
	Patterns []timedPattern `json:"patterns"`
	Entries  []timedEntry   `json:"entries"`
}

type timedLane struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
}

type timedPattern struct {
	ID       string `json:"id"`
	Label    string `json:"label"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Root     int    `json:"root"` // position of the root that it follows from, or of itself
}

type timedEntry struct {
	Time    int64  `json:"t"`
	Until   int64  `json:"u,omitempty"`
	Kind    string `json:"k"`
	Lane    int    `json:"l"`
	Pattern int    `json:"p"` // -1: of none
	Subject string `json:"s"`
	Reason  string `json:"r"`
	Message string `json:"m,omitempty"`
	Count   int    `json:"c,omitempty"`
}

func (p *page) timed() timed {
	_, offset := p.Window.To.In(p.text.style.zone()).Zone()
	out := timed{From: p.Window.From.UnixMilli(), To: p.Window.To.UnixMilli(), Offset: offset / 60,
		Zone: p.Window.To.In(p.text.style.zone()).Format("MST"), Lanes: []timedLane{}, Entries: make([]timedEntry, len(p.Timeline))}
	patterns := p.timedPatterns(&out)
	for n, l := range p.lanes(p.Timeline) {
		out.Lanes = append(out.Lanes, timedLane{Name: path(l.Subject.Namespace, l.Subject.Name), Kind: l.Subject.Kind, Namespace: l.Subject.Namespace})
		for _, i := range l.Entries {
			e := &p.Timeline[i]
			of, known := patterns[e.Pattern]
			if !known {
				of = -1
			}
			out.Entries[i] = timedEntry{Time: e.Time.UnixMilli(), Until: millis(e.Until), Kind: e.Kind, Lane: n, Pattern: of,
				Subject: e.Subject.Kind + " " + path(e.Subject.Namespace, e.Subject.Name), Reason: e.Reason, Message: e.Message, Count: e.Count}
			out.From, out.To = min(out.From, e.Time.UnixMilli()), max(out.To, e.Time.UnixMilli(), millis(e.Until))
		}
	}
	return out
}

func (p *page) timedPatterns(out *timed) map[string]int {
	labels, at := p.text.labels(), map[string]int{}
	out.Patterns = make([]timedPattern, len(p.Patterns))
	for i := range p.Patterns {
		at[p.Patterns[i].ID] = i
	}
	for i := range p.Patterns {
		x := &p.Patterns[i]
		out.Patterns[i] = timedPattern{ID: x.ID, Label: labels[x.ID], Title: x.Title, Severity: x.Severity, Root: at[p.text.shownRoot(x)]}
	}
	return at
}

func millis(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}
