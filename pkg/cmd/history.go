package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// historyFlags say which history is meant.
type historyFlags struct {
	file string
	none bool
}

func (f *historyFlags) addTo(c *cobra.Command) {
	p := c.PersistentFlags()
	p.StringVar(&f.file, "history", "", "The file that 'kubectl patterns record' writes; by default the cluster's own in the user's data folder, if there is one")
	p.BoolVar(&f.none, "no-history", false, "Leave the cluster's history out")
	c.MarkFlagsMutuallyExclusive("history", "no-history")
}

// remember adds what was recorded before the snapshot. Saved data have a
// history only if one is named.
func (o *options) remember(ctx context.Context, r reader, s *cluster.Snapshot) (*cluster.Snapshot, error) {
	if o.history.none {
		return s, nil
	}
	path := o.history.file
	if live, ok := r.(*collect.Live); ok {
		var err error
		if path, err = o.historyOf(ctx, live); err != nil {
			return nil, err
		}
	}
	if path == "" {
		return s, nil
	}
	past, err := collect.Past(ctx, path, s)
	if err != nil {
		return nil, err
	}
	return s.WithPast(past), nil
}

// historyOf is the file of a cluster to be read, empty where there is none.
// The cluster is asked who it is only if there is a history at all.
func (o *options) historyOf(ctx context.Context, live *collect.Live) (string, error) {
	if o.history.file != "" {
		return o.history.file, o.sameCluster(ctx, live, o.history.file)
	}
	folder, err := history.Folder()
	if err != nil {
		return "", nil //nolint:nilerr // without a home there is no history
	}
	files, err := history.Files(folder)
	if err != nil || len(files) == 0 {
		return "", err
	}
	id, err := live.ClusterID(ctx)
	if err != nil {
		return "", err
	}
	path := history.FileOf(folder, id)
	if !slices.Contains(files, path) {
		return "", nil
	}
	return path, nil
}

// sameCluster refuses the history of another cluster. One that cannot be read
// is told of where it is.
func (o *options) sameCluster(ctx context.Context, live *collect.Live, path string) error {
	about, err := aboutFile(ctx, path)
	if err != nil || about.Cluster == "" {
		return nil //nolint:nilerr // see above
	}
	id, err := live.ClusterID(ctx)
	if err != nil {
		return err
	}
	if id != about.Cluster {
		return fmt.Errorf("history %s is of another cluster (%s)", path, clusterName(about))
	}
	return nil
}

func aboutFile(ctx context.Context, path string) (about history.About, err error) {
	store, err := history.OpenRead(ctx, path)
	if err != nil {
		return about, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.About(ctx)
}

func clusterName(a history.About) string {
	if a.Context != "" {
		return a.Context
	}
	return a.Server
}

func newHistory(flags *scanFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "history",
		Short: "What was recorded: files, periods, facts, sizes",
		Long: `Lists what 'kubectl patterns record' has kept: for each file the cluster, the
period and how much of it was watched, the facts by what they are, and its size
and limits. Nothing is asked of any cluster.

Scans use the history of their cluster by themselves. --history names another
file, --no-history leaves it out.`,
		Example: `  # All histories in the user's data folder
  kubectl patterns history

  # One file, as JSON
  kubectl patterns history --history /data/cluster.db -o json

  # Forget what is older than a week, everywhere
  kubectl patterns history prune --older-than 7d`,
		Args:              takesNothing,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              flags.runE(runHistory),
	}
	c.AddCommand(newHistoryPrune(flags), newHistoryCopy(flags))
	return c
}

func runHistory(ctx context.Context, o *options, _ []string) error {
	files, folder, err := o.historyFiles()
	if err != nil {
		return err
	}
	list := report.NewHistoryList(folder)
	for _, path := range files {
		list.Files = append(list.Files, o.summarise(ctx, path))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return o.encode(list, func() error { return report.HistoryText(o.streams.Out, list, o.style) })
}

// encode tells something in the format that is asked for.
func (o *options) encode(x any, text func() error) error {
	if o.output == "json" || o.output == "yaml" {
		return report.Encode(o.streams.Out, o.output, x)
	}
	return text()
}

// historyFiles are the file that is named, or all in the folder.
func (o *options) historyFiles() (files []string, folder string, err error) {
	if o.history.file != "" {
		if !history.Exists(o.history.file) {
			return nil, "", fmt.Errorf("history %s does not exist", o.history.file)
		}
		return []string{o.history.file}, filepath.Dir(o.history.file), nil
	}
	if folder, err = history.Folder(); err != nil {
		return nil, "", err
	}
	files, err = history.Files(folder)
	return files, folder, err
}

// summarise tells what a file holds, or what is wrong with it.
func (o *options) summarise(ctx context.Context, path string) report.HistoryFile {
	out := report.HistoryFile{File: path}
	sum, err := summaryOf(ctx, path)
	if err != nil {
		out.Problem = err.Error()
		return out
	}
	out.Cluster = report.Cluster{Context: sum.Context, Server: sum.Server, Version: sum.Version}
	out.ID = sum.Cluster
	out.SetPeriod(sum.From, sum.To)
	out.Watched = sum.Watched
	out.Facts = report.HistoryFacts{Events: sum.Facts.Sightings, Ends: sum.Facts.Ends, Turns: sum.Facts.Turns, Changes: sum.Facts.Changes, Versions: sum.Facts.Versions}
	out.Objects, out.Size, out.MaxSize, out.KeepSeconds = sum.Objects, sum.Size, sum.MaxSize, int(sum.Keep.Seconds())
	return out
}

func summaryOf(ctx context.Context, path string) (sum history.Summary, err error) {
	store, err := history.OpenRead(ctx, path)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.Summarise(ctx)
}
