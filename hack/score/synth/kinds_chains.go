package synth

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

// chainKinds are incidents of which most of what is seen follows from one
// thing, and independent ones that happen to meet.
var chainKinds = []kind{
	{"combined/mixed", 40, (*gen).mixed},
	{"combined/init-waits-for-database", 2, (*gen).initWaits},
	{"combined/two-containers", 2, (*gen).twoContainers},
	{"combined/one-workload-two-causes", 2, (*gen).twoCauses},
	{"combined/unready-callee", 2, (*gen).unreadyCallee},
	{"combined/full-volume-then-callers", 2, (*gen).fullThenCallers},
	{"combined/evicted-callee", 2, (*gen).evictedCallee},
	{"combined/job-killed-for-memory", 2, (*gen).jobOOM},
	{"combined/job-cannot-connect", 2, (*gen).jobRefused},
	{"combined/job-misconfigured", 2, (*gen).jobMisconfigured},
	{"combined/rollout-of-callee-crashes", 2, (*gen).calleeRollout},
	{"combined/credentials-changed", 2, (*gen).credentialsChanged},
	{"combined/daemonset-on-lost-node", 2, (*gen).daemonSetOnLostNode},
	{"combined/ordered-statefulset", 2, (*gen).orderedStatefulSet},
	{"combined/node-read-only", 2, (*gen).nodeReadOnly},
	{"combined/node-disk-full", 2, (*gen).nodeDiskFull},
	{"combined/twins", 6, (*gen).twins},
}

// mixed are three incidents at once that have nothing to do with each other.
func (g *gen) mixed() truth.Truth {
	makes := []func(*gen) truth.Truth{(*gen).pullAuth, (*gen).pullNotFound, (*gen).missingConfigMap, (*gen).missingSecret, (*gen).missingKey,
		(*gen).missingVariable, (*gen).rejected, (*gen).forbidden, (*gen).quota, (*gen).limitRange, (*gen).podSecurity, (*gen).webhookDown,
		(*gen).insufficientMemory, (*gen).affinity, (*gen).mount, (*gen).attach, (*gen).multiAttach, (*gen).provisioning, (*gen).full,
		(*gen).dns, (*gen).refused, (*gen).timeout, (*gen).sandbox, (*gen).ipExhaustion, (*gen).oomLimit, (*gen).exitNumber, (*gen).exitSignal,
		(*gen).liveness, (*gen).readiness, (*gen).startup, (*gen).commandNotFound, (*gen).permission, (*gen).runtimeFails, (*gen).diskPressure,
		(*gen).unreachable, (*gen).kernel, (*gen).storageLimit, (*gen).preempted, (*gen).rolloutCrash, (*gen).rolloutNotReady, (*gen).cascade,
		(*gen).backoffLimit, (*gen).jobDeadline, (*gen).missedSchedule, (*gen).memoryPressure, (*gen).taintEviction}
	var out truth.Truth
	g.addNodes(6)
	for _, i := range g.r.Perm(len(makes))[:3] {
		g.shift += 3
		g.variant = g.r.IntN(2)
		out = join(out, makes[i](g))
	}
	return out
}

// databaseOf is a database with a Service, and what to dial to reach it.
func (g *gen) databaseOf(ns string, opts ...option) (db *app, address string) {
	db = g.app(append([]option{in(ns), replicas(1)}, opts...)...)
	ip := g.serviceIP(db)
	if ip == "None" {
		ip = db.pods[0].Status.PodIP
	}
	return db, ip + ":5432"
}

// callersOf are workloads that crash since their peer cannot be reached.
func (g *gen) callersOf(db *app, address string, count int, since time.Duration) []*app {
	var out []*app
	for range count {
		c := g.app(in(db.namespace), with(lastWords), with(env("DATABASE_HOST", db.name+"."+db.namespace+".svc:5432")))
		for _, p := range c.pods {
			p.crash(end{code: 1, message: "failed to connect: dial tcp " + address + ": connect: connection refused"}, since)
		}
		out = append(out, c)
	}
	return out
}

// initWaits: init containers wait for a database that crashes.
func (g *gen) initWaits() truth.Truth {
	db, address := g.databaseOf(g.names.namespace(), pick(g, option(internalNot), statefulSet))
	since := g.between(10*time.Minute, 40*time.Minute)
	db.pods[0].crash(end{code: 1, run: 2 * time.Second}, since)
	wait := g.helper("wait-for-db")
	wait.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
	for range 2 {
		c := g.app(in(db.namespace), fresh(since-time.Minute), with(initContainer(wait)), with(env("DATABASE_HOST", db.name+":5432")))
		c.unfinished = true
		for _, p := range c.pods {
			p.in("wait-for-db").crash(end{code: 1, message: "dial tcp " + address + ": connect: connection refused"}, since-time.Minute-4*time.Second)
		}
	}
	return one("exit-code", "1", db)
}

func internalNot(*shape) {}

// twoContainers: both containers of a pod fail, each in its own way.
func (g *gen) twoContainers() truth.Truth {
	c := g.helper("agent")
	a := g.app(with(secondContainer(c)), with(memoryLimit("200Mi")))
	since := g.between(10*time.Minute, 40*time.Minute)
	for _, p := range a.pods {
		p.oom(since)
		if g.variant == 0 {
			p.in("agent").crash(end{code: 78}, since-20*time.Second)
		} else {
			p.in("agent").cannot("CreateContainerConfigError", `secret "agent-token" not found`, since)
		}
	}
	second := root("exit-code", "78", a)
	if g.variant == 1 {
		second = root("missing-config", "secret", a)
	}
	return roots(root("oom", "container-limit", a), second)
}

// twoCauses: pods of one workload fail for two reasons.
func (g *gen) twoCauses() truth.Truth {
	a := g.app(replicas(6), with(memoryLimit("300Mi")))
	since := g.between(10*time.Minute, 40*time.Minute)
	for i, p := range a.pods {
		switch {
		case i < 3:
			p.oom(since)
		case g.variant == 0 && i < 5:
			p.CreationTimestamp = g.ago(since)
			p.unschedulable(g.nowhere(fmt.Sprintf("%d Insufficient memory", len(g.nodes))), since)
		case g.variant == 1 && i < 5:
			p.pullFails(resolving(p.askedImage(), "failed to do request: Head \"https://"+registryOf(p.askedImage())+"/v2/\": dial tcp 203.0.113.9:443: i/o timeout"), since)
		}
	}
	second := root("scheduling", "insufficient-memory", a)
	if g.variant == 1 {
		second = root("image-pull", "unreachable", a)
	}
	return roots(root("oom", "container-limit", a), second)
}

// unreadyCallee: what others call fails its readiness, and its Service has no
// backend.
func (g *gen) unreadyCallee() truth.Truth {
	db, address := g.databaseOf(g.names.namespace(), with(func(s *corev1.PodSpec) { s.Containers[0].ReadinessProbe = httpProbe("/ready") }))
	since := g.between(10*time.Minute, 40*time.Minute)
	for _, p := range db.pods {
		p.unready(pick(g, "Readiness probe failed: HTTP probe failed with statuscode: 500", "Readiness probe failed: command timed out: \"pg_isready\" timed out after 1s"), since)
	}
	g.callersOf(db, address, 2, since-90*time.Second)
	return one("probe", "readiness", db)
}

// fullThenCallers: a database's volume is full.
func (g *gen) fullThenCallers() truth.Truth {
	ns, claimName := g.names.namespace(), g.names.object("data")
	g.addClaim(ns, claimName, "gp3", g.volumeName(), 20*24*time.Hour)
	db, address := g.databaseOf(ns, statefulSet, with(lastWords), with(claim("data", claimName)))
	since := g.between(10*time.Minute, 40*time.Minute)
	db.pods[0].crash(end{code: 1, message: `PANIC:  could not write to file "pg_wal/xlogtemp.29": No space left on device`}, since)
	g.callersOf(db, address, 1+g.variant, since-time.Minute)
	return one("storage", "full", db)
}

// evictedCallee: a node runs out of memory and evicts what others call.
func (g *gen) evictedCallee() truth.Truth {
	n := g.node(1)
	db, address := g.databaseOf(g.names.namespace(), on(n))
	since := g.between(12*time.Minute, 30*time.Minute)
	g.pressure(n, corev1.NodeMemoryPressure, "NodeHasInsufficientMemory", "NodeHasSufficientMemory", "memory", since, 0, db)
	for _, p := range db.pods {
		if p.Status.Reason == "" {
			p.unschedulable(g.nowhere(fmt.Sprintf("1 node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }, %d Insufficient memory", len(g.nodes)-1)), since-30*time.Second)
		}
	}
	g.callersOf(db, address, 1+g.variant, since-time.Minute)
	return roots(ofNode("node-pressure", "memory-pressure", n, db))
}

// failedRuns are the last Jobs of a CronJob, each failed after some tries.
func (g *gen) failedRuns(each func(p *pod, age time.Duration), edits ...func(*corev1.PodSpec)) *batchv1.CronJob {
	c := g.cronJob(g.platform[0], g.names.app(), "*/20 * * * *")
	for _, edit := range edits {
		edit(&c.Spec.JobTemplate.Spec.Template.Spec)
	}
	for i := range 2 {
		age := time.Duration(20*i+12) * time.Minute
		j := g.job(c.Namespace, fmt.Sprintf("%s-%d", c.Name, 29650000-20*i), age, c)
		for n := range 3 {
			at := age - time.Duration(n*40)*time.Second
			p := g.jobPod(j, at)
			each(p, at)
		}
		j.Status.Failed = 3
		g.fail(j, "BackoffLimitExceeded", "Job has reached the specified backoff limit", age-4*time.Minute)
	}
	at := g.ago(12 * time.Minute)
	c.Status.LastScheduleTime = &at
	return c
}

func ofCronJob(detector, cause string, c *batchv1.CronJob) truth.Truth {
	return roots(truth.Expected{Detector: []string{detector}, Cause: []string{cause}, Workloads: []string{c.Namespace + "/" + c.Name}})
}

// ends is how a Job's pod ended.
func (p *pod) ends(e end, ago time.Duration) {
	p.exited(e.code, ago)
	t := p.Status.ContainerStatuses[0].State.Terminated
	t.Message = e.message
	if e.reason != "" {
		t.Reason = e.reason
	}
	p.ended(corev1.PodFailed, "", "", ago)
}

func (g *gen) jobOOM() truth.Truth {
	c := g.failedRuns(func(p *pod, age time.Duration) { p.ends(end{code: 137, reason: "OOMKilled"}, age-30*time.Second) }, memoryLimit(pick(g, "128Mi", "2Gi")))
	return ofCronJob("oom", "container-limit", c)
}

func (g *gen) jobRefused() truth.Truth {
	c := g.failedRuns(func(p *pod, age time.Duration) {
		p.ends(end{code: 1, message: pick(g, "dial tcp 192.0.2.60:5432: connect: connection refused", "Error: connect ECONNREFUSED 192.0.2.60:5432")}, age-30*time.Second)
	}, lastWords)
	return ofCronJob("network", "connection-refused", c)
}

func (g *gen) jobMisconfigured() truth.Truth {
	c := g.failedRuns(func(p *pod, age time.Duration) {
		p.ends(end{code: 1, message: pick(g, "KeyError: 'REPORT_BUCKET'", "Error: Missing required environment variable: REPORT_BUCKET")}, age-30*time.Second)
	}, lastWords)
	return ofCronJob("environment", "missing-variable", c)
}

// calleeRollout: all of a service is replaced by a revision that crashes, and
// its callers crash with it.
func (g *gen) calleeRollout() truth.Truth {
	db, address := g.databaseOf(g.names.namespace(), replicas(2))
	ago := g.between(6*time.Minute, 30*time.Minute)
	db.replace(ago, nil)
	db.unfinished = true
	for _, p := range db.pods {
		p.crash(end{code: 2, run: time.Second}, ago-15*time.Second)
	}
	g.callersOf(db, address, 2, ago-time.Minute)
	e := also(root("rollout-failure", "crash", db), "exit-code", "2")
	return roots(withChange(e, "Deployment", db.namespace, db.name))
}

// credentialsChanged: a Secret was written, and who started since cannot log
// in.
func (g *gen) credentialsChanged() truth.Truth {
	ns := g.names.namespace()
	secret := g.addSecret(ns, g.names.object("db"), 60*24*time.Hour, corev1.SecretTypeOpaque, "password")
	ago := g.between(10*time.Minute, 40*time.Minute)
	g.rewrite(ns, secret, ago)
	var apps []*app
	for range 2 {
		a := g.app(in(ns), with(lastWords), with(envSecret("PASSWORD", secret, "password")))
		for _, p := range a.pods {
			p.crash(end{code: 1, message: pick(g, `FATAL: password authentication failed for user "app"`, `Access denied for user 'app'@'10.244.3.7' (using password: YES)`)}, ago-time.Minute)
		}
		apps = append(apps, a)
	}
	return roots(withChange(root("credentials", "rejected", apps...), "Secret", ns, secret))
}

// daemonSetOnLostNode: a node is lost, and so is a DaemonSet's pod on it.
func (g *gen) daemonSetOnLostNode() truth.Truth {
	d := g.app(daemonSet, replicas(1))
	n := g.node(1)
	since := g.between(2*time.Minute, 4*time.Minute)
	if g.variant == 1 {
		g.fails(n, "container runtime is down", since)
		return roots(ofNode("node-failure", "runtime-down", n, d))
	}
	g.lose(n, since)
	return roots(ofNode("node-failure", "unreachable", n, d))
}

// orderedStatefulSet: the first pod of a new StatefulSet fails, so that the
// others are not even made.
func (g *gen) orderedStatefulSet() truth.Truth {
	a, since := g.newApp(statefulSet, replicas(3))
	for len(a.pods) > 1 {
		a.remove(a.pods[len(a.pods)-1])
	}
	if g.variant == 0 {
		a.pods[0].crash(end{code: 1}, since)
		return one("exit-code", "1", a)
	}
	p := a.pods[0]
	p.pullFails(resolving(p.askedImage(), p.askedImage()+": not found"), since)
	return one("image-pull", "not-found", a)
}

// twins are two incidents of one kind that have nothing to do with each other.
func (g *gen) twins() truth.Truth {
	make := []func(*gen) truth.Truth{(*gen).missingSecret, (*gen).quota, (*gen).oomLimit, (*gen).rejected, (*gen).refused, (*gen).readiness}[g.variant]
	g.variant = 0
	first := make(g)
	g.variant = 1
	return join(first, make(g))
}

// nodeReadOnly: a node's file system is remounted read-only, and who writes
// there fails.
func (g *gen) nodeReadOnly() truth.Truth {
	n, since := g.node(1), g.between(10*time.Minute, 40*time.Minute)
	g.condition(n, "ReadonlyFilesystem", "True", "FilesystemIsReadOnly", "Remounting filesystem read-only", since)
	for range 2 {
		a := g.app(on(n), replicas(1), with(lastWords))
		for _, p := range a.pods {
			p.crash(end{code: 1, message: pick(g, "open /var/lib/app/state.db: read-only file system", "OSError: [Errno 30] Read-only file system: '/var/cache/app/lock'")}, since-time.Minute)
		}
	}
	return roots(ofNode("node-failure", "kernel", n))
}

// nodeDiskFull: a node's disk fills up: what writes there crashes, images
// cannot be unpacked, and the kubelet evicts.
func (g *gen) nodeDiskFull() truth.Truth {
	n, since := g.node(1), g.between(15*time.Minute, 40*time.Minute)
	victim := g.app(on(n), replicas(2))
	writer := g.app(on(n), replicas(1), with(lastWords))
	late := g.app(on(n), replicas(1), fresh(since-3*time.Minute))
	late.unfinished = true
	g.pressure(n, corev1.NodeDiskPressure, "NodeHasDiskPressure", "NodeHasNoDiskPressure", "ephemeral-storage", since, 0, victim)
	writer.pods[0].crash(end{code: 1, message: pick(g, "write /tmp/spool/000017: no space left on device", "OSError: [Errno 28] No space left on device")}, since-time.Minute)
	p := late.pods[0]
	p.pullFails(containerd(p.askedImage(), "failed to copy: ", "write /var/lib/containerd/io.containerd.content.v1.content/ingest/"+g.names.hex(64)+"/data: no space left on device"), since-4*time.Minute)
	return roots(ofNode("node-pressure", "disk-pressure", n, victim))
}
