package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// pruneFlags say what goes.
type pruneFlags struct {
	olderThan string
	cluster   string
}

func newHistoryPrune(flags *scanFlags) *cobra.Command {
	p := &pruneFlags{}
	c := &cobra.Command{
		Use:   "prune --older-than AGE",
		Short: "Remove facts that are older than an age",
		Long: `Removes what is older than an age from all histories in the user's data folder,
from those of one cluster (--cluster) or from one file (--history), and gives
the room back to the disk. A recorder may be writing meanwhile. How every
object was at that time stays, so that what came later has a beginning.`,
		Example: `  # Forget what is older than a week, everywhere
  kubectl patterns history prune --older-than 7d

  # Of one cluster, by its context, server or ID, as 'kubectl patterns history' shows them
  kubectl patterns history prune --older-than 2d --cluster staging`,
		Args:              takesNothing,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              flags.runE(func(ctx context.Context, o *options, _ []string) error { return runPrune(ctx, o, p) }),
	}
	c.Flags().StringVar(&p.olderThan, "older-than", "", "The age, such as 36h or 7d")
	c.Flags().StringVar(&p.cluster, "cluster", "", "Only histories of the cluster with this context, server or ID")
	return c
}

func runPrune(ctx context.Context, o *options, p *pruneFlags) error {
	age, err := parseSpan(p.olderThan)
	if err != nil || age <= 0 {
		return usagef("--older-than %q: must be an age such as 36h or 7d", p.olderThan)
	}
	files, _, err := o.historyFiles()
	if err != nil {
		return err
	}
	pruned := 0
	for _, path := range files {
		if p.cluster != "" {
			about, err := aboutFile(ctx, path)
			if err != nil || !slices.Contains([]string{about.Cluster, about.Context, about.Server}, p.cluster) {
				continue
			}
		}
		n, err := o.prune(ctx, path, time.Now().Add(-age))
		if err != nil {
			return err
		}
		pruned++
		_, _ = fmt.Fprintf(o.streams.Out, "%s: %d facts removed\n", report.Plain(path), n.All())
	}
	if pruned == 0 && p.cluster != "" {
		return fmt.Errorf("there is no history of a cluster %q; 'kubectl patterns history' lists them", p.cluster)
	}
	return nil
}

func (o *options) prune(ctx context.Context, path string, before time.Time) (n history.Counts, err error) {
	defer o.leaving.writing()()
	store, err := history.Open(ctx, path)
	if err != nil {
		return n, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.Prune(ctx, before)
}

func newHistoryCopy(flags *scanFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "copy FILE",
		Short: "Copy a history while it is written to",
		Long: `Copies the history that --history names into a new file, as it is at one moment.
A recorder may be writing meanwhile: what it wrote last lies beside the file, so
that a plain copy of the file would lack it.`,
		Example: `  # Out of the pod of a recorder
  kubectl -n kubectl-patterns exec deploy/record -- /kubectl-patterns history copy - --history /data/history.db > history.db`,
		Args: cobra.ExactArgs(1),
		RunE: flags.runE(runHistoryCopy),
	}
}

func runHistoryCopy(ctx context.Context, o *options, args []string) (err error) {
	if o.history.file == "" {
		return usagef("copy needs --history, which names the file")
	}
	store, err := history.OpenRead(ctx, o.history.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if args[0] != "-" {
		defer o.leaving.writing()()
		return store.Copy(ctx, args[0])
	}
	dir, err := os.MkdirTemp("", "kubectl-patterns-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	f, err := o.copied(ctx, store, dir)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	_, err = io.Copy(o.streams.Out, f)
	return err
}

// copied copies a history into a folder made for it, and opens the copy. The folder
// is taken away, where the system allows that of what is open: whoever reads the copy
// may take their time, and the command may be left meanwhile.
func (o *options) copied(ctx context.Context, store *history.Store, dir string) (f *os.File, err error) {
	defer o.leaving.writing()()
	path := filepath.Join(dir, "history.db")
	err = store.Copy(ctx, path)
	if err == nil {
		f, err = os.Open(path) //nolint:gosec // made above
	}
	_ = os.RemoveAll(dir) // else it goes when it is no longer open
	return f, err
}

// parseSize reads an amount of memory such as 512Mi; 0 is no limit.
func parseSize(text string) (int64, error) {
	q, err := resource.ParseQuantity(text)
	if err != nil || q.Sign() < 0 {
		return 0, usagef("a size must be like 512Mi or 2Gi, not %q", text)
	}
	return q.Value(), nil
}
