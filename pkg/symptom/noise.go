package symptom

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// notice is a row of a table of Warning events that are passed over.
type notice struct {
	kind    string   // of the object; empty: any
	reasons []string // empty: any
	texts   []string // one of which occurs in the message, in lower case; none: any
	source  string
}

// noise are the warnings that tell of nothing wrong, or of what comes right by
// itself: they are never worth a word.
var noise = []notice{
	{kind: "Node", reasons: []string{"CgroupV1", "PossibleMemoryBackedVolumesOnDisk"},
		source: "pkg/kubelet/kubelet.go: told at each start about the set-up of the node"},
	{kind: "Node", reasons: []string{"InvalidDiskCapacity"}, texts: []string{"invalid capacity 0 on image filesystem"},
		source: "pkg/kubelet/stats/provider.go: the file system is not measured yet when the kubelet starts"},
	{kind: "Node", reasons: []string{"CheckLimitsForResolvConf"},
		source: "pkg/kubelet/network/dns: some name servers or search domains are left out"},
	{kind: "Pod", reasons: []string{"DNSConfigForming"},
		source: "pkg/kubelet/network/dns: the same, told for each pod"},
	{kind: "Pod", reasons: []string{"ProbeWarning"},
		source: "pkg/kubelet/prober: a redirect to another host counts as success"},
	{kind: "Pod", reasons: []string{"LifecycleHTTPFallback"},
		source: "pkg/kubelet/lifecycle/handlers.go: the second try succeeded"},
	{kind: "Pod", reasons: []string{"VolumePermissionChangeInProgress"},
		source: "pkg/volume/volume_linux.go: a slow start that goes on"},
	{kind: "Pod", reasons: []string{"FailedMount"}, texts: []string{
		"failed to sync configmap cache: timed out", "failed to sync secret cache: timed out", `"kube-root-ca.crt" not registered`},
		source: "pkg/kubelet/util/manager: the kubelet's cache is filled when a pod of a namespace first comes to the node"},
	{kind: "Pod", reasons: []string{"FailedScheduling"}, texts: []string{"skip schedule deleting pod"},
		source: "pkg/scheduler: the pod is being deleted"},
	{texts: []string{"the object has been modified; please apply your changes to the latest version"},
		source: "apiserver/pkg/registry/generic/registry/store.go: two writers met, and controllers try again"},
	{reasons: []string{"FailedToCreateEndpoint", "FailedToCreateEndpointSlices"}, texts: []string{"already exists"},
		source: "pkg/controller/endpoint, endpointslice: the controller's cache was behind, and it updates the object next"},
	{texts: []string{"because it is being terminated"},
		source: "apiserver/pkg/admission/plugin/namespace/lifecycle: a namespace is being deleted"},
}

// passing are the reasons that recognisers know and may be silent about: the
// trouble that they tell of passes (a start that took its time, a mount that
// worked the second time, a pod that found its node). They count again where
// the object is still not well and nobody else has a word for it.
var passing = []notice{
	{kind: "Pod", reasons: []string{"Failed", "BackOff", "ErrImageNeverPull", "InspectFailed", "FailedToRetrieveImagePullSecret",
		"Unhealthy", "FailedPostStartHook", "FailedCreatePodSandBox", "NetworkNotReady", "FailedCreatePodContainer",
		"FailedMount", "FailedMapVolume", "FailedAttachVolume", "FailedScheduling", "Evicted", "Preempting", "NodeNotReady",
		"FailedBinding", "FailedResourceClaimCreation", "FailedPrepareDynamicResources"},
		source: "kubelet, scheduler, attach-detach and node life-cycle controllers"},
	{kind: "Node", reasons: []string{"SystemOOM", "OOMKilling", "Rebooted", "EvictionThresholdMet", "KernelOops", "TaskHung", "Ext4Error",
		"IOError", "ConntrackFull"},
		source: "kubelet, node-problem-detector"},
	{kind: "ReplicaSet", reasons: []string{"FailedCreate"}, source: "pkg/controller/controller_utils.go"},
	{kind: "DaemonSet", reasons: []string{"FailedCreate", "FailedDaemonPod"}, source: "pkg/controller/daemon"},
	{kind: "StatefulSet", reasons: []string{"FailedCreate"}, source: "pkg/controller/statefulset"},
	{kind: "Job", reasons: []string{"FailedCreate", "BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy",
		"MaxFailedIndexesExceeded", "FailedIndexes"}, source: "pkg/controller/job"},
	{kind: "CronJob", reasons: []string{"FailedCreate", "MissSchedule", "TooManyMissedTimes", "UnparseableSchedule",
		"UnParseableCronJobSchedule", "InvalidSchedule", "UnknownTimeZone"}, source: "pkg/controller/cronjob"},
	{kind: "PersistentVolumeClaim", reasons: []string{"ProvisioningFailed", "FailedBinding"},
		source: "pkg/controller/volume/persistentvolume; CSI external-provisioner"},
}

// beside are the reasons that say again what a symptom of the same object
// says already, and speak for themselves where there is none.
var beside = []notice{
	{kind: "Node", reasons: []string{"FreeDiskSpaceFailed", "ImageGCFailed", "ContainerGCFailed", "FailedNodeAllocatableEnforcement"},
		source: "kubelet image and container garbage collection, under pressure"},
	{kind: "Deployment", reasons: []string{"ReplicaSetCreateError"}, source: "pkg/controller/deployment/sync.go"},
	{kind: "Pod", reasons: []string{"FailedSync", "FailedKillPod", "FailedPodSandBoxStatus"}, source: "kubelet: the runtime does not answer"},
}

// IsNoise reports whether an event tells of nothing wrong, or of what comes
// right by itself.
func IsNoise(e *cluster.Event) bool { return listed(noise, e) }

func listed(table []notice, e *cluster.Event) bool {
	lower := strings.ToLower(e.Message)
	return slices.ContainsFunc(table, func(n notice) bool {
		return (n.kind == "" || n.kind == e.Object.Kind) &&
			(len(n.reasons) == 0 || slices.Contains(n.reasons, e.Reason)) &&
			(len(n.texts) == 0 || slices.ContainsFunc(n.texts, func(t string) bool { return strings.Contains(lower, t) }))
	})
}
