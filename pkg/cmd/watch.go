package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"

	"golang.org/x/term"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// watch scans, and goes on with what turns.
func (w *watching) watch(ctx context.Context, o *options) error {
	if err := w.check(o); err != nil {
		return err
	}
	o.quiet = true // progress would be drawn over
	read := func(ctx context.Context) (*report.Report, error) {
		story, _, err := o.analyse(ctx)
		if err != nil {
			return nil, err
		}
		return report.New(o.shown(story)), nil
	}
	first, err := read(ctx)
	if err != nil {
		return err
	}
	t := o.watcher(w)
	if _, drawn := t.(*screen); !drawn { // the screen's verdict says it
		o.ignoredElsewhere(first)
	}
	if err := t.tell(first); err != nil {
		return err
	}
	err = goOn(ctx, w.pause, read, t)
	if s, drawn := t.(*screen); drawn {
		s.print("\n") // what comes next does not stand in its last line
	}
	return err
}

// watcher tells turns in the way that fits where they go: redrawn in a
// terminal, as lines elsewhere.
func (o *options) watcher(w *watching) teller {
	out, isFile := o.streams.Out.(*os.File)
	if o.output != "json" && isFile && term.IsTerminal(int(out.Fd())) && os.Getenv("TERM") != "dumb" {
		return &screen{o: o, interval: w.interval.String(), size: func() (int, int, error) { return term.GetSize(int(out.Fd())) }}
	}
	return &turnLog{o: o}
}

// turnLog prints a line for each turn.
type turnLog struct {
	o     *options
	watch report.Watch
}

func (l *turnLog) tell(r *report.Report) error {
	turns := l.watch.Turns(r)
	if l.o.output != "json" {
		return report.TurnLines(l.o.streams.Out, r, turns, l.o.style)
	}
	for _, t := range turns {
		if err := report.EncodeLine(l.o.streams.Out, t); err != nil {
			return err
		}
	}
	return nil
}

func (l *turnLog) trouble(err error) { l.o.warn("could not read again: %v", err) }

// screen draws the verdict, the problems and the last turns over what it drew
// before. It draws when something is different, else it tells below that it
// looked.
type screen struct {
	o        *options
	interval string
	size     func() (width, height int, err error)
	watch    report.Watch
	turns    []report.Turn // after the first reading, in which all is new
	since    time.Time     // of the first reading
	drawn    string
}

// turnsKept is how many turns a screen may show.
const turnsKept = 50

func (s *screen) tell(r *report.Report) error {
	turns := s.watch.Turns(r)
	if s.since.IsZero() {
		s.since = r.GeneratedAt
	} else {
		s.turns = append(s.turns, turns...)
		s.turns = s.turns[max(0, len(s.turns)-turnsKept):]
	}
	style, height := s.o.style, 24
	if w, h, err := s.size(); err == nil && w > 0 && h > 0 {
		style.Width, height = w, h
	}
	var b bytes.Buffer
	if err := report.Screen(&b, r, s.turns, s.since, style, height-2); err != nil {
		return err
	}
	if s.drawn != b.String() {
		s.print(redraw(s.drawn == "", b.String()))
		s.drawn = b.String()
	}
	s.foot(fmt.Sprintf("read at %s, again every %s; Ctrl-C ends", r.GeneratedAt.In(style.Zone).Format("15:04:05"), s.interval))
	return nil
}

// redraw begins at the top and clears each line as it is written, so that
// nothing flickers; the first time it clears the screen.
func redraw(first bool, text string) string {
	begin := "\x1b[H"
	if first {
		begin = "\x1b[2J" + begin
	}
	return begin + strings.ReplaceAll(text, "\n", "\x1b[K\n") + "\x1b[J"
}

// foot rewrites the last line.
func (s *screen) foot(text string) { s.print("\r\x1b[K" + text) }

func (s *screen) print(text string) { _, _ = fmt.Fprint(s.o.streams.Out, text) }

func (s *screen) trouble(err error) {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, err.Error())
	text := []rune(strings.Join(strings.Fields(plain), " "))
	s.foot(string(text[:min(len(text), max(20, s.o.style.Width-20))]) + "; trying again")
}
