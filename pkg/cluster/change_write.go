package cluster

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// sameWrite is how far apart a write and what it led to may be dated.
const sameWrite = 5 * time.Second

// author is who wrote a workload at a time: managedFields date only the last
// write of each manager, so that an older change has no known author. What
// delivers the workload is told beside.
func (w *Workload) author(at time.Time) string {
	by := ""
	for _, wr := range w.Writes {
		if wr.Subresource == "" && wr.Time.Sub(at).Abs() <= sameWrite && (by == "" || wr.Manager != "kube-controller-manager") {
			by = wr.Manager
		}
	}
	switch {
	case w.Delivery == "":
		return by
	case by == "":
		return "an unknown writer; " + w.Delivery + " delivers it"
	}
	return by + " (" + w.Delivery + ")"
}

// configWrite is the last write of a ConfigMap or Secret, with the names of
// the keys that its writer owns, or its creation.
func configWrite(c *Config) (Change, bool) {
	at, w := c.Changed()
	if at.IsZero() || c.Release != nil {
		return Change{}, false
	}
	what := "written" + ownedKeys(w.Keys)
	if at.Sub(c.Created) < time.Second {
		what = "created"
	}
	return Change{Time: at, Kind: ConfigWrite, Object: c.Key(), What: what, By: w.Manager}, true
}

// keysNamed is how many keys of a ConfigMap or Secret are named in a change.
const keysNamed = 3

// ownedKeys names what a writer owns: managedFields date the write, and do not
// say which of these keys it altered.
func ownedKeys(keys []string) string {
	named := strings.Join(keys[:min(len(keys), keysNamed)], ", ")
	switch more := len(keys) - keysNamed; {
	case len(keys) == 0:
		return ""
	case len(keys) == 1:
		return " (the writer owns the key " + named + ")"
	case more > 0:
		return fmt.Sprintf(" (the writer owns the keys %s and %d more)", named, more)
	}
	return " (the writer owns the keys " + named + ")"
}

// serviceWrite is the last write of a Service's spec after its creation, with
// those of its fields that the writer owns and that decide where it leads.
func serviceWrite(svc *Service) (Change, bool) {
	var last Write
	for _, w := range svc.Writes {
		if w.Subresource == "" && len(w.Spec) > 0 && w.Time.After(last.Time) {
			last = w
		}
	}
	if last.Time.Sub(svc.Created) < 2*sameWrite {
		return Change{}, false
	}
	var owned []string
	for _, f := range last.Spec {
		switch f {
		case "selector", "ports", "type", "clusterIP", "externalName", "internalTrafficPolicy", "externalTrafficPolicy":
			owned = append(owned, f)
		}
	}
	if len(owned) == 0 {
		return Change{}, false
	}
	what := "written (the writer owns " + strings.Join(owned, ", ") + ")"
	return Change{Time: last.Time, Kind: ServiceWrite, Object: svc.Key(), What: what, By: last.Manager}, true
}

// scaledTo reads the numbers of a Deployment's ScalingReplicaSet event: since
// Kubernetes 1.27 with the number before.
var scaledTo = regexp.MustCompile(`^Scaled (up|down) replica set (\S{1,253}) (?:from (\d{1,9}) )?to (\d{1,9})$`)

// scalings are the changes of the number of replicas that are dated: by the
// last write of the subresource scale, which kubectl scale and the HPA use.
// What a rollout does to its ReplicaSets is no scaling.
func (s *Snapshot) scalings(w *Workload) []Change {
	var out []Change
	for _, wr := range w.Writes {
		if wr.Subresource != "scale" || wr.Time.Sub(w.Created) < 2*sameWrite {
			continue
		}
		what := fmt.Sprintf("scaled, to %d replicas now", w.Desired)
		for _, e := range s.EventsOf(w.Ref) {
			m := scaledTo.FindStringSubmatch(e.Message)
			if m != nil && e.Reason == "ScalingReplicaSet" && m[3] != "" && e.First.Sub(wr.Time).Abs() <= sameWrite {
				what = fmt.Sprintf("scaled from %s to %s replicas", m[3], m[4])
			}
		}
		by := wr.Manager
		if by == "kube-controller-manager" {
			by = "HorizontalPodAutoscaler (kube-controller-manager)"
		}
		out = append(out, Change{Time: wr.Time, Kind: Scaling, Object: w.Key(), What: what, By: by})
	}
	return out
}
