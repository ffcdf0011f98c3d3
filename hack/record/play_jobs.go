package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

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
