package synth

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var jobKinds = []kind{
	{"job-failure/backoff-limit", 4, (*gen).backoffLimit},
	{"job-failure/deadline", 2, (*gen).jobDeadline},
	{"job-failure/missed-schedule", 4, (*gen).missedSchedule},
}

// fail gives a Job its end.
func (g *gen) fail(j *batchv1.Job, reason, message string, ago time.Duration) {
	at := g.ago(ago)
	if g.minor >= 31 {
		j.Status.Conditions = append(j.Status.Conditions, batchv1.JobCondition{Type: batchv1.JobFailureTarget, Status: "True", Reason: reason, Message: message, LastTransitionTime: at})
	}
	j.Status.Conditions = append(j.Status.Conditions, batchv1.JobCondition{Type: batchv1.JobFailed, Status: "True", Reason: reason, Message: message, LastTransitionTime: at})
	g.event(ev{object: jobRef(j), typ: "Warning", reason: reason, message: message, from: "job-controller", first: ago, count: 1})
}

func ofJob(cause, namespace, name string) truth.Truth {
	return roots(truth.Expected{Detector: []string{"job-failure"}, Cause: []string{cause}, Workloads: []string{namespace + "/" + name}})
}

// backoffLimit: all tries of a Job failed. A CronJob's Jobs do, one after the
// other.
func (g *gen) backoffLimit() truth.Truth {
	ns := g.platform[0]
	if g.variant%2 == 0 {
		j := g.job(ns, g.names.app(), 30*time.Minute, nil)
		g.tries(j, 30*time.Minute, 3)
		return ofJob("backoff-limit", j.Namespace, j.Name)
	}
	c := g.cronJob(ns, g.names.app(), "*/15 * * * *")
	for i := range 3 {
		age := time.Duration(15*i+9) * time.Minute
		g.tries(g.job(ns, fmt.Sprintf("%s-%d", c.Name, 29650000-15*i), age, c), age, 4)
	}
	at := g.ago(9 * time.Minute)
	c.Status.LastScheduleTime = &at
	return ofJob("backoff-limit", c.Namespace, c.Name)
}

func (g *gen) tries(j *batchv1.Job, age time.Duration, count int) {
	for i := range count {
		age := age - time.Duration(i*i*20)*time.Second
		p := g.jobPod(j, age)
		p.exited(1, age-8*time.Second)
		p.ended(corev1.PodFailed, "", "", age-8*time.Second)
	}
	if g.variant >= 2 { // the pods are deleted since
		g.pods = g.pods[:len(g.pods)-count]
	}
	j.Status.Failed = int32(count)
	g.fail(j, "BackoffLimitExceeded", "Job has reached the specified backoff limit", age-4*time.Minute)
}

func (g *gen) jobDeadline() truth.Truth {
	var c *batchv1.CronJob
	ns, name := g.platform[0], g.names.app()
	if g.variant == 1 {
		c = g.cronJob(ns, name, "0 * * * *")
		name = fmt.Sprintf("%s-%d", name, 29650020)
	}
	j := g.job(ns, name, 25*time.Minute, c)
	j.Spec.ActiveDeadlineSeconds = new(int64(600))
	j.Status.Failed = 1
	g.fail(j, "DeadlineExceeded", "Job was active longer than specified deadline", 15*time.Minute)
	return ofJob("deadline", ns, name)
}

func (g *gen) missedSchedule() truth.Truth {
	c := g.cronJob(g.platform[0], g.names.app(), pick(g, "*/5 * * * *", "*/10 * * * *", "*/5 * * * *", "0 25 * * *"))
	at := g.ago(5 * time.Hour)
	c.Status.LastScheduleTime = &at
	reason := pick(g, "TooManyMissedTimes", "MissSchedule", "UnknownTimeZone", "UnparseableSchedule")
	text := pick(g, "too many missed start times: 101. Set or decrease .spec.startingDeadlineSeconds or check clock skew",
		"Missed scheduled time to start a job: "+g.ago(20*time.Minute).UTC().Format(time.RFC1123Z),
		`invalid timeZone: "Europe/Atlantis": unknown time zone Europe/Atlantis`, `unparseable schedule: "0 25 * * *" : end of range (25) above maximum (23): 25`)
	g.event(ev{object: corev1.ObjectReference{Kind: "CronJob", Namespace: c.Namespace, Name: c.Name, UID: c.UID}, typ: "Warning", reason: reason, message: text,
		from: "cronjob-controller", first: 50 * time.Minute, last: 2 * time.Minute, count: 9})
	return ofJob("missed-schedule", c.Namespace, c.Name)
}

var driftKinds = []kind{
	{"version-skew/mixed-versions", 4, (*gen).versionSkew},
	{"config-drift/between-namespaces", 3, (*gen).configDrift},
}

// versionSkew: two versions that do not fit, or one of two versions failing.
func (g *gen) versionSkew() truth.Truth {
	switch g.variant {
	case 0, 1: // a new caller speaks what its callee does not
		ns := g.names.namespace()
		callee := g.app(in(ns))
		a := g.app(in(ns), replicas(3), with(lastWords), with(env("BACKEND", callee.name+"."+ns+":80")))
		ago := g.between(5*time.Minute, 30*time.Minute)
		for _, p := range a.rollout(ago, nil) {
			p.crash(end{code: 1, message: pick(g, "handshake with "+callee.name+": unsupported protocol version 4 (server supports 2 to 3)",
				`rpc error: code = InvalidArgument desc = proto: (line 1:2): unknown field "parcelId"`)}, ago-8*time.Second)
		}
		return roots(withChange(also(root("version-skew", "mixed-versions", a), "rollout-failure", "crash"), "Deployment", ns, a.name))
	case 2: // one tag that was moved: replicas differ in digest, and one sort fails
		a := g.app(replicas(4), with(func(s *corev1.PodSpec) {
			s.Containers[0].Image, s.Containers[0].ImagePullPolicy = "registry.moved.example/tools/agent:stable", corev1.PullAlways
		}))
		for _, p := range a.pods[:2] {
			p.crash(end{code: 1, run: 3 * time.Second}, 30*time.Minute)
			p.status().ImageID = "registry.moved.example/tools/agent@sha256:" + sum256("other")
		}
		return roots(also(root("version-skew", "mixed-versions", a), "exit-code", "1"))
	}
	repository := g.registry + "/platform/connector"
	var fail []*app
	for i := range 4 { // one repository at two tags, of which the newer fails
		tag := pick2(i < 2, "3.4.0", "3.3.9")
		a := g.app(with(image(repository + ":" + tag)))
		if i < 2 {
			for _, p := range a.pods {
				p.crash(end{code: 1, run: 3 * time.Second}, 25*time.Minute)
			}
			fail = append(fail, a)
		}
	}
	return roots(also(root("version-skew", "mixed-versions", fail...), "exit-code", "1"))
}

func pick2[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// configDrift: one workload in two environments that differ, where one fails.
func (g *gen) configDrift() truth.Truth {
	name := g.names.app()
	good := g.app(in(g.names.namespace()+"-staging"), named(name), replicas(2), with(env("FEATURE_FLAGS", "a")), with(env("BACKEND", "one.example:80")))
	opts := []option{in(g.names.namespace() + "-live"), named(name), replicas(2)}
	switch g.variant {
	case 0:
		opts = append(opts, with(env("BACKEND", "one.example:80")))
	case 1:
		opts = append(opts, with(env("FEATURE_FLAGS", "a")), with(env("BACKEND", "two.example:80")), with(serviceAccount("runner")))
	case 2:
		opts = append(opts, with(env("FEATURE_FLAGS", "a")), with(env("BACKEND", "one.example:80")), with(func(s *corev1.PodSpec) {
			s.Containers[0].Args = []string{"--mode=strict"}
		}))
	}
	opts = append(opts, with(image(good.image())))
	bad := g.app(opts...)
	for _, p := range bad.pods {
		p.crash(end{code: 1, run: 3 * time.Second}, 30*time.Minute)
	}
	return roots(also(root("config-drift", "between-namespaces", bad), "exit-code", "1"))
}
