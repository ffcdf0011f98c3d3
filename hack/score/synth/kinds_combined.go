package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

// combinedKinds are several incidents at once, and incidents with much that
// follows from them.
var combinedKinds = []kind{
	{"combined/two-roots", 3, (*gen).twoRoots},
	{"combined/three-roots", 2, (*gen).threeRoots},
	{"combined/oom-after-rollout", 2, (*gen).oomAfterRollout},
	{"combined/pressure-then-pending", 2, (*gen).pressureThenPending},
	{"combined/secret-stops-rollout", 2, (*gen).secretStopsRollout},
	{"combined/database-down", 3, (*gen).databaseDown},
	{"combined/registry-in-three-namespaces", 2, (*gen).registryInThreeNamespaces},
	{"combined/claim-then-callers", 2, (*gen).claimThenCallers},
	{"combined/node-lost", 2, (*gen).nodeLost},
	{"combined/dns-down", 2, (*gen).dnsDown},
	{"combined/webhook-backend-down", 2, (*gen).webhookBackendDown},
	{"combined/only-events-left", 2, (*gen).onlyEventsLeft},
	{"combined/bare-pods", 2, (*gen).barePods},
	{"combined/cronjob-image", 2, (*gen).cronJobImage},
	{"combined/liveness-kills", 2, (*gen).livenessKills},
	{"combined/sidecar", 2, (*gen).sidecar},
	{"combined/busy", 1, (*gen).busy},
	{"combined/without-events", 8, (*gen).withoutEvents},
	{"combined/without-nodes", 8, (*gen).withoutNodes},
	{"combined/pods-and-events-only", 6, (*gen).podsAndEvents},
	{"combined/many-replicas", 4, (*gen).manyReplicas},
}

func join(truths ...truth.Truth) truth.Truth {
	var out truth.Truth
	for _, t := range truths {
		out.Roots = append(out.Roots, t.Roots...)
		out.Tolerated = append(out.Tolerated, t.Tolerated...)
	}
	return out
}

func (g *gen) twoRoots() truth.Truth {
	switch g.variant {
	case 0:
		return join(g.pullAuth(), g.quota())
	case 1:
		return join(g.oomLimit(), g.missingSecret())
	}
	return join(g.unreachable(), g.commandNotFound())
}

func (g *gen) threeRoots() truth.Truth {
	if g.variant == 0 {
		return join(g.insufficientCPU(), g.podSecurity(), g.readiness())
	}
	return join(g.diskPressure(), g.pullNotFound(), g.forbidden())
}

// oomAfterRollout: a new revision with a lower limit is killed for memory;
// what follows are a crash loop, failing probes and a rollout that hangs.
func (g *gen) oomAfterRollout() truth.Truth {
	a := g.app(replicas(4), with(memoryLimit("1Gi")), with(func(s *corev1.PodSpec) {
		s.Containers[0].ReadinessProbe, s.Containers[0].LivenessProbe = httpProbe("/ready"), httpProbe("/live")
	}))
	ago := g.between(15*time.Minute, 45*time.Minute)
	for _, p := range a.rollout(ago, memoryLimit("64Mi")) {
		p.oom(ago - 30*time.Second)
		p.say(p.at, "Warning", "Unhealthy", fmt.Sprintf(`Readiness probe failed: Get "http://%s:8080/ready": dial tcp %s:8080: connect: connection refused`, p.Status.PodIP, p.Status.PodIP), ago-25*time.Second, time.Minute, 18)
		if g.variant == 1 {
			p.say(p.at, "Warning", "Unhealthy", fmt.Sprintf(`Liveness probe failed: Get "http://%s:8080/live": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, p.Status.PodIP), ago-25*time.Second, time.Minute, 7)
		}
	}
	e := withChange(root("oom", "container-limit", a), "Deployment", a.namespace, a.name)
	return roots(withFactor(e, "memoryLimit", "64Mi"))
}

// pressureThenPending: what is evicted finds no other place.
func (g *gen) pressureThenPending() truth.Truth {
	n := g.node(1)
	a := g.app(on(n), replicas(3))
	typ, bad, good, resource := corev1.NodeMemoryPressure, "NodeHasInsufficientMemory", "NodeHasSufficientMemory", "memory"
	if g.variant == 1 {
		typ, bad, good, resource = corev1.NodeDiskPressure, "NodeHasDiskPressure", "NodeHasNoDiskPressure", "ephemeral-storage"
	}
	since := g.between(12*time.Minute, 30*time.Minute)
	g.pressure(n, typ, bad, good, resource, since, 0, a)
	for _, p := range a.pods {
		if p.Status.Reason == "" {
			p.unschedulable(g.nowhere(fmt.Sprintf("1 node(s) had untolerated taint {%s: }, %d Insufficient cpu", n.Spec.Taints[0].Key, len(g.nodes)-1)), since-time.Minute)
		}
	}
	return roots(ofNode("node-pressure", map[string]string{"memory": "memory-pressure", "ephemeral-storage": "disk-pressure"}[resource], n, a))
}

func (g *gen) secretStopsRollout() truth.Truth {
	name := g.names.object("token")
	a := g.app(replicas(3), pick(g, option(replicas(3)), statefulSet))
	ago := g.between(15*time.Minute, 45*time.Minute)
	for _, p := range a.rollout(ago, envSecret("TOKEN", name, "token")) {
		p.cannot("CreateContainerConfigError", fmt.Sprintf("secret %q not found", name), ago-5*time.Second)
	}
	return roots(withFactor(root("missing-config", "secret", a), "secret", a.namespace+"/"+name))
}

// databaseDown: a database fails, and those who call it with it.
func (g *gen) databaseDown() truth.Truth {
	ns := g.names.namespace()
	db := g.app(in(ns), replicas(1), with(memoryLimit("512Mi")), pick(g, option(replicas(1)), statefulSet, replicas(1)))
	ago := g.between(10*time.Minute, 40*time.Minute)
	p := db.pods[0]
	ip := g.serviceIP(db)
	if ip == "None" {
		ip = p.Status.PodIP
	}
	e := withFactor(root("oom", "container-limit", db), "memoryLimit", "512Mi")
	switch g.variant {
	case 2:
		p.killedByProbe("liveness", `Liveness probe failed: command timed out: "pg_isready" timed out after 1s`, ago)
		e = root("probe", "liveness", db)
	default:
		p.oom(ago)
	}
	for range 2 + g.variant {
		c := g.app(in(ns), with(lastWords), with(env("DATABASE_URL", "postgres://"+db.name+"."+ns+":5432/app")))
		for _, p := range c.pods {
			p.crash(end{code: 1, message: fmt.Sprintf("could not connect: dial tcp %s:5432: connect: connection refused", ip)}, ago-time.Minute)
		}
	}
	return roots(e)
}

// registryInThreeNamespaces: as pullAuth, over three namespaces, one of which
// has no pull secret at all.
func (g *gen) registryInThreeNamespaces() truth.Truth {
	apps := g.newcomers(3, "registry.vault.example", func(i string) string {
		return resolving(i, "failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://auth.vault.example/token?scope=repository%3A"+pathOf(i)+"%3Apull&service=registry: 401 Unauthorized")
	}, with(pullSecret("vault-pull")))
	for _, a := range apps[:2] {
		g.addSecret(a.namespace, "vault-pull", 90*24*time.Hour, corev1.SecretTypeDockerConfigJson, ".dockerconfigjson")
		if g.variant == 1 {
			g.rewrite(a.namespace, "vault-pull", a.age+time.Minute)
		}
	}
	for _, p := range apps[2].pods {
		p.say("", "Warning", "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (vault-pull); attempting to pull the image may not succeed.", apps[2].age, 30*time.Second, 12)
	}
	t := roots(withFactor(root("image-pull", "auth", apps...), "registry", "registry.vault.example"))
	return tolerate(t, "missing-config", "secret")
}

// claimThenCallers: a StatefulSet waits for its volume, and its callers find
// no address under its name.
func (g *gen) claimThenCallers() truth.Truth {
	ns := g.names.namespace()
	claimName := g.names.object("data")
	since := g.between(8*time.Minute, 40*time.Minute)
	g.addClaim(ns, claimName, "fast", "", since)
	db := g.app(in(ns), statefulSet, replicas(1), fresh(since), with(claim("data", claimName)))
	g.event(ev{object: g.claimRef(ns, claimName), typ: "Warning", reason: "ProvisioningFailed", message: `storageclass.storage.k8s.io "fast" not found`, from: "persistentvolume-controller", first: since, last: 9 * time.Second, count: 60})
	db.pods[0].unschedulable(fmt.Sprintf("0/%d nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling.", len(g.nodes), len(g.nodes), len(g.nodes)), since-time.Second)
	host := db.name + "." + ns + ".svc.cluster.local"
	for range 1 + g.variant {
		c := g.app(in(ns), fresh(since-time.Minute), with(lastWords), with(env("DB_HOST", host)))
		c.unfinished = true
		for _, p := range c.pods {
			p.crash(end{code: 1, message: "dial tcp: lookup " + host + " on 10.96.0.10:53: no such host"}, since-time.Minute-5*time.Second)
		}
	}
	return roots(also(root("storage", "provisioning", db), "scheduling", "volume"))
}

// nodeLost: the pods of a lost node are replaced, but a StatefulSet's is not.
func (g *gen) nodeLost() truth.Truth {
	n := g.node(1)
	s := g.app(on(n), statefulSet, replicas(1))
	d := g.app(on(n), replicas(2))
	since := g.between(9*time.Minute, 40*time.Minute)
	g.lose(n, since)
	for _, p := range append(append([]*pod{}, s.pods...), d.pods...) {
		at := g.ago(since - 5*time.Minute - 30*time.Second)
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &at, new(int64(30))
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue,
			Reason: "DeletionByTaintManager", Message: "Taint manager: deleting due to NoExecute taint", LastTransitionTime: g.ago(since - 5*time.Minute)})
		o := p.ref("")
		o.UID = ""
		g.event(ev{object: o, typ: "Normal", reason: "TaintManagerEviction", message: fmt.Sprintf("Marking for deletion Pod %s/%s", p.Namespace, p.Name), from: "taint-eviction-controller", first: since - 5*time.Minute, count: 1})
		if p.app == d {
			q := d.addPod(p.rev, 0, g.otherNode(n.Name), since-5*time.Minute-time.Second)
			if g.variant == 1 {
				q.unschedulable(g.nowhere(fmt.Sprintf("1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, %d Insufficient memory", len(g.nodes)-1)), since-5*time.Minute-time.Second)
			}
		}
	}
	return roots(ofNode("node-failure", "unreachable", n, s, d))
}

// dnsDown: the cluster's name server crashes, and callers everywhere cannot
// resolve a thing.
func (g *gen) dnsDown() truth.Truth {
	var dns *app
	for _, a := range g.apps {
		if a.name == "coredns" {
			dns = a
		}
	}
	since := g.between(8*time.Minute, 30*time.Minute)
	for _, p := range dns.pods {
		p.crash(end{code: 1, message: pick(g, "", "plugin/forward: not an IP address or file: \"dns.internal\"")}, since)
	}
	for i := range 3 {
		host := fmt.Sprintf("%s.%s.example", g.names.object("api"), g.company)
		c := g.app(in(g.platform[i%len(g.platform)]), with(lastWords), with(env("UPSTREAM", host)))
		for _, p := range c.pods {
			p.crash(end{code: 1, message: pick(g, fmt.Sprintf("dial tcp: lookup %s on 10.96.0.10:53: read udp 10.244.1.9:41234->10.96.0.10:53: i/o timeout", host),
				"Error: getaddrinfo EAI_AGAIN "+host)}, since-time.Minute)
		}
	}
	return one("exit-code", "1", dns)
}

// webhookBackendDown: the pods behind a webhook crash, and nothing can be
// created any more.
func (g *gen) webhookBackendDown() truth.Truth {
	backend := g.app(in("mesh"), named("injector"), replicas(2))
	since := g.between(8*time.Minute, 30*time.Minute)
	for _, p := range backend.pods {
		p.crash(end{code: 2, run: time.Second}, since)
	}
	text := `Internal error occurred: failed calling webhook "sidecar.injector.example.com": failed to call webhook: Post "https://injector.mesh.svc:443/inject?timeout=10s": ` +
		pick(g, `no endpoints available for service "injector"`, `dial tcp `+g.serviceIP(backend)+`:443: connect: connection refused`)
	for i := range 2 {
		a := g.app(in(g.platform[i]), replicas(3))
		a.refuse(func(string) string { return text }, 1, since-time.Minute)
	}
	return one("exit-code", "2", backend)
}

// onlyEventsLeft: the pods are deleted, their events are there.
func (g *gen) onlyEventsLeft() truth.Truth {
	a := g.app(replicas(3))
	since := g.between(10*time.Minute, 40*time.Minute)
	victims := append([]*pod{}, a.pods...)
	for _, p := range victims {
		if g.variant == 0 {
			p.pullFails(resolving(p.askedImage(), p.askedImage()+": not found"), since)
		} else {
			p.stuck("FailedMount", `MountVolume.SetUp failed for volume "conf" : configmap "absent" not found`, "kubelet", since)
		}
		p.gone()
	}
	for i := range victims { // somebody has set it right since
		a.addPod(a.current(), i, g.anyNode(), 2*time.Minute)
	}
	if g.variant == 1 {
		return one("missing-config", "configmap", a)
	}
	return one("image-pull", "not-found", a)
}

// barePods have no controller.
func (g *gen) barePods() truth.Truth {
	ns := g.platform[0]
	a, b := g.bare(ns, memoryLimit("128Mi")), g.bare(ns, memoryLimit("64Mi"))
	for _, x := range []*app{a, b} {
		p := x.pods[0]
		if g.variant == 0 {
			p.cannot("CreateContainerConfigError", `secret "bare-token" not found`, 20*time.Minute)
		} else {
			p.crash(end{code: 137, reason: "OOMKilled"}, 20*time.Minute)
		}
	}
	if g.variant == 0 {
		return one("missing-config", "secret", a, b)
	}
	return roots(root("oom", "container-limit", a), root("oom", "container-limit", b))
}

// cronJobImage: the pods of a CronJob's Jobs cannot pull, or lack their
// Secret.
func (g *gen) cronJobImage() truth.Truth {
	c := g.cronJob(g.platform[0], g.names.app(), "*/20 * * * *")
	for i := range 2 {
		age := time.Duration(20*i+6) * time.Minute
		j := g.job(c.Namespace, fmt.Sprintf("%s-%d", c.Name, 29650000-20*i), age, c)
		j.Status.Active = 1
		p := g.jobPod(j, age)
		if g.variant == 0 {
			p.pullFails(resolving(p.askedImage(), p.askedImage()+": not found"), age-3*time.Second)
		} else {
			p.cannot("CreateContainerConfigError", `secret "nightly-token" not found`, age-3*time.Second)
		}
	}
	at := g.ago(6 * time.Minute)
	c.Status.LastScheduleTime = &at
	detector, cause := pick(g, "image-pull", "missing-config"), pick(g, "not-found", "secret")
	return roots(truth.Expected{Detector: []string{detector}, Cause: []string{cause}, Workloads: []string{c.Namespace + "/" + c.Name}})
}

// livenessKills: a probe that is too strict ends the container with 137,
// which is no OOM, or with 143.
func (g *gen) livenessKills() truth.Truth {
	a := g.app(replicas(3), with(memoryLimit("256Mi")), with(func(s *corev1.PodSpec) { s.Containers[0].LivenessProbe = httpProbe("/live") }))
	for _, p := range a.pods {
		p.killedByProbe("liveness", fmt.Sprintf(`Liveness probe failed: Get "http://%s:8080/live": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, p.Status.PodIP), 30*time.Minute)
		if g.variant == 1 {
			p.status().LastTerminationState.Terminated.ExitCode = 143
		}
	}
	return one("probe", "liveness", a)
}

// sidecar: an init container with restartPolicy Always fails, the rest runs.
func (g *gen) sidecar() truth.Truth {
	c := g.helper("mesh-proxy")
	c.RestartPolicy = new(corev1.ContainerRestartPolicyAlways)
	a := g.app(with(initContainer(c)))
	for _, p := range a.pods {
		if g.variant == 0 {
			p.in("mesh-proxy").crash(end{code: 1, run: 20 * time.Second}, 25*time.Minute)
		} else {
			p.in("mesh-proxy").oom(25 * time.Minute)
		}
		for i := range p.Status.ContainerStatuses { // what started once goes on
			s := &p.Status.ContainerStatuses[i]
			s.State, s.Ready, s.Started = running(g.world, 3*time.Hour), true, new(true)
			s.ContainerID, s.ImageID = g.containerID(), g.digest(s.Image)
		}
	}
	if g.variant == 0 {
		return one("exit-code", "1", a)
	}
	return one("oom", "container-limit", a)
}

// busy is a bad day in a large cluster.
func (g *gen) busy() truth.Truth {
	g.addNodes(12)
	g.addPopulation(30)
	return join(g.diskPressure(), g.pullAuth(), g.quota(), g.oomLimit(), g.missingConfigMap(), g.insufficientMemory(), g.dns())
}

// some is one of the kinds of incident, of which only a part is read.
func (g *gen) some(makes ...func(*gen) truth.Truth) truth.Truth {
	make := makes[g.variant%len(makes)]
	g.variant = g.r.IntN(2)
	return make(g)
}

// withoutFactor takes back what cannot be known of what was read.
func withoutFactor(t truth.Truth) truth.Truth {
	for i := range t.Roots {
		t.Roots[i].Factor, t.Roots[i].Change = nil, nil
	}
	return t
}

// withoutEvents: they are over an hour old, or may not be read. What states
// and conditions say is left.
func (g *gen) withoutEvents() truth.Truth {
	if g.isOld() {
		g.minor = 33
	}
	t := g.some((*gen).pullAuth, (*gen).oomLimit, (*gen).exitNumber, (*gen).insufficientMemory, (*gen).limitRange, (*gen).dns, (*gen).unreachable, (*gen).pullNotFound)
	g.unread = []string{"Event"}
	return withoutFactor(t)
}

// withoutNodes: as somebody sees it who may read a namespace, not the cluster.
func (g *gen) withoutNodes() truth.Truth {
	t := g.some((*gen).pullAuth, (*gen).oomLimit, (*gen).missingSecret, (*gen).readiness, (*gen).quota, (*gen).insufficientCPU, (*gen).multiAttach, (*gen).sandbox)
	g.unread = []string{"Node", "Secret"}
	return withoutFactor(t)
}

// podsAndEvents are what many people send when they ask for help.
func (g *gen) podsAndEvents() truth.Truth {
	t := g.some((*gen).pullAuth, (*gen).oomLimit, (*gen).exitSignal, (*gen).liveness, (*gen).commandNotFound, (*gen).refused)
	g.unread = []string{"Node", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ControllerRevision", "Job", "CronJob", "Service", "EndpointSlice",
		"PersistentVolumeClaim", "ConfigMap", "Secret"}
	return withoutFactor(t)
}

// manyReplicas: large workloads, of which most pods fail.
func (g *gen) manyReplicas() truth.Truth {
	a := g.app(replicas(30+g.r.IntN(30)), with(memoryLimit("256Mi")), with(lastWords))
	since := g.between(10*time.Minute, 40*time.Minute)
	for i, p := range a.pods {
		if i%5 == 4 {
			continue
		}
		at := since - time.Duration(i*7)*time.Second
		switch g.variant {
		case 0:
			p.oom(at)
		case 1:
			p.crash(end{code: 1, message: "dial tcp 192.0.2.77:5432: connect: connection refused"}, at)
		case 2:
			p.crash(end{code: 139, run: 5 * time.Second}, at)
		case 3:
			p.unready("Readiness probe failed: HTTP probe failed with statuscode: 503", at)
		}
	}
	return one(pick(g, "oom", "network", "exit-code", "probe"), pick(g, "container-limit", "connection-refused", "SIGSEGV", "readiness"), a)
}
