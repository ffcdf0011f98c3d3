// Package component runs one part of the control plane inside this process.
//
// All parts are linked into one program: one link step and one file
// are cheaper than five. Each still runs as a process of its own, because
// they share global state (feature gates, metrics registries, flags) and are
// made to be the only tenant of their process.
package component

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // the metrics that the real programs register
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	kcm "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	_ "time/tzdata" // CronJobs with a time zone need it where the machine has none

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/kubelet"
)

// The names of the parts, as the real programs are called.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	Kwok              = "kwok"
	Kubelet           = "kubelet" // what the API server asks of kubelets; not their work
)

// Bare lists the parts that keep objects but do nothing with them, in the order
// in which they have to start.
func Bare() []string { return []string{Etcd, APIServer} }

// Names lists every part in the order in which they have to start.
func Names() []string {
	return []string{Etcd, APIServer, ControllerManager, Scheduler, Kwok, Kubelet}
}

// Run becomes the named part and returns its exit code when it ends.
func Run(name string, args []string) (int, error) {
	// The parts read os.Args themselves (etcd) or through cobra and pflag (the
	// others), so that they see what their own programs would.
	os.Args = slices.Concat([]string{name}, args)
	switch name {
	case Etcd:
		etcdmain.Main(os.Args)
		return 0, nil
	case APIServer:
		return runCobra(apiserver.NewAPIServerCommand()), nil
	case ControllerManager:
		return runCobra(kcm.NewControllerManagerCommand()), nil
	case Scheduler:
		return runCobra(scheduler.NewSchedulerCommand()), nil
	case Kwok:
		return runKwok()
	case Kubelet:
		if err := kubelet.Run(args); err != nil {
			return 1, err
		}
		return 0, nil
	}
	return 0, fmt.Errorf("unknown component %q: want one of %s", name, strings.Join(Names(), ", "))
}

func runCobra(cmd *cobra.Command) int {
	return cli.Run(cmd)
}
