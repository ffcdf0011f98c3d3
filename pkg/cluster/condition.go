package cluster

// polarity tells, for the node conditions whose meaning is known, the status
// that is healthy. Of any other type neither True nor False may be called
// good (conditions of node-problem-detector and AKS are True when bad, those
// of the EKS node monitoring agent True when good).
var polarity = map[string]string{
	"Ready": "True",

	"MemoryPressure": "False", "DiskPressure": "False", "PIDPressure": "False",
	"NetworkUnavailable": "False",

	"KernelDeadlock": "False", "ReadonlyFilesystem": "False", "XfsShutdown": "False",
	"CperHardwareErrorFatal": "False", "CorruptDockerOverlay2": "False",
	"FrequentKubeletRestart": "False", "FrequentDockerRestart": "False",
	"FrequentContainerdRestart": "False", "FrequentUnregisterNetDevice": "False",
	"KubeletUnhealthy": "False", "ContainerRuntimeUnhealthy": "False", "NTPProblem": "False",
	"KubeletProblem": "False", "ContainerRuntimeProblem": "False", "FilesystemCorruptionProblem": "False",
	"VMEventScheduled": "False", "GPUMissing": "False", "XIDErrors": "False", "NVLinkStatusInactive": "False",
	"IBLinkFlapping": "False", "UnhealthyNvidiaDevicePlugin": "False",

	"KernelReady": "True", "NetworkingReady": "True", "StorageReady": "True",
	"ContainerRuntimeReady": "True", "AcceleratedHardwareReady": "True",
}

// Unhealthy reports whether a node condition tells of trouble, and whether
// its polarity is known at all. Unknown is trouble only for Ready: on loss of
// a node the pressure conditions turn Unknown too, which is not pressure.
func Unhealthy(c Condition) (bad, known bool) {
	good, known := polarity[c.Type]
	if !known {
		return false, false
	}
	if c.Status == "Unknown" {
		return c.Type == "Ready", true
	}
	return c.Status != good, true
}
