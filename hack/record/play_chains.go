package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// chainPlays: one thing fails, and what needs it fails for that. The first is
// what somebody has to mend.
func chainPlays() []incident {
	return []incident{
		{"chain-oom-callers", (*set).oomTakesCallers},
		{"chain-secret-callers", (*set).secretTakesCallers},
		{"chain-image-callers", (*set).imageTakesCallers},
		{"chain-webhook", (*set).webhookCrashes},
		{"chain-name-server", (*set).nameServerCrashes},
		{"chain-network-agent", (*set).agentCrashes},
	}
}

// callers think of workloads that name a callee in their environment.
func (s *set) callers(callee *app, count int, spaces ...string) []*app {
	callee.service = true
	var out []*app
	for range count {
		a := s.app(s.of(spaces))
		out = append(out, a.env("UPSTREAM_URL", fmt.Sprintf("http://%s.%s.svc.cluster.local", callee.name, callee.ns)))
	}
	return out
}

// refusedBy lets callers crash because nothing listens at the callee's address.
func (s *set) refusedBy(callee *app, callers []*app) {
	addr := s.clusterIP(callee) + ":80"
	for _, a := range callers {
		lines := crashes(a.main(), s.between(2, 5), ends{code: 1, message: fmt.Sprintf("calling %s: dial tcp %s: connect: connection refused", callee.name, addr)})
		s.turn(a, lines, 0)
		s.turned(a, lines, 1)
	}
	s.follows("network|rollout-cascade", "exit-code|probe|rollout-failure", "shared-factor|burst")
}

func (s *set) oomTakesCallers() {
	spaces := s.background(3, 2)
	callee := s.app(spaces[0]).limit("512Mi")
	callers := s.callers(callee, 2, spaces...)
	s.deploy(append(callers, callee)...)
	s.begins()
	lines := crashes(callee.main(), s.between(3, 6), ends{code: 137, reason: "OOMKilled"})
	s.turn(callee, lines, 0)
	s.turned(callee, lines, callee.replicas)
	s.refusedBy(callee, callers)
	s.tells(callee.ref() + " is killed at its memory limit, and its callers find nobody")
	s.root("oom", "container-limit", callee).by("memoryLimit", "512Mi")
}

func (s *set) secretTakesCallers() {
	spaces := s.background(3, 2)
	callee := s.app(spaces[0])
	name := callee.name + "-tls"
	s.put(secret(callee.ns, name, "key"))
	callee.env("TLS_KEY", object{"secretKeyRef": object{"name": name, "key": "key"}})
	callers := s.callers(callee, 2, spaces...)
	s.deploy(append(callers, callee)...)
	s.begins()
	s.remove(secret(callee.ns, name))
	text := fmt.Sprintf("secret %q not found", name)
	lines := script{
		after("500ms", terminated("*", 143, "Error", "")),
		after("600ms", warning(callee.main(), "Failed", "Error: "+text, s.between(4, 12))),
		waiting("*", "CreateContainerConfigError", text),
	}
	s.turn(callee, lines, 0)
	s.turned(callee, lines, callee.replicas)
	s.refusedBy(callee, callers)
	s.tells(fmt.Sprintf("Secret %s is gone; %s cannot start again, and its callers find nobody", name, callee.ref()))
	s.root("missing-config", "secret", callee).by("secret", callee.ns+"/"+name)
}

// imageTakesCallers: the old pods went before the new image was there.
func (s *set) imageTakesCallers() {
	spaces := s.background(3, 2)
	callee := s.app(spaces[0])
	callee.spec["strategy"] = object{"type": "Recreate"}
	callers := s.callers(callee, 3, spaces...)
	s.deploy(append(callers, callee)...)
	s.begins()
	callee.image = repositoryOf(callee.image) + ":" + s.version()
	callee.says(s.pullFails(callee.main(), callee.image, `failed to pull and unpack image "$IMAGE": failed to resolve reference "$IMAGE": $IMAGE: not found`, 3)).only(callee.image)
	s.deploy(callee)
	s.pulled(callee)
	s.refusedBy(callee, callers)
	s.tells(callee.ref() + " was rolled out with a tag that does not exist, by a strategy that ends the old pods first; its callers find nobody")
	s.root("image-pull", "not-found", callee).since("Deployment", callee.ns, callee.name)
}

// webhookCrashes: the one pod behind an admission webhook crashes, and no pod is
// let in any more.
func (s *set) webhookCrashes() {
	spaces := s.background(3, 2)
	hook := s.app(s.namespace())
	hook.replicas, hook.service = 1, true
	hook.container["readinessProbe"] = object{"httpGet": object{"path": "/healthz", "port": 8080}}
	s.deploy(hook)
	s.begins()
	lines := crashes(hook.main(), s.between(4, 7), ends{code: 1, message: "tls: private key does not match public key"})
	s.turn(hook, lines, 0)
	s.turned(hook, lines, 1)
	name := "validate." + s.of(orgs) + ".example"
	s.put(webhook(name, object{"service": object{"name": hook.name, "namespace": hook.ns, "path": "/validate", "port": 80}}, hook.ns))
	s.rest(2 * time.Second)
	all := []*app{s.app(spaces[0]), s.app(spaces[1])}
	s.deploy(all...)
	for _, a := range all {
		s.event(a.ns, "FailedCreate", 1)
	}
	s.rest(2 * time.Second)
	s.tells("webhook " + name + " cannot be called, because " + hook.ref() + " behind it crashes")
	s.root("exit-code|network", "1|tls", hook)
	s.follows("admission", "rollout-failure|exit-code", "shared-factor|burst")
}

// nameServerCrashes: names do not resolve, wherever one looks.
func (s *set) nameServerCrashes() {
	spaces := s.background(3, 2)
	var all []*app
	for range 3 {
		all = append(all, s.app(s.of(spaces)))
	}
	s.deploy(all...)
	s.begins()
	dns := &app{ns: s.namespaces[0], name: "coredns", replicas: 2, container: object{}, play: map[string]string{}}
	lines := crashes("coredns", s.between(4, 8), ends{code: 1, message: "plugin/forward: not an IP address or file: \"10.0.0.2/etc\""})
	s.turn(dns, lines, 0)
	s.turned(dns, lines, 2)
	server := s.clusterIP(dns) + ":53"
	for _, a := range all {
		words := fmt.Sprintf("dial tcp: lookup %s.%s on %s: read udp 10.200.1.9:40213->%s: i/o timeout", s.of(roles), s.of(domains), server, server)
		lines := crashes(a.main(), s.between(2, 5), ends{code: 1, message: words})
		s.turn(a, lines, 0)
		s.turned(a, lines, 1)
	}
	s.tells("the cluster's name server crashes on its configuration, and no name resolves")
	s.root("exit-code", "1", dns)
	s.follows("network", "exit-code|probe|rollout-failure", "shared-factor|burst")
}

// agentCrashes: the network agent of one node crashes, and new pods there get no
// network.
func (s *set) agentCrashes() {
	spaces := s.background(3, 2)
	agent := s.app(s.namespaces[0])
	agent.kind, agent.name, agent.image, agent.service = "DaemonSet", "calico-node", "docker.io/calico/node:v3.29.1", false
	agent.pod = object{"tolerations": []any{object{"operator": "Exists"}}, "hostNetwork": true}
	s.deploy(agent)
	s.begins()
	host := s.hosts[1]
	lines := crashes(agent.main(), s.between(4, 7), ends{code: 1, message: "failed to list IP pools: Get \"https://10.96.0.1:443/apis/crd.projectcalico.org/v1/ippools\": x509: certificate has expired or is not yet valid"})
	s.turnSome(agent, lines, 1, func(p *corev1.Pod) bool { return p.Spec.NodeName == host })
	s.turned(agent, lines, 1)
	a := s.app(spaces[0])
	a.replicas = 2
	a.pod["nodeSelector"] = object{"kubernetes.io/hostname": host}
	say := func(count int) object {
		return warning("", "FailedCreatePodSandBox", `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "`+s.hex(64)+`": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/`, count)
	}
	a.says(script{after("600ms", say(1)), after("1s", say(1)), after("2s", say(s.between(5, 15)))})
	s.deploy(a)
	s.played(a)
	s.tells("the network agent on " + host + " crashes, and new pods there get no network")
	s.root("exit-code|network", "1|tls", agent)
	s.follows("network", "exit-code|rollout-failure", "shared-factor|burst")
	s.tolerate("shared-factor", "")
}
