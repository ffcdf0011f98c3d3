package symptom

import "testing"

func TestSandboxTexts(t *testing.T) {
	checkTable(t, sandboxSignatures, []sample{
		{SandboxPauseImage, `failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image`},
		{SandboxNotInstalled, `failed to setup network for sandbox "x": failed to find plugin "bridge" in path [/opt/cni/bin]`},
		{SandboxNotInstalled, "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"},
		{SandboxNotInstalled, "no CNI configuration file in /etc/kubernetes/cni/net.d/. Has your network provider started?"},
		{SandboxRefused, `plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized`},
		{SandboxAgentDown, `plugin type="aws-cni" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused`},
		{SandboxAgentDown, `plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`},
		{SandboxController, `failed to get pod annotation: timed out waiting for annotations: context deadline exceeded`},
		{SandboxRuntimeClass, `no runtime for "kata" is configured`},
		{SandboxStale, `plugin type="bridge" failed (add): failed to set bridge addr: "cni0" already has an IP address different from 10.1.0.1/24`},
		{SandboxNetwork, `plugin type="portmap" failed (add): unable to create chain`},
		{SandboxRuntime, "failed to create containerd task: failed to create shim task: OCI runtime create failed"},
		{SandboxRuntime, `failed to reserve sandbox name "a": name "a" is reserved for "b"`},
		{SandboxSlow, "rpc error: code = DeadlineExceeded desc = context deadline exceeded"},
		{"", "something else"},
	})
	checkTable(t, exhausted, []sample{
		{"calico", "Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.0.0.0/24]"},
		{"cilium-cni", `[POST /ipam][502] postIpamFailure "all CIDR ranges are exhausted"`},
		{"aws-cni", "add cmd: failed to assign an IP address to container"},
		{"azure-vnet", "Failed to allocate pool: no free subnet"},
		{"host-local", "failed to allocate for range 0: no IP addresses available in range set: 10.2.0.1-10.2.0.254"},
		{otherPlugin, "no available IP addresses"},
	})
	checkTable(t, plugins, []sample{
		{"calico", "stat /var/lib/calico/nodename"}, {"cilium-cni", "unable to connect to Cilium daemon"}, {"flannel", "/run/flannel/subnet.env"},
		{"aws-cni", "dial tcp 127.0.0.1:50051"}, {"azure-vnet", "Failed to get IP address from CNS"}, {"ovn-k8s-cni-overlay", "ovn-k"},
	})
}

func TestPluginBehindAnother(t *testing.T) {
	text := `plugin type="multus-shim" name="multus" failed (add): plugin type="ovn-k8s-cni-overlay" failed (add): timed out`
	if got := pluginOf(text); got != "ovn-k8s-cni-overlay" {
		t.Errorf("plugin %q", got)
	}
}

func FuzzSandboxTexts(f *testing.F) {
	for _, seed := range []string{"", `plugin type=""`, "Failed to create pod sandbox: rpc error: code = x desc = "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if said := sandboxSaid(text); len(said) > len(text) {
			t.Errorf("%q grew to %q", text, said)
		}
		_, _ = pluginOf(text), NameServer(text)
	})
}
