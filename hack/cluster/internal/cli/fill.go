package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/fill"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

func fillCommand() *cobra.Command {
	var dir string
	plan := fill.Plan{}
	cmd := &cobra.Command{
		Use:   "fill",
		Short: "Fills a bare cluster with many pods",
		Long: `Writes 1,000 nodes, pods of ordinary size in Deployments of 30, and as many
events straight into etcd. One pod of fifty fails, in three incidents: a registry
refuses the credentials of rollouts in many namespaces; a node without disk evicts;
a ConfigMap lost a key. The same seed makes the same cluster, but for the times.

The cluster has to be bare (up --bare): controllers would change what is stored.`,
		Example: `  cluster up --bare --dir /tmp/large
  cluster fill --pods 50000 --dir /tmp/large`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, config, err := running(dir)
			if err != nil {
				return err
			}
			plan.Now = time.Now()
			planted, err := fill.Into(cmd.Context(), state.Address(config.Ports.Etcd), plan)
			if err != nil {
				return err
			}
			teller(cmd.ErrOrStderr())("%d pods in %s; the registry refuses %d, %d are evicted, %d lack a key",
				plan.Pods, time.Since(plan.Now).Round(100*time.Millisecond), planted.Refused, planted.Evicted, planted.Keyless)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().IntVar(&plan.Pods, "pods", 10_000, "how many pods to make, and events")
	cmd.Flags().Uint64Var(&plan.Seed, "seed", 1, "what names and identifiers are drawn from")
	return cmd
}
