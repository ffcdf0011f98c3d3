package main

import (
	"fmt"
)

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
