package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var rolloutKinds = []kind{
	{"rollout-failure/crash", 4, (*gen).rolloutCrash},
	{"rollout-failure/image", 2, (*gen).rolloutImage},
	{"rollout-failure/not-ready", 3, (*gen).rolloutNotReady},
	{"rollout-failure/deadline", 2, (*gen).rolloutDeadline},
	{"rollout-cascade/dependants", 3, (*gen).cascade},
}

// rolloutCrash: what is new crashes, what is old does not.
func (g *gen) rolloutCrash() truth.Truth {
	code := pick(g, int32(1), 2, 139, 1)
	a := g.app(replicas(4), pick(g, option(replicas(4)), replicas(8), statefulSet, daemonSet))
	ago := g.between(4*time.Minute, 40*time.Minute)
	for _, p := range a.rollout(ago, nil) {
		p.crash(end{code: code, run: 4 * time.Second}, ago-6*time.Second)
	}
	name := fmt.Sprint(code)
	if code == 139 {
		name = "SIGSEGV"
	}
	e := also(root("rollout-failure", "crash", a), "exit-code", name)
	return roots(withChange(e, a.kind, a.namespace, a.name))
}

// rolloutImage: the new revision's image is wanting.
func (g *gen) rolloutImage() truth.Truth {
	a := g.app(replicas(4), pick(g, option(replicas(4)), daemonSet))
	ago := g.between(12*time.Minute, 40*time.Minute)
	for _, p := range a.rollout(ago, nil) {
		i := p.askedImage()
		p.pullFails(resolving(i, i+": not found"), ago-4*time.Second)
	}
	return roots(also(root("rollout-failure", "image", a), "image-pull", "not-found"))
}

// rolloutNotReady: what is new runs and does not become ready.
func (g *gen) rolloutNotReady() truth.Truth {
	a := g.app(replicas(4), with(func(s *corev1.PodSpec) { s.Containers[0].ReadinessProbe = httpProbe("/ready") }), pick(g, option(replicas(4)), statefulSet, replicas(6)))
	ago := g.between(12*time.Minute, 40*time.Minute)
	for _, p := range a.rollout(ago, nil) {
		p.unready(pick(g, "Readiness probe failed: HTTP probe failed with statuscode: 404", "Readiness probe failed: HTTP probe failed with statuscode: 503",
			fmt.Sprintf(`Readiness probe failed: Get "http://%s:8080/ready": dial tcp %s:8080: connect: connection refused`, p.Status.PodIP, p.Status.PodIP)), ago-12*time.Second)
	}
	return roots(also(root("rollout-failure", "not-ready", a), "probe", "readiness"))
}

// rolloutDeadline: the controller gives up, and nothing says why: no pod was
// ever made, and the events are gone.
func (g *gen) rolloutDeadline() truth.Truth {
	a := g.app(replicas(3))
	ago := g.between(70*time.Minute, 3*time.Hour)
	if g.variant == 1 {
		a.revise(ago, nil)
	} else {
		a = g.app(replicas(2), fresh(ago))
		for _, p := range append([]*pod{}, a.pods...) {
			a.remove(p)
		}
	}
	a.unfinished, a.progressed = true, ago
	return one("rollout-failure", "deadline", a)
}

// cascade: what others call is rolled out and does not listen; its callers
// crash, and say whom they could not reach.
func (g *gen) cascade() truth.Truth {
	ns := g.names.namespace()
	callee := g.app(in(ns), replicas(2), with(func(s *corev1.PodSpec) { s.Containers[0].ReadinessProbe, s.Containers[0].LivenessProbe = nil, nil }))
	ip, ago := g.serviceIP(callee), g.between(3*time.Minute, 12*time.Minute)
	host := callee.name + "." + ns + ".svc.cluster.local"
	words := pick(g, fmt.Sprintf("Get \"http://%s/v1/items\": dial tcp %s:80: connect: connection refused", host, ip),
		fmt.Sprintf("Error: connect ECONNREFUSED %s:80\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)", ip),
		fmt.Sprintf("requests.exceptions.ConnectionError: HTTPConnectionPool(host='%s', port=80): Max retries exceeded with url: /v1/items (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object>: Failed to establish a new connection: [Errno 111] Connection refused'))", callee.name))
	var callers []*app
	for range 2 + g.variant%2 {
		c := g.app(in(ns), with(lastWords), with(env("UPSTREAM_URL", "http://"+host)))
		for _, p := range c.pods {
			p.crash(end{code: 1, message: words, run: 3 * time.Second}, ago-25*time.Second)
		}
		callers = append(callers, c)
	}
	callee.replace(ago, nil)
	e := also(root("rollout-cascade", "dependants", callers...), "network", "connection-refused")
	return roots(withChange(e, "", ns, callee.name))
}
