package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// daemon is a DaemonSet of two revisions, the newer of an hour ago, with a pod
// of each hash that is given, made so long ago.
func daemon(writes []Write, pods map[string]time.Duration) *Snapshot {
	w := Workload{Ref: ref("DaemonSet", "kube-system", "cni"), Created: ago(99 * time.Hour), Writes: writes}
	parts := Parts{At: noon, Workloads: []Workload{w}}
	for hash, created := range map[string]time.Duration{"aaa": 98 * time.Hour, "bbb": time.Hour} {
		parts.Revisions = append(parts.Revisions, Revision{Ref: ref("ControllerRevision", "kube-system", "cni-"+hash), Owner: w.Ref, Hash: hash, Created: ago(created)})
	}
	for name, created := range pods {
		hash := name[:3]
		parts.Pods = append(parts.Pods, Pod{Ref: ref("Pod", "kube-system", "cni-"+name), Owner: w.Ref, Created: ago(created),
			Labels: map[string]string{"controller-revision-hash": hash}, Template: image("r/cni:" + hash)})
	}
	return New(parts)
}

func TestDaemonSetsRolledBack(t *testing.T) {
	cni := ref("DaemonSet", "kube-system", "cni")
	rollout := Change{Time: ago(time.Hour), Kind: Rollout, Object: cni, What: "image r/cni:aaa → bbb"}
	unseen := rollout
	unseen.What = "a new revision"
	back := func(before time.Duration, what, by string) Change {
		return Change{Time: ago(before), Kind: Rollback, Object: cni, What: what, By: by}
	}
	undo := []Write{{Manager: "kubectl-rollout", Time: ago(11 * time.Minute)}}
	for name, c := range map[string]struct {
		s       *Snapshot
		current string
		want    []Change
	}{
		"on the newest": {daemon(nil, map[string]time.Duration{"aaa-1": 90 * time.Hour, "bbb-1": 50 * time.Minute}), "cni-bbb", []Change{rollout}},
		"hardly begun":  {daemon(nil, map[string]time.Duration{"aaa-1": 90 * time.Hour, "aaa-2": 80 * time.Hour}), "cni-bbb", []Change{unseen}},
		"taken back, dated by the first of the old again": {daemon(nil, map[string]time.Duration{"bbb-1": 50 * time.Minute, "aaa-1": 10 * time.Minute, "aaa-2": 9 * time.Minute}),
			"cni-aaa", []Change{rollout, back(10*time.Minute, "image r/cni:bbb → aaa", "")}},
		"taken back, dated by the writer": {daemon(undo, map[string]time.Duration{"aaa-1": 10 * time.Minute}),
			"cni-aaa", []Change{unseen, back(11*time.Minute, "an older revision made current again", "kubectl-rollout")}},
		"written since": {daemon([]Write{{Manager: "kubectl-label", Time: ago(time.Minute)}}, map[string]time.Duration{"aaa-1": 10 * time.Minute}),
			"cni-aaa", []Change{unseen, back(10*time.Minute, "an older revision made current again", "")}},
	} {
		if got := c.s.Workload(cni).Revision; got != c.current {
			t.Errorf("%s: current is %s, want %s", name, got, c.current)
		}
		if diff := cmp.Diff(c.want, c.s.Changes()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestKeysOfAWrite(t *testing.T) {
	old := ago(90 * time.Hour)
	config := func(name string, writes ...Write) Config {
		return Config{Ref: ref("ConfigMap", "shop", name), Created: old, Writes: writes}
	}
	write := func(manager string, before time.Duration, keys ...string) Write {
		return Write{Manager: manager, Time: ago(before), Keys: keys, Data: len(keys) > 0}
	}
	got := New(Parts{At: noon, Configs: []Config{
		config("a", write("helm", time.Hour, "url"), write("kubectl-label", time.Minute)),
		config("b", write("kubectl-edit", 9*time.Minute, "timeout", "url")),
		config("c", write("kubectl-edit", 8*time.Minute, "a", "b", "c", "d", "e")),
		config("d", write("unknown", 7*time.Minute)),
	}}).Changes()
	want := []string{"written (the writer owns the key url)", "written (the writer owns the keys timeout, url)",
		"written (the writer owns the keys a, b, c and 2 more)", "written"}
	var told []string
	for _, c := range got {
		told = append(told, c.What)
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}
