package symptom

import (
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// When a container counts as throttled: in a quarter of its periods, as the
// alert CPUThrottlingHigh of the kubernetes-mixin has it. Only periods in
// which the container wanted to run are counted, ten in a second at the
// kernel's default; of a whole life more are asked for, since starting takes
// more CPU than what follows.
const (
	throttledShare    = 0.25
	leastPeriods      = 50
	leastPeriodsTotal = 600
)

// throttled recognises the containers of a pod that want more CPU than their
// limit allows. It makes them slow, which is no failure by itself.
func (r *recogniser) throttled(p *cluster.Pod) {
	for i := range p.Containers {
		c := &p.Containers[i]
		u := r.s.Usage(p.Ref, c.Name)
		if u == nil || c.State.Phase != cluster.Running || u.At.Before(c.State.StartedAt) {
			continue // or measured of an earlier run
		}
		least := int64(leastPeriods)
		if u.Total {
			least = leastPeriodsTotal
		}
		share := part(u.Throttled, u.Periods)
		if u.Periods < least || share < throttledShare {
			continue
		}
		s := Symptom{Kind: Throttling, Cause: "cfs-quota", Object: p.Key(), Pod: p, Container: c.Name,
			First: u.Since, Last: r.s.At, SinceBefore: !u.Total, Ongoing: !u.Total, Share: share, Limit: cpuLimit(p, c)}
		if u.Total {
			s.Last = earliest(u.At, r.s.At)
		}
		s.Message = fmt.Sprintf("throttled in %d of %d CPU periods (%s) %s", u.Throttled, u.Periods, percent(share), overTime(u))
		s.Evidence = []Evidence{{Source: FromMetric, Subject: p.Key(), Time: earliest(u.At, r.s.At), Reason: "CPUThrottling",
			Text: fmt.Sprintf("container %s was %s%s", c.Name, s.Message, cpuInUse(u)), Count: 1}}
		r.add(s)
	}
}

// TimedOut reports whether what failed was too slow, by its own words.
func (s *Symptom) TimedOut() bool { return classify(connectionSignatures, s.Message) == "timeout" }

func part(n, of int64) float64 {
	if of <= 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func cpuLimit(p *cluster.Pod, c *cluster.Container) string {
	if c.CPULimit != "" {
		return c.CPULimit
	}
	if spec := p.SpecOf(c.Name); spec != nil {
		return spec.CPULimit
	}
	return ""
}

func overTime(u *cluster.Usage) string {
	if u.Total {
		return "since it started"
	}
	return fmt.Sprintf("within %s", u.At.Sub(u.Since).Round(time.Second))
}

func cpuInUse(u *cluster.Usage) string {
	text := ""
	if u.CPU >= 0 {
		text += fmt.Sprintf("; it used %.2f cores on average", u.CPU)
	}
	if u.CPUWait > 0 {
		text += fmt.Sprintf(", and some thread waited for CPU %s of the time", percent(u.CPUWait))
	}
	return text
}

// percent rounds down: what is not full must not read 100 %.
func percent(share float64) string { return fmt.Sprintf("%d %%", int(share*100+1e-9)) }

// fullShare is from when on a volume counts as full: there, writes of some
// size fail.
const fullShare = 0.95

// fullVolumes recognises claims whose volume has hardly a byte or an inode
// left.
func (r *recogniser) fullVolumes() {
	for i := range r.s.Filesystems {
		f := &r.s.Filesystems[i]
		p := r.s.Pod(f.Pod.Namespace, f.Pod.Name)
		if f.Of != cluster.OfVolume || p == nil || p.Finished() || !inScope(&r.s.Scope, p.Namespace, p.Labels) {
			continue
		}
		share := max(f.BytesUsed(), f.InodesUsed())
		claim := r.s.Claim(f.Claim.Namespace, f.Claim.Name)
		if share < fullShare || isReadOnly(claim) || r.onNodesOwn(f) {
			continue
		}
		s := Symptom{Kind: Storage, Cause: StorageFull, Object: p.Key(), Pod: p, About: f.Claim, Resource: "storage",
			First: earliest(f.At, r.s.At), Last: r.s.At, SinceBefore: true, Ongoing: true, Share: share}
		if f.InodesUsed() > f.BytesUsed() {
			s.Resource = "inodes"
		}
		if claim != nil {
			s.Class, s.Driver = claim.StorageClass, claim.Provisioner
		}
		s.Message = fmt.Sprintf("volume %s: %s", f.Volume, room(f))
		s.Evidence = []Evidence{{Source: FromMetric, Subject: f.Claim, Time: s.First, Reason: "VolumeFull", Text: s.Message, Count: 1}}
		r.add(s)
	}
}

// isReadOnly reports whether a claim can only be read: such volumes are made
// full.
func isReadOnly(c *cluster.Claim) bool {
	return c != nil && len(c.AccessModes) > 0 && !slices.ContainsFunc(c.AccessModes, func(m string) bool { return m != "ReadOnlyMany" })
}

// onNodesOwn reports whether a volume is a folder on its node's own
// filesystem: then that is what is full, and the node says so.
func (r *recogniser) onNodesOwn(volume *cluster.Filesystem) bool {
	return slices.ContainsFunc(r.s.Filesystems, func(f cluster.Filesystem) bool {
		return f.Of != cluster.OfVolume && f.Node == volume.Node && f.Capacity == volume.Capacity && f.Inodes == volume.Inodes
	})
}

// room says how much room a filesystem has left.
func room(f *cluster.Filesystem) string {
	text := fmt.Sprintf("%s of %s used, %s left", percent(f.BytesUsed()), bytesText(f.Capacity), bytesText(f.Left))
	if f.Inodes > 0 {
		text += fmt.Sprintf("; %s of the inodes used", percent(f.InodesUsed()))
	}
	return text
}

// bytesText writes an amount as Kubernetes does, rounded.
func bytesText(n int64) string {
	units := []string{"Ki", "Mi", "Gi", "Ti"}
	if n < 1<<10 {
		return fmt.Sprintf("%d bytes", n)
	}
	x, i := float64(n)/(1<<10), 0
	for x >= 1<<10 && i < len(units)-1 {
		x, i = x/(1<<10), i+1
	}
	if x < 10 {
		return fmt.Sprintf("%.1f%s", x, units[i])
	}
	return fmt.Sprintf("%.0f%s", x, units[i])
}

// nearLimit is from when on memory in use is worth a word beside a kill.
const nearLimit = 0.8

// measured is what kubelets measured that bears on a symptom.
func (r *recogniser) measured(s *Symptom) []Evidence {
	switch s.Kind {
	case OOM:
		return r.memoryInUse(s)
	case Pressure:
		if s.Cause == DiskPressure {
			return r.diskInUse(s)
		}
	}
	return nil
}

func (r *recogniser) memoryInUse(s *Symptom) []Evidence {
	u := r.s.Usage(s.Object, s.Container)
	limit, err := resource.ParseQuantity(s.Limit)
	if u == nil || err != nil || u.At.Before(s.Ended) || part(u.WorkingSet, limit.Value()) < nearLimit {
		return nil
	}
	text := fmt.Sprintf("container %s uses %s of its limit of %s again (%s)", s.Container, bytesText(u.WorkingSet), s.Limit, percent(part(u.WorkingSet, limit.Value())))
	if u.MemoryWait > 0 {
		text += fmt.Sprintf(", and some thread waited for memory %s of the time", percent(u.MemoryWait))
	}
	return []Evidence{{Source: FromMetric, Subject: s.Object, Time: earliest(u.At, r.s.At), Reason: "MemoryNearLimit", Text: text, Count: 1}}
}

func (r *recogniser) diskInUse(s *Symptom) []Evidence {
	var out []Evidence
	for i := range r.s.Filesystems {
		f := &r.s.Filesystems[i]
		if f.Node != s.Node || f.Of == cluster.OfVolume || r.isToldBefore(i) {
			continue
		}
		out = append(out, Evidence{Source: FromMetric, Subject: s.Object, Time: earliest(f.At, r.s.At), Reason: "FilesystemUse",
			Text: fmt.Sprintf("filesystem of the node (%s): %s", f.Of, room(f)), Count: 1})
	}
	return out
}

// isToldBefore reports whether an earlier one of a node's filesystems is the
// same: images and containers mostly lie on the node's own.
func (r *recogniser) isToldBefore(i int) bool {
	f := &r.s.Filesystems[i]
	return slices.ContainsFunc(r.s.Filesystems[:i], func(o cluster.Filesystem) bool {
		return o.Of != cluster.OfVolume && o.Node == f.Node && o.Capacity == f.Capacity && o.Inodes == f.Inodes
	})
}
