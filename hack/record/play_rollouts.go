package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// rolloutPlays: new revisions, and what they do to others; Jobs.
func rolloutPlays() []incident {
	return []incident{
		{"rollout-crash", func(s *set) {
			s.newRevisionCrashes("panic: runtime error: slice bounds out of range [:9] with capacity 4", 2)
		}},
		{"rollout-crash-silent", func(s *set) { s.newRevisionCrashes("", 1) }},
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
		{"stale-config-subpath", (*set).staleConfig},
	}
}

// newRevisionCrashes beside the old one, which runs on.
func (s *set) newRevisionCrashes(message string, code int) {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.replicas, a.service = s.between(2, 5), true
	s.deploy(a)
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	a.says(join(a.starts(), crashes(a.main(), s.between(3, 6), ends{code: code, message: message}))).only(a.image)
	s.deploy(a)
	s.pulled(a)
	s.tells("the new revision of " + a.ref() + " crashes, the old one runs on")
	s.root("rollout-failure", "crash", a).since("Deployment", a.ns, a.name)
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

// jobGivesUp: its pods fail with a plain exit code until the limit is reached.
func (s *set) jobGivesUp() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.kind, a.service = "Job", false
	a.spec["backoffLimit"] = 1
	a.says(join(a.starts(), script{after("900ms", object{
		"containers": object{"*": object{"state": object{"terminated": object{"exitCode": 2, "reason": "Error"}}, "ready": false}}, "status": object{"phase": "Failed"}})}))
	s.deploy(a)
	s.jobFailed(a)
	s.tells("Job " + a.ref() + " reached its limit of retries")
	s.root("job-failure", "backoff-limit", a)
	s.follows("exit-code", "shared-factor|burst")
}

func (s *set) jobFailed(a *app) {
	s.until("the Job has failed", 90*time.Second, func() (bool, error) {
		jobs, err := s.c.client.BatchV1().Jobs(a.ns).List(s.ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		for i := range jobs.Items {
			for _, c := range jobs.Items[i].Status.Conditions {
				if c.Type == "Failed" && c.Status == corev1.ConditionTrue {
					return true, nil
				}
			}
		}
		return false, nil
	})
}

func (s *set) jobTooSlow() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.kind, a.service = "Job", false
	a.spec["activeDeadlineSeconds"] = 6
	a.play["run-for"] = "1h"
	s.deploy(a)
	s.jobFailed(a)
	s.tells("Job " + a.ref() + " took longer than it may")
	s.root("job-failure", "deadline", a)
	s.follows("exit-code", "shared-factor|burst")
}

// cronFails: the Job that a CronJob makes fails.
func (s *set) cronFails() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.kind, a.service = "CronJob", false
	a.spec["schedule"] = "0 3 * * *"
	a.spec["jobTemplate"] = object{"backoffLimit": 0}
	a.says(join(a.starts(), script{after("900ms", object{
		"containers": object{"*": object{"state": object{"terminated": object{"exitCode": 1, "reason": "Error", "message": "pg_dump: error: query failed"}}, "ready": false}}, "status": object{"phase": "Failed"}})}))
	s.deploy(a)
	s.due(a)
	s.jobFailed(a)
	s.tells("the last run of CronJob " + a.ref() + " failed")
	s.root("job-failure", "backoff-limit", a)
	s.follows("exit-code", "shared-factor|burst")
}

// due makes the real controller think that a CronJob has to run.
func (s *set) due(a *app) {
	s.do("make "+a.ref()+" due", func() error {
		patch := []byte(`{"status":{"lastScheduleTime":"` + time.Now().Add(-25*time.Hour).UTC().Format(time.RFC3339) + `"}}`)
		_, err := s.c.client.BatchV1().CronJobs(a.ns).Patch(s.ctx, a.name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
		return err
	})
}

// missedSchedule: its starting deadline is over before it could start.
func (s *set) missedSchedule() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.kind, a.service = "CronJob", false
	a.spec["schedule"] = "* * * * *"
	a.spec["concurrencyPolicy"] = "Forbid"
	a.spec["startingDeadlineSeconds"] = 12
	a.play["run-for"] = "1h"
	s.deploy(a)
	s.event(a.ns, "MissSchedule", 1)
	s.tells("a run of CronJob " + a.ref() + " never ends, and the next ones miss their time")
	s.root("job-failure", "missed-schedule", a)
	s.follows("shared-factor|burst")
}

// staleConfig: a ConfigMap was changed under pods that read it at their start
// only; a pod that started since is well, the old ones fail.
func (s *set) staleConfig() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.replicas = 3
	name := a.name + "-config"
	s.put(configMap(a.ns, name, "UPSTREAM", "TIMEOUT"))
	a.container["envFrom"] = []any{object{"configMapRef": object{"name": name}}}
	a.container["readinessProbe"] = object{"httpGet": object{"path": "/ready", "port": 8080}}
	s.deploy(a)
	s.begins()
	s.span = max(s.span, 15*time.Minute)
	changed := configMap(a.ns, name, "UPSTREAM", "TIMEOUT")
	part(changed, "data")["UPSTREAM"] = "new"
	s.put(changed)
	s.rest(1500 * time.Millisecond)
	s.deleteOne(a)
	s.until("a new pod came", 40*time.Second, s.complete)
	young := func(p *corev1.Pod) bool { return p.CreationTimestamp.After(s.began) }
	text := "Readiness probe failed: HTTP probe failed with statuscode: 503"
	lines := script{
		warning(a.main(), "Unhealthy", text, 1), state(a.main(), object{"ready": false}), after("5s", first(warning(a.main(), "Unhealthy", text, s.between(30, 60)), "5s")),
	}
	s.turnSome(a, lines, 0, func(p *corev1.Pod) bool { return !young(p) })
	s.turned(a, lines, 2)
	s.tells(fmt.Sprintf("ConfigMap %s changed; the pods of %s that started before are not ready any more, the one since is", name, a.ref()))
	s.root("stale-config|probe", "changed-after-start|readiness", a).since("ConfigMap", a.ns, name)
	s.follows("probe|stale-config", "shared-factor|burst")
}

// deleteOne deletes a running pod of an app.
func (s *set) deleteOne(a *app) {
	s.do("delete a pod of "+a.ref(), func() error {
		pods, err := s.pods(a.ref())
		if err != nil || len(pods) == 0 {
			return fmt.Errorf("no pod: %w", err)
		}
		return s.c.client.CoreV1().Pods(a.ns).Delete(s.ctx, pods[0].Name, metav1.DeleteOptions{})
	})
}
