package cluster

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Setting is an object that decides what others may do: a ResourceQuota, a
// LimitRange, a NetworkPolicy, a webhook configuration, a StorageClass, a role
// or its binding, a HorizontalPodAutoscaler, a PodDisruptionBudget, a
// CustomResourceDefinition. Of it is kept when it was written, by whom, and
// what ties it to others.
type Setting struct {
	Ref
	Created  time.Time
	Writes   []Write
	Webhooks []Webhook // of a webhook configuration
	// Selector of a NetworkPolicy or PodDisruptionBudget: the labels that pods
	// must have. Without any it selects all pods of its namespace. Partial is set where it has
	// expressions beside, so that the labels alone do not decide.
	Selector map[string]string
	Partial  bool
	Policy   *Policy // of a NetworkPolicy
	// Subjects are the service accounts and groups that a binding is for.
	Subjects []Ref
	// Target is what a setting is about: the role of a binding, the workload of
	// a HorizontalPodAutoscaler, whose replicas lie between Least and Most.
	Target      Ref
	Least, Most int32
}

// Binds reports whether a RoleBinding or ClusterRoleBinding is for a service
// account, by itself or as one of its namespace or of all.
func (x *Setting) Binds(account Ref) bool {
	return slices.ContainsFunc(x.Subjects, func(subject Ref) bool {
		if subject.Kind == "Group" {
			return subject.Name == "system:serviceaccounts" || subject.Name == "system:serviceaccounts:"+account.Namespace || subject.Name == "system:authenticated"
		}
		return subject.Key() == account.Key()
	})
}

// Selects reports whether a NetworkPolicy or PodDisruptionBudget certainly
// selects a pod.
func (x *Setting) Selects(p *Pod) bool {
	if (x.Kind != "NetworkPolicy" && x.Kind != "PodDisruptionBudget") || x.Partial || p.Namespace != x.Namespace {
		return false
	}
	return len(x.Selector) == 0 || selects(x.Selector, p.Labels)
}

// Setting looks a setting up; nil if it was not read.
func (s *Snapshot) Setting(ref Ref) *Setting {
	i, ok := slices.BinarySearchFunc(s.Settings, ref.Key(), func(x Setting, r Ref) int { return x.Compare(r) })
	if !ok {
		return nil
	}
	return &s.Settings[i]
}

// WithSettings is the snapshot with settings, and Helm's records of releases,
// that were read in a second step.
func (s *Snapshot) WithSettings(p Parts) *Snapshot {
	out := *s.WithConfigs(Parts{Configs: p.Configs, Sources: p.Sources, Gaps: p.Gaps})
	out.Settings = append(slices.Clone(s.Settings), p.Settings...)
	sortBy(out.Settings, func(x *Setting) Ref { return x.Ref })
	out.webhooks = indexWebhooks(out.Settings)
	out.withRoutes(p.Routes)
	return &out
}

// settingKinds are the kinds of change that a write of a setting is; of all
// others it is a SettingWrite.
var settingKinds = map[string]ChangeKind{
	"NetworkPolicy": PolicyWrite, "HorizontalPodAutoscaler": ScalerWrite, "PodDisruptionBudget": BudgetWrite,
	"CustomResourceDefinition": SchemaWrite, "Role": AccessWrite, "RoleBinding": AccessWrite,
	"ClusterRole": AccessWrite, "ClusterRoleBinding": AccessWrite,
}

// settingWrite is the last write of a setting, or its creation. Only who owns
// some of its content has set anything, of the kinds where that is kept.
func settingWrite(x *Setting) (Change, bool) {
	kind, kept := settingKinds[x.Kind]
	if !kept {
		kind, kept = SettingWrite, x.Namespace != ""
	}
	var last Write
	for _, w := range x.Writes {
		if w.Subresource == "" && w.Time.After(last.Time) && (len(w.Spec) > 0 || !kept) {
			last = w
		}
	}
	c := Change{Time: last.Time, Kind: kind, Object: x.Key(), What: x.written(last), By: last.Manager}
	if !last.Time.After(x.Created.Add(time.Second)) {
		c.Time, c.What = x.Created, "created"
	}
	return c, !c.Time.IsZero()
}

// written says what of a setting was written, as far as that is known.
func (x *Setting) written(w Write) string {
	switch settingKinds[x.Kind] {
	case AccessWrite:
		if len(w.Spec) > 0 {
			return strings.Join(w.Spec, ", ") + " written"
		}
	case ScalerWrite:
		return fmt.Sprintf("written, to %d to %d replicas now", x.Least, x.Most)
	}
	return "written"
}
