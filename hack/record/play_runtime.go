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
		{"probe-liveness-grpc", func(s *set) {
			s.livenessKills(`timeout: failed to connect service "$IP:9090" within 1s: context deadline exceeded`, 137)
		}},
		{"probe-readiness-exec", func(s *set) {
			s.neverReady(`command timed out: "/bin/ready --fast" timed out after 1s`)
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
