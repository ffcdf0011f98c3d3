package control

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/component"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/pki"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

// leaseSeconds makes kwok renew the leases of its nodes, as a kubelet does.
// Without it the node controller calls every node unreachable after 50 s.
const leaseSeconds = "--node-lease-duration-seconds=40"

// arguments returns the command line of a part, without its name.
func arguments(name string, f state.Folder, c state.Config) []string {
	switch name {
	case component.Etcd:
		return etcdArgs(f, c)
	case component.APIServer:
		return apiServerArgs(f, c)
	case component.ControllerManager:
		return controllerManagerArgs(f, c)
	case component.Scheduler:
		return schedulerArgs(f, c)
	case component.Kubelet:
		return []string{
			"--kubeconfig=" + f.Path("config", component.Kwok+".kubeconfig"), "--address=" + state.Address(c.Ports.Kubelet),
			"--tls-cert-file=" + f.Path("pki", pki.Serving+".crt"), "--tls-private-key-file=" + f.Path("pki", pki.Serving+".key"),
		}
	default:
		return kwokArgs(f, c)
	}
}

func etcdArgs(f state.Folder, c state.Config) []string {
	client, peer := "http://"+state.Address(c.Ports.Etcd), "http://"+state.Address(c.Ports.EtcdPeer)
	return []string{
		"--name=cluster", "--data-dir=" + f.Path("etcd"), "--log-level=warn",
		"--unsafe-no-fsync", // nothing here has to survive a power cut
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer,
		"--initial-cluster=cluster=" + peer,
		"--auto-compaction-mode=periodic", "--auto-compaction-retention=5m",
		"--quota-backend-bytes=8589934592",
	}
}

func apiServerArgs(f state.Folder, c state.Config) []string {
	return slices.Concat([]string{
		"--etcd-servers=http://" + state.Address(c.Ports.Etcd),
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.Ports.APIServer),
		"--advertise-address=127.0.0.1",
		// A loopback address may not be an endpoint: the Service kubernetes has none.
		"--endpoint-reconciler-type=none",
		"--tls-cert-file=" + f.Path("pki", pki.Serving+".crt"), "--tls-private-key-file=" + f.Path("pki", pki.Serving+".key"),
		"--client-ca-file=" + f.Path("pki", pki.CA+".crt"),
		"--kubelet-client-certificate=" + f.Path("pki", pki.KubeletClient+".crt"),
		"--kubelet-client-key=" + f.Path("pki", pki.KubeletClient+".key"),
		// Nodes have made-up addresses; this one leads to who answers for the
		// kubelets.
		"--kubelet-preferred-address-types=InternalDNS",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file=" + f.Path("pki", pki.ServiceAccounts+".key"),
		"--service-account-key-file=" + f.Path("pki", pki.ServiceAccounts+".pub"),
		"--service-cluster-ip-range=10.96.0.0/16",
		// Webhooks are called at their endpoints: nothing answers at the address of
		// a Service here, or something does that lies outside.
		"--enable-aggregator-routing=true",
		"--authorization-mode=Node,RBAC", "--anonymous-auth=false", "--allow-privileged=true",
		"--event-ttl=" + c.EventTTL.String(), "--profiling=false",
	}, c.APIArgs)
}

func controllerManagerArgs(f state.Folder, c state.Config) []string {
	config := f.Path("config", component.ControllerManager+".kubeconfig")
	return slices.Concat([]string{
		"--kubeconfig=" + config, "--authentication-kubeconfig=" + config, "--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.Ports.ControllerManager),
		"--leader-elect=false", "--use-service-account-credentials=true",
		"--service-account-private-key-file=" + f.Path("pki", pki.ServiceAccounts+".key"),
		"--root-ca-file=" + f.Path("pki", pki.CA+".crt"),
		"--cluster-signing-cert-file=" + f.Path("pki", pki.CA+".crt"),
		"--cluster-signing-key-file=" + f.Path("pki", pki.CA+".key"),
		"--kube-api-qps=500", "--kube-api-burst=1000", "--profiling=false",
	}, c.KCMArgs)
}

func schedulerArgs(f state.Folder, c state.Config) []string {
	config := f.Path("config", component.Scheduler+".kubeconfig")
	return []string{
		"--config=" + f.Path("config", schedulerConfigFile),
		"--authentication-kubeconfig=" + config, "--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.Ports.Scheduler),
	}
}

func kwokArgs(f state.Folder, c state.Config) []string {
	return []string{
		"--kubeconfig=" + f.Path("config", component.Kwok+".kubeconfig"),
		"--config=" + f.Path("config", stagesFile),
		"--server-address=" + state.Address(c.Ports.Kwok), "--node-ip=127.0.0.1", fmt.Sprintf("--node-port=%d", c.Ports.Kubelet),
		"--tls-cert-file=" + f.Path("pki", pki.Serving+".crt"), "--tls-private-key-file=" + f.Path("pki", pki.Serving+".key"),
		"--manage-all-nodes=true", "--cidr=10.200.0.0/16", leaseSeconds,
	}
}
