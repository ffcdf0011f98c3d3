package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/control"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

func downCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Ends a cluster and removes its folder",
		Long: `Ends every process of the cluster in the folder, and removes the folder. Does
nothing where there is no cluster.`,
		Example: `  cluster down
  cluster down --dir /tmp/second`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := state.At(dir)
			if err != nil {
				return err
			}
			if err := control.Down(folder); err != nil {
				return err
			}
			teller(cmd.ErrOrStderr())("no cluster in %s any more", folder)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func statusCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tells whether a cluster is up",
		Long: `Tells whether a cluster is up in the folder, for how long, and where its
kubeconfig is. The exit code is 1 if there is none.`,
		Example: `  cluster status --dir /tmp/second`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, config, err := running(dir)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "up since %s, ends in %s\nkubeconfig %s\nserver     https://%s\nprocess    %d\n",
				config.Started.Format(time.DateTime), time.Until(config.Started.Add(config.Lifetime)).Round(time.Second),
				folder.Kubeconfig(), state.Address(config.Ports.APIServer), config.Supervisor)
			return err
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

// running returns the cluster in dir, or an error if none is up.
func running(dir string) (state.Folder, state.Config, error) {
	folder, err := state.At(dir)
	if err != nil {
		return "", state.Config{}, err
	}
	config, err := folder.Load()
	if errors.Is(err, fs.ErrNotExist) || err == nil && !folder.Alive(config) {
		return "", state.Config{}, fmt.Errorf("no cluster is up in %s: start one with `cluster up --dir %s`", folder, dir)
	}
	return folder, config, err
}
