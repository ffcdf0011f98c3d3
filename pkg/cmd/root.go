// Package cmd holds the commands. It is the only room that knows all others:
// a command's Run reads as the flow of the data.
package cmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/klog/v2"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitFound       = 3 // with --exit-code only
	exitInterrupted = 130
)

// failure is an error with the exit code that it deserves.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usagef is an error of whoever typed the command.
func usagef(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...)}
}

// errFound says, with --exit-code, that there are patterns. It prints
// nothing: the report has been printed.
var errFound = &failure{code: exitFound, err: errors.New("patterns found")}

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, args []string, streams genericiooptions.IOStreams) int {
	flags := newScanFlags(streams)
	root := newRoot(flags)
	root.SetArgs(args)
	err := flags.leaving.run(ctx, root.ExecuteContext)
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		_, _ = fmt.Fprintln(streams.ErrOut, interrupted(err))
		return exitInterrupted
	}
	var f *failure
	if !errors.As(err, &f) { // cobra's own: unknown command, wrong arguments
		f = &failure{exitUsage, err}
	}
	if f != errFound {
		_, _ = fmt.Fprintf(streams.ErrOut, "error: %v\n", f.err)
	}
	if f.code == exitUsage {
		_, _ = fmt.Fprintln(streams.ErrOut, "See 'kubectl patterns --help'.")
	}
	return f.code
}

// NewRoot makes the root command with all others below it.
func NewRoot(streams genericiooptions.IOStreams) *cobra.Command {
	return newRoot(newScanFlags(streams))
}

func newRoot(flags *scanFlags) *cobra.Command {
	streams, watch := flags.streams, &watching{}
	root := &cobra.Command{
		Use:   "kubectl-patterns",
		Short: "Find what is failing together, and why",
		Long: `kubectl patterns reads a cluster, or saved dumps of one, and tells what is
failing together, what the failing things share that the healthy ones do not,
what changed just before, what follows from what, whom it hurts, and what to do.

The text fits one screen: the verdict, the roots ranked, when it happened and
what sets the affected apart. -o wide tells all of it, and 'kubectl patterns
explain ID' all of one.

With --watch it reads again every 15 seconds (--interval) and shows what turned:
which patterns are new, gone, worse or better. In a terminal that is redrawn in
place; into a pipe it is a line for each, with -o json an object a line: time,
change, why, pattern. It ends when it is interrupted, with exit code 130.

With --contexts or --all-contexts it scans several clusters, four at a time,
each by itself, and tells what they have in common: the same failure at one time
of the same registry, image or host outside of them, or of workloads of the same
names; how many clusters have it of how many that were read, and which use the
same without failing; and what began in three of them or more at once. Contexts
of one cluster count once. A cluster that cannot be read is named with the
reason and hides no other; the exit code is 1 only if none can.

Ctrl-C ends a scan of a live cluster with what it has: the namespaces whose pods
had all come are told of as if they alone had been asked for, all that is
missing is named, no file is written, and the exit code is 130. Of several
clusters those are told of that had come whole. What cannot be told within a
second is left untold, and a second Ctrl-C ends it at once.

It only reads. It never reads the data of a Secret.`,
		Example: `  # What is failing together in the current namespace
  kubectl patterns

  # The whole cluster
  kubectl patterns --all-namespaces

  # Several clusters at once, and what they have in common
  kubectl patterns -A --contexts prod-eu,prod-us

  # One node: conditions, impact by service, comparison with its peers
  kubectl patterns node worker-3

  # One rollout: what it changed, and what failed after it
  kubectl patterns rollout deploy/cart -n shop

  # All of one pattern, by the ID that a scan prints
  kubectl patterns explain image-pull-auth-60b935 -A

  # Saved data instead of a live cluster
  kubectl get pods,events,nodes,deploy,rs,svc -A -o json > dump.json
  kubectl patterns -f dump.json

  # Go on, and write down what turns
  kubectl patterns -A --watch
  kubectl patterns -A --watch -o json | tee turns.json

  # For an incident document, for a browser, for a spreadsheet
  kubectl patterns -A -o markdown
  kubectl patterns -A -o html > report.html
  kubectl patterns -A -o csv --table affected

  # All evidence as files: one for each pattern, exit codes, events, alert rules
  kubectl patterns -A --evidence-dir incident-7

  # For programs
  kubectl patterns -A -o json | jq '.patterns[] | {title, severity}'`,
		Annotations:       map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl patterns"},
		Args:              noArguments,
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRun:  func(c *cobra.Command, _ []string) { quiet(streams.ErrOut) },
		RunE:              flags.runE(watch.orScan),
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &failure{exitUsage, orNearFlag(c, ofScansAlone(c, err))}
	})
	flags.addTo(root)
	watch.addTo(root, "in a terminal redrawn when something turns, elsewhere a line for each pattern that is new, gone, worse or better")
	flags.save.addTo(root)
	flags.contexts.addTo(root)
	flags.completeFlags(root)
	addVerbosity(root)
	root.AddCommand(newNode(flags), newExplain(flags), newRollout(flags))
	root.AddCommand(newMatrix(flags), newTimeline(flags), newDetectors(streams), newVersion(streams), newCompletion(streams))
	root.AddCommand(newRecord(flags), newHistory(flags), newDiff(flags), newSnapshot(flags), newAuth(flags))
	arrange(root, func() int { return flags.style().Width })
	return root
}

// noArguments refuses what is no command, and says which one may be meant.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	c.SuggestionsMinimumDistance = 2
	err := fmt.Errorf("unknown command %q", args[0])
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		err = fmt.Errorf("%w; did you mean %q?", err, near[0])
	}
	return err
}

// addVerbosity adds -v as in kubectl.
func addVerbosity(root *cobra.Command) {
	all := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(all)
	if v := all.Lookup("v"); v != nil {
		root.PersistentFlags().AddGoFlag(v)
		root.PersistentFlags().Lookup("v").Shorthand = "v"
	}
}

// quiet keeps the libraries' log lines on standard error, where they cannot
// break the layout of the report.
func quiet(w io.Writer) { klog.SetOutput(w) }
