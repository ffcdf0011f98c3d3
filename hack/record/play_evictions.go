package main

import (
	"fmt"
)

// ownLimit: a pod fills more disk than it may, and is evicted again and again,
// without any pressure on its node.
func (s *set) ownLimit(cause, format, limit string) {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.container["resources"] = object{"limits": object{"ephemeral-storage": limit}}
	if cause == "emptydir-limit" {
		a.container["resources"] = object{}
		a.volume("scratch", object{"emptyDir": object{"sizeLimit": limit}})
	}
	s.deploy(a)
	s.begins()
	message := fmt.Sprintf(replace(format, "$CONTAINER", a.main()), limit)
	lines := script{
		warning("", "Evicted", message, 1), normal(a.main(), "Killing", "Stopping container "+a.main(), 1),
		{"after": "200ms", "same": true, "forget": true, "status": object{"phase": "Failed", "reason": "Evicted", "message": message}},
	}
	for round := range s.between(2, 3) {
		s.turn(a, lines, 1)
		s.wait("evicted", round+1, failed, a)
		s.until("a new one came", 30e9, s.complete)
	}
	s.tells(a.ref() + " writes more than its own limit of " + limit + " allows, and is evicted for it")
	s.root("eviction", cause, a)
	s.follows("scheduling|exit-code|probe|rollout-failure", "shared-factor|burst")
}

// preempts: a more important workload pushes others off the nodes (the real
// scheduler decides), and those find no room any more.
func (s *set) preempts() {
	s.nodes(2)
	s.system()
	low := s.app(s.namespace()).requests("1500m", "256Mi")
	low.replicas = 10
	s.put(priority("batch-"+s.hex(3), 10), priority("critical-"+s.hex(3), 100000))
	low.pod["priorityClassName"] = text(s.trash[len(s.trash)-2], "metadata", "name")
	s.deploy(low)
	s.begins()
	high := s.app(s.namespace()).requests("3", "512Mi")
	high.replicas = 2
	high.pod["priorityClassName"] = text(s.trash[len(s.trash)-2], "metadata", "name")
	for _, o := range s.trash {
		if o["kind"] == "PriorityClass" && o["value"] == 100000 {
			high.pod["priorityClassName"] = text(o, "metadata", "name")
		}
	}
	s.deploy(high)
	s.wait("running", 2, ready, high)
	s.wait("no room", 1, unschedulable, low)
	s.tells(high.ref() + " preempted pods of " + low.ref() + ", which find no room now")
	s.root("eviction|scheduling", "preempted|insufficient-cpu", low)
	s.follows("scheduling|rollout-failure", "burst|shared-factor")
}

func priority(name string, value int) object {
	return object{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": object{"name": name}, "value": value}
}

// taints: somebody taints a node NoExecute; the real taint manager deletes its
// pods, and a pod that is bound to the node by its selector cannot come back.
func (s *set) taints() {
	spaces := s.background(3, 2)
	host := s.hosts[1]
	bound := s.app(spaces[0])
	bound.pod["nodeSelector"] = object{"kubernetes.io/hostname": host}
	s.deploy(bound)
	s.begins()
	s.patchNode(host, []byte(`{"spec":{"taints":[{"key":"dedicated","value":"`+s.of(domains)+`","effect":"NoExecute"}]}}`))
	s.event(bound.ns, "TaintManagerEviction", bound.replicas)
	s.wait("pending", 1, unschedulable, bound)
	s.tells("node " + host + " was tainted NoExecute; " + bound.ref() + ", which must run there, was deleted and cannot come back")
	s.root("eviction|scheduling", "taint|taints", bound)
	s.follows("scheduling|eviction", "rollout-failure|burst|shared-factor")
	s.tolerate("eviction", "taint")
}

// rejects: the kubelet does not admit what the scheduler sent.
func (s *set) rejects() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0]).requests("500m", "128Mi")
	a.kind, a.service = "Job", false
	a.spec["backoffLimit"] = 3
	a.play["reject"] = "OutOfcpu"
	a.play["reject-message"] = fmt.Sprintf("Node didn't have enough resource: cpu, requested: 500, used: %d, capacity: 8000", s.between(7510, 7990))
	s.deploy(a)
	s.wait("rejected", 1, failed, a)
	s.rest(3e9)
	s.tells("the kubelet rejects pods of " + a.ref() + " for want of cpu, and the Job gives up")
	s.root("scheduling|job-failure", "insufficient-cpu|backoff-limit", a)
	s.follows("job-failure|scheduling", "burst|shared-factor")
}

// drainPinned: a node is drained, and a workload that must run there does not
// come back.
func (s *set) drainPinned() {
	spaces := s.background(3, 2)
	host := s.hosts[1]
	pinned := s.app(spaces[0])
	pinned.pod["nodeSelector"] = object{"kubernetes.io/hostname": host}
	s.deploy(pinned)
	s.begins()
	s.drain(host, spaces)
	s.wait("no node", pinned.replicas, unschedulable, pinned)
	s.tells("node " + host + " was drained; " + pinned.ref() + ", which must run there, does not come back")
	s.root("scheduling|eviction", "cordoned|affinity|api", pinned)
	s.follows("scheduling|eviction|rollout-failure", "burst|shared-factor")
}
