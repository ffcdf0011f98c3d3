package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// ChangeKind says what sort of change it was.
type ChangeKind string

// The dated changes that the API holds.
const (
	Rollout       ChangeKind = "rollout"       // a new template of a workload
	Rollback      ChangeKind = "rollback"      // an older revision made current again
	Restart       ChangeKind = "restart"       // kubectl rollout restart
	ConfigWrite   ChangeKind = "config-write"  // ConfigMap or Secret written
	NodeCondition ChangeKind = "condition"     // a node's condition turned bad
	NodeRecovery  ChangeKind = "recovery"      // … or good again
	NodeJoined    ChangeKind = "node-joined"   // a node was added
	NodeCordoned  ChangeKind = "node-cordoned" // a node was closed for new pods
)

// Change is something that was altered, by people, tools or the cluster
// itself.
type Change struct {
	Time   time.Time
	Kind   ChangeKind
	Object Ref
	What   string // "image shop/payments:4.1.0 → 4.2.0"
	By     string // the manager that managedFields names, if any
}

// Changes are all dated changes that the snapshot holds, oldest first. What
// merely came into being with everything else (an object's first revision)
// is creation, not change, and is left out.
func (s *Snapshot) Changes() []Change {
	var out []Change
	for i := range s.Workloads {
		out = append(out, s.rollouts(&s.Workloads[i])...)
	}
	for i := range s.Configs {
		if c, ok := configWrite(&s.Configs[i]); ok {
			out = append(out, c)
		}
	}
	for i := range s.Nodes {
		out = append(out, s.nodeChanges(&s.Nodes[i])...)
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(a.Time.Compare(b.Time), a.Object.Compare(b.Object), cmp.Compare(a.What, b.What))
	})
	return out
}

// rollouts are the template changes of a workload that its kept revisions
// date. A ReplicaSet's creation dates a new template; one that was current
// before is a rollback, whose date is that of its last scaling up.
func (s *Snapshot) rollouts(w *Workload) []Change {
	revs := s.RevisionsOf(w.Ref)
	var out []Change
	for i, r := range revs {
		if i == 0 || r.Created.IsZero() {
			continue
		}
		c := Change{Time: r.Created, Kind: Rollout, Object: w.Key(), By: LastWrite(w.Writes).Manager}
		c.What = Difference(revs[i-1].Template, r.Template)
		if r.Template != nil && revs[i-1].Template != nil && c.What == "" {
			c.What = "template changed"
			if r.Template.RestartedAt != "" && r.Template.RestartedAt != revs[i-1].Template.RestartedAt {
				c.Kind, c.What = Restart, "restarted by kubectl rollout restart"
			}
		}
		if c.What == "" {
			c.What = fmt.Sprintf("revision %d", r.Number)
		}
		if r.Reused {
			c.Kind = Rollback
			if at := s.scaledUp(w.Ref, r.Name); at.After(c.Time) {
				c.Time = at
			}
		}
		out = append(out, c)
	}
	return out
}

func (s *Snapshot) scaledUp(deployment Ref, replicaSet string) time.Time {
	var at time.Time
	for _, e := range s.EventsOf(deployment) {
		if e.Reason == "ScalingReplicaSet" && mentions(e.Message, "Scaled up replica set "+replicaSet+" ") {
			at = e.First
		}
	}
	return at
}

func mentions(text, prefix string) bool {
	return len(text) >= len(prefix) && text[:len(prefix)] == prefix
}

// configWrite is the last write of a ConfigMap or Secret, unless it is its
// creation.
func configWrite(c *Config) (Change, bool) {
	at, w := c.Changed()
	if at.IsZero() {
		return Change{}, false
	}
	what := "written"
	if at.Sub(c.Created) < time.Second {
		what = "created"
	}
	return Change{Time: at, Kind: ConfigWrite, Object: c.Key(), What: what, By: w.Manager}, true
}

func (s *Snapshot) nodeChanges(n *Node) []Change {
	var out []Change
	for _, c := range n.Conditions {
		// A transition with the node's creation is the node's start.
		if c.Transition.IsZero() || c.Transition.Sub(n.Created) < 2*time.Minute {
			continue
		}
		bad, known := Unhealthy(c)
		if !known {
			continue
		}
		change := Change{Time: c.Transition, Kind: NodeRecovery, Object: n.Key()}
		change.What = fmt.Sprintf("%s %s (%s)", c.Type, c.Status, c.Reason)
		if bad {
			change.Kind = NodeCondition
		}
		out = append(out, change)
	}
	for _, t := range n.Taints {
		if t.Key == "node.kubernetes.io/unschedulable" && !t.Added.IsZero() {
			out = append(out, Change{Time: t.Added, Kind: NodeCordoned, Object: n.Key(), What: "cordoned"})
		}
	}
	return out
}

// polarity tells, for the node conditions whose meaning is known, the status
// that is healthy. Of any other type neither True nor False may be called
// good (conditions of node-problem-detector and AKS are True when bad, those
// of the EKS node monitoring agent True when good).
var polarity = map[string]string{
	"Ready": "True",

	"MemoryPressure": "False", "DiskPressure": "False", "PIDPressure": "False",
	"NetworkUnavailable": "False",

	"KernelDeadlock": "False", "ReadonlyFilesystem": "False", "XfsShutdown": "False",
	"CperHardwareErrorFatal": "False", "CorruptDockerOverlay2": "False",
	"FrequentKubeletRestart": "False", "FrequentDockerRestart": "False",
	"FrequentContainerdRestart": "False", "FrequentUnregisterNetDevice": "False",
	"KubeletUnhealthy": "False", "ContainerRuntimeUnhealthy": "False", "NTPProblem": "False",
	"KubeletProblem": "False", "ContainerRuntimeProblem": "False", "FilesystemCorruptionProblem": "False",

	"KernelReady": "True", "NetworkingReady": "True", "StorageReady": "True",
	"ContainerRuntimeReady": "True", "AcceleratedHardwareReady": "True",
}

// Unhealthy reports whether a node condition tells of trouble, and whether
// its polarity is known at all. Unknown is trouble only for Ready: on loss of
// a node the pressure conditions turn Unknown too, which is not pressure.
func Unhealthy(c Condition) (bad, known bool) {
	good, known := polarity[c.Type]
	if !known {
		return false, false
	}
	if c.Status == "Unknown" {
		return c.Type == "Ready", true
	}
	return c.Status != good, true
}
