// Command bench compares the plugin with what else reads a large cluster, side
// by side on one local API server, and judges it by its goals.
//
//	bench [-cluster DIR] [-size N] [-rows a,b] [-repeat N]
//
// Where -cluster names no folder it starts a cluster, fills it, and ends it. The
// commands floor and decode are rows of their own, run as children so that
// what they take can be told apart.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

type options struct {
	size     int
	dir      string // of a cluster that is up; "" starts one
	repeat   int
	slow     int
	rows     string
	save     string // file for the figures
	against  string // file with those of a smaller cluster
	binaries string // folder of cluster, kubectl-patterns and kubectl
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && (args[0] == "floor" || args[0] == "decode") {
		return fetchAll(ctx, args[0] == "decode")
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.size, "size", 10_000, "pods, and as many events")
	flags.StringVar(&o.dir, "cluster", "", "folder of a filled cluster that is up (starts one otherwise)")
	flags.IntVar(&o.repeat, "repeat", 3, "how often each row is measured; medians are told")
	flags.IntVar(&o.slow, "repeat-slow", 1, "the same for the rows that take long")
	flags.StringVar(&o.rows, "rows", "", "measure these rows only: "+strings.Join(names(), ","))
	flags.StringVar(&o.save, "save", "", "write the figures to this file")
	flags.StringVar(&o.against, "against", "", "judge how much more is taken than in this file, of a smaller cluster")
	flags.StringVar(&o.binaries, "bin", "bin", "folder of cluster, kubectl-patterns and kubectl")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return o.bench(ctx)
}

func (o *options) bench(ctx context.Context) error {
	work, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(work)
	c, err := o.cluster(ctx, work)
	if err != nil {
		return err
	}
	defer c.down()
	if err := os.Setenv("KUBECONFIG", c.kubeconfig()); err != nil {
		return err
	}
	// Neither a history nor a cache of discovery of the user's.
	if err := os.Setenv("HOME", work); err != nil {
		return err
	}
	if err := o.findsIncidents(ctx); err != nil {
		return err
	}
	measured, err := o.measure(ctx, c, work)
	if err != nil {
		return err
	}
	judged := goals(measured)
	if o.against != "" {
		smaller, err := load(o.against)
		if err != nil {
			return err
		}
		judged = append(judged, linear(smaller, figures{o.size, measured})...)
	}
	o.print(os.Stdout, measured, judged)
	if o.save != "" {
		return figures{o.size, measured}.save(o.save)
	}
	return nil
}
