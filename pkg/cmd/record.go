package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// recordFlags are those of record alone.
type recordFlags struct {
	keep    string
	maxSize string
	once    bool
}

func newRecord(flags *scanFlags) *cobra.Command {
	r := &recordFlags{keep: "14d", maxSize: "512Mi"}
	c := &cobra.Command{
		Use:   "record",
		Short: "Keep what the API forgets, in a history of the cluster",
		Long: `Follows pods, events, nodes, workloads with their revisions, Services and
PersistentVolumeClaims of a namespace (or of all, -A), and keeps the facts:
events with their counts, ends of containers, conditions that turned, dated
changes, and the objects as they were. Secrets and ConfigMaps are not read, and
text that looks like a credential is masked before it is kept.

The history is one SQLite file for each cluster, in the user's data folder or
where --history says. Facts older than --keep go, and the oldest of them before
if the file would be larger than --max-size. It may be killed at any moment, and
two recorders may write to one file: each fact is kept once. Connections that
end are resumed without loss; what was not watched is known as such.

It goes on until it is interrupted (exit code 130). Scans, 'diff --at' and
'history' use the file meanwhile.`,
		Example: `  # Follow the whole cluster
  kubectl patterns record -A

  # A month, two gigabytes at most
  kubectl patterns record -A --keep 30d --max-size 2Gi

  # What there is now and no more, for instance from a CronJob
  kubectl patterns record -A --once --history /data/cluster.db`,
		Args:              takesNothing,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              flags.runE(func(ctx context.Context, o *options, _ []string) error { return runRecord(ctx, o, r) }),
	}
	c.Flags().StringVar(&r.keep, "keep", r.keep, "For how long facts are kept, such as 36h or 14d")
	c.Flags().StringVar(&r.maxSize, "max-size", r.maxSize, "How large the file may grow; 0 for no limit")
	c.Flags().BoolVar(&r.once, "once", false, "Keep what there is now, and end")
	return c
}

func runRecord(ctx context.Context, o *options, f *recordFlags) (err error) {
	keep, err := parseSpan(f.keep)
	if err != nil || keep <= 0 {
		return usagef("--keep %q: must be an age such as 36h or 14d", f.keep)
	}
	size, err := parseSize(f.maxSize)
	if err != nil {
		return err
	}
	switch {
	case len(o.files) > 0:
		return usagef("record follows a live cluster: it does not go with -f")
	case o.selector != "":
		return usagef("record keeps everything of a namespace, or of all: it does not go with -l")
	case o.history.none:
		return usagef("record writes a history: it does not go with --no-history")
	}
	read, err := o.reader()
	if err != nil {
		return err
	}
	live, ok := read.(*collect.Live)
	if !ok {
		return errors.New("record follows a live cluster")
	}
	store, err := o.openHistory(ctx, live, keep, size)
	if err != nil {
		return err
	}
	defer o.leaving.writing()() // what was seen is kept, however long that takes
	defer func() { err = errors.Join(err, store.Close()) }()
	progress := newRecordProgress(o.streams.ErrOut, store.Path())
	recorder := collect.Recorder{Live: live, Keeper: store, Scope: o.scope, Once: f.once, Keep: keep, MaxSize: size, Note: progress.note}
	err = recorder.Run(ctx)
	progress.end()
	if err == nil {
		return ctx.Err()
	}
	return err
}

// openHistory opens the cluster's file to be written, and writes whose it is.
func (o *options) openHistory(ctx context.Context, live *collect.Live, keep time.Duration, size int64) (*history.Store, error) {
	identity, err := live.Meet(ctx, o.scope)
	if err != nil {
		return nil, err
	}
	id, err := live.ClusterID(ctx)
	if err != nil {
		return nil, err
	}
	path := o.history.file
	if path == "" {
		folder, err := history.Folder()
		if err != nil {
			return nil, err
		}
		path = history.FileOf(folder, id)
	}
	store, err := history.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	about, err := store.About(ctx)
	if err == nil && about.Cluster != "" && about.Cluster != id {
		err = fmt.Errorf("history %s is of another cluster (%s): choose another file", path, clusterName(about))
	}
	if err == nil {
		err = store.SetAbout(ctx, aboutOf(identity, id, keep, size))
	}
	if err != nil {
		_ = store.Close() // the first error says why
		return nil, err
	}
	return store, nil
}

func aboutOf(i cluster.Identity, id string, keep time.Duration, size int64) history.About {
	return history.About{Cluster: id, Context: i.Context, Server: i.Server, Version: i.Version, Keep: keep, MaxSize: size}
}

// recordProgress tells how a recording goes: on a terminal in one line that is
// written anew each second, elsewhere when something changes and now and then.
type recordProgress struct {
	w        io.Writer
	file     string
	terminal bool
	told     time.Time
	state    string
	last     collect.Recording
}

// silence is how long a recorder says nothing where nobody looks on, haste how
// often it speaks at most while things change.
const (
	silence = 10 * time.Minute
	haste   = 3 * time.Second
)

func newRecordProgress(w io.Writer, file string) *recordProgress {
	p := &recordProgress{w: w, file: file}
	if f, ok := w.(*os.File); ok {
		p.terminal = term.IsTerminal(int(f.Fd()))
	}
	return p
}

func (p *recordProgress) note(r collect.Recording) {
	p.last = r
	state := strings.Join(r.Trouble, "; ")
	if r.Since.IsZero() {
		state += "reading"
	}
	if p.terminal {
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s\r", p.line())
		return
	}
	if since := r.At.Sub(p.told); since >= silence || (state != p.state && since >= haste) {
		_, _ = fmt.Fprintln(p.w, p.line())
		p.state, p.told = state, r.At
	}
}

func (p *recordProgress) line() string {
	r := &p.last
	out := fmt.Sprintf("%s: %s of %s, kept in %s", p.doing(), detect.Count(r.Kept.All(), "new fact"), detect.Count(r.Objects, "object"), report.Plain(p.file))
	if len(r.Trouble) > 0 {
		out += "; not followed: " + report.Plain(strings.Join(r.Trouble, "; "))
	}
	return out
}

func (p *recordProgress) doing() string {
	if p.last.Since.IsZero() {
		return "reading what there is"
	}
	return "recording for " + detect.Span(p.last.At.Sub(p.last.Since))
}

// end leaves the last state behind.
func (p *recordProgress) end() {
	clear := ""
	if p.terminal {
		clear = "\r\x1b[K"
	}
	_, _ = fmt.Fprintf(p.w, "%skept %s in %s\n", clear, detect.Count(p.last.Kept.All(), "new fact"), report.Plain(p.file))
}
