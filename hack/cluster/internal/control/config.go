package control

import (
	"fmt"
	"os"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/component"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/pki"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/stages"
)

const (
	schedulerConfigFile = "scheduler.yaml"
	stagesFile          = "stages.yaml"
)

// schedulerConfig is the default but for one weight: scenarios place pods by
// preferred node affinity, and with the default weight the wish to spread them
// outvotes it.
const schedulerConfig = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection: {leaderElect: false}
clientConnection: {kubeconfig: %q, qps: 500, burst: 1000}
profiles:
- schedulerName: default-scheduler
  plugins:
    score:
      disabled: [{name: NodeAffinity}]
      enabled: [{name: NodeAffinity, weight: 50}]
`

// Prepare fills the folder with all that the parts read.
func Prepare(f state.Folder, c state.Config) error {
	if err := f.Create(); err != nil {
		return err
	}
	configs, err := pki.Write(f.Path("pki"), "https://"+state.Address(c.Ports.APIServer))
	if err != nil {
		return err
	}
	library, err := stages.Render()
	if err != nil {
		return err
	}
	for path, data := range map[string][]byte{
		f.Kubeconfig(): configs["admin"],
		f.Path("config", component.ControllerManager+".kubeconfig"): configs["system:kube-controller-manager"],
		f.Path("config", component.Scheduler+".kubeconfig"):         configs["system:kube-scheduler"],
		f.Path("config", component.Kwok+".kubeconfig"):              configs["kwok"],
		f.Path("config", stagesFile):                                library,
		f.Path("config", schedulerConfigFile):                       fmt.Appendf(nil, schedulerConfig, f.Path("config", component.Scheduler+".kubeconfig")),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return fmt.Errorf("write configuration: %w", err)
		}
	}
	return nil
}
