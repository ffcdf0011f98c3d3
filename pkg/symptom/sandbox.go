package symptom

import (
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// What keeps a pod's sandbox from being made: the Item of a symptom of
// NetworkSandbox.
const (
	SandboxAgentDown    = "the network plugin's agent does not answer on the node"
	SandboxNotInstalled = "the network plugin is not installed on the node"
	SandboxController   = "the network plugin's controller does not answer"
	SandboxRefused      = "the network plugin is not let into the API"
	SandboxPauseImage   = "the pause image cannot be pulled"
	SandboxRuntimeClass = "the node has no such runtime"
	SandboxStale        = "the node's bridge has an address of another network"
	SandboxRuntime      = "the container runtime fails"
	SandboxSlow         = "the node does not get it done in time"
	SandboxNetwork      = "the network plugin fails"
)

// otherPlugin stands for a network plugin that a wording does not tell.
const otherPlugin = "other"

// exhausted are the wordings of network plugins that have no address left,
// each with its plugin's documents or source.
var exhausted = []signature{
	{cause: "calico", source: "projectcalico/calico libcalico-go/lib/ipam", texts: []string{
		"no ips available in pools", "requested ipv4 addresses; no", "requested ipv6 addresses; no", "no more free affine blocks"}},
	{cause: "cilium-cni", source: "cilium/cilium pkg/ipam", texts: []string{
		"range is full", "cidr ranges are exhausted", "no ips currently available on the node"}},
	{cause: "aws-cni", source: "aws/amazon-vpc-cni-k8s", texts: []string{
		"failed to assign an ip address to container", "insufficientfreeaddressesinsubnet", "insufficientcidrblocks"}},
	{cause: "azure-vnet", source: "Azure/azure-container-networking", texts: []string{"failed to allocate pool", "no available addresses", "allocateipconfig failed"}},
	{cause: "host-local", source: "containernetworking/plugins host-local", texts: []string{"no ip addresses available in range set"}},
	{cause: otherPlugin, source: "any", texts: []string{"no available ip address", "no ips available", "no free ip", "ip address pool exhausted", "out of ip addresses"}},
}

// sandboxSignatures say what else is wrong. What names the plugin's own
// trouble comes before the frames of the runtime, and those before time.
var sandboxSignatures = []signature{
	{cause: SandboxPauseImage, source: "containerd, CRI-O", texts: []string{"failed to get sandbox image", "failed to pull pause image", "pulling infra image"}},
	{cause: SandboxNotInstalled, source: "containerd go-cni, ocicni, kubelet", texts: []string{
		"failed to find plugin", "cni plugin not initialized", "no network config found", "no cni configuration file",
		"networkpluginnotready", "no networks found in"}},
	{cause: SandboxRefused, source: "projectcalico/calico", texts: []string{"connection is unauthorized", "error getting clusterinformation"}},
	{cause: SandboxAgentDown, source: "calico, cilium, flannel, aws-cni, azure CNS, antrea, multus", texts: []string{
		"/var/lib/calico/nodename", "unable to connect to cilium daemon", "cilium.sock", "/run/flannel/subnet.env", "127.0.0.1:50051",
		"localhost:10090", "antrea-agent", "cni.sock", "multus.sock", "is the agent running"}},
	{cause: SandboxController, source: "ovn-kubernetes", texts: []string{"timed out waiting for annotations", "timed out waiting for ovs"}},
	{cause: SandboxRuntimeClass, source: "containerd, CRI-O: RuntimeClass", texts: []string{"no runtime for", "unable to get oci runtime"}},
	{cause: SandboxStale, source: "containernetworking/plugins bridge", texts: []string{"already has an ip address different from"}},
	{cause: SandboxNetwork, source: "containerd, CRI-O, dockershim frames of a plugin", texts: []string{
		"plugin type=", "failed to setup network for sandbox", "failed to create pod network sandbox", "networkplugin cni failed",
		"failed to destroy network for sandbox"}},
	{cause: SandboxRuntime, source: "containerd, runc", texts: []string{
		"failed to create containerd task", "failed to start sandbox", "failed to reserve sandbox name", "is reserved for", "oci runtime"}},
	{cause: SandboxSlow, source: "kubelet, CRI", texts: []string{"deadlineexceeded", "context deadline exceeded", "timeout"}},
}

// plugins tells the plugin by its wording where a text does not give its type.
var plugins = []signature{
	{cause: "calico", source: "paths", texts: []string{"calico"}},
	{cause: "cilium-cni", source: "paths", texts: []string{"cilium"}},
	{cause: "flannel", source: "paths", texts: []string{"flannel"}},
	{cause: "aws-cni", source: "paths", texts: []string{"127.0.0.1:50051", "add cmd: failed to assign an ip address"}},
	{cause: "azure-vnet", source: "paths", texts: []string{"azure-vnet", "from cns"}},
	{cause: "ovn-k8s-cni-overlay", source: "paths", texts: []string{"ovn-k"}},
}

var pluginType = lazyregexp.New(`plugin type="([a-z0-9._-]{1,60})"`)

// pluginOf is the network plugin that a text is of; empty when it does not
// say. A plugin that calls others (multus) is named only where they are not.
func pluginOf(text string) string {
	found := ""
	for _, m := range pluginType.FindAllStringSubmatch(text, 4) {
		if found == "" || strings.HasPrefix(found, "multus") {
			found = m[1]
		}
	}
	if found == "" {
		found = classify(plugins, text)
	}
	return found
}

const (
	// sandboxGrace is how long a sandbox may fail without a word.
	sandboxGrace = 15 * time.Second
	// sandboxDelay is how long it must have failed to be told when it worked
	// at last.
	sandboxDelay = time.Minute
)

// sandbox recognises a pod whose own network or sandbox cannot be made, or
// taken down. Its containers wait without a message, so that events alone say
// why. Pod is nil when only events are left.
func (r *recogniser) sandbox(ref cluster.Ref, p *cluster.Pod, events []*cluster.Event) {
	s := Symptom{Kind: Network, Object: ref, Pod: p}
	raw := ""
	for _, e := range events {
		switch {
		case e.Reason == "FailedCreatePodSandBox" || e.Reason == "NetworkNotReady":
		case e.Reason == "FailedKillPod" && strings.Contains(e.Message, "KillPodSandbox"):
		default:
			continue
		}
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Count += e.Count
		s.Node = firstOf(s.Node, nodeOf([]*cluster.Event{e}))
		if raw == "" || classify(sandboxSignatures, e.Message) != SandboxSlow {
			raw = e.Message
		}
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	if raw != "" && r.sandboxFails(&s) {
		s.nameSandbox(raw)
		r.add(s)
	}
}

// nameSandbox finds plugin and cause in what the kubelet says.
func (s *Symptom) nameSandbox(raw string) {
	s.Message = sandboxSaid(raw)
	s.Cause, s.Driver, s.Template = NetworkSandbox, pluginOf(raw), Mask(s.Message)
	lower := strings.ToLower(raw)
	for i := range exhausted {
		if exhausted[i].matches(lower) {
			s.Cause = NetworkIPExhaustion
			if s.Driver == "" && exhausted[i].cause != otherPlugin {
				s.Driver = exhausted[i].cause
			}
			return
		}
	}
	if s.Item = classify(sandboxSignatures, raw); s.Item == "" {
		s.Item = SandboxRuntime
	}
	if s.Item == SandboxPauseImage {
		s.pauseImage(raw)
	}
}

// sandboxFails reports whether it stands, or held the pod up for long. While
// a node starts its network comes up last.
func (r *recogniser) sandboxFails(s *Symptom) bool {
	n := r.s.Node(s.Node)
	young := n != nil && s.First.Sub(n.Created) < 2*nodeStartGrace
	if s.Pod != nil && !s.Pod.Finished() && s.Last.After(runningSince(s.Pod)) {
		s.Ongoing, s.Last = true, r.s.At
		waited := s.Last.Sub(s.First)
		return waited >= sandboxGrace && (!young || waited > 2*nodeStartGrace) || s.Count >= 3 && !young
	}
	return !young && s.Last.Sub(s.First) >= sandboxDelay
}

// runningSince is when the newest container of a pod started or ended; zero
// when none ever ran.
func runningSince(p *cluster.Pod) time.Time {
	at := startedLast(p)
	for i := range p.Containers {
		if c := &p.Containers[i]; c.Role != cluster.Ephemeral {
			at = latest(at, latest(c.State.FinishedAt, c.Last().FinishedAt))
		}
	}
	return at
}

var sandboxFrame = lazyregexp.New(`^(?:Failed to create pod sandbox: |Failed create pod sandbox: |network is not ready: |error killing pod: )`)

// pluginFailed ends the frames of the runtime around a plugin's own words.
var pluginFailed = lazyregexp.New(`failed \((?:add|delete|check)\): `)

// sandboxSaid is a sandbox's failure without the frames of the kubelet and
// the runtime, which name the pod and not the cause.
func sandboxSaid(message string) string {
	if at := pluginFailed.FindAllStringIndex(message, 8); len(at) > 0 {
		if said := strings.TrimSpace(message[at[len(at)-1][1]:]); said != "" {
			return said
		}
	}
	return strings.TrimSpace(stripRPC(sandboxFrame.ReplaceAllString(message, "")))
}
