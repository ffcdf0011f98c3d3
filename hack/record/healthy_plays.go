package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// noise plays something to an app before all else, or in the end.
func (s *set) noise(story string, before, now func(a *app)) {
	spaces := s.background(s.between(3, 6), s.between(2, 4))
	a := s.app(spaces[0])
	a.service = true
	s.deploy(a)
	if before != nil {
		s.settled()
		before(a)
	}
	s.begins()
	s.rest(time.Second)
	if now != nil {
		now(a)
	}
	s.tells(story)
}

// ended lets pods of an app restart; they run since.
func (s *set) ended(a *app, restarts int, e ends) {
	lines := script{terminated(a.main(), e.code, "Error", e.message), after("500ms", state(a.main(), object{
		"state": object{"running": object{"startedAt": "$NOW"}}, "ready": true, "restartCount": restarts}))}
	if e.reason != "" {
		lines[0] = terminated(a.main(), e.code, e.reason, e.message)
	}
	count := s.between(1, a.replicas)
	s.turn(a, lines, count)
	s.turned(a, lines, count)
}

// freshStart: all is minutes old, with the warnings that this brings.
func (s *set) freshStart() {
	s.began = time.Now().UTC()
	s.span = time.Duration(s.between(3, 8)) * time.Minute
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.play["mount-error"] = `MountVolume.SetUp failed for volume "settings" : failed to sync configmap cache: timed out waiting for the condition`
	b := s.app(spaces[1])
	b.play["ready-after"] = "2s"
	s.deploy(a, b)
	s.settled()
	s.tells("a cluster minutes after its start")
}

func (s *set) rolloutRuns() {
	spaces := s.background(4, 2)
	a, b := s.app(spaces[0]), s.app(spaces[1])
	a.replicas, b.replicas = 6, 4
	s.deploy(a, b)
	s.begins()
	s.span = time.Duration(s.between(60, 110)) * time.Second
	s.rest(7 * time.Second)
	for _, x := range []*app{a, b} {
		x.image = repositoryOf(x.image) + ":" + s.version()
		s.deploy(x)
	}
	s.until("it is under way", 20*time.Second, func() (bool, error) {
		pods, err := s.pods(a.ref())
		return len(pods) > a.replicas, err
	})
	s.rest(time.Second)
	s.tells("two rollouts are under way")
}

// oldJobs: one that failed long ago, some that completed since.
func (s *set) oldJobs() {
	spaces := s.background(3, 2)
	failedJob := s.app(spaces[0])
	failedJob.kind = "Job"
	failedJob.spec["backoffLimit"] = 0
	failedJob.says(join(failedJob.starts(), script{after("600ms", object{
		"containers": object{"*": object{"state": object{"terminated": object{"exitCode": 1, "reason": "Error"}}, "ready": false}}, "status": object{"phase": "Failed"}})}))
	s.deploy(failedJob)
	s.jobFailed(failedJob)
	s.begins()
	var done []*app
	for range 3 {
		a := s.app(spaces[1])
		a.kind = "Job"
		done = append(done, a)
	}
	s.deploy(done...)
	for _, a := range done {
		s.wait("completed", 1, func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodSucceeded }, a)
	}
	s.tells("Jobs complete; one failed days ago")
}

func (s *set) cronRuns() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.kind = "CronJob"
	a.spec["schedule"] = "30 2 * * *"
	s.begins()
	s.deploy(a)
	s.due(a)
	s.wait("completed", 1, func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodSucceeded }, a)
	s.tells("a CronJob runs, and its Job completes")
}

// autoscaled: an autoscaler that gets no metrics, and says so.
func (s *set) autoscaled() {
	spaces := s.background(4, 2)
	a := s.app(spaces[0])
	s.deploy(a)
	s.put(object{
		"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": object{"name": a.name, "namespace": a.ns},
		"spec": object{
			"scaleTargetRef": object{"apiVersion": "apps/v1", "kind": "Deployment", "name": a.name}, "minReplicas": a.replicas, "maxReplicas": 10,
			"metrics": []any{object{"type": "Resource", "resource": object{"name": "cpu", "target": object{"type": "Utilization", "averageUtilization": 70}}}},
		},
	})
	s.begins()
	s.event(a.ns, "FailedGetResourceMetric", 1)
	s.tells("a HorizontalPodAutoscaler gets no metrics; its workload is well")
	s.tolerate("unclassified", "")
}

func (s *set) firstConsumer() {
	spaces := s.background(3, 2)
	class := "local-" + s.hex(3)
	s.put(object{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": object{"name": class}, "provisioner": "rancher.io/local-path", "volumeBindingMode": "WaitForFirstConsumer"})
	s.begins()
	s.put(object{
		"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": object{"name": s.names.app(), "namespace": spaces[0]},
		"spec": object{"accessModes": []any{"ReadWriteOnce"}, "storageClassName": class, "resources": object{"requests": object{"storage": "5Gi"}}},
	})
	s.event(spaces[0], "WaitForFirstConsumer", 1)
	s.tells("a claim waits for its first consumer, as it should")
}

func (s *set) evictedLongAgo() {
	spaces := s.background(4, 2)
	a := s.app(spaces[0])
	a.replicas = 3
	s.deploy(a)
	s.settled()
	for round := range 2 {
		s.mark(a, map[string]string{"evict": "memory", "evict-threshold": "100Mi", "evict-available": "78420Ki", "evict-usage": "734532Ki"}, 1, func(*corev1.Pod) bool { return true })
		s.wait("evicted", round+1, failed, a)
		s.until("another came", 40*time.Second, s.complete)
	}
	s.begins()
	s.tells(fmt.Sprintf("two pods of %s that were evicted days ago are still listed", a.ref()))
}

// busyDay has much of what the others have, at one time.
func (s *set) busyDay() {
	spaces := s.background(s.between(5, 7), 4)
	all := []*app{s.app(spaces[0]), s.app(spaces[1]), s.app(spaces[2]), s.app(spaces[3])}
	s.deploy(all...)
	s.settled()
	s.ended(all[0], 4, ends{code: 143})
	s.ended(all[1], 1, ends{code: 137, reason: "OOMKilled"})
	s.begins()
	job := s.app(spaces[0])
	job.kind = "Job"
	s.deploy(job)
	all[2].image = repositoryOf(all[2].image) + ":" + s.version()
	all[2].play["ready-after"] = "1s"
	all[3].replicas++
	s.deploy(all[2], all[3])
	s.put(configMap(spaces[1], spaces[1]+"-settings", "LOG_LEVEL", "REGION", "FLAGS"))
	s.wait("completed", 1, func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodSucceeded }, job)
	s.until("all is well", 60*time.Second, s.complete)
	s.tells("rollouts, Jobs, edits and scaling on one day; restarts days ago")
}
