package cmd

import (
	"context"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// interval between two readings of --watch: a scan lists everything, and an
// API server has better things to do.
const interval = 15 * time.Second

// follow tells the timeline, and goes on with what is new.
func follow(ctx context.Context, o *options) error {
	story, r, err := o.timeline(ctx)
	if err != nil {
		return err
	}
	o.warnOfGaps(story.Snapshot)
	f := &follower{o: o}
	if err := f.tell(r); err != nil {
		return err
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	return f.goOn(ctx, ticker.C, func(ctx context.Context) (*report.Report, error) {
		_, r, err := o.timeline(ctx)
		return r, err
	})
}

// goOn reads at every tick until it is interrupted. One reading that fails is
// told and tried again: a control plane that restarts is worth watching.
func (f *follower) goOn(ctx context.Context, ticks <-chan time.Time, read func(context.Context) (*report.Report, error)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks:
		}
		r, err := read(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			f.o.warn("could not read again: %v", err)
			continue
		}
		if err := f.tell(r); err != nil {
			return err
		}
	}
}
