package alert

import (
	"fmt"
	"strings"
)

// signal is one thing that metrics show.
type signal struct{ alert, means, expr, wait string }

// either is true where one of several expressions is.
func either(exprs ...string) string { return strings.Join(exprs, "\nor\n") }

// perPod makes one series of all that are of one pod.
func perPod(expr string) string { return "max by (namespace, pod) (" + expr + ")" }

// waiting tells of containers that wait for one of some reasons
// (kube-state-metrics). A container that is tried again and again changes
// between two reasons.
func waiting(alert, means, reasons string) func(*Subject) signal {
	return func(s *Subject) signal {
		of := s.ofPods(`reason=~"` + reasons + `"`)
		of = strings.Replace(of, "{", `{__name__=~"kube_pod_(init_)?container_status_waiting_reason", `, 1)
		return signal{alert, means, "max by (namespace, pod, container) (max_over_time(" + of + "[5m])) > 0", "5m"}
	}
}

// restarting are containers that were started again at least twice in half an
// hour.
func (s *Subject) restarting() string {
	return perPod("increase(kube_pod_container_status_restarts_total" + s.ofPods() + "[30m]) > 1")
}

// unready are pods that are not ready and not at their end.
func (s *Subject) unready() string {
	return perPod("kube_pod_status_ready"+s.ofPods(is("condition", "false"))+" == 1") +
		"\nunless on (namespace, pod)\nkube_pod_status_phase" + s.ofPods(`phase=~"Succeeded|Failed"`) + " == 1"
}

// failed are Jobs that failed.
func (s *Subject) failed() string {
	return "kube_job_failed" + selector(s.namespaces(), s.jobs(), is("condition", "true")) + " == 1"
}

// failing tells of pods that restart or are not ready, and of Jobs that
// failed: what most trouble of a program comes to.
func failing(s *Subject) signal {
	exprs := []string{s.restarting(), "(" + s.unready() + ")"}
	if _, ok := s.named("Job", "CronJob"); ok {
		exprs = append(exprs, "max by (namespace, job_name) ("+s.failed()+")")
	}
	return signal{"PodsFailing", "pods restart again and again, or are not ready", either(exprs...), "5m"}
}

func notReady(s *Subject) signal {
	return signal{"PodsNotReady", "pods are not ready", s.unready(), "5m"}
}

// unavailable tells of workloads that have fewer pods than they want.
func unavailable(s *Subject) signal {
	var exprs []string
	if names, ok := s.named("Deployment"); ok {
		exprs = append(exprs, "kube_deployment_status_replicas_unavailable"+s.of("deployment", names)+" > 0")
	}
	if names, ok := s.named("StatefulSet"); ok {
		of := s.of("statefulset", names)
		exprs = append(exprs, "kube_statefulset_status_replicas_ready"+of+" < kube_statefulset_replicas"+of)
	}
	if names, ok := s.named("DaemonSet"); ok {
		exprs = append(exprs, "kube_daemonset_status_number_unavailable"+s.of("daemonset", names)+" > 0")
	}
	if len(exprs) == 0 {
		return notReady(s)
	}
	return signal{"WorkloadUnavailable", "workloads have fewer pods ready than they want", either(exprs...), "5m"}
}

// uncreated tells of workloads whose pods the API server does not create.
func uncreated(s *Subject) signal {
	names, some := s.named("Deployment")
	var exprs []string
	if some || len(s.Workloads) == 0 {
		exprs = append(exprs, "kube_deployment_status_condition"+s.of("deployment", names, is("condition", "ReplicaFailure"), is("status", "true"))+" == 1")
	}
	if names, ok := s.named("StatefulSet"); ok {
		of := s.of("statefulset", names)
		exprs = append(exprs, "kube_statefulset_status_replicas"+of+" < kube_statefulset_replicas"+of)
	}
	if names, ok := s.named("DaemonSet"); ok {
		of := s.of("daemonset", names)
		exprs = append(exprs, "kube_daemonset_status_current_number_scheduled"+of+" < kube_daemonset_status_desired_number_scheduled"+of)
	}
	if names, ok := s.named("ReplicaSet"); ok {
		of := s.of("replicaset", names)
		exprs = append(exprs, "kube_replicaset_status_replicas"+of+" < kube_replicaset_spec_replicas"+of)
	}
	if names, ok := s.named("CronJob"); ok {
		exprs = append(exprs, overdue(s, names))
	}
	if _, ok := s.named("Job"); ok {
		of := selector(s.namespaces(), s.jobs())
		exprs = append(exprs, "(kube_job_status_active"+of+" + kube_job_status_succeeded"+of+" == 0\nunless on (namespace, job_name)\n"+s.failed()+")")
	}
	if len(exprs) == 0 {
		return notReady(s)
	}
	return signal{"PodsNotCreated", "workloads want pods that are not created", either(exprs...), "5m"}
}

func overdue(s *Subject, cronJobs []string) string {
	of := s.of("cronjob", cronJobs)
	return "time() - kube_cronjob_next_schedule_time" + of + " > 300\nand on (namespace, cronjob) kube_cronjob_spec_suspend" + of + " == 0"
}

func missedSchedule(s *Subject) signal {
	names, _ := s.named("CronJob")
	return signal{"CronJobOverdue", "a CronJob did not start when it should have", overdue(s, names), "5m"}
}

func jobFailed(s *Subject) signal {
	return signal{"JobFailed", "a Job failed", s.failed(), "0m"}
}

// stuckRollout tells of a Deployment past its progress deadline. Other kinds
// have no deadline.
func stuckRollout(s *Subject) signal {
	names, ok := s.named("Deployment")
	if !ok {
		return unavailable(s)
	}
	return signal{"RolloutStuck", "a rollout does not come to its end",
		"kube_deployment_status_condition" + s.of("deployment", names, is("condition", "Progressing"), is("status", "false")) + " == 1", "1m"}
}

// exits tells of containers that were started again in the last quarter of an
// hour and ended before in a certain way.
func (s *Subject) exits(how string) string {
	return "increase(kube_pod_container_status_restarts_total" + s.ofPods() + "[15m]) > 0\nand on (namespace, pod, container)\n" + how
}

func killedForMemory(s *Subject) signal {
	how := "kube_pod_container_status_last_terminated_reason" + s.ofPods(is("reason", "OOMKilled")) + " == 1"
	return signal{"ContainerOOMKilled", "containers are killed for memory", s.exits(how), "0m"}
}

func exited(s *Subject) signal {
	if s.ExitCode < 0 {
		return signal{"ContainerExits", "containers end with an error", s.exits("kube_pod_container_status_last_terminated_reason" + s.ofPods(is("reason", "Error")) + " == 1"), "0m"}
	}
	how := fmt.Sprintf("kube_pod_container_status_last_terminated_exitcode%s == %d", s.ofPods(), s.ExitCode)
	return signal{"ContainerExits", fmt.Sprintf("containers end with exit code %d", s.ExitCode), s.exits(how), "0m"}
}

func throttled(s *Subject) signal {
	rate := func(metric string) string {
		return "sum by (namespace, pod, container) (increase(" + metric + s.ofPods(`container!=""`) + "[5m]))"
	}
	return signal{"ContainerThrottled", "containers are held at their CPU limit in a quarter of all periods or more",
		rate("container_cpu_cfs_throttled_periods_total") + "\n/\n" + rate("container_cpu_cfs_periods_total") + " > 0.25", "15m"}
}

func unschedulable(s *Subject) signal {
	return signal{"PodsUnschedulable", "no node takes pods", "kube_pod_status_unschedulable" + s.ofPods() + " == 1", "5m"}
}

func evicted(s *Subject) signal {
	return signal{"PodsEvicted", "pods were evicted", "kube_pod_status_reason" + s.ofPods(is("reason", "Evicted")) + " == 1", "0m"}
}

func livenessFails(s *Subject) signal {
	return signal{"LivenessProbeFails", "liveness probes fail",
		"sum by (namespace, pod, container) (increase(prober_probe_total" + s.ofPods(is("probe_type", "Liveness"), is("result", "failed")) + "[10m])) > 2", "0m"}
}

// condition tells of nodes with a condition that has a status.
func condition(alert, means, wait string, matchers ...string) func(*Subject) signal {
	return func(s *Subject) signal {
		return signal{alert, means, "kube_node_status_condition" + selector(append([]string{s.nodes()}, matchers...)...) + " == 1", wait}
	}
}

func pressure(which string) func(*Subject) signal {
	return condition("Node"+which, "nodes have the condition "+which, "1m", is("condition", which), is("status", "true"))
}

func nodeNotReady(status string) func(*Subject) signal {
	return condition("NodeNotReady", "nodes are not ready", "2m", is("condition", "Ready"), `status=~"`+status+`"`)
}

func tainted(s *Subject) signal {
	return signal{"NodeEvicts", "nodes have a taint that evicts pods", "kube_node_spec_taint" + selector(s.nodes(), is("effect", "NoExecute")) + " == 1", "2m"}
}

// always is a signal that is not filled with anything: the series that show it
// are named by the address of an exporter.
func always(alert, means, expr, wait string) func(*Subject) signal {
	return func(*Subject) signal { return signal{alert, means, expr, wait} }
}

func unbound(s *Subject) signal {
	return signal{"ClaimNotBound", "claims have no volume", "kube_persistentvolumeclaim_status_phase" + s.claims(`phase=~"Pending|Lost"`) + " == 1", "5m"}
}

func nearlyFull(s *Subject) signal {
	of := s.claims()
	return signal{"VolumeNearlyFull", "volumes are nine tenths full", either(
		"kubelet_volume_stats_available_bytes"+of+" / kubelet_volume_stats_capacity_bytes"+of+" < 0.1",
		"kubelet_volume_stats_inodes_free"+of+" / kubelet_volume_stats_inodes"+of+" < 0.1"), "5m"}
}

// rising tells of what nears its limit: a claim's volume, a node's file
// system, or the memory of containers.
func rising(s *Subject) signal {
	switch {
	case len(s.Claims) > 0:
		return nearlyFull(s)
	case len(s.Workloads) == 0 && len(s.Nodes) > 0:
		return signal{"NodeFilesystemNearlyFull", "file systems of nodes are nine tenths full",
			`node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay"} < 0.1`, "5m"}
	}
	return signal{"ContainerNearMemoryLimit", "containers use nine tenths of their memory limit",
		"max by (namespace, pod, container) (container_memory_working_set_bytes" + s.ofPods(`container!=""`) + ")\n/\n" +
			"max by (namespace, pod, container) (kube_pod_container_resource_limits" + s.ofPods(is("resource", "memory")) + ") > 0.9", "5m"}
}

// mixed tells of one container that runs several images, or of nodes of
// several versions.
func mixed(s *Subject) signal {
	if len(s.Workloads) == 0 {
		return signal{"NodeVersionsMixed", "nodes run several versions",
			"count(count by (kubelet_version, container_runtime_version) (kube_node_info)) > 1", "1d"}
	}
	return signal{"ImagesMixed", "one container runs several images",
		"count by (namespace, container, image_spec) (count by (namespace, container, image_spec, image_id) (kube_pod_container_info" + s.ofPods() + ")) > 1", "1h"}
}
