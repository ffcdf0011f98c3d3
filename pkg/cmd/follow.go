package cmd

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// usualInterval is the pause between two readings of --watch, and
// shortestInterval the least that may be asked for: a scan lists everything,
// and an API server has better things to do.
const (
	usualInterval    = 15 * time.Second
	shortestInterval = 10 * time.Second
)

// watching is what the flags of a command that can go on say.
type watching struct {
	on       bool
	interval time.Duration
}

func (w *watching) addTo(c *cobra.Command, what string) {
	c.Flags().BoolVarP(&w.on, "watch", "w", false, "Go on until interrupted: "+what)
	c.Flags().DurationVar(&w.interval, "interval", usualInterval, "With --watch: the pause between two readings, 10s at least")
}

// check refuses what does not go together with watching.
func (w *watching) check(o *options) error {
	switch {
	case len(o.files) > 0:
		return usagef("--watch follows a live cluster: it does not go with -f")
	case !slices.Contains([]string{"text", "wide", "json"}, o.output):
		return usagef("--watch prints text, wide or json")
	case o.save.file != "":
		return usagef("--watch reads again and again: --save goes with one reading")
	case o.exitCode:
		return usagef("--watch goes on until it is interrupted: it does not go with --exit-code")
	case w.interval < shortestInterval:
		return usagef("--interval %s: must be %s or more, for every reading lists the whole cluster", w.interval, shortestInterval)
	}
	return nil
}

// teller tells what one reading after another shows.
type teller interface {
	tell(r *report.Report) error
	// trouble says that a reading failed.
	trouble(err error)
}

// goOn reads again and again until it is interrupted. One reading that fails
// is told and tried again: a control plane that restarts is worth watching.
// The pause begins when a reading has been told, so that slow ones never
// follow each other without one.
func goOn(ctx context.Context, pause func() <-chan time.Time, read func(context.Context) (*report.Report, error), t teller) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pause():
		}
		r, err := read(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			t.trouble(err)
			continue
		}
		if err := t.tell(r); err != nil {
			return err
		}
	}
}

// pause is the channel of a pause between two readings.
func (w *watching) pause() <-chan time.Time { return time.After(w.interval) }
