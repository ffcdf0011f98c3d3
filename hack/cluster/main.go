// Command cluster runs a real Kubernetes control plane with simulated nodes.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/cli"
)

func main() {
	os.Exit(run())
}

func run() int {
	root := cli.Root()
	ctx := context.Background()
	if !isComponent(os.Args) { // the parts have flags and handle signals themselves
		// Packages of Kubernetes declare global flags that are none of ours.
		pflag.CommandLine = pflag.NewFlagSet("", pflag.ContinueOnError)
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
	}
	err := root.ExecuteContext(ctx)
	if exit := (*cli.ExitError)(nil); errors.As(err, &exit) {
		return exit.Code
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		return 1
	}
	return 0
}

func isComponent(args []string) bool {
	return len(args) > 1 && args[1] == "component"
}
