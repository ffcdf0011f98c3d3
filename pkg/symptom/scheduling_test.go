package symptom

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseUnschedulable(t *testing.T) {
	for _, c := range []struct {
		message string
		want    []Clause
	}{
		{"0/5 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 4 Insufficient cpu. preemption: 0/5 nodes are available: 1 Preemption is not helpful for scheduling, 4 No preemption victims found for incoming pod.",
			[]Clause{{1, "node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }", UntoleratedTaints}, {4, "Insufficient cpu", InsufficientCPU}}},
		{"0/2 nodes are available: 2 Insufficient memory. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
			[]Clause{{2, "Insufficient memory", InsufficientMemory}}},
		{"0/12 nodes are available: 10 node(s) didn't match Pod's node affinity/selector, 2 Insufficient nvidia.com/gpu. preemption: not eligible due to preemptionPolicy=Never.",
			[]Clause{{10, "node(s) didn't match Pod's node affinity/selector", UnmetAffinity}, {2, "Insufficient nvidia.com/gpu", InsufficientOther}}},
		{"0/3 nodes are available: 1 node(s) had taint {a.b/c: d}, that the pod didn't tolerate, 2 node(s) were unschedulable.",
			[]Clause{{1, "node(s) had taint {a.b/c: d}, that the pod didn't tolerate", UntoleratedTaints}, {2, "node(s) were unschedulable", CordonedNodes}}},
		{"0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
			[]Clause{{0, "pod has unbound immediate PersistentVolumeClaims", UnfitVolume}}},
		{`0/3 nodes are available: persistentvolumeclaim "a.b" not found. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.`,
			[]Clause{{0, `persistentvolumeclaim "a.b" not found`, UnfitVolume}}},
		{`running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded`,
			[]Clause{{0, `running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded`, UnfitVolume}}},
		{"no nodes available to schedule pods", []Clause{{0, "no nodes available to schedule pods", InsufficientOther}}},
		{"skip schedule deleting pod: shop/web", nil},
		{"", nil},
	} {
		if diff := cmp.Diff(c.want, ParseUnschedulable(c.message)); diff != "" {
			t.Errorf("%q: want (-), got (+):\n%s", c.message, diff)
		}
	}
}

func TestClauses(t *testing.T) {
	checkTable(t, clauseSignatures, []sample{
		{InsufficientCPU, "Insufficient cpu"},
		{InsufficientMemory, "Insufficient memory"},
		{InsufficientOther, "Insufficient ephemeral-storage"},
		{InsufficientOther, "Too many pods"},
		{InsufficientOther, "cannot allocate all claims"},
		{CordonedNodes, "node(s) were unschedulable"},
		{UntoleratedTaints, "node(s) had untolerated taint {dedicated: gpu}"},
		{UntoleratedTaints, "node(s) had untolerated taint(s)"},
		{UnfitVolume, "node(s) had volume node affinity conflict"},
		{UnfitVolume, "node(s) didn't match PersistentVolume's node affinity"},
		{UnfitVolume, "node(s) had no available volume zone"},
		{UnfitVolume, "node(s) exceed max volume count"},
		{UnfitVolume, "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"},
		{UnfitVolume, "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"},
		{UnfitVolume, `persistentvolumeclaim "c" bound to non-existent persistentvolume "v"`},
		{UnfitVolume, `waiting for ephemeral volume controller to create the persistentvolumeclaim "c"`},
		{UnfitVolume, "node(s) didn't satisfy plugin(s) [VolumeBinding]"},
		{TakenPorts, "node(s) didn't have free ports for the requested pod ports"},
		{UnmetAffinity, "node(s) didn't match Pod's node affinity/selector"},
		{UnmetAffinity, "node(s) didn't match node selector"},
		{UnmetAffinity, "node(s) didn't match scheduler-enforced node affinity"},
		{UnmetAffinity, "node(s) didn't match the requested node name"},
		{UnmetAffinity, "node(s) didn't match pod anti-affinity rules"},
		{UnmetAffinity, "node(s) didn't satisfy existing pods anti-affinity rules"},
		{UnmetAffinity, "node(s) didn't match pod topology spread constraints (missing required label)"},
		{UnmetAffinity, "node(s) didn't satisfy plugin(s) [NodeAffinity]"},
		{"", "node(s) didn't like the custom plugin"},
	})
}

func TestClaimStates(t *testing.T) {
	checkTable(t, claimStates, []sample{
		{"is not bound", "pod has unbound immediate PersistentVolumeClaims"},
		{"is bound to a volume that does not exist", `persistentvolumeclaim "c" bound to non-existent persistentvolume "v"`},
		{"is being deleted", `persistentvolumeclaim "c" is being deleted`},
		{"was not made for its pod yet", `waiting for ephemeral volume controller to create the persistentvolumeclaim "c"`},
		{"does not exist", `persistentvolumeclaim "c" not found`},
		{"has its volume in another zone or on another node", "node(s) had volume node affinity conflict"},
		{"finds no node that can take one more volume", "node(s) exceed max volume count"},
		{"finds no volume to bind", "node(s) didn't find available persistent volumes to bind"},
		{"finds too little free storage", "node(s) did not have enough free storage"},
		{"is in use by another pod", "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"},
		{"needs a CSI driver that is not installed on the nodes", "ebs.csi.aws.com CSI driver is not installed on the node"},
		{"got no volume in time", `running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded`},
	})
}

func TestTaintOf(t *testing.T) {
	for clause, want := range map[string]string{
		"node(s) had untolerated taint {dedicated: gpu}":            "dedicated=gpu",
		"node(s) had untolerated taint {node.kubernetes.io/x: }":    "node.kubernetes.io/x",
		"node(s) had untolerated taint(s)":                          "",
		"node(s) had taint {a: b}, that the pod didn't tolerate":    "a=b",
		"node(s) had untolerated taint {ToBeDeletedBy: 1732000000}": "ToBeDeletedBy=1732000000",
		"node(s) had untolerated taint {:}":                         "",
	} {
		if got := taintOf(clause); got != want {
			t.Errorf("%q: %q, want %q", clause, got, want)
		}
	}
}

func FuzzParseUnschedulable(f *testing.F) {
	for _, seed := range []string{
		"0/3 nodes are available: 3 Insufficient cpu.", "0/0 nodes are available: ", "1 , 2 , 3 ", ", 1 x", "preemption: ", "a nodes are available: 9999999 x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message string) {
		for _, c := range ParseUnschedulable(message) {
			if c.Nodes < 0 || c.Nodes > 999999 {
				t.Errorf("%q: %d nodes", message, c.Nodes)
			}
			_, _ = taintOf(c.Text), shortOf(c.Text)
		}
		_ = schedulerSaid(message)
	})
}
