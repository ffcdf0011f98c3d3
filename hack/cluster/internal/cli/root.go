// Package cli is the command line of `cluster`.
package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/component"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/control"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

const about = `A real Kubernetes control plane on this machine, with simulated nodes.

etcd, the API server, the controller-manager and the scheduler are the real
ones; kwok plays the kubelets. Scenarios fill the cluster with workloads and let
things go wrong as they do in real clusters.

Everything listens on 127.0.0.1 only, and everything that a cluster keeps is in
one folder.`

const example = `  # a cluster that shows three incidents at once
  export KUBECONFIG=$(cluster up --scenario demo)
  kubectl get pods -A

  # end it
  cluster down`

// Root returns the command with all its subcommands.
func Root() *cobra.Command {
	root := &cobra.Command{
		Use:           "cluster",
		Short:         "Runs a real Kubernetes control plane with simulated nodes",
		Long:          about,
		Example:       example,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(upCommand(), downCommand(), playCommand(), fillCommand(), statusCommand(), scenariosCommand(),
		superviseCommand(), componentCommand())
	return root
}

// ExitError ends the program with a part's own exit code.
type ExitError struct {
	Code int
}

func (e *ExitError) Error() string { return fmt.Sprintf("exit code %d", e.Code) }

func componentCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "component NAME [FLAGS]",
		Short:              "Becomes one part of the control plane",
		Hidden:             true,
		DisableFlagParsing: true, // all flags are the part's
		Args:               cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			code, err := component.Run(args[0], args[1:])
			if err != nil {
				return err
			}
			if code != 0 {
				return &ExitError{Code: code}
			}
			return nil
		},
	}
}

func superviseCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:    control.SuperviseCommand,
		Short:  "Runs the parts of a cluster and ends with them",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := state.At(dir)
			if err != nil {
				return err
			}
			return control.Supervise(cmd.Context(), folder)
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func dirFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "dir", state.DefaultDir, "folder of the cluster")
}

// teller prints single lines for the human at the terminal; stdout is kept for
// what scripts read.
func teller(w io.Writer) control.Progress {
	return func(format string, args ...any) {
		_, _ = fmt.Fprintf(w, format+"\n", args...)
	}
}
