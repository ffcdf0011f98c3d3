package cluster

import (
	"slices"
	"time"
)

// Setting is an object that decides what others may do: a ResourceQuota, a
// LimitRange, a NetworkPolicy, a webhook configuration, a StorageClass. Of it
// is kept when it was written, by whom, and what ties it to others.
type Setting struct {
	Ref
	Created time.Time
	Writes  []Write
	// Webhooks are the names of the webhooks of a webhook configuration, as
	// managedFields tell them.
	Webhooks []string
	// Selector of a NetworkPolicy: the labels that pods must have. Without any
	// it selects all pods of its namespace. Partial is set where it has
	// expressions beside, so that the labels alone do not decide.
	Selector map[string]string
	Partial  bool
	Policy   *Policy // of a NetworkPolicy
}

// Selects reports whether a NetworkPolicy certainly selects a pod.
func (x *Setting) Selects(p *Pod) bool {
	if x.Kind != "NetworkPolicy" || x.Partial || p.Namespace != x.Namespace {
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

// WithSettings is the snapshot with settings that were read in a second step.
func (s *Snapshot) WithSettings(p Parts) *Snapshot {
	out := *s
	out.Settings = append(slices.Clone(s.Settings), p.Settings...)
	out.Sources = append(slices.Clone(s.Sources), p.Sources...)
	out.Gaps = append(slices.Clone(s.Gaps), p.Gaps...)
	sortBy(out.Settings, func(x *Setting) Ref { return x.Ref })
	out.withRoutes(p.Routes)
	return &out
}

// settingWrite is the last write of a setting, or its creation. Where a kind
// has a spec, only who owns some of it has set anything.
func settingWrite(x *Setting) (Change, bool) {
	var last Write
	for _, w := range x.Writes {
		if w.Subresource == "" && w.Time.After(last.Time) && (len(w.Spec) > 0 || x.Namespace == "") {
			last = w
		}
	}
	c := Change{Time: last.Time, Kind: SettingWrite, Object: x.Key(), What: "written", By: last.Manager}
	if x.Kind == "NetworkPolicy" {
		c.Kind = PolicyWrite
	}
	if !last.Time.After(x.Created.Add(time.Second)) {
		c.Time, c.What = x.Created, "created"
	}
	return c, !c.Time.IsZero()
}
