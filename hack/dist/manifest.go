package main

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// plugin is a manifest as krew reads it. Fields of metadata that krew knows
// but does not use are left out, so that a strict reading refuses them.
type plugin struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   metadata `json:"metadata"`
	Spec       spec     `json:"spec"`
}

type metadata struct {
	Name string `json:"name"`
}

type spec struct {
	Version          string     `json:"version"`
	Homepage         string     `json:"homepage"`
	ShortDescription string     `json:"shortDescription"`
	Description      string     `json:"description"`
	Caveats          string     `json:"caveats"`
	Platforms        []platform `json:"platforms"`
}

type platform struct {
	Selector *metav1.LabelSelector `json:"selector"`
	URI      string                `json:"uri"`
	Sha256   string                `json:"sha256"`
	Bin      string                `json:"bin"`
	Files    []fileOp              `json:"files"`
}

// fileOp takes files out of the archive into the installation folder.
type fileOp struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// archiveName is the last part of the address, under which the archive lies
// in the folder of the release too.
func (p platform) archiveName() string {
	u, err := url.Parse(p.URI)
	if err != nil || u.Path == "" {
		return ""
	}
	return path.Base(u.Path)
}

func readPlugin(file string) (plugin, violations, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return plugin{}, nil, fmt.Errorf("read the manifest: %w", err)
	}
	return parsePlugin(b)
}

// parsePlugin reads strictly. What strictness finds is a violation like any
// other, so that the rest is still checked; only what is no manifest at all
// is an error.
func parsePlugin(b []byte) (plugin, violations, error) {
	var p plugin
	strict := yaml.UnmarshalStrict(b, &p)
	if strict == nil {
		return p, nil, nil
	}
	p = plugin{}
	if err := yaml.Unmarshal(b, &p); err != nil {
		return p, nil, fmt.Errorf("parse the manifest: %w", err)
	}
	var found violations
	found.add("", ruleStrict, "%s", strings.ReplaceAll(strict.Error(), "\n", " "))
	return p, found, nil
}
