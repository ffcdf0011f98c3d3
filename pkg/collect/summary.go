package collect

import (
	"encoding/json"
	"io"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// statsSummary is what is kept of /stats/summary
// (k8s.io/kubelet/pkg/apis/stats/v1alpha1).
type statsSummary struct {
	Node struct {
		Fs      *fsStats `json:"fs"`
		Runtime *struct {
			ImageFs     *fsStats `json:"imageFs"`
			ContainerFs *fsStats `json:"containerFs"`
		} `json:"runtime"`
	} `json:"node"`
	Pods []podStats `json:"pods"`
}

type podStats struct {
	PodRef struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"podRef"`
	Volumes []volumeStats `json:"volume"`
}

type volumeStats struct {
	fsStats
	Name   string `json:"name"`
	PVCRef *struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"pvcRef"`
}

// fsStats: usedBytes is left out, for of a node's shared filesystems it tells
// what their kind of content takes, not how full they are.
type fsStats struct {
	Time           time.Time `json:"time"`
	AvailableBytes *uint64   `json:"availableBytes"`
	CapacityBytes  *uint64   `json:"capacityBytes"`
	InodesFree     *uint64   `json:"inodesFree"`
	Inodes         *uint64   `json:"inodes"`
}

// summary reads the answer of a node's /stats/summary. Of volumes only those
// with a claim are kept: the others lie on the node's own filesystem, or in
// memory.
func summary(in io.Reader, node string) ([]cluster.Filesystem, error) {
	counted := &lines{r: in}
	dec := json.NewDecoder(counted)
	var s statsSummary
	if err := dec.Decode(&s); err != nil {
		return nil, counted.locate(unexpected(err), dec.InputOffset())
	}
	var out []cluster.Filesystem
	add := func(of cluster.FilesystemOf, fs *fsStats) *cluster.Filesystem {
		if fs == nil || fs.CapacityBytes == nil || fs.AvailableBytes == nil {
			return &cluster.Filesystem{}
		}
		out = append(out, fs.filesystem(of, node))
		return &out[len(out)-1]
	}
	add(cluster.OfNode, s.Node.Fs)
	if r := s.Node.Runtime; r != nil {
		add(cluster.OfImages, r.ImageFs)
		add(cluster.OfContainers, r.ContainerFs)
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		for j := range p.Volumes {
			v := &p.Volumes[j]
			if v.PVCRef == nil || v.PVCRef.Name == "" {
				continue
			}
			f := add(cluster.OfVolume, &v.fsStats)
			f.Volume, f.Pod = v.Name, cluster.Ref{Kind: "Pod", Namespace: p.PodRef.Namespace, Name: p.PodRef.Name}
			f.Claim = cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: v.PVCRef.Namespace, Name: v.PVCRef.Name}
		}
	}
	return out, nil
}

func (fs *fsStats) filesystem(of cluster.FilesystemOf, node string) cluster.Filesystem {
	f := cluster.Filesystem{Of: of, Node: node, At: plausible(fs.Time.UTC()), Capacity: amount(fs.CapacityBytes), Left: amount(fs.AvailableBytes)}
	if fs.Inodes != nil && fs.InodesFree != nil {
		f.Inodes, f.InodesLeft = amount(fs.Inodes), amount(fs.InodesFree)
	}
	return f
}

func amount(n *uint64) int64 {
	if *n > maxValue {
		return 0
	}
	return int64(*n) //nolint:gosec // checked above
}
