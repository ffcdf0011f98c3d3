package cli

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/control"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/player"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/scenarios"
)

func playCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "play SCENARIO",
		Short: "Plays a scenario on a running cluster",
		Long: `Plays a scenario on a running cluster: one of those that "cluster scenarios"
lists, or a folder with a scenario.yaml.`,
		Example: `  cluster play registry-auth
  cluster play ./my-scenario --dir /tmp/second`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, _, err := running(dir)
			if err != nil {
				return err
			}
			return play(cmd.Context(), folder, args[0], teller(cmd.ErrOrStderr()))
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func scenariosCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "scenarios",
		Short:   "Lists the scenarios that are built in",
		Example: "  cluster scenarios",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := scenario.List(scenarios.FS)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, s := range all {
				_, _ = fmt.Fprintf(table, "%s\t%s\n", s.Name, s.Description)
			}
			return table.Flush()
		},
	}
}

func loadScenario(name string) ([]*scenario.Scenario, error) {
	return scenario.Load(scenarios.FS, name)
}

// play plays a scenario on the running cluster in the folder. What it includes
// is skipped if it was played there before: a background is laid only once.
func play(ctx context.Context, folder state.Folder, name string, tell control.Progress) error {
	list, err := loadScenario(name)
	if err != nil {
		return err
	}
	played, err := folder.Played()
	if err != nil {
		return err
	}
	p, err := player.New(folder.Kubeconfig(), tell)
	if err != nil {
		return err
	}
	began := time.Now()
	for i, s := range list {
		if last := i == len(list)-1; !last && slices.Contains(played, s.Name) {
			continue
		}
		if err := p.Play(ctx, s); err != nil {
			return err
		}
		if err := folder.AddPlayed(s.Name); err != nil {
			return err
		}
	}
	tell("scenario %s has played in %s", name, time.Since(began).Round(100*time.Millisecond))
	return nil
}
