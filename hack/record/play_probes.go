package main

import (
	"time"
)

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
