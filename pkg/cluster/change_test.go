package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func image(name string) *Template {
	return &Template{Containers: []ContainerSpec{{Name: "app", Image: name}}}
}

func TestRollouts(t *testing.T) {
	deployment := Workload{Ref: ref("Deployment", "shop", "web"), Created: ago(100 * time.Hour)}
	revision := func(name string, number int64, created time.Time, template *Template) Revision {
		return Revision{Ref: ref("ReplicaSet", "shop", name), Owner: deployment.Ref, Number: number, Created: created, Template: template}
	}
	restarted := func(at string) *Template {
		t := image("r/web:1")
		t.RestartedAt = at
		return t
	}
	old, lately := ago(99*time.Hour), ago(10*time.Minute)
	for name, c := range map[string]struct {
		revisions []Revision
		events    []Event
		writes    []Write
		want      []Change
	}{
		"a first revision is no change": {revisions: []Revision{revision("a", 1, lately, image("r/web:1"))}},
		"rollout": {
			revisions: []Revision{revision("a", 1, old, image("r/web:1")), revision("b", 2, lately, image("r/web:2"))},
			writes:    []Write{{Manager: "kubectl-edit", Time: lately}, {Manager: "kube-controller-manager", Subresource: "status", Time: noon}},
			want:      []Change{{Time: lately, Kind: Rollout, What: "image r/web:1 → 2", By: "kubectl-edit"}}},
		"restart": {
			revisions: []Revision{revision("a", 1, old, image("r/web:1")), revision("b", 2, lately, restarted("2026-11-22T11:50:00Z"))},
			want:      []Change{{Time: lately, Kind: Restart, What: "restarted by kubectl rollout restart"}}},
		"new image with a new restart annotation is a rollout": {
			revisions: []Revision{revision("a", 1, old, image("r/web:0")), revision("b", 2, lately, restarted("2026-11-22T11:50:00Z"))},
			want:      []Change{{Time: lately, Kind: Rollout, What: "image r/web:0 → 1"}}},
		"something that is not kept changed": {
			revisions: []Revision{revision("a", 1, old, image("r/web:1")), revision("b", 2, lately, image("r/web:1"))},
			want:      []Change{{Time: lately, Kind: Rollout, What: "template changed"}}},
		"rollback, dated by its event": {
			revisions: []Revision{revision("b", 2, ago(50*time.Hour), image("r/web:2")), {Ref: ref("ReplicaSet", "shop", "a"), Owner: deployment.Ref,
				Number: 3, Created: old, Reused: true, Template: image("r/web:1")}},
			events: []Event{{Object: deployment.Ref, Reason: "ScalingReplicaSet", Message: "Scaled up replica set a from 0 to 1", First: lately, Last: lately},
				{Object: deployment.Ref, Reason: "ScalingReplicaSet", Message: "Scaled up replica set ab from 0 to 1", First: noon, Last: noon}},
			want: []Change{{Time: ago(50 * time.Hour), Kind: Rollout, What: "revision 2"}, {Time: lately, Kind: Rollback, What: "image r/web:2 → 1"}}},
		"rollback in the words of Kubernetes 1.31": {
			revisions: []Revision{revision("b", 2, time.Time{}, image("r/web:2")), {Ref: ref("ReplicaSet", "shop", "a"), Owner: deployment.Ref,
				Number: 3, Created: old, Reused: true, Template: image("r/web:1")}},
			events: []Event{{Object: deployment.Ref, Reason: "ScalingReplicaSet", Message: "Scaled up replica set a to 1", First: lately, Last: lately}},
			want:   []Change{{Time: lately, Kind: Rollback, What: "image r/web:2 → 1"}}},
		"taken back: first rolled out, then the former again": {
			revisions: []Revision{revision("b", 2, ago(50*time.Minute), image("r/web:2")), {Ref: ref("ReplicaSet", "shop", "a"), Owner: deployment.Ref,
				Number: 3, Former: []int64{1}, Created: old, Reused: true, Template: image("r/web:1")}},
			writes: []Write{{Manager: "kubectl-rollout", Time: lately}},
			want: []Change{{Time: ago(50 * time.Minute), Kind: Rollout, What: "image r/web:1 → 2"},
				{Time: lately, Kind: Rollback, What: "image r/web:2 → 1", By: "kubectl-rollout"}}},
		"a rollback that nothing dates is not told": {
			revisions: []Revision{revision("b", 2, lately, image("r/web:2")), {Ref: ref("ReplicaSet", "shop", "a"), Owner: deployment.Ref,
				Number: 3, Former: []int64{1}, Created: old, Reused: true, Template: image("r/web:1")}},
			writes: []Write{{Manager: "kubectl-edit", Time: old}},
			want:   []Change{{Time: lately, Kind: Rollout, What: "image r/web:1 → 2"}}},
		"who wrote an older revision is not known": {
			revisions: []Revision{revision("a", 1, old, image("r/web:1")), revision("b", 2, ago(5*time.Hour), image("r/web:2"))},
			writes:    []Write{{Manager: "kubectl-edit", Time: lately}},
			want:      []Change{{Time: ago(5 * time.Hour), Kind: Rollout, What: "image r/web:1 → 2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := deployment
			w.Writes = c.writes
			for i := range c.want {
				c.want[i].Object = deployment.Ref
			}
			got := New(Parts{At: noon, Workloads: []Workload{w}, Revisions: c.revisions, Events: c.events}).Changes()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTemplateLessRevisions: a ControllerRevision is read as metadata.
func TestTemplateLessRevisions(t *testing.T) {
	w := Workload{Ref: ref("StatefulSet", "data", "db")}
	got := New(Parts{Workloads: []Workload{w}, Revisions: []Revision{
		{Ref: ref("ControllerRevision", "data", "db-1"), Owner: w.Ref, Created: ago(50 * time.Hour)},
		{Ref: ref("ControllerRevision", "data", "db-2"), Owner: w.Ref, Created: ago(time.Hour)},
	}}).Changes()
	if len(got) != 1 || got[0].Kind != Rollout || !got[0].Time.Equal(ago(time.Hour)) || got[0].What == "" || got[0].Object != w.Ref {
		t.Errorf("got %+v", got)
	}
}

func TestConfigAndNodeChanges(t *testing.T) {
	condition := func(typ, status string, at time.Time) Condition {
		return Condition{Type: typ, Status: status, Reason: "Because", Transition: at}
	}
	got := New(Parts{At: noon,
		Configs: []Config{
			{Ref: ref("Secret", "shop", "rotated"), Created: ago(90 * time.Hour), Writes: []Write{{Manager: "external-secrets", Time: ago(9 * time.Minute)}}},
			{Ref: ref("ConfigMap", "shop", "new"), Created: ago(8 * time.Minute), Writes: []Write{{Manager: "helm", Time: ago(8 * time.Minute)}}},
			{Ref: ref("ConfigMap", "shop", "undated")},
		},
		Nodes: []Node{{Ref: ref("Node", "", "n"), Created: ago(90 * time.Hour),
			Conditions: []Condition{
				condition("DiskPressure", "True", ago(7*time.Minute)),
				condition("Ready", "True", ago(6*time.Minute)),
				condition("MemoryPressure", "False", ago(90*time.Hour)), // its start
				condition("GoldenSignal", "True", ago(5*time.Minute)),   // who knows
			},
			Taints: []Taint{
				{Key: "node.kubernetes.io/unschedulable", Added: ago(4 * time.Minute)},
				{Key: "node.kubernetes.io/unschedulable"}, // undated
				{Key: "node.kubernetes.io/disk-pressure", Added: ago(7 * time.Minute)},
			},
		}},
	}).Changes()
	node := ref("Node", "", "n")
	want := []Change{
		{Time: ago(9 * time.Minute), Kind: ConfigWrite, Object: ref("Secret", "shop", "rotated"), What: "written", By: "external-secrets"},
		{Time: ago(8 * time.Minute), Kind: ConfigWrite, Object: ref("ConfigMap", "shop", "new"), What: "created", By: "helm"},
		{Time: ago(7 * time.Minute), Kind: NodeCondition, Object: node, What: "DiskPressure True (Because)"},
		{Time: ago(6 * time.Minute), Kind: NodeRecovery, Object: node, What: "Ready True (Because)"},
		{Time: ago(4 * time.Minute), Kind: NodeCordoned, Object: node, What: "cordoned"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLastWrite(t *testing.T) {
	got := LastWrite([]Write{{Manager: "a", Time: ago(time.Hour)}, {Manager: "b", Time: ago(2 * time.Hour)},
		{Manager: "c", Subresource: "status", Time: noon}, {Manager: "d", Subresource: "scale", Time: noon}})
	if got.Manager != "a" {
		t.Errorf("got %+v", got)
	}
	if got := LastWrite(nil); !got.Time.IsZero() {
		t.Errorf("got %+v", got)
	}
}

func TestUnhealthy(t *testing.T) {
	for _, c := range []struct {
		typ, status string
		bad, known  bool
	}{
		{"Ready", "True", false, true},
		{"Ready", "False", true, true},
		{"Ready", "Unknown", true, true},
		{"DiskPressure", "True", true, true},
		{"DiskPressure", "False", false, true},
		{"DiskPressure", "Unknown", false, true}, // a lost node is not under pressure
		{"MemoryPressure", "Unknown", false, true},
		{"NetworkUnavailable", "True", true, true},
		{"NetworkUnavailable", "False", false, true},
		// node-problem-detector and AKS: True is bad
		{"KernelDeadlock", "True", true, true},
		{"ReadonlyFilesystem", "False", false, true},
		{"KubeletProblem", "True", true, true},
		{"ContainerRuntimeUnhealthy", "False", false, true},
		// EKS: True is good
		{"ContainerRuntimeReady", "True", false, true},
		{"ContainerRuntimeReady", "False", true, true},
		{"StorageReady", "Unknown", false, true},
		// open set: neither is good
		{"SomeVendorCondition", "True", false, false},
		{"GoldenSignal", "False", false, false},
		{"", "", false, false},
	} {
		if bad, known := Unhealthy(Condition{Type: c.typ, Status: c.status}); bad != c.bad || known != c.known {
			t.Errorf("%s %s: bad %v, known %v", c.typ, c.status, bad, known)
		}
	}
}

// TestPolarity: every type that is ready when good says so, and the reverse.
func TestPolarity(t *testing.T) {
	for typ, good := range polarity {
		ready := len(typ) >= len("Ready") && typ[len(typ)-len("Ready"):] == "Ready"
		if ready != (good == "True") {
			t.Errorf("%s is good when %s", typ, good)
		}
	}
}

func TestDifference(t *testing.T) {
	one := func(change func(*Template)) *Template {
		t := &Template{Containers: []ContainerSpec{{Name: "app", Image: "r/web:1", MemoryLimit: "128Mi"}}, PullSecrets: []string{"regcred"}}
		if change != nil {
			change(t)
		}
		return t
	}
	for want, to := range map[string]*Template{
		"":                                 one(nil),
		"image r/web:1 → 2":                one(func(t *Template) { t.Containers[0].Image = "r/web:2" }),
		"image r/web:1 → other/web:1":      one(func(t *Template) { t.Containers[0].Image = "other/web:1" }),
		"image r/web:1 → r/web":            one(func(t *Template) { t.Containers[0].Image = "r/web" }),
		"image r/web:1 → r:5000/web:1":     one(func(t *Template) { t.Containers[0].Image = "r:5000/web:1" }),
		"memory limit 128Mi → 64Mi":        one(func(t *Template) { t.Containers[0].MemoryLimit = "64Mi" }),
		"memory limit 128Mi → none":        one(func(t *Template) { t.Containers[0].MemoryLimit = "" }),
		"memory request none → 1Gi":        one(func(t *Template) { t.Containers[0].MemoryRequest = "1Gi" }),
		"CPU limit none → 500m":            one(func(t *Template) { t.Containers[0].CPULimit = "500m" }),
		"CPU request none → 1":             one(func(t *Template) { t.Containers[0].CPURequest = "1" }),
		"liveness probe added (exec)":      one(func(t *Template) { t.Containers[0].Liveness.Handler = "exec" }),
		"container proxy added":            one(func(t *Template) { t.Containers = append(t.Containers, ContainerSpec{Name: "proxy"}) }),
		"container app removed":            one(func(t *Template) { t.Containers = nil }),
		"imagePullSecrets regcred removed": one(func(t *Template) { t.PullSecrets = nil }),
		"ConfigMap c added":                one(func(t *Template) { t.ConfigMaps = []ConfigRef{{Name: "c"}} }),
		"Secret s added":                   one(func(t *Template) { t.Secrets = []ConfigRef{{Name: "s"}} }),
		"service account none → robot":     one(func(t *Template) { t.ServiceAccount = "robot" }),
		"image r/web:1 → 2, startup probe added (exec), service account none → robot": one(func(t *Template) {
			t.Containers[0].Image, t.Containers[0].Startup.Handler, t.ServiceAccount = "r/web:2", "exec", "robot"
		}),
	} {
		if got := Difference(one(nil), to); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Difference(nil, one(nil)) + Difference(one(nil), nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
