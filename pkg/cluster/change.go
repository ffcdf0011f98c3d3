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
// date: a revision's creation dates a new template, unless the revision was
// current before, which makes it a rollback dated by its last scaling up.
func (s *Snapshot) rollouts(w *Workload) []Change {
	revs := s.RevisionsOf(w.Ref)
	var out []Change
	for i, r := range revs {
		// The first of all is the workload's beginning; where older ones are
		// no longer kept, the oldest that is has a number above one.
		if (i == 0 && r.Number <= 1) || r.Created.IsZero() {
			continue
		}
		var before *Template
		if i > 0 {
			before = revs[i-1].Template
		}
		c := Change{Time: r.Created, Object: w.Key()}
		c.Kind, c.What = describe(before, r)
		if r.Reused {
			c.Kind = Rollback
			if at := s.scaledUp(w.Ref, r.Name); at.After(c.Time) {
				c.Time = at
			}
		}
		c.By = writer(w.Writes, c.Time)
		out = append(out, c)
	}
	return out
}

// describe tells a plain restart from a new template, and what is new in it.
func describe(before *Template, r *Revision) (ChangeKind, string) {
	if before == nil || r.Template == nil {
		if r.Number > 0 {
			return Rollout, fmt.Sprintf("revision %d", r.Number)
		}
		return Rollout, "a new revision"
	}
	if what := Difference(before, r.Template); what != "" {
		return Rollout, what
	}
	if r.Template.RestartedAt != before.RestartedAt && r.Template.RestartedAt != "" {
		return Restart, "restarted by kubectl rollout restart"
	}
	return Rollout, "template changed"
}

// writer is who wrote an object at a time: managedFields date only the last
// write of each manager, so that an older change has no known author.
func writer(writes []Write, at time.Time) string {
	w := LastWrite(writes)
	if d := w.Time.Sub(at); d < -5*time.Second || d > 5*time.Second {
		return ""
	}
	return w.Manager
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
	"VMEventScheduled": "False", "GPUMissing": "False", "XIDErrors": "False", "NVLinkStatusInactive": "False",
	"IBLinkFlapping": "False", "UnhealthyNvidiaDevicePlugin": "False",

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
