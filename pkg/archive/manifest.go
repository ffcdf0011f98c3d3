// Package archive is the format in which a snapshot is kept: a tar.gz of
// folders with lists such as kubectl prints, so that other tools read them
// too, and a manifest that says what they are. Objects are made of the
// snapshot and hold what it holds and nothing else; what is read back is the
// same snapshot.
package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

const (
	// APIVersion and Kind tell a manifest from other JSON.
	APIVersion = "kubectl-patterns/v1alpha1"
	// Kind of a manifest.
	Kind = "Snapshot"
	// Version of the layout. A reader refuses one that it does not know.
	Version = 1
	// Folder is what everything lies in, so that unpacking leaves one folder.
	Folder = "snapshot"
	// ManifestFile is the first file of an archive.
	ManifestFile = "manifest.json"
	// PastFile holds what was known of the time before the snapshot.
	PastFile = "past.json"
)

// Manifest says what an archive is of, and what its reading could not see.
type Manifest struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Version    int       `json:"version"`
	MadeBy     string    `json:"madeBy"` // the plugin and its version
	At         time.Time `json:"at"`     // the moment of the snapshot
	Redacted   bool      `json:"redacted"`
	Cluster    Cluster   `json:"cluster"`
	Scope      Scope     `json:"scope"`
	Namespaces []string  `json:"namespaces"`
	Read       []Source  `json:"read"`
	Gaps       []Gap     `json:"gaps"`
}

// Cluster says which cluster was read.
type Cluster struct {
	Context string `json:"context"`
	Server  string `json:"server"`
	Version string `json:"version"`
	// Dump is set when the snapshot was made of files that somebody saved, of
	// which it is not known what was asked for.
	Dump bool `json:"dump"`
}

// Scope is whose failures were asked for.
type Scope struct {
	AllNamespaces bool     `json:"allNamespaces"`
	Namespaces    []string `json:"namespaces"`
	Selector      string   `json:"selector,omitempty"`
	// Whole is set when nothing was read beside these namespaces.
	Whole bool `json:"whole"`
}

// Source is one thing that was read.
type Source struct {
	Resource cluster.Resource `json:"resource"`
	Objects  int              `json:"objects"`
	From     string           `json:"from"`
	Period   *Period          `json:"period,omitempty"`
	Gap      string           `json:"gap,omitempty"`
	Remedy   string           `json:"remedy,omitempty"`
}

// Period is from when to when something tells.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Gap is something that could not be read.
type Gap struct {
	Resource  cluster.Resource `json:"resource"`
	Namespace string           `json:"namespace,omitempty"`
	Reason    string           `json:"reason"`
	Remedy    string           `json:"remedy,omitempty"`
	Unasked   bool             `json:"unasked,omitempty"`
}

func manifestOf(s *cluster.Snapshot, o Options) Manifest {
	m := Manifest{APIVersion: APIVersion, Kind: Kind, Version: Version, MadeBy: o.MadeBy, At: s.At.UTC(), Redacted: o.Redacted,
		Cluster:    Cluster{Context: s.Identity.Context, Server: s.Identity.Server, Version: s.Identity.Version, Dump: s.Identity.IsDump()},
		Scope:      Scope{AllNamespaces: s.Scope.AllNamespaces, Namespaces: orNone(s.Scope.Namespaces), Selector: s.Scope.Selector, Whole: s.Scope.IsWhole(&s.Identity)},
		Namespaces: orNone(s.Namespaces), Read: []Source{}, Gaps: []Gap{}}
	for _, x := range s.Sources {
		out := Source{Resource: x.Resource, Objects: x.Objects, From: base(x.From), Gap: x.Gap, Remedy: x.Remedy}
		if x.Period != (cluster.Span{}) {
			out.Period = &Period{x.Period.From.UTC(), x.Period.To.UTC()}
		}
		m.Read = append(m.Read, out)
	}
	for _, g := range s.Gaps {
		m.Gaps = append(m.Gaps, Gap(g))
	}
	return m
}

// base is the name of a file: the folders of whoever saved it say nothing.
func base(from string) string {
	return from[strings.LastIndexAny(from, `/\`)+1:]
}

func orNone(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}

// IsManifest reports whether JSON is the manifest of an archive, of whatever
// version.
func IsManifest(raw []byte) bool {
	var head struct{ APIVersion, Kind string }
	return json.Unmarshal(raw, &head) == nil && head.APIVersion == APIVersion && head.Kind == Kind
}

// ParseManifest reads a manifest. One of a later version of the layout is
// refused: what it does not say would be taken for nothing.
func ParseManifest(raw []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Version > Version:
		return nil, fmt.Errorf("the archive has layout %d, and this version of the plugin knows those up to %d: a newer one (%s) wrote it", m.Version, Version, m.MadeBy)
	case m.Version < 1 || m.At.IsZero():
		return nil, errors.New("the manifest names no version or no time")
	}
	return &m, nil
}

// Parts is what the manifest tells of the snapshot: all but its objects.
// file is the name that sources are told by.
func (m *Manifest) Parts(file string) cluster.Parts {
	p := cluster.Parts{At: m.At, Namespaces: m.Namespaces,
		Identity: cluster.Identity{Context: m.Cluster.Context, Server: m.Cluster.Server, Version: m.Cluster.Version, Offline: true, Archived: !m.Cluster.Dump},
		Scope:    cluster.Scope{AllNamespaces: m.Scope.AllNamespaces, Namespaces: m.Scope.Namespaces, Selector: m.Scope.Selector, AsRead: m.Scope.Whole}}
	for _, x := range m.Read {
		out := cluster.Source{Resource: x.Resource, Objects: x.Objects, Gap: x.Gap, Remedy: x.Remedy}
		if x.From != "" {
			out.From = file
		}
		if x.Period != nil {
			out.Period = cluster.Span{From: x.Period.From, To: x.Period.To}
		}
		p.Sources = append(p.Sources, out)
	}
	for _, g := range m.Gaps {
		p.Gaps = append(p.Gaps, cluster.Gap(g))
	}
	return p
}
