package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/control"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

const upAbout = `Starts a cluster and waits until it is ready; then plays a scenario, if one is
given. Prints the path of its kubeconfig on stdout, and progress on stderr.

When something fails to start, or you press Ctrl-C, all that was started is
ended and the folder removed. A cluster ends by itself after its lifetime. When
the scenario fails, the cluster stays up, so that you can look at it.`

const upExample = `  # an empty cluster in ./.cluster/default
  cluster up

  # a second one beside it, for half an hour, with a scenario of your own
  cluster up --dir /tmp/second --lifetime 30m --scenario ./my-scenario

  # events that expire quickly, and an audit policy for the API server
  cluster up --event-ttl 5m --api-arg --audit-policy-file=/tmp/policy.yaml`

type upOptions struct {
	dir      string
	scenario string
	portBase int
	config   state.Config
}

func upCommand() *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:     "up",
		Short:   "Starts a cluster",
		Long:    upAbout,
		Example: upExample,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd)
		},
	}
	dirFlag(cmd, &o.dir)
	flags := cmd.Flags()
	flags.StringVar(&o.scenario, "scenario", "", "scenario to play: a name from the command scenarios, or a folder")
	flags.IntVar(&o.portBase, "port-base", 0, "first of seven ports in a row (0 means any free ones)")
	flags.DurationVar(&o.config.Lifetime, "lifetime", 4*time.Hour, "when the cluster ends by itself")
	flags.DurationVar(&o.config.EventTTL, "event-ttl", time.Hour, "how long the API server keeps events")
	flags.BoolVar(&o.config.Bare, "bare", false, "start etcd and the API server alone: nothing changes what is stored, nothing runs")
	flags.StringArrayVar(&o.config.APIArgs, "api-arg", nil, "additional flag of the API server (repeatable)")
	flags.StringArrayVar(&o.config.KCMArgs, "kcm-arg", nil, "additional flag of the controller-manager (repeatable)")
	return cmd
}

func (o *upOptions) run(cmd *cobra.Command) error {
	ctx, tell, began := cmd.Context(), teller(cmd.ErrOrStderr()), time.Now()
	if o.config.Bare && o.scenario != "" {
		return errors.New("a scenario needs what --bare leaves out")
	}
	if o.scenario != "" {
		// A misspelt name should not cost the start of a cluster.
		if _, err := loadScenario(o.scenario); err != nil {
			return err
		}
	}
	folder, err := o.prepare()
	if err != nil {
		return err
	}
	if err := control.Up(ctx, folder, o.config, tell); err != nil {
		return err
	}
	tell("the cluster is up after %s", time.Since(began).Round(100*time.Millisecond))
	if o.scenario != "" {
		if err := play(ctx, folder, o.scenario, tell); err != nil {
			return o.afterFailedPlay(cmd, folder, err)
		}
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), folder.Kubeconfig())
	return err
}

func (o *upOptions) prepare() (state.Folder, error) {
	if o.config.Lifetime <= 0 || o.config.EventTTL <= 0 {
		return "", fmt.Errorf("--lifetime and --event-ttl have to be longer than nothing")
	}
	executable, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the path of this program: %w", err)
	}
	// /proc shows the path without symbolic links, and is compared with this.
	o.config.Executable, err = filepath.EvalSymlinks(executable)
	if err != nil {
		return "", fmt.Errorf("find the path of this program: %w", err)
	}
	o.config.Started = time.Now()
	o.config.Ports, err = state.ChoosePorts(o.portBase)
	if err != nil {
		return "", err
	}
	return state.At(o.dir)
}

// afterFailedPlay leaves the cluster for whoever wants to know why, unless the
// user asked to stop.
func (o *upOptions) afterFailedPlay(cmd *cobra.Command, folder state.Folder, err error) error {
	if cmd.Context().Err() == nil {
		return fmt.Errorf("%w\nthe cluster is still up: %s", err, folder.Kubeconfig())
	}
	if downErr := control.Down(folder); downErr != nil {
		return downErr
	}
	return fmt.Errorf("interrupted: the cluster was ended")
}
