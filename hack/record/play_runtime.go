package main

import (
	"fmt"
	"time"
)

// runtimePlays: what runtimes, the kernel and programs themselves say.
func runtimePlays() []incident {
	const oci = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: "
	return []incident{
		{"oom-limit", func(s *set) { s.oomLimit(1) }},
		{"oom-limit-two-workloads", func(s *set) { s.oomLimit(2) }},
		{"oom-node", (*set).oomNode},
		{"start-command-not-found", func(s *set) {
			s.startFails("command-not-found", "RunContainerError", oci+`exec: "$NAME": executable file not found in $PATH`)
		}},
		{"start-command-not-found-crio", func(s *set) {
			s.startFails("command-not-found", "CreateContainerError", `container create failed: executable file $NAME not found in $PATH: No such file or directory`)
		}},
		{"start-permission", func(s *set) {
			s.startFails("permission", "RunContainerError", oci+`exec: "/app/$NAME": permission denied`)
		}},
		{"start-run-as-root", func(s *set) {
			s.startFails("permission", "CreateContainerConfigError", `container has runAsNonRoot and image will run as root (pod: "$POD_$NAMESPACE($UID)", container: $NAME)`)
		}},
		{"start-runtime", func(s *set) {
			s.startFails("runtime", "CreateContainerError", `failed to reserve container name "$NAME_$POD_$NAMESPACE_$UID_0": name "$NAME_$POD_$NAMESPACE_$UID_0" is reserved for "4f1c6a1d0f7b"`)
		}},
		{"start-exec-format", (*set).execFormat},
		{"start-hook", (*set).hookFails},
		{"probe-liveness-http", func(s *set) { s.livenessKills("HTTP probe failed with statuscode: 500", 137) }},
		{"probe-liveness-timeout", func(s *set) {
			s.livenessKills(`Get "http://$IP:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, 143)
		}},
		{"probe-readiness-first", func(s *set) { s.neverReady("HTTP probe failed with statuscode: 503") }},
		{"probe-readiness-refused", func(s *set) {
			s.neverReady(`Get "http://$IP:8080/healthz": dial tcp $IP:8080: connect: connection refused`)
		}},
		{"probe-readiness-later", (*set).turnsUnready},
		{"probe-startup", (*set).startupKills},
		{"exit-code-plain", func(s *set) { s.exits(s.between(3, 60), "", 3) }},
		{"exit-code-segfault", func(s *set) { s.exits(139, "", 1) }},
		{"exit-code-init", (*set).initCrashes},
		{"exit-code-sidecar", (*set).sidecarCrashes},
		{"exit-code-two-messages", (*set).twoMessages},
	}
}

// oomLimit: workloads reach their memory limit again and again, in every pod.
func (s *set) oomLimit(count int) {
	spaces := s.background(3, 2)
	limit := s.of([]string{"128Mi", "256Mi", "512Mi", "1Gi"})
	all := s.apps(spaces[0], count)
	for _, a := range all {
		a.limit(limit)
	}
	s.deploy(all...)
	s.begins()
	for _, a := range all {
		lines := crashes(a.main(), s.between(3, 9), ends{code: 137, reason: "OOMKilled"})
		s.turn(a, lines, 0)
		s.turned(a, lines, a.replicas)
	}
	s.tells(fmt.Sprintf("%d workloads are killed at their memory limit of %s, in all pods", count, limit))
	for _, a := range all {
		s.root("oom", "container-limit", a).by("memoryLimit", limit)
	}
	s.follows("exit-code|probe|rollout-failure", "shared-factor|burst")
}

// oomNode: a node as a whole is out of memory; the kernel kills what is large,
// far below its limit.
func (s *set) oomNode() {
	all := s.crowd(3)
	host := s.busiest(all...)
	victims := s.onNode(host, all)
	for i := range 2 {
		s.node(host, script{
			object{"event": object{"reason": "SystemOOM", "message": fmt.Sprintf("System OOM encountered, victim process: %s, pid: %d", s.of([]string{"java", "node", "python3"}), s.between(3000, 90000)+i)}},
			object{"event": object{"reason": "OOMKilling", "component": "kernel-monitor", "message": fmt.Sprintf("Out of memory: Killed process %d (java) total-vm:8123456kB, anon-rss:5123456kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:11000kB oom_score_adj:985", s.between(3000, 90000))}},
		})
		s.rest(900 * time.Millisecond)
	}
	for _, a := range victims {
		lines := script{after("600ms", terminated(a.main(), 137, "OOMKilled", "")), after("900ms", running(a.main()))}
		s.turnSome(a, lines, 0, on(host))
		s.turned(a, lines, 1)
	}
	s.tells("node " + host + " ran out of memory; the kernel killed containers that have no limit")
	s.root("oom", "node-oom", victims...).on(host)
	s.follows("oom|exit-code|probe", "shared-factor|burst|rollout-failure")
	s.tolerate("node-failure", "kernel")
}

// startFails: the runtime cannot make or start the container of a new workload.
func (s *set) startFails(cause, reason, text string) {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	name := s.of([]string{"server", "run", "entrypoint", "start"})
	if cause == "permission" && reason == "CreateContainerConfigError" {
		a.pod["securityContext"] = object{"runAsNonRoot": true}
		name = a.main()
	}
	text = replace(text, "$NAME", name, "$PATH", "$PATH")
	n := s.between(3, 9)
	lines := script{
		after("600ms", normal(a.main(), "Pulled", fmt.Sprintf("Container image %q already present on machine", a.image), n)),
		warning(a.main(), "Failed", "Error: "+text, n),
	}
	if reason == "RunContainerError" {
		lines = append(lines, terminated(a.main(), 128, "StartError", text),
			warning(a.main(), "BackOff", "Back-off restarting failed container "+a.main()+" in pod $POD_$NAMESPACE($UID)", n),
			state(a.main(), object{"restartCount": n, "state": object{"waiting": object{"reason": "CrashLoopBackOff",
				"message": fmt.Sprintf("back-off %s restarting failed container=%s pod=$POD_$NAMESPACE($UID)", backOff(n), a.main())}}}))
	} else {
		lines = append(lines, waiting(a.main(), reason, text))
	}
	a.says(lines)
	s.deploy(a)
	s.played(a)
	s.tells(fmt.Sprintf("the runtime cannot start the container of %s (%s)", a.ref(), cause))
	s.root("container-start", cause, a)
	s.follows("exit-code|rollout-failure", "shared-factor|burst")
}

func (s *set) execFormat() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	text := "exec /usr/local/bin/" + a.name + ": exec format error"
	a.says(join(a.starts(), crashes(a.main(), s.between(3, 6), ends{code: 255, message: text})))
	s.deploy(a)
	s.played(a)
	s.tells("the program of " + a.ref() + " is built for another architecture")
	s.root("container-start", "exec-format", a)
	s.follows("exit-code|rollout-failure", "shared-factor|burst")
}

func (s *set) hookFails() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.container["lifecycle"] = object{"postStart": object{"exec": object{"command": []any{"/bin/register"}}}}
	n := s.between(3, 6)
	a.says(join(a.starts(), script{
		warning(a.main(), "FailedPostStartHook", "PostStartHook failed", n),
		normal(a.main(), "Killing", "FailedPostStartHook", n),
		terminated(a.main(), 137, "Error", ""),
		warning(a.main(), "BackOff", "Back-off restarting failed container "+a.main()+" in pod $POD_$NAMESPACE($UID)", n),
		state(a.main(), object{"restartCount": n, "state": object{"waiting": object{"reason": "CrashLoopBackOff",
			"message": fmt.Sprintf("back-off %s restarting failed container=%s pod=$POD_$NAMESPACE($UID)", backOff(n), a.main())}}}),
	}))
	s.deploy(a)
	s.played(a)
	s.tells("the postStart hook of " + a.ref() + " fails, and kubelet kills the container for it")
	s.root("container-start", "hook", a)
	s.follows("exit-code|rollout-failure", "shared-factor|burst")
}

// livenessKills: the probe of a workload that ran for days fails, and kubelet
// restarts it again and again.
func (s *set) livenessKills(text string, code int) {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.container["livenessProbe"] = object{"httpGet": object{"path": "/healthz", "port": 8080}}
	s.deploy(a)
	s.begins()
	n := s.between(3, 6)
	lines := script{
		after("500ms", warning(a.main(), "Unhealthy", "Liveness probe failed: "+text, 1)),
		after("600ms", normal(a.main(), "Killing", "Container "+a.main()+" failed liveness probe, will be restarted", 1)),
		terminated(a.main(), code, "Error", ""), after("900ms", running(a.main())),
		after("1500ms", warning(a.main(), "Unhealthy", "Liveness probe failed: "+text, 3*n)),
		normal(a.main(), "Killing", "Container "+a.main()+" failed liveness probe, will be restarted", n),
		terminated(a.main(), code, "Error", ""),
		state(a.main(), object{"restartCount": n, "ready": true, "state": object{"running": object{"startedAt": "$NOW"}}}),
	}
	for i := range lines {
		if e := part(lines[i], "event"); e["count"] != nil && e["count"].(int) > 1 {
			e["first"] = "3s"
		}
	}
	s.turn(a, lines, 0)
	s.turned(a, lines, a.replicas)
	s.tells("kubelet restarts " + a.ref() + " because its liveness probe fails")
	s.root("probe", "liveness", a)
	s.follows("exit-code|network|rollout-failure", "shared-factor|burst")
}

// neverReady: the first revision of a workload starts and never gets ready.
func (s *set) neverReady(text string) {
	s.span = max(s.span, 15*time.Minute)
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.service = true
	a.container["readinessProbe"] = object{"httpGet": object{"path": "/healthz", "port": 8080}}
	lines := a.starts()
	lines[len(lines)-1] = unready("*")
	a.says(append(lines, after("900ms", warning(a.main(), "Unhealthy", "Readiness probe failed: "+text, 1)),
		after("5s", warning(a.main(), "Unhealthy", "Readiness probe failed: "+text, s.between(40, 120)))))
	s.deploy(a)
	s.played(a)
	s.tells("no pod of " + a.ref() + " ever became ready")
	s.root("probe", "readiness", a)
	s.follows("rollout-failure|network", "shared-factor|burst")
}

// turnsUnready: a workload that was well for days is not ready any more.
func (s *set) turnsUnready() {
	s.span = max(s.span, 12*time.Minute)
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.service = true
	a.container["readinessProbe"] = object{"httpGet": object{"path": "/ready", "port": 8080}}
	s.deploy(a)
	s.begins()
	text := "Readiness probe failed: HTTP probe failed with statuscode: " + s.of([]string{"500", "503", "502"})
	n := s.between(30, 90)
	again := warning(a.main(), "Unhealthy", text, n)
	lines := script{
		after("300ms", warning(a.main(), "Unhealthy", text, 1)), state(a.main(), object{"ready": false}),
		after("6s", first(again, "6s")),
	}
	s.turn(a, lines, 0)
	s.turned(a, lines, a.replicas)
	s.tells("all pods of " + a.ref() + " turned unready")
	s.root("probe", "readiness", a)
	s.follows("network", "shared-factor|burst")
}

func (s *set) startupKills() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.container["startupProbe"] = object{"tcpSocket": object{"port": 8080}, "failureThreshold": 10}
	n := s.between(3, 5)
	lines := a.starts()
	lines[len(lines)-1] = state("*", object{"state": object{"running": object{"startedAt": "$NOW"}}, "ready": false, "started": false})
	text := "Startup probe failed: dial tcp $IP:8080: connect: connection refused"
	a.says(append(lines,
		after("800ms", warning(a.main(), "Unhealthy", text, 1)),
		after("2s", warning(a.main(), "Unhealthy", text, 10*n)),
		normal(a.main(), "Killing", "Container "+a.main()+" failed startup probe, will be restarted", n),
		terminated(a.main(), 143, "Error", ""),
		state(a.main(), object{"restartCount": n, "ready": false, "started": false, "state": object{"running": object{"startedAt": "$NOW"}}}),
	))
	s.deploy(a)
	s.played(a)
	s.tells("the startup probe of " + a.ref() + " gives up before it listens")
	s.root("probe", "startup", a)
	s.follows("exit-code|rollout-failure|network", "shared-factor|burst")
}

// exits: workloads end with one code and no word of why.
func (s *set) exits(code int, message string, count int) {
	spaces := s.background(3, 3)
	var all []*app
	for i := range count {
		all = append(all, s.app(spaces[i%len(spaces)]))
	}
	s.deploy(all...)
	s.begins()
	for _, a := range all {
		lines := crashes(a.main(), s.between(3, 8), ends{code: code, message: message})
		s.turn(a, lines, 0)
		s.turned(a, lines, a.replicas)
	}
	s.tells(fmt.Sprintf("%d workloads end with exit code %d", count, code))
	s.root("exit-code", "", all...)
	s.follows("probe|rollout-failure", "shared-factor|burst")
}

func (s *set) initCrashes() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.pod["initContainers"] = []any{object{"name": "migrate", "image": a.image}}
	n := s.between(3, 6)
	a.says(join(script{after("400ms", normal("init:migrate", "Started", "Container started", n)), running("init:migrate")},
		crashes("init:migrate", n, ends{code: 3, message: "migration 0042 failed: relation \"accounts\" already exists"})))
	s.deploy(a)
	s.played(a)
	s.tells("the init container of " + a.ref() + " fails")
	s.root("exit-code", "3", a)
	s.follows("rollout-failure", "shared-factor|burst")
}

func (s *set) sidecarCrashes() {
	spaces := s.background(3, 2)
	s.begins()
	pair := s.apps(spaces[0], 2)
	for _, a := range pair {
		a.sidecars = []object{{"name": "envoy", "image": "docker.io/envoyproxy/envoy:v1.31.2"}}
		a.says(join(a.starts(), crashes("envoy", s.between(3, 6), ends{code: 64, message: "error initializing configuration '/etc/envoy/envoy.yaml': no such field: 'hosts'"})))
	}
	s.deploy(pair...)
	s.played(pair...)
	s.tells("the second container of two workloads fails, the first is well")
	s.root("exit-code", "64", pair...)
	s.follows("rollout-failure", "shared-factor|burst")
}

// twoMessages: the same code, for two reasons, by turns.
func (s *set) twoMessages() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	s.deploy(a)
	s.begins()
	lines := crashes(a.main(), s.between(4, 7), ends{code: 1, message: "panic: index out of range [7] with length 7"}, ends{code: 1, message: "panic: runtime error: invalid memory address or nil pointer dereference"}, ends{code: 1, message: "panic: index out of range [7] with length 7"})
	s.turn(a, lines, 0)
	s.turned(a, lines, a.replicas)
	s.tells(a.ref() + " panics, at two places by turns")
	s.root("exit-code", "1", a)
	s.follows("probe|rollout-failure", "shared-factor|burst")
}
