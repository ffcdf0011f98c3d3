package main

import (
	"fmt"
	"time"
)

// networkPlays: what cannot be reached, and volumes that do not come.
func networkPlays() []incident {
	return []incident{
		{"net-refused-service", func(s *set) { s.peerFails("connection-refused", "dial tcp $ADDR: connect: connection refused") }},
		{"net-refused-java", func(s *set) {
			s.peerFails("connection-refused", "org.postgresql.util.PSQLException: Connection to $HOST:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.\nCaused by: java.net.ConnectException: Connection refused")
		}},
		{"net-timeout", func(s *set) { s.peerFails("connection-timeout", "dial tcp $ADDR: i/o timeout") }},
		{"net-timeout-python", func(s *set) {
			s.peerFails("connection-timeout", "requests.exceptions.ConnectTimeout: HTTPConnectionPool(host='$HOST', port=80): Max retries exceeded with url: /v1/jobs (Caused by ConnectTimeoutError: Connection to $HOST timed out. (connect timeout=5))")
		}},
		{"net-reset", func(s *set) {
			s.peerFails("connection-reset", "read tcp 10.200.1.14:51234->$ADDR: read: connection reset by peer")
		}},
		{"net-dns", func(s *set) { s.peerFails("dns", "dial tcp: lookup $HOST on 10.96.0.10:53: no such host") }},
		{"net-dns-node", func(s *set) { s.peerFails("dns", "Error: getaddrinfo EAI_AGAIN $HOST") }},
		{"net-tls", func(s *set) {
			s.peerFails("tls", `Get "https://$HOST/": tls: failed to verify certificate: x509: certificate signed by unknown authority`)
		}},
		{"net-sandbox-calico", func(s *set) {
			s.sandbox("sandbox", `plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/`)
		}},
		{"net-sandbox-cilium", func(s *set) {
			s.sandbox("sandbox", `plugin type="cilium-cni" failed (add): unable to connect to Cilium agent: failed to create cilium agent client after 30.000000 seconds timeout: Get "http://localhost/v1/config": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory`)
		}},
		{"net-sandbox-ovn", func(s *set) {
			s.sandbox("sandbox", `plugin type="ovn-k8s-cni-overlay" name="ovn-kubernetes" failed (add): CNI request failed with status 400: failed to get pod annotation: timed out waiting for annotations: context deadline exceeded`)
		}},
		{"net-ip-exhausted-aws", func(s *set) {
			s.sandbox("ip-exhaustion", `plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container`)
		}},
		{"net-ip-exhausted-host-local", func(s *set) {
			s.sandbox("ip-exhaustion", `plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.200.3.1-10.200.3.254`)
		}},
		{"storage-mount-nfs", func(s *set) {
			s.mountFails("mount", "FailedMount", `MountVolume.SetUp failed for volume "data" : mount failed: exit status 32
Mounting command: mount
Mounting arguments: -t nfs nfs.example.org:/exports/data /var/lib/kubelet/pods/$UID/volumes/kubernetes.io~nfs/data
Output: mount.nfs: Connection timed out`, "kubelet")
		}},
		{"storage-mount-host-path", func(s *set) {
			s.mountFails("mount", "FailedMount", `MountVolume.SetUp failed for volume "data" : hostPath type check failed: /srv/models is not a directory`, "kubelet")
		}},
		{"storage-attach", func(s *set) {
			s.mountFails("attach", "FailedAttachVolume", `AttachVolume.Attach failed for volume "pvc-$UID" : rpc error: code = Internal desc = Could not attach volume "vol-0a1b2c3d4e5f60718" to node "i-0f1e2d3c4b5a69788": attachment of disk "vol-0a1b2c3d4e5f60718" failed, expected device to be attached but was attaching`, "attachdetach-controller")
		}},
		{"storage-multi-attach", func(s *set) {
			s.mountFails("multi-attach", "FailedAttachVolume", `Multi-Attach error for volume "pvc-$UID" Volume is already exclusively attached to one node and can't be attached to another`, "attachdetach-controller")
		}},
		{"storage-csi-driver", func(s *set) {
			s.mountFails("csi-driver", "FailedMount", `MountVolume.MountDevice failed for volume "pvc-$UID" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers`, "kubelet")
		}},
		{"storage-full", func(s *set) {
			s.diskSays("full", "write /var/lib/data/wal/000123: no space left on device")
		}},
		{"storage-read-only", func(s *set) {
			s.diskSays("read-only", "open /var/lib/data/LOCK: read-only file system")
		}},
	}
}

// peerFails: two or three workloads cannot reach one peer, and say so when they
// exit. The peer is a Service of the cluster that nothing stands behind, or a
// name outside.
func (s *set) peerFails(cause, text string) {
	spaces := s.background(3, 2)
	peer := s.app(spaces[1])
	peer.service = true
	outside := s.chance(30) && cause != "connection-refused"
	host := fmt.Sprintf("%s.%s.svc.cluster.local", peer.name, peer.ns)
	var all []*app
	for range s.between(2, 3) {
		all = append(all, s.app(spaces[0]))
	}
	s.deploy(all...)
	if outside {
		host = s.of([]string{"db", "api", "queue"}) + "." + s.of(orgs) + ".example"
	} else if cause != "dns" {
		peer.replicas = 0
		s.deploy(peer)
	}
	s.begins()
	addr := fmt.Sprintf("203.0.113.%d:443", s.between(2, 250))
	if !outside && cause != "dns" {
		addr = s.clusterIP(peer) + ":80"
	}
	for _, a := range all {
		words := replace(text, "$ADDR", addr, "$HOST", host)
		lines := crashes(a.main(), s.between(3, 7), ends{code: 1, message: words})
		s.turn(a, lines, 0)
		s.turned(a, lines, 1)
	}
	s.tells(fmt.Sprintf("%d workloads cannot reach %s (%s)", len(all), host, cause))
	s.root("network", cause, all...)
	s.follows("exit-code|probe|rollout-failure", "shared-factor|burst")
}

// sandbox: pods on one node get no network.
func (s *set) sandbox(cause, text string) {
	spaces := s.background(s.between(3, 4), 2)
	host := s.hosts[s.r.IntN(len(s.hosts))]
	s.begins()
	pair := s.apps(spaces[0], 2)
	for _, a := range pair {
		a.replicas = 2
		a.pod["nodeSelector"] = object{"kubernetes.io/hostname": host}
		n := s.between(6, 25)
		say := func(count int) object {
			return warning("", "FailedCreatePodSandBox", `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "`+s.hex(64)+`": `+text, count)
		}
		one, many := say(1), say(n)
		a.says(script{after("600ms", one), after("1s", say(1)), after("1s", say(1)), after("2s", many)})
	}
	s.deploy(pair...)
	s.played(pair...)
	s.tells(fmt.Sprintf("pods on %s get no network (%s)", host, cause))
	s.root("network", cause, pair...)
	s.follows("rollout-failure", "shared-factor|burst")
	s.tolerate("shared-factor", "")
}

// mountFails: a pod waits for a volume that does not come.
func (s *set) mountFails(cause, reason, text, component string) {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.replicas = s.between(1, 2)
	a.volume("data", object{"nfs": object{"server": "nfs.example.org", "path": "/exports/data"}})
	say := func(count int) object {
		e := warning("", reason, text, count)
		part(e, "event")["component"] = component
		return e
	}
	a.says(script{after("600ms", say(1)), after("5s", say(s.between(5, 14)))})
	s.deploy(a)
	s.played(a)
	s.tells(fmt.Sprintf("%s waits for a volume (%s)", a.ref(), cause))
	s.root("storage", cause, a)
	s.follows("rollout-failure|scheduling", "shared-factor|burst")
}

// diskSays: a program cannot write to its volume, and exits.
func (s *set) diskSays(cause, text string) {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.kind, a.replicas = "StatefulSet", 2
	s.deploy(a)
	s.begins()
	lines := crashes(a.main(), s.between(3, 7), ends{code: 1, message: "panic: " + text})
	s.turn(a, lines, 1)
	s.turned(a, lines, 1)
	s.rest(time.Second)
	s.tells(fmt.Sprintf("the volume of %s is %s", a.ref(), cause))
	s.root("storage", cause, a)
	s.follows("exit-code|probe|rollout-failure", "shared-factor|burst")
}
