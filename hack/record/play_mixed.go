package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// mixedPlays: two or three incidents at once, which have nothing to do with each
// other, or one amid noise.
func mixedPlays() []incident {
	return []incident{
		{"mixed-oom-and-tag", (*set).oomAndTag},
		{"mixed-quota-and-secret", (*set).quotaAndSecret},
		{"mixed-disk-and-probe", (*set).diskAndProbe},
		{"mixed-wide-registry", (*set).wideRegistry},
		{"mixed-crash-amid-noise", (*set).crashAmidNoise},
		{"mixed-three-unplaced", (*set).threeUnplaced},
	}
}

func (s *set) oomAndTag() {
	spaces := s.background(4, 3)
	hungry, wrong := s.app(spaces[0]).limit("256Mi"), s.app(spaces[1])
	s.deploy(hungry, wrong)
	s.begins()
	lines := crashes(hungry.main(), s.between(3, 8), ends{code: 137, reason: "OOMKilled"})
	s.turn(hungry, lines, 0)
	wrong.image = repositoryOf(wrong.image) + ":" + s.version()
	wrong.says(s.pullFails(wrong.main(), wrong.image, `failed to pull and unpack image "$IMAGE": failed to resolve reference "$IMAGE": $IMAGE: not found`, 4)).only(wrong.image)
	s.deploy(wrong)
	s.turned(hungry, lines, hungry.replicas)
	s.pulled(wrong)
	s.tells("one workload is killed at its memory limit, and another was given a wrong tag, at one time")
	s.root("oom", "container-limit", hungry).by("memoryLimit", "256Mi")
	s.root("image-pull", "not-found", wrong)
	s.follows("exit-code|rollout-failure|probe", "shared-factor|burst")
}

func (s *set) quotaAndSecret() {
	spaces := s.background(3, 2)
	ns := s.namespace()
	full := s.app(ns).requests("500m", "64Mi")
	full.replicas = 2
	s.put(object{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": object{"name": "team", "namespace": ns}, "spec": object{"hard": object{"requests.cpu": "1100m"}}})
	s.deploy(full)
	s.begins()
	full.replicas = 5
	blind := s.app(spaces[0])
	name := blind.name + "-credentials"
	blind.env("PASSWORD", object{"secretKeyRef": object{"name": name, "key": "password"}})
	text := fmt.Sprintf("secret %q not found", name)
	blind.says(script{after("600ms", warning(blind.main(), "Failed", "Error: "+text, s.between(5, 30))), waiting(blind.main(), "CreateContainerConfigError", text)})
	s.deploy(full, blind)
	s.event(ns, "FailedCreate", 1)
	s.played(blind)
	s.tells("one workload is kept short by a quota, another lacks its Secret")
	s.root("admission", "quota", full)
	s.root("missing-config", "secret", blind).by("secret", blind.ns+"/"+name)
	s.follows("rollout-failure", "shared-factor|burst")
}

func (s *set) diskAndProbe() {
	all := s.crowd(3)
	probed := all[0]
	host := s.busiest(all[1:]...)
	victims := s.onNode(host, all[1:])
	s.patchNode(host, annotations(map[string]string{"disk-pressure": "true"}))
	s.nodeIs(host, "DiskPressure", "True")
	for _, a := range victims {
		s.mark(a, map[string]string{"evict": "ephemeral-storage", "evict-usage": fmt.Sprintf("%dKi", s.between(900000, 4000000))}, 1, on(host))
	}
	text := "Liveness probe failed: HTTP probe failed with statuscode: 500"
	n := s.between(3, 5)
	away := func(p *corev1.Pod) bool { return p.Spec.NodeName != host }
	lines := script{
		warning(probed.main(), "Unhealthy", text, 1), after("1500ms", first(warning(probed.main(), "Unhealthy", text, 3*n), "3s")),
		first(normal(probed.main(), "Killing", "Container "+probed.main()+" failed liveness probe, will be restarted", n), "3s"),
		terminated(probed.main(), 137, "Error", ""),
		state(probed.main(), object{"restartCount": n, "ready": true, "state": object{"running": object{"startedAt": "$NOW"}}}),
	}
	s.turnSome(probed, lines, 0, away)
	s.turned(probed, lines, 1)
	for _, a := range victims {
		s.wait("evicted", 1, func(p *corev1.Pod) bool { return p.Status.Reason == "Evicted" }, a)
	}
	s.until("all have what they want", 60*time.Second, s.complete)
	s.tells("one node is short of disk; on the others kubelets restart a workload for its liveness probe")
	s.root("node-pressure", "disk-pressure", victims...).on(host)
	s.root("probe", "liveness", probed)
	s.follows("exit-code|scheduling|rollout-failure", "shared-factor|burst")
}

// wideRegistry: over four namespaces, beside a readiness problem of its own.
func (s *set) wideRegistry() {
	s.nodes(6)
	s.system()
	registry := s.registry()
	var all []*app
	for range 4 {
		ns := s.namespace()
		s.config(ns)
		for range s.between(1, 2) {
			a := s.app(ns)
			a.image = registry + "/" + a.name + ":" + s.version()
			all = append(all, a)
		}
		s.deploy(s.healthy(ns))
	}
	s.deploy(all...)
	s.begins()
	text := `failed to pull and unpack image "$IMAGE": failed to resolve reference "$IMAGE": unexpected status from HEAD request to https://` + hostOf(registry) + `/v2/app/manifests/latest: 403 Forbidden`
	for _, a := range all {
		a.image = repositoryOf(a.image) + ":" + s.version()
		a.says(s.pullFails(a.main(), a.image, text, s.between(2, 5))).only(a.image)
		s.deploy(a)
		s.rest(200 * time.Millisecond)
	}
	for _, a := range all {
		s.pulled(a)
	}
	s.tells(fmt.Sprintf("%s refuses to serve %d workloads of four namespaces", hostOf(registry), len(all)))
	s.root("image-pull", "auth", all...).by("registry", hostOf(registry))
	s.follows("rollout-failure|rollout-cascade", "shared-factor|burst")
}

// crashAmidNoise: one workload crashes; around it a rollout goes on, Jobs
// complete, a probe fails in a pod's first seconds, a node is drained.
func (s *set) crashAmidNoise() {
	spaces := s.background(4, 3)
	bad, rolled := s.app(spaces[0]), s.app(spaces[1])
	s.deploy(bad, rolled)
	job := s.app(spaces[2])
	job.kind = "Job"
	s.begins()
	s.deploy(job)
	rolled.image = repositoryOf(rolled.image) + ":" + s.version()
	rolled.play["ready-after"] = "2s"
	s.deploy(rolled)
	lines := crashes(bad.main(), s.between(3, 7), ends{code: 70, message: "config: unknown field \"retires\" in section http"})
	s.turn(bad, lines, 0)
	s.turned(bad, lines, bad.replicas)
	s.wait("ready", rolled.replicas, func(p *corev1.Pod) bool { return ready(p) && p.Spec.Containers[0].Image == rolled.image }, rolled)
	s.tells(bad.ref() + " crashes; a rollout and a Job elsewhere go their way")
	s.root("exit-code", "70", bad)
	s.follows("probe|rollout-failure", "shared-factor|burst")
}

func (s *set) threeUnplaced() {
	spaces := s.background(4, 3)
	s.begins()
	cpu, pool, claim := s.app(spaces[0]).requests("16", "128Mi"), s.app(spaces[1]), s.app(spaces[2])
	pool.pod["nodeSelector"] = object{"pool": "highmem"}
	claim.volume("data", object{"persistentVolumeClaim": object{"claimName": claim.name}})
	s.deploy(cpu, pool, claim)
	s.wait("unschedulable", 1, unschedulable, cpu, pool, claim)
	s.tells("three workloads cannot be placed, each for a reason of its own")
	s.root("scheduling", "insufficient-cpu", cpu)
	s.root("scheduling", "affinity", pool)
	s.root("scheduling|storage", "volume|mount|provisioning", claim)
	s.follows("rollout-failure|storage", "shared-factor|burst")
}
