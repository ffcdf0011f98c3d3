package main

import (
	"fmt"
	"time"
)

// schedulingPlays are made by the real scheduler and volume controllers.
func schedulingPlays() []incident {
	return []incident{
		{"sched-cpu", func(s *set) {
			s.unplaced("insufficient-cpu", func(a *app) { a.requests(fmt.Sprint(s.between(9, 64)), "256Mi") })
		}},
		{"sched-memory", func(s *set) {
			s.unplaced("insufficient-memory", func(a *app) { a.requests("200m", fmt.Sprintf("%dGi", s.between(40, 200))) })
		}},
		{"sched-gpu", func(s *set) {
			s.unplaced("insufficient-other", func(a *app) {
				a.container["resources"] = object{"limits": object{"nvidia.com/gpu": s.between(1, 4)}}
			})
		}},
		{"sched-affinity", func(s *set) {
			s.unplaced("affinity", func(a *app) { a.pod["nodeSelector"] = object{"disktype": s.of([]string{"ssd", "nvme", "local"})} })
		}},
		{"sched-anti-affinity", (*set).antiAffinity},
		{"sched-taints", (*set).tainted},
		{"sched-ports", (*set).portsTaken},
		{"sched-cordoned", (*set).cordoned},
		{"sched-claim-missing", func(s *set) {
			s.unplaced("volume", func(a *app) { a.volume("data", object{"persistentVolumeClaim": object{"claimName": a.name + "-data"}}) })
		}},
		{"sched-rollout-no-room", (*set).rolloutWithoutRoom},
		{"storage-class-missing", func(s *set) { s.unprovisioned("") }},
		{"storage-provisioner-silent", func(s *set) {
			s.unprovisioned(s.of([]string{"ebs.csi.aws.com", "pd.csi.storage.gke.io", "disk.csi.azure.com", "csi.example.org"}))
		}},
	}
}

// unplaced: a new workload wants what no node has.
func (s *set) unplaced(cause string, want func(a *app)) {
	spaces := s.background(s.between(3, 5), 2)
	s.begins()
	a := s.app(spaces[1])
	want(a)
	s.deploy(a)
	s.wait("unschedulable", a.replicas, unschedulable, a)
	s.tells(fmt.Sprintf("%s cannot be placed (%s)", a.ref(), cause))
	detectors := "scheduling"
	if cause == "volume" {
		detectors = "scheduling|storage"
		cause = "volume|mount|provisioning"
	}
	s.root(detectors, cause, a)
	s.follows("rollout-failure|storage", "shared-factor|burst")
}

// antiAffinity: more replicas than nodes, no two on one.
func (s *set) antiAffinity() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.replicas = 5
	a.pod["affinity"] = object{"podAntiAffinity": object{"requiredDuringSchedulingIgnoredDuringExecution": []any{
		object{"topologyKey": "kubernetes.io/hostname", "labelSelector": object{"matchLabels": object{"app": a.name}}},
	}}}
	s.deploy(a)
	s.wait("unschedulable", 2, unschedulable, a)
	s.wait("running", 3, ready, a)
	s.tells(a.ref() + " wants five replicas on five nodes, and there are three")
	s.root("scheduling", "affinity", a)
	s.follows("rollout-failure", "shared-factor|burst")
}

// tainted: all nodes but the system's are kept for others.
func (s *set) tainted() {
	spaces := s.background(3, 2)
	s.begins()
	for _, host := range s.hosts {
		s.patchNode(host, []byte(`{"spec":{"taints":[{"key":"dedicated","value":"gpu","effect":"NoSchedule"}]}}`))
	}
	a := s.app(spaces[0])
	s.deploy(a)
	s.wait("unschedulable", a.replicas, unschedulable, a)
	s.tells("every node is tainted, and " + a.ref() + " tolerates it nowhere")
	s.root("scheduling", "taints", a)
	s.follows("rollout-failure", "shared-factor|burst")
}

// portsTaken: two workloads want one port of the host.
func (s *set) portsTaken() {
	spaces := s.background(3, 2)
	port := s.between(8000, 9999)
	holder, a := s.app(spaces[0]), s.app(spaces[1])
	ports := []any{object{"containerPort": 8080, "hostPort": port}}
	holder.container["ports"], a.container["ports"] = ports, ports
	holder.replicas, a.replicas = 3, 2
	s.deploy(holder)
	s.begins()
	s.deploy(a)
	s.wait("unschedulable", a.replicas, unschedulable, a)
	s.tells(fmt.Sprintf("%s wants host port %d, which %s has on every node", a.ref(), port, holder.ref()))
	s.root("scheduling", "ports", a)
	s.follows("rollout-failure", "shared-factor|burst")
}

// cordoned: all nodes are, and something new is wanted.
func (s *set) cordoned() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	s.deploy(a)
	s.begins()
	for _, host := range s.hosts {
		s.patchNode(host, []byte(`{"spec":{"unschedulable":true}}`))
	}
	s.rest(time.Second)
	a.replicas += 2
	s.deploy(a)
	s.wait("unschedulable", 2, unschedulable, a)
	s.tells("all nodes are cordoned; " + a.ref() + " was scaled up, and its new pods find no node")
	s.root("scheduling", "cordoned", a)
	s.follows("rollout-failure", "shared-factor|burst")
}

// rolloutWithoutRoom: the new revision asks for more than is left; the old runs.
func (s *set) rolloutWithoutRoom() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0]).requests("100m", "128Mi")
	a.replicas = 3
	s.deploy(a)
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	a.requests("100m", fmt.Sprintf("%dGi", s.between(36, 90)))
	s.deploy(a)
	s.wait("unschedulable", 1, unschedulable, a)
	s.tells("the new revision of " + a.ref() + " asks for more memory than any node has; the old one runs on")
	s.root("scheduling", "insufficient-memory", a).since("Deployment", a.ns, a.name)
	s.follows("rollout-failure", "shared-factor|burst")
}

// unprovisioned: claims that no volume comes for; without a provisioner the
// class does not even exist.
func (s *set) unprovisioned(provisioner string) {
	spaces := s.background(3, 2)
	class := s.of([]string{"fast", "premium", "gp3", "standard-rwo", "nvme"}) + "-" + s.hex(3)
	if provisioner != "" {
		s.put(object{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": object{"name": class}, "provisioner": provisioner})
	}
	s.begins()
	a := s.app(spaces[0])
	a.kind, a.replicas = "StatefulSet", s.between(1, 3)
	a.container["volumeMounts"] = []any{object{"name": "data", "mountPath": "/data"}}
	a.spec["volumeClaimTemplates"] = []any{object{
		"metadata": object{"name": "data"},
		"spec":     object{"accessModes": []any{"ReadWriteOnce"}, "storageClassName": class, "resources": object{"requests": object{"storage": "20Gi"}}},
	}}
	s.deploy(a)
	s.wait("unschedulable", 1, unschedulable, a)
	if provisioner != "" {
		s.event(a.ns, "ExternalProvisioning", 1)
		s.tells(fmt.Sprintf("provisioner %s never answers; %s waits for its volume", provisioner, a.ref()))
	} else {
		s.event(a.ns, "ProvisioningFailed", 1)
		s.tells(fmt.Sprintf("%s asks for StorageClass %s, which does not exist", a.ref(), class))
	}
	s.root("storage|scheduling", "provisioning|volume", a)
	s.follows("scheduling|storage|rollout-failure", "shared-factor|burst")
}
