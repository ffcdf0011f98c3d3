package alert

import "slices"

// row says by which signal a detector's causes would have been told. Without
// a signal, untold says what standard metrics lack; with one, what it cannot
// tell. A row without causes is for all that no row above it names.
type row struct {
	detector string
	causes   []string
	signal   func(*Subject) signal
	untold   string
}

func find(detector, cause string) *row {
	for i := range table {
		if r := &table[i]; r.detector == detector && (r.causes == nil || slices.Contains(r.causes, cause)) {
			return r
		}
	}
	return nil
}

const (
	whyNot     = "why: the reason stands in the program's words and in events"
	noInstance = "the name of the node where node-exporter is known by its address"
)

// table is every detector of the taxonomy, in its order.
var table = []row{
	{"node-pressure", []string{"disk-pressure"}, pressure("DiskPressure"), "what fills the disk"},
	{"node-pressure", []string{"memory-pressure"}, pressure("MemoryPressure"), "which pods take the memory"},
	{"node-pressure", []string{"pid-pressure"}, pressure("PIDPressure"), "which pods take the process IDs"},

	{"node-failure", []string{"not-ready"}, nodeNotReady("false|unknown"), ""},
	{"node-failure", []string{"unreachable"}, nodeNotReady("unknown"), "whether the node is down or only cut off"},
	{"node-failure", []string{"network-unavailable"}, condition("NodeNetworkUnavailable", "nodes have no network for pods", "2m", is("condition", "NetworkUnavailable"), is("status", "true")), ""},
	{"node-failure", []string{"runtime-down"}, nodeNotReady("false|unknown"), "that it is the container runtime"},
	{"node-failure", []string{"kernel"}, condition("NodeKernelTrouble", "node-problem-detector tells of trouble of the kernel", "1m", `condition=~"KernelDeadlock|ReadonlyFilesystem|XfsShutdown|CperHardwareErrorFatal|FilesystemCorruptionProblem|FrequentUnregisterNetDevice"`, is("status", "true")), "what is an event only, such as an oops"},
	{"node-failure", []string{"rebooted"}, always("NodeRebooted", "a node was started within ten minutes", "time() - node_boot_time_seconds < 600", "0m"), noInstance},
	{"node-failure", []string{"shutdown"}, nodeNotReady("false|unknown"), "whether it is a shutdown that somebody asked for"},

	{"eviction", []string{"ephemeral-storage-limit", "emptydir-limit"}, evicted, "which limit was passed"},
	{"eviction", []string{"preempted"}, unavailable, "that it was preemption, and by which pod"},
	{"eviction", []string{"taint"}, tainted, "which pods do not tolerate it"},
	{"eviction", []string{"api"}, unavailable, "who asked for the eviction"},

	{"oom", []string{"container-limit"}, killedForMemory, ""},
	{"oom", []string{"node-oom"}, always("NodeOOM", "the kernel of a node killed processes for want of memory", "increase(node_vmstat_oom_kill[15m]) > 0", "0m"), noInstance + ", and which container was killed"},
	{"cpu-throttling", nil, throttled, ""},
	{"scheduling", nil, unschedulable, "why: what is lacking stands in the scheduler's events"},

	{"network", []string{"sandbox", "ip-exhaustion"}, waiting("PodsNotStarting", "pods do not get to start their containers", "ContainerCreating|PodInitializing"), "that it is the pod's network"},
	{"network", nil, failing, "which peer cannot be reached, and how: that stands in the program's words"},
	{"storage", []string{"provisioning"}, unbound, "what the provisioner says"},
	{"storage", []string{"full"}, nearlyFull, "a container's own file system: kubelets measure claims"},
	{"storage", []string{"read-only"}, failing, "that the volume cannot be written"},
	{"storage", nil, waiting("PodsNotStarting", "pods do not get to start their containers", "ContainerCreating|PodInitializing"), "which volume, and what keeps it"},

	{"image-pull", nil, waiting("ImagePullFailing", "containers cannot pull their image", "ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable|ImageInspectError"), "why: what the registry answered stands in events"},
	{"missing-config", []string{"service-account"}, uncreated, "that a service account is missing"},
	{"missing-config", nil, waiting("ConfigMissing", "containers lack a ConfigMap, a Secret or a key of one, or wait for a volume", "CreateContainerConfigError|ContainerCreating|PodInitializing"), "which object is missing"},
	{"environment", nil, failing, whyNot},
	{"credentials", nil, failing, whyNot},
	{"rbac", nil, failing, "what the API server refused: it counts refusals, and not whom"},
	{"admission", nil, uncreated, "what refused them"},
	{"probe", []string{"liveness"}, livenessFails, "why, and anything where the kubelets' /metrics/probes is not scraped"},
	{"probe", []string{"readiness"}, notReady, "why the probe fails"},
	{"probe", []string{"startup"}, failing, "that it is the startup probe: one that fails is no trouble while a program starts"},
	{"container-start", nil, waiting("ContainerStartFailing", "containers cannot be started, or end as soon as they are", "CrashLoopBackOff|CreateContainerError|RunContainerError|PostStartHookError|StartError"), "why: what the runtime said stands in the status"},
	{"stale-config", nil, nil, "no standard metric sets the time at which a ConfigMap or Secret was written against the start of containers"},

	{"rollout-failure", []string{"deadline"}, stuckRollout, "why the new pods do not come up"},
	{"rollout-failure", nil, unavailable, "that a rollout is the reason"},
	{"rollout-cascade", nil, failing, "which rollout they fail after"},
	{"version-skew", nil, mixed, "a rollout that is under way from a mixture that stays"},
	{"config-drift", nil, nil, "no standard metric holds what is configured"},
	{"job-failure", []string{"missed-schedule"}, missedSchedule, "why it was not started"},
	{"job-failure", nil, jobFailed, "why it failed"},

	{"time-of-day", nil, failing, "that it comes at one hour of the day"},
	{"periodic", nil, failing, "that it comes at an interval"},
	{"burst", nil, failing, "that much fails at the same time"},
	{"gradual", nil, rising, "failures that merely become more frequent"},

	{"exit-code", nil, exited, "what the program said"},
	{"shared-factor", nil, failing, "what the failing share"},
	{"unclassified", nil, nil, "it is known by an event alone, and no standard metric tells of events; an exporter of events would"},
}
