package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// The samples of kubelets: the older one is there where something is told of
// the time between two.
const (
	olderSample = "metrics-1"
	newerSample = "metrics-2"
)

// measured are the answers of kubelets from which the same is read that was
// read of theirs: for each node what cadvisor tells, and how full its
// filesystems are.
func measured(s *cluster.Snapshot) ([]file, error) {
	older, newer := map[string]*bytes.Buffer{}, map[string]*bytes.Buffer{}
	for i := range s.Usages {
		u := &s.Usages[i]
		if !u.Total && s.Usage(u.Pod, u.Container) == u {
			sample(older, u.Node, u, u.Since, false)
		}
		if s.Usage(u.Pod, u.Container) == u { // of two the one that counts
			sample(newer, u.Node, u, u.At, true)
		}
	}
	out := append(answers(olderSample, older), answers(newerSample, newer)...)
	full, err := summaries(s.Filesystems)
	return append(out, full...), err
}

func answers(folder string, of map[string]*bytes.Buffer) []file {
	nodes := make([]string, 0, len(of))
	for n := range of {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	var out []file
	for _, n := range nodes {
		if isFolder(n) {
			out = append(out, file{fmt.Sprintf("%s/cadvisor-%s.prom", folder, n), of[n].Bytes()})
		}
	}
	return out
}

// sample writes what was measured of a container, as counters that begin at 0
// with the older sample or with the container.
func sample(into map[string]*bytes.Buffer, node string, u *cluster.Usage, at time.Time, newer bool) {
	if into[node] == nil {
		into[node] = &bytes.Buffer{}
	}
	line := func(family string, value float64) {
		fmt.Fprintf(into[node], "%s{container=\"%s\",id=\"%s\",namespace=\"%s\",pod=\"%s\"} %s %d\n", family, label(u.Container),
			label("/"+u.Pod.Namespace+"/"+u.Pod.Name+"/"+u.Container), label(u.Pod.Namespace), label(u.Pod.Name), strconv.FormatFloat(value, 'g', -1, 64), at.UnixMilli())
	}
	length := u.At.Truncate(time.Millisecond).Sub(u.Since.Truncate(time.Millisecond)).Seconds()
	rate := func(family string, perSecond float64) {
		switch {
		case perSecond < 0 || u.Since.IsZero():
		case newer:
			line(family, grown(perSecond, length))
		default:
			line(family, 0)
		}
	}
	count := func(family string, n float64) {
		if !newer {
			n = 0
		}
		line(family, n)
	}
	count("container_cpu_cfs_periods_total", float64(u.Periods))
	count("container_cpu_cfs_throttled_periods_total", float64(u.Throttled))
	count("container_cpu_cfs_throttled_seconds_total", u.ThrottledFor.Seconds())
	rate("container_cpu_usage_seconds_total", u.CPU)
	rate("container_pressure_cpu_waiting_seconds_total", u.CPUWait)
	rate("container_pressure_memory_waiting_seconds_total", u.MemoryWait)
	if newer && u.WorkingSet >= 0 {
		line("container_memory_working_set_bytes", float64(u.WorkingSet))
	}
	if u.Total && !u.Since.IsZero() {
		line("container_start_time_seconds", float64(u.Since.UnixMilli())/1000)
	}
}

// label escapes a value as Prometheus' text format wants it.
func label(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
}

// grown is by how much a counter grew, so that dividing by the length gives
// the rate again.
func grown(rate, length float64) float64 {
	n := rate * length
	for _, x := range []float64{n, math.Nextafter(n, math.Inf(1)), math.Nextafter(n, math.Inf(-1))} {
		if x/length == rate {
			return x
		}
	}
	return n
}

// statsSummary is what is kept of a kubelet's /stats/summary.
type statsSummary struct {
	Node struct {
		Fs      *fsStats `json:"fs,omitempty"`
		Runtime struct {
			ImageFs     *fsStats `json:"imageFs,omitempty"`
			ContainerFs *fsStats `json:"containerFs,omitempty"`
		} `json:"runtime"`
	} `json:"node"`
	Pods []podStats `json:"pods"`
}

type podStats struct {
	PodRef inNamespace   `json:"podRef"`
	Volume []volumeStats `json:"volume"`
}

type inNamespace struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

type volumeStats struct {
	fsStats
	Name   string      `json:"name"`
	PVCRef inNamespace `json:"pvcRef"`
}

type fsStats struct {
	Time           time.Time `json:"time"`
	AvailableBytes int64     `json:"availableBytes"`
	CapacityBytes  int64     `json:"capacityBytes"`
	InodesFree     *int64    `json:"inodesFree,omitempty"`
	Inodes         *int64    `json:"inodes,omitempty"`
}

func summaries(all []cluster.Filesystem) ([]file, error) {
	of := map[string]*statsSummary{}
	var nodes []string
	for i := range all {
		f := &all[i]
		if of[f.Node] == nil {
			of[f.Node] = &statsSummary{Pods: []podStats{}}
			nodes = append(nodes, f.Node)
		}
		of[f.Node].add(f)
	}
	var out []file
	for _, n := range nodes {
		raw, err := json.Marshal(of[n])
		if err != nil {
			return nil, err
		}
		if isFolder(n) {
			out = append(out, file{fmt.Sprintf("%s/summary-%s.json", newerSample, n), append(raw, '\n')})
		}
	}
	return out, nil
}

func (s *statsSummary) add(f *cluster.Filesystem) {
	stats := fsStats{Time: f.At.UTC(), AvailableBytes: f.Left, CapacityBytes: f.Capacity}
	if f.Inodes != 0 || f.InodesLeft != 0 {
		stats.Inodes, stats.InodesFree = &f.Inodes, &f.InodesLeft
	}
	switch f.Of {
	case cluster.OfNode:
		s.Node.Fs = &stats
	case cluster.OfImages:
		s.Node.Runtime.ImageFs = &stats
	case cluster.OfContainers:
		s.Node.Runtime.ContainerFs = &stats
	case cluster.OfVolume:
		s.Pods = append(s.Pods, podStats{PodRef: inNamespace{f.Pod.Name, f.Pod.Namespace},
			Volume: []volumeStats{{fsStats: stats, Name: f.Volume, PVCRef: inNamespace{f.Claim.Name, f.Claim.Namespace}}}})
	}
}
