package alert

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"sigs.k8s.io/yaml"
)

// promtool runs Prometheus' own tool on files that were written to a folder.
func promtool(t *testing.T, dir string, args ...string) {
	t.Helper()
	program := os.Getenv("KUBECTL_PATTERNS_PROMETHEUS")
	if program == "" {
		t.Skip("SKIPPED: KUBECTL_PATTERNS_PROMETHEUS is not set; `make prometheus` builds it and promtool, and then `make test` sets it")
	}
	tool := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(program), "promtool"), args...) //nolint:gosec // built by us
	tool.Dir = dir
	if said, err := tool.CombinedOutput(); err != nil {
		t.Errorf("promtool %v: %v\n%s", args, err, said)
	}
}

func write(t *testing.T, dir, name string, content any) {
	t.Helper()
	raw, err := yaml.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPrometheusAcceptsEveryRule(t *testing.T) {
	dir := t.TempDir()
	var all spec
	everyCause(func(detector, cause string) {
		for i, s := range subjects(detector, cause) {
			if rule, why := For(s); why == "" {
				groups := parsed(t, Manifest([]Rule{rule}, s.ID)).Spec.Groups
				groups[0].Name = detector + cause + strconv.Itoa(i)
				all.Groups = append(all.Groups, groups...)
			}
		}
	})
	if len(all.Groups) < 800 {
		t.Errorf("only %d rules", len(all.Groups))
	}
	write(t, dir, "rules.yaml", all)
	promtool(t, dir, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
}

type (
	series    map[string]string // values by name
	promSerie struct {
		Series string `json:"series"`
		Values string `json:"values"`
	}
	promSample struct {
		Labels string `json:"labels"`
		Value  int    `json:"value"`
	}
	promExpr struct {
		Expr    string       `json:"expr"`
		At      string       `json:"eval_time"`
		Samples []promSample `json:"exp_samples"`
	}
	promTest struct {
		Interval string      `json:"interval"`
		Input    []promSerie `json:"input_series"`
		Exprs    []promExpr  `json:"promql_expr_test"`
	}
	promFile struct {
		Rules    []string   `json:"rule_files"`
		Interval string     `json:"evaluation_interval"`
		Tests    []promTest `json:"tests"`
	}
)

// after says what of an alert fires after forty minutes of some series.
func after(alert string, in series, fires bool) promTest {
	out := promTest{Interval: "1m", Exprs: []promExpr{{Expr: `count(ALERTS{alertname="` + alert + `", alertstate="firing"})`, At: "40m"}}}
	for name, values := range in {
		out.Input = append(out.Input, promSerie{name, values})
	}
	if fires {
		out.Exprs[0].Samples = []promSample{{"{}", 1}}
	}
	return out
}

// untold is a subject whose exit code is not known.
func untold(s Subject) Subject {
	s.ExitCode = -1
	return s
}

func TestRulesFireOnTheFailureAndAreSilentOtherwise(t *testing.T) {
	shop := func(detector, cause string, more ...Workload) Subject {
		return Subject{ID: detector, Detector: detector, Cause: cause, ExitCode: 3, Namespaces: []string{"shop"},
			Workloads: append([]Workload{{"shop", "Deployment", "cart"}}, more...)}
	}
	const pod = `namespace="shop", pod="cart-7b7d4bc8f9-x2x4z"`
	const container = pod + `, container="app"`
	const other = `namespace="shop", pod="other-7b7d4bc8f9-x2x4z", container="app"`
	ready := func(value string) series {
		return series{`kube_pod_status_ready{` + pod + `, condition="false"}`: value, `kube_pod_status_phase{` + pod + `, phase="Failed"}`: "0x40",
			`kube_pod_container_status_restarts_total{` + container + `}`: "2x40"}
	}
	for _, c := range []struct {
		subject       Subject
		speak, silent series
	}{
		{shop("image-pull", "auth"),
			series{`kube_pod_container_status_waiting_reason{` + container + `, reason="ImagePullBackOff"}`: "_x10 1x3 _ _ 1x30"},
			series{`kube_pod_container_status_waiting_reason{` + container + `, reason="ContainerCreating"}`: "1x40",
				`kube_pod_container_status_waiting_reason{` + other + `, reason="ImagePullBackOff"}`: "1x40"}},
		{shop("image-pull", "not-found"),
			series{`kube_pod_init_container_status_waiting_reason{` + container + `, reason="ErrImagePull"}`: "1x40"},
			series{`kube_pod_init_container_status_waiting_reason{` + container + `, reason="PodInitializing"}`: "1x40"}},
		{shop("oom", "container-limit"),
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "0x30 1x10", `kube_pod_container_status_last_terminated_reason{` + container + `, reason="OOMKilled"}`: "_x30 1x10"},
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "1x40", `kube_pod_container_status_last_terminated_reason{` + container + `, reason="OOMKilled"}`: "1x40"}},
		{shop("exit-code", "3"),
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "0x30 1x10", `kube_pod_container_status_last_terminated_exitcode{` + container + `}`: "_x30 3x10"},
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "0x30 1x10", `kube_pod_container_status_last_terminated_exitcode{` + container + `}`: "_x30 0x10"}},
		{untold(shop("exit-code", "unknown")),
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "0x30 1x10", `kube_pod_container_status_last_terminated_reason{` + container + `, reason="Error"}`: "_x30 1x10"},
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "0x30 1x10", `kube_pod_container_status_last_terminated_reason{` + container + `, reason="Completed"}`: "_x30 1x10"}},
		{shop("network", "connection-refused"), ready("1x40"), ready("0x40")},
		{shop("credentials", "rejected"),
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "0x20 1x5 2x5 3x10"},
			series{`kube_pod_container_status_restarts_total{` + container + `}`: "0x30 1x10"}},
		{shop("scheduling", "insufficient-cpu"),
			series{`kube_pod_status_unschedulable{` + pod + `}`: "1x40"}, series{`kube_pod_status_unschedulable{` + pod + `}`: "1x20 _x20"}},
		{shop("admission", "quota"),
			series{`kube_deployment_status_condition{namespace="shop", deployment="cart", condition="ReplicaFailure", status="true"}`: "1x40"},
			series{`kube_deployment_status_condition{namespace="shop", deployment="cart", condition="ReplicaFailure", status="true"}`: "0x40"}},
		{shop("rollout-failure", "crash", Workload{"shop", "StatefulSet", "db"}),
			series{`kube_statefulset_status_replicas_ready{namespace="shop", statefulset="db"}`: "2x40", `kube_statefulset_replicas{namespace="shop", statefulset="db"}`: "3x40"},
			series{`kube_statefulset_status_replicas_ready{namespace="shop", statefulset="db"}`: "3x40", `kube_statefulset_replicas{namespace="shop", statefulset="db"}`: "3x40"}},
		{shop("cpu-throttling", "cfs-quota"),
			series{`container_cpu_cfs_throttled_periods_total{` + container + `}`: "0+300x40", `container_cpu_cfs_periods_total{` + container + `}`: "0+600x40"},
			series{`container_cpu_cfs_throttled_periods_total{` + container + `}`: "0+10x40", `container_cpu_cfs_periods_total{` + container + `}`: "0+600x40"}},
		{shop("probe", "liveness"),
			series{`prober_probe_total{` + container + `, probe_type="Liveness", result="failed"}`: "0x30 3+3x10"},
			series{`prober_probe_total{` + container + `, probe_type="Liveness", result="failed"}`: "3x40", `prober_probe_total{` + container + `, probe_type="Readiness", result="failed"}`: "0+6x40"}},
		{Subject{Detector: "node-pressure", Cause: "disk-pressure", Nodes: []string{"node-1"}},
			series{`kube_node_status_condition{node="node-1", condition="DiskPressure", status="true"}`: "0x30 1x10"},
			series{`kube_node_status_condition{node="node-1", condition="DiskPressure", status="true"}`: "0x40", `kube_node_status_condition{node="node-1", condition="Ready", status="true"}`: "1x40"}},
		{Subject{Detector: "node-failure", Cause: "unreachable", Nodes: []string{"node-1"}},
			series{`kube_node_status_condition{node="node-1", condition="Ready", status="unknown"}`: "0x30 1x10"},
			series{`kube_node_status_condition{node="node-1", condition="Ready", status="unknown"}`: "0x40", `kube_node_status_condition{node="node-1", condition="Ready", status="true"}`: "1x40"}},
		{Subject{Detector: "storage", Cause: "full", Namespaces: []string{"shop"}, Claims: []Workload{{"shop", "PersistentVolumeClaim", "data"}}},
			series{`kubelet_volume_stats_available_bytes{namespace="shop", persistentvolumeclaim="data"}`: "5x40", `kubelet_volume_stats_capacity_bytes{namespace="shop", persistentvolumeclaim="data"}`: "100x40"},
			series{`kubelet_volume_stats_available_bytes{namespace="shop", persistentvolumeclaim="data"}`: "50x40", `kubelet_volume_stats_capacity_bytes{namespace="shop", persistentvolumeclaim="data"}`: "100x40"}},
		{Subject{Detector: "job-failure", Cause: "missed-schedule", Namespaces: []string{"ops"}, Workloads: []Workload{{"ops", "CronJob", "backup"}}},
			series{`kube_cronjob_next_schedule_time{namespace="ops", cronjob="backup"}`: "60x40", `kube_cronjob_spec_suspend{namespace="ops", cronjob="backup"}`: "0x40"},
			series{`kube_cronjob_next_schedule_time{namespace="ops", cronjob="backup"}`: "60x40", `kube_cronjob_spec_suspend{namespace="ops", cronjob="backup"}`: "1x40"}},
		{Subject{Detector: "job-failure", Cause: "backoff-limit", Namespaces: []string{"ops"}, Workloads: []Workload{{"ops", "CronJob", "backup"}}},
			series{`kube_job_failed{namespace="ops", job_name="backup-29400000", condition="true"}`: "1x40"},
			series{`kube_job_failed{namespace="ops", job_name="backup-29400000", condition="true"}`: "0x40", `kube_job_failed{namespace="ops", job_name="import-29400000", condition="true"}`: "1x40"}},
		{shop("gradual", "growth"),
			series{`container_memory_working_set_bytes{` + container + `, id="/x"}`: "50+2x22 95x20", `kube_pod_container_resource_limits{` + container + `, resource="memory", unit="byte"}`: "100x40"},
			series{`container_memory_working_set_bytes{` + container + `, id="/x"}`: "50x40", `kube_pod_container_resource_limits{` + container + `, resource="memory", unit="byte"}`: "100x40"}},
	} {
		t.Run(c.subject.Detector+" "+c.subject.Cause, func(t *testing.T) {
			rule, why := For(c.subject)
			if why != "" {
				t.Fatal(why)
			}
			dir := t.TempDir()
			write(t, dir, "rules.yaml", parsed(t, Manifest([]Rule{rule}, "rule")).Spec)
			write(t, dir, "test.yaml", promFile{Rules: []string{"rules.yaml"}, Interval: "1m", Tests: []promTest{after(rule.Alert, c.speak, true), after(rule.Alert, c.silent, false)}})
			promtool(t, dir, "test", "rules", "test.yaml")
		})
	}
}
