package main

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// rolloutPlays: new revisions, and what they do to others; Jobs.
func rolloutPlays() []incident {
	return []incident{
		{"rollout-crash", func(s *set) {
			s.newRevisionCrashes("Deployment", "panic: runtime error: slice bounds out of range [:9] with capacity 4", 2)
		}},
		{"rollout-crash-silent", func(s *set) { s.newRevisionCrashes("Deployment", "", 1) }},
		{"rollout-crash-stateful", func(s *set) {
			s.newRevisionCrashes("StatefulSet", "could not migrate store: version 7 is not known", 3)
		}},
		{"rollout-crash-daemon", func(s *set) { s.newRevisionCrashes("DaemonSet", "", 134) }},
		{"rollout-not-ready", (*set).newRevisionNotReady},
		{"rollout-deadline", (*set).deadline},
		{"rollout-cascade-refused", func(s *set) {
			s.cascade("dial tcp $ADDR: connect: connection refused", "rollout-cascade|network", "dependants|connection-refused")
		}},
		{"rollout-cascade-schema", func(s *set) {
			s.cascade(`rpc error: code = Unimplemented desc = unknown method GetTotals for service $SVC.v2.Totals`, "rollout-cascade|version-skew", "dependants|mixed-versions")
		}},
		{"skew-protocol", (*set).mixedVersions},
		{"drift-between-stages", (*set).drift},
		{"job-backoff-limit", (*set).jobGivesUp},
		{"job-deadline", (*set).jobTooSlow},
		{"job-cron-fails", (*set).cronFails},
		{"job-missed-schedule", (*set).missedSchedule},
		{"stale-config-env", (*set).staleConfig},
	}
}

// newRevisionCrashes beside the old one, which runs on.
func (s *set) newRevisionCrashes(kind, message string, code int) {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.kind = kind
	a.replicas, a.service = s.between(2, 5), true
	s.deploy(a)
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	a.says(join(a.starts(), crashes(a.main(), s.between(3, 6), ends{code: code, message: message}))).only(a.image)
	s.deploy(a)
	s.pulled(a)
	if kind == "DaemonSet" { // which goes on, since each pod is ready for a moment
		s.tells("the new revision of " + a.ref() + " crashes on every node")
		s.root("rollout-failure|exit-code", "crash|SIGABRT", a)
	} else {
		s.tells("the new revision of " + a.ref() + " crashes, the old one runs on")
		s.root("rollout-failure", "crash", a).since(kind, a.ns, a.name)
	}
	s.follows("exit-code|probe", "shared-factor|burst")
}

// newRevisionNotReady: it runs, and never gets ready; the old one serves.
func (s *set) newRevisionNotReady() {
	s.span = max(s.span, 15*time.Minute)
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.service = true
	a.container["readinessProbe"] = object{"httpGet": object{"path": "/healthz", "port": 8080}}
	s.deploy(a)
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	lines := a.starts()
	lines[len(lines)-1] = unready("*")
	text := "Readiness probe failed: HTTP probe failed with statuscode: 500"
	a.says(append(lines, after("800ms", warning(a.main(), "Unhealthy", text, 1)), after("5s", warning(a.main(), "Unhealthy", text, s.between(40, 90))))).only(a.image)
	s.deploy(a)
	s.pulled(a)
	s.tells("the new revision of " + a.ref() + " does not get ready, the old one serves on")
	s.root("rollout-failure", "not-ready", a).since("Deployment", a.ns, a.name)
	s.follows("probe", "shared-factor|burst")
}

// deadline: the same for so long that the real controller gives it up.
func (s *set) deadline() {
	s.span = max(s.span, 15*time.Minute)
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.spec["progressDeadlineSeconds"] = 5
	s.deploy(a)
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	lines := a.starts()
	lines[len(lines)-1] = unready("*")
	a.says(lines).only(a.image)
	s.deploy(a)
	s.until("the deadline is exceeded", 40*time.Second, func() (bool, error) {
		d, err := s.c.client.AppsV1().Deployments(a.ns).Get(s.ctx, a.name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		for _, c := range d.Status.Conditions {
			if c.Reason == "ProgressDeadlineExceeded" {
				return true, nil
			}
		}
		return false, nil
	})
	s.tells("the rollout of " + a.ref() + " made no progress until its deadline; nothing says why")
	s.root("rollout-failure", "deadline|not-ready", a).since("Deployment", a.ns, a.name)
	s.follows("probe", "shared-factor|burst")
}

// cascade: a rollout that succeeds, after which those that call it fail.
func (s *set) cascade(text, detectors, causes string) {
	spaces := s.background(3, 2)
	callee := s.app(spaces[1])
	callee.service = true
	callers := []*app{s.app(spaces[0]), s.app(spaces[1]), s.app(spaces[0])}[:s.between(2, 3)]
	for _, a := range callers {
		a.env("UPSTREAM_ADDR", fmt.Sprintf("%s.%s.svc.cluster.local:80", callee.name, callee.ns))
	}
	s.deploy(append(callers, callee)...)
	s.begins()
	callee.image = repositoryOf(callee.image) + ":" + s.version()
	s.deploy(callee)
	s.until("the rollout is complete", 40*time.Second, s.complete)
	for _, a := range callers {
		words := replace(text, "$ADDR", s.clusterIP(callee)+":80", "$SVC", callee.name)
		lines := crashes(a.main(), s.between(2, 5), ends{code: 1, message: callee.name + ": " + words})
		s.turn(a, lines, 0)
		s.turned(a, lines, 1)
	}
	s.span = time.Duration(s.between(3, 6)) * time.Minute // callers notice soon
	s.tells(fmt.Sprintf("after the rollout of %s its %d callers fail", callee.ref(), len(callers)))
	s.root(detectors, causes, callers...).since("Deployment", callee.ns, callee.name)
	s.follows("exit-code|probe|rollout-failure|network", "shared-factor|burst")
}

// mixedVersions: one program at two tags; what is new does not speak the
// language of what is old.
func (s *set) mixedVersions() {
	spaces := s.background(3, 2)
	first := s.app(spaces[0])
	second := s.app(spaces[0])
	second.image = first.image
	s.deploy(first, second)
	s.begins()
	second.image = repositoryOf(first.image) + ":" + s.version()
	second.says(join(second.starts(), crashes(second.main(), s.between(3, 5), ends{code: 1, message: "fatal: peer " + first.name + " speaks protocol version 3, want 4: unsupported protocol version"}))).only(second.image)
	s.deploy(second)
	s.pulled(second)
	s.tells(fmt.Sprintf("%s was rolled out at another version than %s, which it has to talk to, and crashes", second.ref(), first.ref()))
	s.root("version-skew|rollout-failure", "mixed-versions|crash", second)
	s.follows("exit-code|rollout-failure|version-skew", "shared-factor|burst")
}

// drift: one workload in three stages; where one of its settings differs, it
// crashes.
func (s *set) drift() {
	s.nodes(3)
	s.system()
	domain := s.of(domains)
	var all []*app
	model := s.app("")
	for _, stage := range []string{"dev", "qa", "prod"} {
		copied := *model
		copied.ns = s.namespaceCalled(domain + "-" + stage)
		copied.container, copied.play = object{}, map[string]string{}
		copied.limit("256Mi").env("CACHE_SIZE", "64").env("MODE", stage)
		all = append(all, &copied)
		s.deploy(&copied, s.healthy(copied.ns))
	}
	s.begins()
	bad := all[s.r.IntN(3)]
	bad.container["env"] = nil
	bad.env("CACHE_SIZE", "0").env("MODE", bad.ns)
	bad.image = repositoryOf(bad.image) + ":" + s.version()
	bad.says(join(bad.starts(), crashes(bad.main(), s.between(3, 6), ends{code: 1, message: "panic: runtime error: integer divide by zero"}))).only(bad.image)
	s.deploy(bad)
	s.pulled(bad)
	s.tells(bad.ref() + " crashes since a rollout that gave it another image and CACHE_SIZE than its siblings in two namespaces have")
	s.root("config-drift|rollout-failure", "between-namespaces|crash", bad)
	s.follows("exit-code|rollout-failure|config-drift", "shared-factor|burst")
	s.tolerate("config-drift", "")
}
