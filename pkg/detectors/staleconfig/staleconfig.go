// Package staleconfig detects pods that run with the value that a ConfigMap
// or Secret had before it was last written.
package staleconfig

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector parts the pods that read a ConfigMap or Secret at their start by
// whether they started before or after it was written.
var Detector = &detect.Detector{
	Name:     "stale-config",
	Category: "configuration",
	Doc: `settings that were changed after the pods that read them started

Means that pods run with the value that a ConfigMap or Secret had before it was
written, or made anew: a variable of the environment and a file mounted with subPath
are read once, when a container starts.

Reads when containers started, what their templates read by environment and subPath,
and when the keys of ConfigMaps and Secrets were written (managedFields); in a live
cluster only in namespaces where something that failed refers to one.

Groups by the ConfigMap or Secret.

Speaks as a warning when pods of one template are parted by the write: those that
started after it fail and those that started before it do not (the new value does
not work), or the other way round (the old one does not any more); and when all that
run with the old value fail, began to about the time of the write, and for a reason
that a setting can be: credentials, a peer, a variable, readiness. Where nothing
fails it is an observation, of severity info: the next restart will change what the
program does.

Silent on what is read through volumes, which the kubelet renews within minutes; on
a key that the write did not touch; on pods that started since; on Jobs; on
kube-root-ca.crt; and, where nothing fails, on a write by a controller in the last
ten minutes, for what is written all the time tells nothing.

What to do: restart what runs with the old value, or take the new one back; let a
change of the object roll its pods by itself.`,
	Causes: []string{changed},
	Needs:  []cluster.Resource{cluster.Pods, cluster.ConfigMaps, cluster.Secrets},
	Any:    true, // the other two are read where something failed
	Run:    run,
}

const changed = "changed-after-start"

func run(pass *detect.Pass) {
	health := pass.Health(blamable)
	readers := readersOf(pass.Snapshot)
	for i := range pass.Configs {
		c := &pass.Configs[i]
		if c.Name == "kube-root-ca.crt" || !pass.Scope.Includes(c.Namespace) {
			continue
		}
		u := use{pass: pass, config: c}
		for _, p := range readers[c.Key()] {
			if pass.Scope.Asks(p) {
				u.add(p, health[p.Key()])
			}
		}
		if p, ok := u.pattern(); ok {
			pass.Report(p)
		}
	}
}

// blamable are the kinds of trouble that the value of a setting can make.
var blamable = map[symptom.Kind]bool{
	symptom.Exit: true, symptom.CrashLoop: true, symptom.Probe: true, symptom.Unready: true, symptom.Network: true,
	symptom.Credentials: true, symptom.Environment: true, symptom.RBAC: true, symptom.Version: true,
}

// readersOf are the pods that read a ConfigMap or Secret at their start only,
// by environment or subPath. Jobs run once, with what was there.
func readersOf(s *cluster.Snapshot) map[cluster.Ref][]*cluster.Pod {
	out := map[cluster.Ref][]*cluster.Pod{}
	for i := range s.Pods {
		p := &s.Pods[i]
		if p.Template == nil || p.Static || p.Finished() || !p.Deleting.IsZero() || p.Owner.Kind == "Job" {
			continue
		}
		seen := map[cluster.Ref]bool{}
		for kind, refs := range map[string][]cluster.ConfigRef{"ConfigMap": p.Template.ConfigMaps, "Secret": p.Template.Secrets} {
			for _, r := range refs {
				ref := cluster.Ref{Kind: kind, Namespace: p.Namespace, Name: r.Name}
				if (r.Via == "env" || r.Via == "subPath") && !seen[ref] {
					seen[ref] = true
					out[ref] = append(out[ref], p)
				}
			}
		}
	}
	return out
}
