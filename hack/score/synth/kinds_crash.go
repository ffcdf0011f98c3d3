package synth

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var crashKinds = []kind{
	{"oom/container-limit", 5, (*gen).oomLimit},
	{"oom/node-oom", 2, (*gen).oomNode},
	{"cpu-throttling/cfs-quota", 2, (*gen).throttled},
	{"exit-code/number", 6, (*gen).exitNumber},
	{"exit-code/signal", 4, (*gen).exitSignal},
}

// oomLimit: every replica is killed at the same limit.
func (g *gen) oomLimit() truth.Truth {
	limit := pick(g, "96Mi", "256Mi", "1Gi", "128Mi", "512Mi")
	since := g.between(10*time.Minute, 50*time.Minute)
	switch g.variant {
	case 2: // a helper container
		c := g.helper("cache")
		c.Resources = resources("50m", "64Mi", "", limit)
		a := g.app(with(secondContainer(c)))
		for _, p := range a.pods {
			p.in("cache").oom(since)
		}
		return roots(withFactor(root("oom", "container-limit", a), "memoryLimit", limit))
	case 3: // an init container
		c := g.helper("unpack")
		c.Resources = resources("50m", "64Mi", "", limit)
		a, since := g.newApp(with(initContainer(c)))
		for _, p := range a.pods {
			p.in("unpack").oom(since)
		}
		return roots(withFactor(root("oom", "container-limit", a), "memoryLimit", limit))
	case 4: // a process of it is killed, and the main one exits with 1
		a := g.app(with(memoryLimit(limit)), statefulSet)
		for _, p := range a.pods {
			p.crash(end{code: 1, reason: "OOMKilled", run: 3 * time.Minute}, since)
		}
		return roots(withFactor(root("oom", "container-limit", a), "memoryLimit", limit))
	}
	a := g.app(with(memoryLimit(limit)))
	for _, p := range a.pods {
		p.oom(since)
		if g.variant == 1 { // between two kills it runs
			p.status().State = running(g.world, 20*time.Second)
		}
	}
	return roots(withFactor(root("oom", "container-limit", a), "memoryLimit", limit))
}

// oomNode: the kernel kills on a node that has no memory left; no container
// reached its limit.
func (g *gen) oomNode() truth.Truth {
	n := g.node(1)
	ago := g.between(4*time.Minute, 30*time.Minute)
	g.nodeEvent(n, "Warning", "SystemOOM", "System OOM encountered, victim process: java, pid: 218721", "kubelet", ago)
	if g.variant == 1 {
		g.nodeEvent(n, "Warning", "OOMKilling", "Out of memory: Killed process 218721 (java) total-vm:9214328kB, anon-rss:6120044kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:13012kB oom_score_adj:989", "kernel-monitor", ago)
	}
	e := root("oom", "node-oom")
	e.Nodes = []string{n.Name}
	return roots(e)
}

// throttled: metrics of two moments say that a container waits for its quota
// most of the time. Nothing has failed.
func (g *gen) throttled() truth.Truth {
	limit := pick(g, "100m", "500m")
	a := g.app(with(func(s *corev1.PodSpec) { s.Containers[0].Resources = resources("50m", "64Mi", limit, "256Mi") }))
	for moment := range 2 {
		files := map[string]string{}
		for _, p := range g.pods {
			throttled := 0.01
			if p.app == a {
				throttled = pick(g, 0.97, 0.8)
			}
			files["cadvisor-"+p.Spec.NodeName+".prom"] += p.periods(moment, throttled)
		}
		for name, text := range files {
			files[name] = periodsHead + text
		}
		g.metrics = append(g.metrics, files)
	}
	return tolerate(truth.Truth{}, "cpu-throttling", "cfs-quota")
}

const periodsHead = `# HELP container_cpu_cfs_periods_total Number of elapsed enforcement period intervals.
# TYPE container_cpu_cfs_periods_total counter
`

// periods are the kubelet's counters of a pod whose containers have a CPU
// limit. (The text format allows families to be interleaved.)
func (p *pod) periods(moment int, throttled float64) string {
	var b strings.Builder
	at := p.w.now.Add(time.Duration(moment-1) * 30 * time.Second)
	for _, c := range p.Spec.Containers {
		if c.Resources.Limits.Cpu().IsZero() {
			continue
		}
		labels := fmt.Sprintf(`{container=%q,id="/kubepods/burstable/pod%s/%s",image=%q,name=%q,namespace=%q,pod=%q}`,
			c.Name, p.UID, sum256(p.Name), c.Image, sum256(p.Name), p.Namespace, p.Name)
		n := 36000 + 300*moment
		fmt.Fprintf(&b, "container_cpu_cfs_periods_total%s %d %d\n", labels, n, at.UnixMilli())
		fmt.Fprintf(&b, "container_cpu_cfs_throttled_periods_total%s %d %d\n", labels, int(float64(n)*throttled), at.UnixMilli())
		fmt.Fprintf(&b, "container_cpu_cfs_throttled_seconds_total%s %g %d\n", labels, float64(n)*throttled*0.08, at.UnixMilli())
	}
	return b.String()
}

// exitNumber: an error of the application's own.
func (g *gen) exitNumber() truth.Truth {
	code := pick(g, int32(1), 3, 78, 255, 0, 64)
	since := g.between(5*time.Minute, 50*time.Minute)
	a := g.app(pick(g, option(replicas(3)), statefulSet, daemonSet, replicas(2)))
	for _, p := range a.pods {
		e := end{code: code, run: 7 * time.Second}
		if code == 0 {
			e.reason = "Completed"
		}
		p.crash(e, since)
	}
	return one("exit-code", fmt.Sprint(code), a)
}

func (g *gen) exitSignal() truth.Truth {
	signal := pick(g, "SIGSEGV", "SIGABRT", "SIGILL", "SIGSEGV")
	code := pick(g, int32(139), 134, 132, 139)
	since := g.between(5*time.Minute, 50*time.Minute)
	c := g.helper("engine")
	a := g.app(with(secondContainer(c)))
	for _, p := range a.pods {
		if g.variant == 3 {
			p.in("engine")
		}
		p.crash(end{code: code, run: 11 * time.Second}, since)
	}
	return one("exit-code", signal, a)
}

var probeKinds = []kind{
	{"probe/liveness", 6, (*gen).liveness},
	{"probe/readiness", 8, (*gen).readiness},
	{"probe/startup", 3, (*gen).startup},
}

func (g *gen) liveness() truth.Truth {
	since := g.between(10*time.Minute, 50*time.Minute)
	a := g.app(with(func(s *corev1.PodSpec) { s.Containers[0].LivenessProbe = httpProbe("/healthz") }))
	for _, p := range a.pods {
		ip := p.Status.PodIP
		p.killedByProbe("liveness", pick(g, "Liveness probe failed: HTTP probe failed with statuscode: 500",
			fmt.Sprintf(`Liveness probe failed: Get "http://%s:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, ip),
			fmt.Sprintf(`Liveness probe failed: dial tcp %s:8080: connect: connection refused`, ip),
			`Liveness probe failed: command timed out: "pg_isready" timed out after 1s`,
			`Liveness probe failed: cat: can't open '/tmp/alive': No such file or directory`,
			`Liveness probe failed: timeout: failed to connect service ":9090" within 1s: context deadline exceeded`), since)
	}
	return one("probe", "liveness", a)
}

func (g *gen) readiness() truth.Truth {
	since := g.between(10*time.Minute, 50*time.Minute)
	a := g.app(with(func(s *corev1.PodSpec) { s.Containers[0].ReadinessProbe = httpProbe("/ready") }))
	for _, p := range a.pods {
		ip := p.Status.PodIP
		p.unready(pick(g, "Readiness probe failed: HTTP probe failed with statuscode: 503",
			fmt.Sprintf(`Readiness probe failed: Get "http://%s:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, ip),
			fmt.Sprintf(`Readiness probe failed: dial tcp %s:8080: connect: connection refused`, ip),
			`Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "ab12": OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/grpc_health_probe": stat /bin/grpc_health_probe: no such file or directory`,
			`Readiness probe failed: service unhealthy (responded with "NOT_SERVING")`,
			"Readiness probe failed: HTTP probe failed with statuscode: 404",
			"Readiness probe failed: ",
			fmt.Sprintf(`Readiness probe failed: Get "http://%s:8080/ready": read tcp 10.0.0.1:51234->%s:8080: read: connection reset by peer`, ip, ip)), since)
	}
	return one("probe", "readiness", a)
}

func (g *gen) startup() truth.Truth {
	since := g.between(10*time.Minute, 50*time.Minute)
	a := g.app(fresh(since+40*time.Second), with(func(s *corev1.PodSpec) { s.Containers[0].StartupProbe = httpProbe("/started") }))
	a.unfinished = true
	for _, p := range a.pods {
		p.killedByProbe("startup", pick(g, fmt.Sprintf(`Startup probe failed: Get "http://%s:8080/started": dial tcp %s:8080: connect: connection refused`, p.Status.PodIP, p.Status.PodIP),
			"Startup probe failed: HTTP probe failed with statuscode: 503", "Startup probe failed: not yet loaded"), since)
	}
	return one("probe", "startup", a)
}

var startKinds = []kind{
	{"container-start/command-not-found", 5, (*gen).commandNotFound},
	{"container-start/permission", 4, (*gen).permission},
	{"container-start/exec-format", 2, (*gen).execFormat},
	{"container-start/hook", 2, (*gen).hook},
	{"container-start/runtime", 4, (*gen).runtimeFails},
}

const oci = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "

// neverStarts is a workload whose container the runtime cannot start.
// containerd tells it in the waiting state first, then as a StartError.
func (g *gen) neverStarts(message string, code int32) *app {
	ago := g.between(4*time.Minute, 50*time.Minute)
	a := g.app(replicas(3))
	for _, p := range a.rollout(ago, nil) {
		if g.variant%2 == 0 {
			p.cannot("RunContainerError", message, ago-3*time.Second)
			continue
		}
		p.crash(end{code: code, reason: "StartError", message: message, run: time.Second}, ago-3*time.Second)
		p.say(p.at, "Warning", "Failed", "Error: "+message, ago-3*time.Second, 40*time.Second, 6)
	}
	return a
}

func (g *gen) commandNotFound() truth.Truth {
	return one("container-start", "command-not-found", g.neverStarts(pick(g,
		oci+`exec: "serve": executable file not found in $PATH: unknown`,
		oci+`exec: "/app/run.sh": stat /app/run.sh: no such file or directory: unknown`,
		`container create failed: executable file `+"`serve`"+` not found in $PATH: No such file or directory`,
		`failed to start container "app": Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "gunicorn": executable file not found in $PATH: unknown`,
		oci+`error during container init: exec: "./start": stat ./start: no such file or directory: unknown`), 128))
}

func (g *gen) permission() truth.Truth {
	switch g.variant {
	case 1:
		return one("container-start", "permission", g.neverStarts(oci+`exec: "/entrypoint.sh": permission denied: unknown`, 128))
	case 2, 3:
		a, since := g.newApp()
		for _, p := range a.pods {
			p.cannot("CreateContainerConfigError", pick(g, "", "",
				fmt.Sprintf(`container has runAsNonRoot and image will run as root (pod: "%s_%s(%s)", container: %s)`, p.Name, p.Namespace, p.UID, p.at),
				fmt.Sprintf(`container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "%s_%s(%s)", container: %s)`, p.Name, p.Namespace, p.UID, p.at)), since)
		}
		return one("container-start", "permission", a)
	}
	return one("container-start", "permission", g.neverStarts(oci+`exec: "/entrypoint.sh": permission denied: unknown`, 126))
}

func (g *gen) execFormat() truth.Truth {
	if g.variant == 1 {
		return one("container-start", "exec-format", g.crashing(end{code: 255, message: "exec /app/server: exec format error"}))
	}
	return one("container-start", "exec-format", g.crashing(end{code: 1, message: "exec /usr/local/bin/docker-entrypoint.sh: exec format error"}))
}

func (g *gen) hook() truth.Truth {
	a, since := g.newApp()
	for _, p := range a.pods {
		p.crash(end{code: 137, run: time.Second}, since)
		p.say(p.at, "Warning", "FailedPostStartHook", "PostStartHook failed", since, 30*time.Second, 6)
		p.say(p.at, "Normal", "Killing", "FailedPostStartHook", since, 30*time.Second, 6)
		if g.variant == 1 {
			p.hang("PostStartHookError", "PostStartHookError: command 'sh -c /warm-up.sh' exited with 1: ", since, true)
		}
	}
	return one("container-start", "hook", a)
}

func (g *gen) runtimeFails() truth.Truth {
	a, since := g.newApp()
	for _, p := range a.pods {
		p.cannot(pick(g, "CreateContainerError", "RunContainerError", "CreateContainerError", "RunContainerError"), pick(g,
			fmt.Sprintf(`failed to reserve container name "%s_%s_%s_%s_0": name is reserved for %q`, p.at, p.Name, p.Namespace, p.UID, g.names.hex(64)),
			"failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: unable to apply cgroup configuration: failed to write \"200000\": write /sys/fs/cgroup/cpu.max: invalid argument: unknown",
			"context deadline exceeded",
			oci+"error during container init: unable to set up devices: nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown"), since)
	}
	return one("container-start", "runtime", a)
}
