package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newTimeline(flags *scanFlags) *cobra.Command {
	watch := &watching{}
	c := &cobra.Command{
		Use:   "timeline",
		Short: "What changed, failed and recovered, merged across resources",
		Long: `Prints one timeline of everything: rollouts and other changes, conditions of
nodes, what failed, restarts and warnings that belong to no pattern, and where
pods and workloads became well again. What belongs to a pattern carries its
number. It reaches back as far as events do and an hour at least, or as far as
--since says; a failure that still stands is told with the time at which it
began.

Text tells runs of the same in one line, -o wide every entry with its message.
With -o json or yaml the report holds the timeline alone.

--watch reads the cluster again every 15 seconds (--interval) and prints what is
new, until it is interrupted (exit code 130). With -o json every entry is then
one line.`,
		Example: `  # What happened in the last half hour, in all namespaces
  kubectl patterns timeline -A --since 30m

  # Follow a namespace
  kubectl patterns timeline -n shop --watch

  # Changes alone, as JSON
  kubectl patterns timeline -A -o json | jq '.timeline[] | select(.kind == "change")'

  # Saved data, every entry in full
  kubectl patterns timeline -f dump.json -o wide`,
		Args:              takesNothing,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              flags.runE(func(ctx context.Context, o *options, _ []string) error { return runTimeline(ctx, o, watch) }),
	}
	watch.addTo(c, "print what is new")
	return c
}

func runTimeline(ctx context.Context, o *options, watch *watching) error {
	if watch.on {
		return watch.timeline(ctx, o)
	}
	story, r, err := o.timeline(ctx)
	if err != nil {
		return err
	}
	text := report.TimelineText
	switch o.output {
	case "json", "yaml":
		r = r.OnlyTimeline()
	case "wide":
		text = report.TimelineWide
	}
	return o.tell(story, r, text, len(story.Patterns) > 0)
}

// timeline reads once. Where patterns are filtered, what belongs to none is
// left out as well.
func (o *options) timeline(ctx context.Context) (*correlate.Story, *report.Report, error) {
	story, symptoms, err := o.analyse(ctx)
	if err != nil {
		return nil, nil, err
	}
	all := correlate.Everything(story, symptoms)
	shown := o.shown(story)
	r := report.New(shown)
	r.SetTimeline(shown.Among(all, shown.Hidden == 0))
	return shown, r, nil
}

// timeline tells the timeline, and goes on with what is new.
func (w *watching) timeline(ctx context.Context, o *options) error {
	if err := w.check(o); err != nil {
		return err
	}
	story, r, err := o.timeline(ctx)
	if err != nil {
		return err
	}
	o.warnOfGaps(story.Snapshot)
	o.ignoredElsewhere(r)
	f := &follower{o: o}
	if err := f.tell(r); err != nil {
		return err
	}
	o.quiet = true // between entries there is no room for progress
	return goOn(ctx, w.pause, func(ctx context.Context) (*report.Report, error) {
		_, r, err := o.timeline(ctx)
		return r, err
	}, f)
}

// follower prints what is new, reading after reading.
type follower struct {
	o    *options
	seen report.Seen
}

// tell prints what of a report is new.
func (f *follower) tell(r *report.Report) error {
	fresh := f.seen.New(r.Timeline)
	if f.o.output != "json" {
		return report.Entries(f.o.streams.Out, r, fresh, f.o.style)
	}
	for _, e := range fresh {
		if err := report.EncodeLine(f.o.streams.Out, e); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) trouble(err error) { f.o.warn("could not read again: %v", err) }
