package cluster

import (
	"fmt"
	"time"
)

// HelmDelivery begins the Delivery of a workload that Helm installed; the
// release's name follows.
const HelmDelivery = "Helm release "

// Release is one revision of a Helm release, as the labels of the Secret or
// ConfigMap that Helm keeps it in tell. Its data are never read.
type Release struct {
	Name     string
	Version  int64
	Status   string    // deployed, superseded, failed, pending-upgrade, …
	Modified time.Time // moves when the next revision supersedes it as well
}

// releases are the installs, upgrades and rollbacks of Helm that its records
// date: the record of a revision is made when that begins.
func (s *Snapshot) releases() []Change {
	var out []Change
	for i := range s.Configs {
		c := &s.Configs[i]
		if c.Release == nil || c.Created.IsZero() {
			continue
		}
		r := c.Release
		what := fmt.Sprintf("revision %d of the release, %s", r.Version, orUnknown(r.Status))
		if r.Version == 1 {
			what = "installed, " + orUnknown(r.Status)
		}
		out = append(out, Change{Time: c.Created, Kind: HelmRelease, What: what, By: "helm",
			Object: Ref{Kind: "HelmRelease", Namespace: c.Namespace, Name: r.Name}})
	}
	return out
}

func orUnknown(status string) string {
	if status == "" {
		return "of unknown status"
	}
	return status
}
