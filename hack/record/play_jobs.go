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
	s.statusOf(a, `{"status":{"lastScheduleTime":"`+time.Now().Add(-25*time.Hour).UTC().Format(time.RFC3339)+`"}}`)
}

func (s *set) statusOf(a *app, patch string) {
	s.do("set the status of "+a.ref(), func() error {
		_, err := s.c.client.BatchV1().CronJobs(a.ns).Patch(s.ctx, a.name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}, "status")
		return err
	})
}

// missedSchedule: a CronJob did not start when it had to, and its deadline for
// starting is over; so the real controller lets it be. That it says so is played:
// it does only when it is late by itself.
func (s *set) missedSchedule() {
	s.age = 100 * 24 * time.Hour
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.kind, a.service = "CronJob", false
	a.spec["schedule"] = "0 3 * * *"
	a.spec["startingDeadlineSeconds"] = 120
	s.deploy(a)
	s.begins()
	s.at = s.at.Truncate(24 * time.Hour).Add(3*time.Hour + s.span)
	missed := s.at.Truncate(24 * time.Hour).Add(3 * time.Hour)
	s.statusOf(a, `{"status":{"lastScheduleTime":"`+time.Now().Add(missed.Add(-24*time.Hour).Sub(s.at)).UTC().Format(time.RFC3339)+`"}}`)
	s.says(a, "cronjob-controller", "MissSchedule", "Missed scheduled time to start a job: "+missed.Format(time.RFC1123Z))
	s.tells("CronJob " + a.ref() + " did not start when it had to")
	s.root("job-failure", "missed-schedule", a)
	s.follows("shared-factor|burst")
}

// says records an event about a workload, as a controller does.
func (s *set) says(a *app, component, reason, message string) {
	s.do("say "+reason, func() error {
		u, err := s.c.resource(a.manifest(), a.ns)
		if err != nil {
			return err
		}
		about, err := u.Get(s.ctx, a.name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		now := metav1.Now()
		_, err = s.c.client.CoreV1().Events(a.ns).Create(s.ctx, &corev1.Event{
			ObjectMeta:     metav1.ObjectMeta{Namespace: a.ns, Name: a.name + "." + s.hex(16)},
			InvolvedObject: corev1.ObjectReference{APIVersion: about.GetAPIVersion(), Kind: a.kind, Namespace: a.ns, Name: a.name, UID: about.GetUID()},
			Type:           corev1.EventTypeWarning, Reason: reason, Message: message, Count: 1, FirstTimestamp: now, LastTimestamp: now,
			Source: corev1.EventSource{Component: component}, ReportingController: component,
		}, metav1.CreateOptions{})
		return err
	})
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
