package component

import (
	"fmt"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

// runKwok does what kwok's own main does: its configuration is read before its
// command exists, from flags (--config) that it does not declare.
func runKwok() (int, error) {
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}

	ctx, _ := log.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := config.InitFlags(ctx, flags)
	if err != nil {
		return 1, fmt.Errorf("read the configuration of kwok: %w", err)
	}
	command := cmd.NewCommand(ctx)
	// The linked-in parts of Kubernetes declare a flag --version of their own
	// kind, on which cobra's would trip.
	command.Version = ""
	command.PersistentFlags().AddFlagSet(flags)
	if err := command.ExecuteContext(ctx); err != nil {
		return 1, fmt.Errorf("run kwok: %w", err)
	}
	return 0, nil
}
