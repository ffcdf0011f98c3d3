package symptom

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// warnings are the reasons of Warning events that the components of
// Kubernetes 1.28 to 1.37 send, and those of the best known add-ons, by kind
// of object.
var warnings = map[string]string{
	"Pod": "Failed ErrImageNeverPull BackOff InspectFailed FailedToRetrieveImagePullSecret Unhealthy ProbeWarning FailedPostStartHook FailedPreStopHook " +
		"LifecycleHTTPFallback ExceededGracePeriod FailedKillPod FailedCreatePodSandBox FailedPodSandBoxStatus NetworkNotReady FailedCreatePodContainer " +
		"FailedMount FailedMapVolume FailedAttachVolume VolumeResizeFailed FileSystemResizeFailed VolumePermissionChangeInProgress AlreadyMountedVolume " +
		"VolumeConditionAbnormal FailedPrepareDynamicResources ResizeError Evicted Preempting OutOfcpu NodeAffinity UnexpectedAdmissionError TopologyAffinityError " +
		"SysctlForbidden AppArmor NodeShutdown VolumeAttachmentLimitExceeded FailedSync FailedValidation DNSConfigForming MissingClusterDNS HostIPsIPFamilyMismatch " +
		"FailedNodeDeclaredFeaturesCheck FailedScheduling NodeNotReady MultiplePodDisruptionBudgets NotDeleted FailedBinding SELinuxLabelConflict " +
		"SELinuxChangePolicyConflict MultipleSELinuxLabels FailedResourceClaimCreation OwnerRefInvalidNamespace ScaleDownFailed RELOAD",
	"Node": "Rebooted SystemOOM EvictionThresholdMet FreeDiskSpaceFailed ImageGCFailed ContainerGCFailed InvalidDiskCapacity FailedNodeAllocatableEnforcement " +
		"KubeletSetupFailed CheckLimitsForResolvConf CgroupV1 PossibleMemoryBackedVolumesOnDisk MissingClusterDNS DeletingNodeFailed FailedToCreateRoute " +
		"FailedToStartProxierHealthcheck FailedDraining TerminationGracePeriodExpiring InsufficientCapacityError ScaleDownFailed OOMKilling TaskHung KernelOops " +
		"ConntrackFull SpotInterrupted InstanceTerminating",
	"Deployment":  "ReplicaSetCreateError DeploymentRollbackRevisionNotFound DeploymentRollbackTemplateUnchanged SelectingAll",
	"ReplicaSet":  "FailedCreate FailedDelete",
	"DaemonSet":   "FailedCreate FailedDelete SelectingAll FailedDaemonPod",
	"StatefulSet": "FailedCreate FailedDelete FailedUpdate ConflictingController",
	"Job": "FailedCreate FailedDelete TooManySucceededPods UnknownCompletionMode BackoffLimitExceeded DeadlineExceeded PodFailurePolicy " +
		"MaxFailedIndexesExceeded FailedIndexes",
	"CronJob": "UnexpectedJob FailedCreate FailedGet FailedDelete MissSchedule TooManyMissedTimes UnknownTimeZone UnparseableSchedule " +
		"UnParseableCronJobSchedule InvalidSchedule UnsupportedSchedule",
	"Service": "FailedToListPods FailedToUpdateEndpointSlices SyncLoadBalancerFailed UpdateLoadBalancerFailed DeleteLoadBalancerFailed UnAvailableLoadBalancer " +
		"FailedToStartServiceHealthcheck ClusterIPAlreadyAllocated ClusterIPOutOfRange ClusterIPNotAllocated ClusterIPNotValid ServiceCIDRFull " +
		"PortAlreadyAllocated PortOutOfRange PortRangeFull",
	"Endpoints": "FailedToCreateEndpoint FailedToUpdateEndpoint InvalidIPAddress TooManyAddressesToMirror",
	"HorizontalPodAutoscaler": "FailedRescale FailedGetScale FailedComputeMetricsReplicas FailedGetResourceMetric FailedGetContainerResourceMetric " +
		"FailedGetPodsMetric FailedGetObjectMetric FailedGetExternalMetric SelectorRequired InvalidSelector AmbiguousSelector FailedUpdateStatus",
	"PodDisruptionBudget":   "NoPods UnmanagedPods CalculateExpectedPodCountFailed",
	"PersistentVolumeClaim": "FailedBinding ProvisioningFailed ProvisioningCleanupFailed VolumeMismatch ExternalExpanding VolumeResizeFailed VolumeModifyFailed",
	"PersistentVolume":      "VolumeFailedDelete VolumeFailedRecycle",
	"VolumeSnapshot":        "SnapshotContentCreationFailed SnapshotContentMissing SnapshotCreationFailed SnapshotDeleteError",
	"ConfigMap":             "FailedToScaleUpGroup ScaleUpTimedOut MaxNodesTotalReached ClusterUnhealthy DeleteUnregisteredFailed",
	"NodePool":              "NoCompatibleInstanceTypes",
	"Certificate":           "RequestFailed DecodeFailed CannotRegenerateKey",
	"Challenge":             "PresentError CleanUpError Failed",
	"ClusterIssuer":         "ErrInitIssuer ErrRegisterACMEAccount",
}

// troubled is a cluster in which a recurring warning stands beside an object
// that is not well, and nothing else says why.
func troubled(kind, reason string) (*cluster.Snapshot, cluster.Ref) {
	at := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	ref := cluster.Ref{Kind: kind, Namespace: "ns", Name: "it-is"}
	parts := cluster.Parts{At: at}
	switch kind {
	case "Pod":
		parts.Pods = []cluster.Pod{{Ref: ref, Created: at.Add(-time.Hour), Phase: "Pending"}}
	case "Node":
		ref.Namespace = ""
		parts.Nodes = []cluster.Node{{Ref: ref, Created: at.Add(-time.Hour), Conditions: []cluster.Condition{{Type: "Ready", Status: "False", Transition: at.Add(-time.Hour)}}}}
	case "Job":
		if reason == "FailedCreate" { // of the others the Job is gone: it would say it itself
			parts.Workloads = []cluster.Workload{{Ref: ref, Job: &cluster.JobState{}}}
		}
	case "ReplicaSet", "DaemonSet", "StatefulSet", "Deployment":
		parts.Workloads = []cluster.Workload{{Ref: ref, Created: at.Add(-time.Hour), Desired: 2}}
	case "CronJob":
		parts.Workloads = []cluster.Workload{{Ref: ref, Created: at.Add(-time.Hour), Cron: &cluster.CronState{Schedule: "0 0 1 1 *"}}}
	case "PersistentVolumeClaim":
		parts.Claims = []cluster.Claim{{Ref: ref, Phase: "Pending"}}
	}
	parts.Events = []cluster.Event{{Object: ref, Warning: true, Reason: reason, Message: "invalid capacity 0 on image filesystem", Count: 7,
		First: at.Add(-30 * time.Minute), Last: at.Add(-time.Minute)}}
	return cluster.New(parts), ref
}

// TestNoWarningIsDropped: whatever its reason, a recurring warning is noise
// by the table, or about something that a symptom tells of, or unclassified.
func TestNoWarningIsDropped(t *testing.T) {
	for kind, reasons := range warnings {
		for _, reason := range strings.Fields(reasons) {
			s, ref := troubled(kind, reason)
			found := Recognise(s)
			told := listed(noise, &s.Events[0])
			for i := range found {
				told = told || found[i].Object.Key() == ref
			}
			if !told {
				t.Errorf("%s of a %s is dropped in silence", reason, kind)
			}
		}
	}
}

// TestPassingWarnings: the same warnings about things that are well again are
// silent, or said to be what they are.
func TestPassingWarnings(t *testing.T) {
	at := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		pod  cluster.Pod
		told bool
	}{
		"ready":      {cluster.Pod{Created: at.Add(-time.Hour), Phase: "Running", Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}}}, false},
		"starting":   {cluster.Pod{Created: at.Add(-time.Minute), Phase: "Pending"}, false},
		"finished":   {cluster.Pod{Created: at.Add(-time.Hour), Phase: "Succeeded"}, false},
		"going":      {cluster.Pod{Created: at.Add(-time.Hour), Phase: "Running", Deleting: at.Add(-time.Second)}, false},
		"not coming": {cluster.Pod{Created: at.Add(-time.Hour), Phase: "Pending"}, true},
	} {
		c.pod.Ref = cluster.Ref{Kind: "Pod", Namespace: "ns", Name: "it-is"}
		s := cluster.New(cluster.Parts{At: at, Pods: []cluster.Pod{c.pod}, Events: []cluster.Event{{Object: c.pod.Ref, Warning: true, Reason: "FailedCreatePodContainer",
			Message: "unable to ensure pod container exists", Count: 3, First: at.Add(-2 * time.Minute), Last: at.Add(-time.Second)}}})
		if told := len(Recognise(s)) > 0; told != c.told {
			t.Errorf("%s: told %t, want %t", name, told, c.told)
		}
	}
}

func TestNoiseNamesItsSource(t *testing.T) {
	for _, table := range [][]notice{noise, passing, beside} {
		for _, n := range table {
			if n.source == "" || len(n.reasons)+len(n.texts) == 0 {
				t.Errorf("row lacks something: %+v", n)
			}
			for _, text := range n.texts {
				if text != strings.ToLower(text) {
					t.Errorf("%q is compared in lower case and can never match", text)
				}
			}
		}
	}
}

func TestWithoutName(t *testing.T) {
	for in, want := range map[string]string{
		"failed to update shop/web: web is gone": "failed to update shop/<name>: <name> is gone",
		"webhook web-1 on my-web":                "webhook web-1 on my-web",
		"":                                       "",
		"web":                                    "<name>",
	} {
		if got := withoutName(in, cluster.Ref{Name: "web"}); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := withoutName("a b c", cluster.Ref{Name: "b"}); got != "a b c" {
		t.Errorf("a short name is taken for a word: %q", got)
	}
}
