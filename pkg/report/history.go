package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// HistoryList is what `kubectl patterns history` tells.
type HistoryList struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Folder     string        `json:"folder"`
	Files      []HistoryFile `json:"files"`
}

// HistoryFile is one file of history.
type HistoryFile struct {
	File    string  `json:"file"`
	Problem string  `json:"problem,omitempty"` // why it could not be read
	ID      string  `json:"id"`                // what the cluster is known by
	Cluster Cluster `json:"cluster"`
	// From and To are the period in which was recorded; null: none.
	From *time.Time `json:"from"`
	To   *time.Time `json:"to"`
	// Watched is the part of the period in which the recorder looked, 0 to 1.
	Watched float64      `json:"watched"`
	Facts   HistoryFacts `json:"facts"`
	Objects int          `json:"objects"` // that are there still
	Size    int64        `json:"size"`    // bytes on disk
	MaxSize int64        `json:"maxSize"` // 0: no limit
	// KeepSeconds is the age at which facts go.
	KeepSeconds int `json:"keepSeconds"`
}

// HistoryFacts counts facts by what they are.
type HistoryFacts struct {
	Events   int `json:"events"` // an event with another count is another
	Ends     int `json:"ends"`
	Turns    int `json:"turns"`
	Changes  int `json:"changes"`
	Versions int `json:"versions"`
}

// NewHistoryList is a list of the files in a folder.
func NewHistoryList(folder string) *HistoryList {
	return &HistoryList{APIVersion: APIVersion, Kind: "PatternHistoryList", Folder: folder, Files: []HistoryFile{}}
}

// SetPeriod says when was recorded.
func (f *HistoryFile) SetPeriod(from, to time.Time) { f.From, f.To = moment(from), moment(to) }

// HistoryText writes a list of histories for people.
func HistoryText(w io.Writer, l *HistoryList, s Style) error {
	c := newCanvas(w, s)
	if len(l.Files) == 0 {
		c.paragraph(0, 0, "Nothing was recorded: there is no history in "+l.Folder+". 'kubectl patterns record' begins one.", nil)
	}
	for i := range l.Files {
		if i > 0 {
			c.blank()
		}
		c.historyFile(&l.Files[i])
	}
	return c.err
}

func (c *canvas) historyFile(f *HistoryFile) {
	c.line(0, cell{f.File, c.palette.bold})
	if f.Problem != "" {
		c.bullet(2, "!", f.Problem, c.palette.warning)
		return
	}
	name := f.Cluster.Context
	if f.Cluster.Server != "" && f.Cluster.Server != name {
		name = strings.TrimPrefix(name+", "+f.Cluster.Server, ", ")
	}
	c.field(2, "Cluster", strings.Join(without([]string{name, f.Cluster.Version, f.ID}), ", "), nil)
	c.field(2, "Period", f.period(c.style.zone()), nil)
	c.field(2, "Facts", fmt.Sprintf("%s, %s of containers, %s of conditions, %s, %s of %s that are there",
		detect.Count(f.Facts.Events, "sighting")+" of events", detect.Count(f.Facts.Ends, "end"), detect.Count(f.Facts.Turns, "turn"),
		detect.Count(f.Facts.Changes, "change"), detect.Count(f.Facts.Versions, "version"), detect.Count(f.Objects, "object")), nil)
	limit := "no limit"
	if f.MaxSize > 0 {
		limit = "at most " + binary(f.MaxSize)
	}
	c.field(2, "Size", fmt.Sprintf("%s, %s; facts are kept for %s", binary(f.Size), limit, detect.Span(time.Duration(f.KeepSeconds)*time.Second)), nil)
}

func (f *HistoryFile) period(zone *time.Location) string {
	if f.From == nil || f.To == nil {
		return "nothing was watched"
	}
	const layout = "2006-01-02 15:04:05"
	return fmt.Sprintf("%s – %s %s (%s), %s of it watched", f.From.In(zone).Format(layout), f.To.In(zone).Format(layout),
		f.To.In(zone).Format("MST"), detect.Span(f.To.Sub(*f.From)), percentage(f.Watched))
}

// percentage never rounds up to all, and never down to nothing.
func percentage(part float64) string {
	switch {
	case part >= 1:
		return "all"
	case part > 0.999:
		return "99.9 %"
	case part < 0.001 && part > 0:
		return "0.1 %"
	}
	return fmt.Sprintf("%.1f %%", float64(int(part*1000))/10)
}

// binary writes bytes in binary units.
func binary(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}

func without(texts []string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// Plain is text from elsewhere made fit for one line of a terminal.
func Plain(text string) string { return escape(text) }

// Wrapped is a text in lines of a width, in columns of a terminal, broken
// between words.
func Wrapped(text string, width int) []string { return wrap(text, width) }
