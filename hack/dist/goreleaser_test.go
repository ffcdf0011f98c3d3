package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestGoreleaserBuildsTheSame compares .goreleaser.yaml, by which releases are
// built, with plugins.yaml and with what this program builds: who rebuilds a
// release gets the same binary, and krew finds the archives.
func TestGoreleaserBuildsTheSame(t *testing.T) {
	raw, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Builds []struct {
			Main, Binary                   string
			Env, Flags, Ldflags            []string
			Goos, Goarch, Goamd64, Goarm64 []string
		}
		Archives []struct {
			NameTemplate string `json:"name_template"`
			Files        []string
		}
	}
	if err := yaml.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	b, a := c.Builds[0], c.Archives[0]
	for what, same := range map[string]bool{
		"main":    b.Main == mainPackage,
		"env":     slices.Equal(b.Env, []string{"CGO_ENABLED=0", "GOFLAGS=-buildvcs=auto"}),
		"flags":   slices.Equal(b.Flags, []string{"-trimpath"}) && slices.Equal(b.Ldflags, []string{"-s -w"}),
		"levels":  slices.Equal(b.Goamd64, []string{"v1"}) && slices.Equal(b.Goarm64, []string{"v8.0"}),
		"files":   slices.Equal(a.Files, []string{licenseName, noticesName}),
		"builds":  len(c.Builds) == 1,
		"archive": len(c.Archives) == 1,
	} {
		if !same {
			t.Errorf("%s is not what hack/dist does", what)
		}
	}
	p := realPlugin(t)
	if n := len(b.Goos) * len(b.Goarch); n != len(p.Spec.Platforms) {
		t.Errorf("%d platforms, plugins.yaml has %d", n, len(p.Spec.Platforms))
	}
	for _, pl := range p.Spec.Platforms {
		pair, _ := onlyPair(pl.Selector)
		name := strings.NewReplacer("{{ .Tag }}", p.Spec.Version, "{{ .Os }}", pair.os, "{{ .Arch }}", pair.arch).Replace(a.NameTemplate)
		if !strings.HasPrefix(pl.archiveName(), name+".") || !slices.Contains(b.Goos, pair.os) || !slices.Contains(b.Goarch, pair.arch) {
			t.Errorf("plugins.yaml has %s, goreleaser makes %s", pl.archiveName(), name)
		}
	}
}
