package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRevisionsOfPods: the templates of ControllerRevisions are not read, but
// their pods tell what they asked for, less what is of one pod alone.
func TestRevisionsOfPods(t *testing.T) {
	w := Workload{Ref: ref("StatefulSet", "data", "db"), Revision: "db-2", Created: ago(99 * time.Hour)}
	pod := func(name, revision, image, claim string) Pod {
		return Pod{Ref: ref("Pod", "data", name), Owner: w.Ref, Labels: map[string]string{"controller-revision-hash": revision},
			Template: &Template{Containers: []ContainerSpec{{Name: "db", Image: image}}, Claims: []string{claim}}}
	}
	parts := Parts{At: noon, Pods: []Pod{pod("db-0", "db-1", "r/db:1", "data-db-0"), pod("db-1", "db-2", "r/db:2", "data-db-1")},
		Revisions: []Revision{{Ref: ref("ControllerRevision", "data", "db-1"), Owner: w.Ref, Created: ago(99 * time.Hour), Hash: "db-1"},
			{Ref: ref("ControllerRevision", "data", "db-2"), Owner: w.Ref, Created: ago(time.Hour), Hash: "db-2"}}}
	parts.Workloads = []Workload{w}
	want := []Change{{Time: ago(time.Hour), Kind: Rollout, Object: w.Ref, What: "image r/db:1 → 2"}}
	if diff := cmp.Diff(want, New(parts).Changes()); diff != "" {
		t.Error(diff)
	}
	w.Revision, w.Writes = "db-1", []Write{{Manager: "kubectl-rollout", Time: ago(time.Minute)}}
	parts.Workloads = []Workload{w}
	want = append(want, Change{Time: ago(time.Minute), Kind: Rollback, Object: w.Ref, What: "image r/db:2 → 1", By: "kubectl-rollout"})
	if diff := cmp.Diff(want, New(parts).Changes()); diff != "" {
		t.Errorf("taken back: %s", diff)
	}
	w = Workload{Ref: w.Ref, Revision: "db-2", Created: w.Created, Template: &Template{RestartedAt: ago(time.Hour).Format(time.RFC3339)}}
	parts.Workloads = []Workload{w}
	if got := New(parts).Changes(); len(got) != 1 || got[0].Kind != Restart {
		t.Errorf("restarted: %+v", got)
	}
}

func TestScalingsAndServiceWrites(t *testing.T) {
	old := ago(90 * time.Hour)
	web := Workload{Ref: ref("Deployment", "shop", "web"), Created: old, Desired: 6, Writes: []Write{
		{Manager: "kubectl", Subresource: "scale", Time: ago(9 * time.Minute)}, {Manager: "helm", Time: old}}}
	queue := Workload{Ref: ref("StatefulSet", "shop", "queue"), Created: old, Desired: 2, Writes: []Write{
		{Manager: "kube-controller-manager", Subresource: "scale", Time: ago(8 * time.Minute)}}}
	begun := Workload{Ref: ref("Deployment", "shop", "begun"), Created: ago(time.Hour), Writes: []Write{{Manager: "kubectl", Subresource: "scale", Time: ago(time.Hour)}}}
	service := func(name string, writes ...Write) Service {
		return Service{Ref: ref("Service", "shop", name), Created: old, Writes: writes}
	}
	got := New(Parts{At: noon, Workloads: []Workload{web, queue, begun},
		Events: []Event{{Object: web.Ref, Reason: "ScalingReplicaSet", Message: "Scaled up replica set web-5 from 2 to 6", First: ago(9 * time.Minute), Last: noon}},
		Services: []Service{
			service("web", Write{Manager: "kubectl-edit", Time: ago(7 * time.Minute), Spec: []string{"ports", "selector", "sessionAffinity"}}),
			service("new", Write{Manager: "kubectl-create", Time: old, Spec: []string{"ports", "selector"}}),
			service("labelled", Write{Manager: "kubectl-label", Time: ago(time.Minute)}),
			service("balanced", Write{Manager: "cloud-controller-manager", Time: ago(time.Minute), Spec: []string{"loadBalancerIP"}}),
		}}).Changes()
	want := []Change{
		{Time: ago(9 * time.Minute), Kind: Scaling, Object: web.Ref, What: "scaled from 2 to 6 replicas", By: "kubectl"},
		{Time: ago(8 * time.Minute), Kind: Scaling, Object: queue.Ref, What: "scaled, to 2 replicas now", By: "HorizontalPodAutoscaler (kube-controller-manager)"},
		{Time: ago(7 * time.Minute), Kind: ServiceWrite, Object: ref("Service", "shop", "web"), What: "written (the writer owns ports, selector)", By: "kubectl-edit"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLivesOfNodes(t *testing.T) {
	old := ago(90 * time.Hour)
	got := New(Parts{At: noon,
		Nodes: []Node{
			{Ref: ref("Node", "", "a"), Created: old, Unschedulable: true, Writes: []Write{{Manager: "kubectl", Time: ago(5 * time.Minute), Spec: []string{"unschedulable"}}}},
			{Ref: ref("Node", "", "b"), Created: old.Add(10 * time.Minute), Taints: []Taint{{Key: "dedicated", Value: "gpu", Effect: "NoSchedule"}},
				Writes: []Write{{Manager: "kubectl-taint", Time: ago(4 * time.Minute), Spec: []string{"taints"}}}},
			{Ref: ref("Node", "", "c"), Created: ago(30 * time.Minute), Info: NodeInfo{KubeletVersion: "v1.34.1"}},
			{Ref: ref("Node", "", "d"), Created: old, Taints: []Taint{{Key: "node.kubernetes.io/not-ready", Effect: "NoExecute", Added: ago(time.Minute)},
				{Key: "dedicated", Effect: "NoSchedule"}}, Writes: []Write{{Manager: "kube-controller-manager", Time: ago(time.Minute), Spec: []string{"taints"}}}},
		},
		Events: []Event{
			{Object: ref("Node", "", "b"), Reason: "Starting", Message: "Starting kubelet.", First: ago(3 * time.Minute), Last: ago(3 * time.Minute)},
			{Object: ref("Node", "", "b"), Reason: "Starting", First: ago(2 * time.Minute), Last: ago(2 * time.Minute)}, // kube-proxy
			{Object: ref("Node", "", "c"), Reason: "Starting", Message: "Starting kubelet.", First: ago(30 * time.Minute), Last: ago(30 * time.Minute)},
		}}).Changes()
	want := []Change{
		{Time: ago(30 * time.Minute), Kind: NodeJoined, Object: ref("Node", "", "c"), What: "joined, kubelet v1.34.1"},
		{Time: ago(5 * time.Minute), Kind: NodeCordoned, Object: ref("Node", "", "a"), What: "cordoned", By: "kubectl"},
		{Time: ago(4 * time.Minute), Kind: NodeTainted, Object: ref("Node", "", "b"), What: "taints written, taint dedicated=gpu:NoSchedule among them", By: "kubectl-taint"},
		{Time: ago(3 * time.Minute), Kind: KubeletStart, Object: ref("Node", "", "b"), What: "kubelet started"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReleasesAndWhoDelivers(t *testing.T) {
	lately := ago(9 * time.Minute)
	w := Workload{Ref: ref("Deployment", "shop", "web"), Created: ago(90 * time.Hour), Delivery: "Helm release web", Writes: []Write{{Manager: "helm", Time: lately}}}
	revision := func(name string, number int64, created time.Time) Revision {
		return Revision{Ref: ref("ReplicaSet", "shop", name), Owner: w.Ref, Number: number, Created: created, Template: image("r/web:" + name)}
	}
	got := New(Parts{At: noon, Workloads: []Workload{w},
		Revisions: []Revision{revision("a", 1, ago(90*time.Hour)), revision("b", 2, ago(50*time.Minute)), revision("c", 3, lately)},
		Configs: []Config{{Ref: ref("Secret", "shop", "sh.helm.release.v1.web.v3"), Created: lately, Writes: []Write{{Manager: "helm", Time: noon}},
			Release: &Release{Name: "web", Version: 3, Status: "failed"}}}}).Changes()
	want := []Change{
		{Time: ago(50 * time.Minute), Kind: Rollout, Object: w.Ref, What: "image r/web:a → b", By: "an unknown writer; Helm release web delivers it"},
		{Time: lately, Kind: Rollout, Object: w.Ref, What: "image r/web:b → c", By: "helm (Helm release web)"},
		{Time: lately, Kind: HelmRelease, Object: ref("HelmRelease", "shop", "web"), What: "revision 3 of the release, failed", By: "helm"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDifferenceFieldByField(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	full := func(change func(*Template)) *Template {
		t := &Template{ServiceAccount: "web", RestartPolicy: "Always", Security: "runAsNonRoot=true",
			Containers: []ContainerSpec{{Name: "app", Image: "r:5000/web@" + digest, Command: 1, Extended: "nvidia.com/gpu=1", Security: "runAsUser=1000",
				Readiness: Probe{Handler: "http :8080/ready", Period: 10, Timeout: 1, Failures: 3}}},
			ConfigMaps: []ConfigRef{{Name: "c", Via: "env", Key: "a"}}, Secrets: []ConfigRef{{Name: "s", Via: "volume"}}, Claims: []string{"data"},
			Env:          []EnvVar{{Container: "app", Name: "PASSWORD", Sum: 1}, {Container: "app", Name: "URL", Sum: 2}},
			Mounts:       []Mount{{Container: "app", Path: "/etc/s", Kind: "Secret", Name: "s"}},
			NodeSelector: []string{"disk=ssd"}, Tolerations: []Toleration{{Key: "dedicated", Value: "gpu", Effect: "NoSchedule"}}}
		change(t)
		return t
	}
	app := func(change func(*ContainerSpec)) *Template {
		return full(func(t *Template) { change(&t.Containers[0]) })
	}
	for want, to := range map[string]*Template{
		"": full(func(*Template) {}),
		"image r:5000/web@sha256:0123456789ab → sha256:fedcba987654": app(func(c *ContainerSpec) {
			c.Image = "r:5000/web@sha256:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
		}),
		"image r:5000/web@sha256:0123456789ab → 1.2":                                   app(func(c *ContainerSpec) { c.Image = "r:5000/web:1.2" }),
		"command or arguments":                                                         app(func(c *ContainerSpec) { c.Command = 2 }),
		"other requests nvidia.com/gpu=1 → none":                                       app(func(c *ContainerSpec) { c.Extended = "" }),
		"securityContext runAsUser=1000 → runAsUser=0":                                 app(func(c *ContainerSpec) { c.Security = "runAsUser=0" }),
		"readiness probe removed":                                                      app(func(c *ContainerSpec) { c.Readiness = Probe{} }),
		"startup probe added (tcp :1)":                                                 app(func(c *ContainerSpec) { c.Startup.Handler = "tcp :1" }),
		"readiness probe http :8080/ready → http :8080/ok":                             app(func(c *ContainerSpec) { c.Readiness.Handler = "http :8080/ok" }),
		"readiness probe timeoutSeconds 1 → 5":                                         app(func(c *ContainerSpec) { c.Readiness.Timeout = 5 }),
		"readiness probe periodSeconds 10 → 1, readiness probe failureThreshold 3 → 1": app(func(c *ContainerSpec) { c.Readiness.Period, c.Readiness.Failures = 1, 1 }),
		"ConfigMap c referred to otherwise":                                            full(func(t *Template) { t.ConfigMaps = []ConfigRef{{Name: "c", Via: "env", Key: "b"}} }),
		"Secret t added, Secret s removed":                                             full(func(t *Template) { t.Secrets = []ConfigRef{{Name: "t", Via: "volume"}} }),
		"PersistentVolumeClaim data removed":                                           full(func(t *Template) { t.Claims = nil }),
		"env PASSWORD":                                                                 full(func(t *Template) { t.Env = []EnvVar{{Container: "app", Name: "PASSWORD", Sum: 9}, t.Env[1]} }),
		"mount /etc/t added, mount /etc/s removed":                                     full(func(t *Template) { t.Mounts = []Mount{{Container: "app", Path: "/etc/t"}} }),
		"nodeSelector or node affinity disk=hdd added, nodeSelector or node affinity disk=ssd removed": full(func(t *Template) { t.NodeSelector = []string{"disk=hdd"} }),
		"toleration dedicated=gpu:NoSchedule removed":                                                  full(func(t *Template) { t.Tolerations = nil }),
		"required pod affinity or topology spread added":                                               full(func(t *Template) { t.PodAffinity = true }),
		"hostNetwork added":                                   full(func(t *Template) { t.HostNetwork = true }),
		"hostPort 80/TCP added":                               full(func(t *Template) { t.HostPorts = []string{"80/TCP"} }),
		"priority class none → high":                          full(func(t *Template) { t.PriorityClass = "high" }),
		"securityContext of the pod runAsNonRoot=true → none": full(func(t *Template) { t.Security = "" }),
		"memory limit of the pod none → 1Gi":                  full(func(t *Template) { t.MemoryLimit = "1Gi" }),
	} {
		if got := Difference(full(func(*Template) {}), to); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	two := full(func(t *Template) { t.Containers = append(t.Containers, ContainerSpec{Name: "proxy", Image: "p:1"}) })
	other := full(func(t *Template) { t.Containers = append(t.Containers, ContainerSpec{Name: "proxy", Image: "p:2"}) })
	if got := Difference(two, other); got != "proxy: image p:1 → 2" {
		t.Errorf("of two containers: %q", got)
	}
}
