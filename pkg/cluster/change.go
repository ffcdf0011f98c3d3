package cluster

import (
	"cmp"
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
	NodeTainted   ChangeKind = "node-tainted"  // … or for some of them
	NodeJoined    ChangeKind = "node-joined"   // a node was added to a cluster that ran
	KubeletStart  ChangeKind = "kubelet-start" // a node's kubelet was started anew
	Scaling       ChangeKind = "scaling"       // another number of replicas wanted
	ServiceWrite  ChangeKind = "service-write" // the spec of a Service written
	SettingWrite  ChangeKind = "setting-write" // a quota, limit range, webhook configuration or StorageClass written
	PolicyWrite   ChangeKind = "policy-write"  // a NetworkPolicy written
	AccessWrite   ChangeKind = "access-write"  // a role, or the binding of one, written
	ScalerWrite   ChangeKind = "scaler-write"  // the spec of a HorizontalPodAutoscaler written
	BudgetWrite   ChangeKind = "budget-write"  // a PodDisruptionBudget written
	SchemaWrite   ChangeKind = "schema-write"  // a CustomResourceDefinition written
	HelmRelease   ChangeKind = "helm-release"  // installed, upgraded or rolled back by Helm
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
		out = append(out, s.scalings(&s.Workloads[i])...)
	}
	for i := range s.Services {
		if c, ok := serviceWrite(&s.Services[i]); ok {
			out = append(out, c)
		}
	}
	for i := range s.Configs {
		if c, ok := configWrite(&s.Configs[i]); ok {
			out = append(out, c)
		}
	}
	for i := range s.Settings {
		if c, ok := settingWrite(&s.Settings[i]); ok {
			out = append(out, c)
		}
	}
	out = append(out, s.releases()...)
	begun := s.begun()
	for i := range s.Nodes {
		out = append(out, s.nodeChanges(&s.Nodes[i])...)
		out = append(out, s.nodeLife(&s.Nodes[i], begun)...)
	}
	slices.SortStableFunc(out, compareChanges)
	return out
}

func compareChanges(a, b Change) int {
	return cmp.Or(a.Time.Compare(b.Time), a.Object.Compare(b.Object), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.What, b.What))
}
