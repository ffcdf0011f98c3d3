// Command kubectl-patterns is a kubectl plugin that finds what is failing
// together in a cluster, and why.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
)

// garbage is what may lie about beside what is used, in percent: a fifth of what
// Go allows takes a quarter of the memory off, for a tenth more of a processor
// (docs/benchmarks.md). GOGC and GOMEMLIMIT are heeded.
const garbage = 20

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who interrupts twice means it: the second time ends the process
	code := cmd.Main(ctx, os.Args[1:], genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr})
	stop()
	os.Exit(code)
}
