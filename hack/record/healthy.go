package main

import (
	"time"
)

// healthyClusters are those in which nothing is wrong, each with noise of
// another kind. Any pattern at warning or above is a false alarm.
func healthyClusters() []incident {
	return []incident{
		{"healthy-quiet", func(s *set) { s.noise("an ordinary day: nothing happens", nil, nil) }},
		{"healthy-fresh-start", (*set).freshStart},
		{"healthy-rollout-running", (*set).rolloutRuns},
		{"healthy-jobs", (*set).oldJobs},
		{"healthy-cron", (*set).cronRuns},
		{"healthy-oom-long-ago", func(s *set) {
			s.noise("one container was killed for memory days ago", func(a *app) { s.ended(a, 1, ends{code: 137, reason: "OOMKilled"}) }, nil)
		}},
		{"healthy-restarts-long-ago", func(s *set) {
			s.noise("pods restarted days ago, some of them often", func(a *app) {
				s.ended(a, 7, ends{code: 1, message: "dial tcp 10.96.4.1:5432: connect: connection refused"})
			}, nil)
		}},
		{"healthy-drained", (*set).drained},
		{"healthy-scaled", func(s *set) {
			s.noise("a workload is scaled up, and then down", nil, func(a *app) {
				was := a.replicas
				a.replicas += 3
				s.deploy(a)
				s.until("scaled up", 40*time.Second, s.complete)
				a.replicas = max(1, was-1)
				s.deploy(a)
				s.until("scaled down", 40*time.Second, s.complete)
			})
		}},
		{"healthy-slow-readiness", func(s *set) {
			s.noise("the pods of a rollout are unready in their first seconds", nil, func(a *app) {
				a.image = repositoryOf(a.image) + ":" + s.version()
				a.play["ready-after"] = "1500ms"
				a.play["probe-message"] = `Get "http://10.200.4.17:8080/healthz": dial tcp 10.200.4.17:8080: connect: connection refused`
				s.deploy(a)
				s.until("the rollout is complete", 40*time.Second, s.complete)
			})
		}},
		{"healthy-transient-mount", func(s *set) {
			s.noise("kubelets warn once of a ConfigMap that is not in their cache yet", nil, func(a *app) {
				a.image = repositoryOf(a.image) + ":" + s.version()
				a.play["mount-error"] = `MountVolume.SetUp failed for volume "kube-api-access-x2x9k" : failed to sync configmap cache: timed out waiting for the condition`
				s.deploy(a)
				s.until("the rollout is complete", 40*time.Second, s.complete)
			})
		}},
		{"healthy-rebooted-long-ago", (*set).rebootedLongAgo},
		{"healthy-autoscaler", (*set).autoscaled},
		{"healthy-config-edited", func(s *set) {
			s.noise("somebody edits a ConfigMap, and nothing comes of it", nil, func(a *app) {
				edited := configMap(a.ns, a.ns+"-settings", "LOG_LEVEL", "REGION")
				part(edited, "data")["LOG_LEVEL"] = "debug"
				s.put(edited)
			})
		}},
		{"healthy-first-consumer", (*set).firstConsumer},
		{"healthy-evicted-long-ago", (*set).evictedLongAgo},
		{"healthy-pull-secret-missing", func(s *set) {
			s.noise("a pull Secret is missing, and the image is there all the same", nil, func(a *app) {
				a.pod["imagePullSecrets"] = []any{object{"name": "regcred-old"}}
				a.image = repositoryOf(a.image) + ":" + s.version()
				a.says(join(script{warning("", "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (regcred-old); attempting to pull the image may not succeed.", 3)}, a.starts()))
				s.deploy(a)
				s.until("the rollout is complete", 40*time.Second, s.complete)
			})
		}},
		{"healthy-scaled-to-zero", func(s *set) {
			s.noise("a workload is scaled to nothing; its Service stays", nil, func(a *app) {
				a.replicas = 0
				s.deploy(a)
				s.until("it is gone", 40*time.Second, s.complete)
			})
		}},
		{"healthy-busy-day", (*set).busyDay},
		{"healthy-spot-replaced", (*set).spotReplaced},
		{"healthy-node-added", (*set).nodeAdded},
		{"healthy-restarted-on-purpose", func(s *set) {
			s.noise("workloads are restarted on purpose", nil, func(a *app) {
				a.labels["restarted"] = s.hex(4)
				s.deploy(a)
				s.until("the restart is complete", 40*time.Second, s.complete)
			})
		}},
	}
}
