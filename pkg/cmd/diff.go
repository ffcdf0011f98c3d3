package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newDiff(flags *scanFlags) *cobra.Command {
	var at []string
	c := &cobra.Command{
		Use:   "diff [OLD [NEW]] [--at TIME]",
		Short: "Which patterns are new, gone, worse or better between two moments",
		Long: `Compares the patterns of two moments, each with its numbers. OLD and NEW are
saved data: files, folders or archives, as -f takes them. Without NEW the
cluster as it is now stands there, and in it the namespace that is asked for.

With --at the moments are of the history that 'kubectl patterns record' keeps:
a time (RFC 3339) or how long ago (2h, 3d). One --at is compared with the newest
moment that was recorded, two with each other.

A pattern is the same on both sides when detector, cause and what it is about
are. Severity decides first whether it is worse, then whether it goes on, then
its workloads, pods and nodes. What one side could not judge is said, and not
taken for gone. With --exit-code the command ends with 3 when a pattern of at
least --min-severity is new or worse.`,
		Example: `  # Two dumps
  kubectl patterns diff before.tar.gz after.tar.gz

  # A dump, and the cluster now
  kubectl patterns diff before.json -A

  # Since two hours ago, by the history
  kubectl patterns diff --at 2h

  # Two points of a history, for a pipeline
  kubectl patterns diff --at 2026-11-24T10:00:00Z --at 2026-11-24T12:00:00Z --history prod.db -o json --exit-code`,
		Args: cobra.MaximumNArgs(2),
		RunE: flags.runE(func(ctx context.Context, o *options, args []string) error { return runDiff(ctx, o, args, at) }),
	}
	c.Flags().StringArrayVar(&at, "at", nil, "A moment of the history: a time such as 2026-01-02T15:04:05Z, or how long ago, such as 2h; twice for two")
	return c
}

// moment is one side of a difference.
type moment struct {
	name string
	o    *options
}

func runDiff(ctx context.Context, o *options, args, at []string) error {
	sides, err := o.sides(ctx, args, at)
	if err != nil {
		return err
	}
	var stories [2]*correlate.Story
	for i, s := range sides {
		story, _, err := s.o.analyse(ctx)
		if err != nil && !strings.Contains(err.Error(), s.name) {
			err = fmt.Errorf("%s: %w", s.name, err)
		}
		if err != nil {
			return err
		}
		stories[i] = story
	}
	o.tellExpired(stories[1].Snapshot.At)
	before, after := correlate.IgnoringBoth(stories[0], stories[1], o.userConfig.ignore)
	d := report.NewDifference(report.New(before), report.New(after), sides[0].name, sides[1].name, o.showsReported)
	if err := o.encode(d, func() error { return report.DifferenceText(o.streams.Out, d, o.style) }); err != nil {
		return err
	}
	if o.exitCode && slices.ContainsFunc(append(slices.Clone(d.Appeared), d.Worse...), o.reaches) {
		return errFound
	}
	return nil
}

// showsReported is shows for a pattern that was reported already.
func (o *options) showsReported(p *report.Pattern) bool {
	if len(o.detectors) > 0 && !slices.Contains(o.detectors, p.Detector) || o.category != "" && p.Category != o.category {
		return false
	}
	return correlate.Severity(p.Severity).Rank() <= o.severity.Rank()
}

func (o *options) reaches(x report.PatternDifference) bool {
	return correlate.Severity(x.New.Severity).Rank() <= o.severity.Rank()
}

// sides are the two moments that are meant, the older first.
func (o *options) sides(ctx context.Context, args, at []string) (out [2]moment, err error) {
	switch {
	case len(o.files) > 0:
		return out, usagef("diff takes OLD and NEW as arguments, not with -f")
	case len(args) > 0 && len(at) > 0:
		return out, usagef("diff compares files or moments of the history (--at), not one with the other")
	case len(at) > 0:
		return o.recalledSides(ctx, at)
	case len(args) == 0:
		return out, usagef("diff needs OLD and NEW, or --at")
	}
	out[0], out[1] = o.saved(args[0]), moment{"live", o}
	if len(args) == 2 {
		out[1] = o.saved(args[1])
	}
	return out, nil
}

// saved are the options for saved data.
func (o *options) saved(path string) moment {
	p := o.whole()
	p.files = []string{path}
	return moment{path, p}
}

// whole are options of their own to look at all that was saved or recorded,
// as a scan with -f does; -n narrows whose failures are told.
func (o *options) whole() *options {
	flags, p := *o.scanFlags, *o
	p.scanFlags = &flags
	if *o.config.Namespace == "" || o.allNamespaces {
		p.scope.AllNamespaces, p.scope.Namespaces = true, nil
	}
	return &p
}

func (o *options) recalledSides(ctx context.Context, at []string) (out [2]moment, err error) {
	if len(at) > 2 {
		return out, usagef("--at is given twice at most")
	}
	path, err := o.historyToRead(ctx)
	if err != nil {
		return out, err
	}
	newest, err := newestMoment(ctx, path)
	if err != nil {
		return out, err
	}
	times := []time.Time{{}, newest}
	for i, text := range at {
		if times[i], err = parseMoment(text, time.Now()); err != nil {
			return out, err
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	for i, t := range times {
		out[i] = o.recalled(path, t.UTC().Truncate(time.Second))
	}
	return out, nil
}

// parseMoment reads a time, or how long ago it was.
func parseMoment(text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	d, err := parseSpan(text)
	if err != nil || d < 0 {
		return time.Time{}, usagef("--at %q: must be a time such as 2026-01-02T15:04:05Z, or how long ago, such as 2h", text)
	}
	return now.Add(-d), nil
}

// historyToRead is the file that is named, or the cluster's own.
func (o *options) historyToRead(ctx context.Context) (string, error) {
	if o.history.file != "" {
		return o.history.file, nil
	}
	read, err := o.reader()
	if err != nil {
		return "", err
	}
	path := ""
	if live, ok := read.(*collect.Live); ok {
		path, err = o.historyOf(ctx, live)
	}
	if err == nil && path == "" {
		err = errors.New("there is no history of this cluster: 'kubectl patterns record' begins one, --history names one")
	}
	return path, err
}

func newestMoment(ctx context.Context, path string) (newest time.Time, err error) {
	store, err := history.OpenRead(ctx, path)
	if err != nil {
		return newest, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	watches, err := store.Watches(ctx)
	for _, w := range watches {
		if w.To.After(newest) {
			newest = w.To
		}
	}
	return newest, err
}

// recalled are the options for a moment of a history.
func (o *options) recalled(path string, at time.Time) moment {
	p := o.whole()
	p.history.file, p.source = path, &recollection{path: path, at: at}
	return moment{path, p}
}

// recollection reads a cluster as it was at a moment of its history. As of
// saved data nothing more can be asked of it.
type recollection struct {
	collect.Files
	path string
	at   time.Time
}

func (r *recollection) Read(ctx context.Context, scope cluster.Scope) (parts cluster.Parts, err error) {
	store, err := history.OpenRead(ctx, r.path)
	if err != nil {
		return parts, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	parts, err = store.At(ctx, r.at, scope.Namespaces)
	parts.Scope = scope
	parts.Namespaces = slices.Clone(scope.Namespaces)
	return parts, err
}
