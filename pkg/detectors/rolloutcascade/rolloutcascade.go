// Package rolloutcascade describes the detector of cascades; its patterns
// are made when patterns are explained, which knows the dependencies.
package rolloutcascade

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Detector of rollouts after which dependent workloads fail.
var Detector = &detect.Detector{
	Name:     "rollout-cascade",
	Category: "deployment",
	Doc: `rollouts after which the workloads that depend on them fail

Means that workloads fail since another that they depend on was rolled out.

Reads the rollouts of workloads, Services and what is behind them, the words of
failing programs, and the addresses in environments and arguments.

Groups by the rollout, with the chain of dependencies along which failures went on:
for each hop its lag and what tells of the dependency.

Speaks when, within ten minutes after a workload was rolled out, at least two others
crash or restart which depend on it: by their own words (a connection to its Service
failed, or they name it) or by an address in their environment or arguments; further
hops, to those that depend on these, by words alone. A dependant whose readiness
probe alone fails, as while it waits for another, belongs to the chain by such an
address. Dependencies that only words tell of, and no manifest that was read, are
said to be so. It is strong of those that say it themselves, at every hop, where they
are at least two and more than all others that failed in the same window without a
word of why, and where what was rolled out did not itself fail after something else;
the others may be related then.

Silent when only time connects them, when a dependant failed before the rollout, or
before what it depends on, and for a single dependant.

What to do: see to what was rolled out, or roll it back; its dependants come back
with it.`,
	Causes: []string{"dependants"},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Services, cluster.Deployments, cluster.ReplicaSets},
}
