package cluster

import (
	"cmp"
	"slices"
	"time"
)

// Usage is what a kubelet measured of one container
// (github.com/google/cadvisor/docs/storage/prometheus.md). What it counts is
// told for the time from Since to At.
type Usage struct {
	Pod       Ref
	Container string
	Node      string
	At        time.Time // of the newest sample
	// Since is the time of the earlier sample, or the container's start when
	// there was none to compare with; zero when that is not told.
	Since time.Time
	// Total is set when Since is the container's start: what is counted then
	// tells of its whole life, not of the present.
	Total bool

	// Periods are those of the kernel's CPU bandwidth control (CFS) in which
	// the container wanted to run, Throttled those in which it used its quota
	// up and had to wait.
	Periods, Throttled int64
	ThrottledFor       time.Duration // added up over its threads
	CPU                float64       // cores used on average; -1 when not told
	WorkingSet         int64         // bytes in use at At, without what could be reclaimed; -1 when not told
	// CPUWait and MemoryWait are the shares of the time in which some thread
	// waited for CPU or memory (PSI); -1 when the kernel does not tell.
	CPUWait, MemoryWait float64
}

// FilesystemOf says whose a filesystem is.
type FilesystemOf string

// The filesystems that kubelets measure; those of a node may be one and the
// same.
const (
	OfNode       FilesystemOf = "node"
	OfImages     FilesystemOf = "images"
	OfContainers FilesystemOf = "containers"
	OfVolume     FilesystemOf = "volume"
)

// Filesystem is how full a filesystem is, as a kubelet measured it
// (k8s.io/kubelet/pkg/apis/stats/v1alpha1).
type Filesystem struct {
	Of     FilesystemOf
	Node   string
	Pod    Ref    // of a volume: who has it mounted
	Volume string // its name in the pod
	Claim  Ref    // its PersistentVolumeClaim
	At     time.Time
	// Capacity and Left are bytes, Inodes and InodesLeft count files. A
	// capacity of 0 means that it is not told, as network filesystems often
	// do for inodes.
	Capacity, Left     int64
	Inodes, InodesLeft int64
}

// BytesUsed is the share of the bytes that are taken, 0 when not told.
func (f *Filesystem) BytesUsed() float64 { return used(f.Left, f.Capacity) }

// InodesUsed is the share of the inodes that are taken, 0 when not told.
func (f *Filesystem) InodesUsed() float64 { return used(f.InodesLeft, f.Inodes) }

func used(left, of int64) float64 {
	if of <= 0 || left < 0 || left > of {
		return 0
	}
	return 1 - float64(left)/float64(of)
}

func compareUsages(a, b Usage) int {
	return cmp.Or(a.Pod.Compare(b.Pod), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Node, b.Node), a.At.Compare(b.At))
}

func compareFilesystems(a, b Filesystem) int {
	return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(rank(a.Of), rank(b.Of)), a.Pod.Compare(b.Pod), cmp.Compare(a.Volume, b.Volume), a.At.Compare(b.At))
}

// rank puts a node's own filesystem first, which the others may be.
func rank(of FilesystemOf) int {
	return slices.Index([]FilesystemOf{OfNode, OfImages, OfContainers, OfVolume}, of)
}

// usageKey names a container of a pod.
type usageKey struct {
	pod       Ref
	container string
}

// measured sorts and indexes what kubelets measured.
func (s *Snapshot) measured() {
	slices.SortStableFunc(s.Usages, compareUsages)
	slices.SortStableFunc(s.Filesystems, compareFilesystems)
	s.usages = make(map[usageKey]*Usage, len(s.Usages))
	for i := range s.Usages {
		u := &s.Usages[i]
		s.usages[usageKey{u.Pod.Key(), u.Container}] = u
	}
}

// Usage is what was measured of a container; nil if nothing was.
func (s *Snapshot) Usage(pod Ref, container string) *Usage {
	return s.usages[usageKey{pod.Key(), container}]
}

// WithMetrics is the snapshot with what kubelets measured, which is read in a
// step of its own.
func (s *Snapshot) WithMetrics(p Parts) *Snapshot {
	out := *s
	out.Usages = append(slices.Clone(s.Usages), p.Usages...)
	out.Filesystems = append(slices.Clone(s.Filesystems), p.Filesystems...)
	out.Sources = append(slices.Clone(s.Sources), p.Sources...)
	out.Gaps = append(slices.Clone(s.Gaps), p.Gaps...)
	out.measured()
	return &out
}

// Measurable are the nodes whose kubelets can tell something of what is asked
// for: ready ones (or such as could not be read), and when not the whole
// cluster is asked for, those that carry pods of it.
func (s *Snapshot) Measurable() []string {
	var out []string
	if s.Scope.AllNamespaces && s.Scope.MatchPod == nil {
		for i := range s.Nodes {
			out = append(out, s.Nodes[i].Name)
		}
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		if p.Node != "" && !p.Finished() && s.Scope.Asks(p) {
			out = append(out, p.Node)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(name string) bool {
		n := s.Node(name)
		return (n != nil && !n.Ready()) || (s.Scope.Node != "" && name != s.Scope.Node)
	})
}
