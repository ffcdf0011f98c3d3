package correlate

import (
	"cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// reasons are what a timeline calls the symptoms of a kind, or of a kind and
// cause: Kubernetes' own words where it has some.
var reasons = map[symptom.Kind]string{
	symptom.ImagePull: "ImagePullBackOff",
	symptom.ImagePull + "/" + symptom.PullInvalidName: "InvalidImageName",
	symptom.CrashLoop:   "BackOff",
	symptom.OOM:         "OOMKilled",
	symptom.Eviction:    "Evicted",
	symptom.Unready:     "NotReady",
	symptom.Probe:       "Unhealthy",
	symptom.NodeOOM:     "SystemOOM",
	symptom.Scheduling:  "FailedScheduling",
	symptom.Admission:   "FailedCreate",
	symptom.Throttling:  "CPUThrottling",
	symptom.Credentials: "login refused",
	symptom.RBAC:        "forbidden",
	symptom.Environment + "/" + symptom.MissingVariable: "variable missing",
	symptom.Environment + "/" + symptom.BadValue:        "value not usable",
	symptom.Rollout: "ProgressDeadlineExceeded",
	symptom.Job:     "Failed",
	symptom.Job + "/" + symptom.JobMissedSchedule: "MissedSchedule",
	symptom.Stale:   "StaleConfig",
	symptom.Version: "VersionMismatch",
	symptom.Pressure + "/" + symptom.DiskPressure:           "DiskPressure",
	symptom.Pressure + "/" + symptom.MemoryPressure:         "MemoryPressure",
	symptom.Pressure + "/" + symptom.PIDPressure:            "PIDPressure",
	symptom.NodeDown + "/" + symptom.NodeNotReady:           "NotReady",
	symptom.NodeDown + "/" + symptom.NodeUnreachable:        "Unreachable",
	symptom.NodeDown + "/" + symptom.NodeRebooted:           "Rebooted",
	symptom.NodeDown + "/" + symptom.NodeShutdown:           "Shutdown",
	symptom.NodeDown + "/" + symptom.NodeKernel:             "KernelTrouble",
	symptom.NodeDown + "/" + symptom.NodeRuntimeDown:        "RuntimeDown",
	symptom.NodeDown + "/" + symptom.NodeNetworkUnavailable: "NetworkUnavailable",
}

// reason is what a timeline calls a symptom.
func reason(s *symptom.Symptom) string {
	byCause := reasons[s.Kind+"/"+symptom.Kind(s.Cause)]
	switch s.Kind {
	case symptom.Exit:
		return detect.ExitBrief(s.ExitCode)
	case symptom.Storage, symptom.Network:
		return string(s.Kind) + ": " + s.Cause
	case symptom.Unclassified:
		return s.Cause
	case symptom.Job:
		return cmp.Or(byCause, s.Item, reasons[s.Kind])
	case symptom.MissingConfig:
		if s.Container != "" {
			return "CreateContainerConfigError"
		}
		return firstReason(s)
	case symptom.Start:
		return firstReason(s)
	}
	return cmp.Or(byCause, reasons[s.Kind], string(s.Kind))
}

// firstReason is the reason that the cluster itself gave.
func firstReason(s *symptom.Symptom) string {
	if len(s.Evidence) == 0 {
		return string(s.Kind)
	}
	return s.Evidence[0].Reason
}
