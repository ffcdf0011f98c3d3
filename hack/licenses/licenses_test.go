package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestUnknownLicencesAreRefused: what is not allowed, not recognised or not there
// stops a release.
func TestUnknownLicencesAreRefused(t *testing.T) {
	mit, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, body, want string }{
		"none":      {"README.md", "Hello", "has no licence"},
		"unknown":   {"LICENSE", "You may, on Sundays.", "0 % of LICENSE"},
		"copyleft":  {"COPYING", "SPDX-License-Identifier: AGPL-3.0-only\n", "COPYING"},
		"allowed":   {"LICENSE", string(mit), ""},
		"of a logo": {"LICENSE-LOGO", string(mit), "has no licence"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.body), 0o600); err != nil {
			t.Fatal(err)
		}
		m := module{Path: "example.com/m", Version: "v1.0.0", Dir: dir}
		texts, err := textsOf(m)
		if err != nil {
			t.Fatal(err)
		}
		_, err = namesOf(m, texts)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestTheFileIsUpToDate runs what 'make verify' runs.
func TestTheFileIsUpToDate(t *testing.T) {
	t.Chdir("../..")
	if err := run(t.Context(), "THIRD_PARTY_LICENSES", true); err != nil {
		t.Error(err)
	}
}

func TestPlatformsAreThoseOfReleases(t *testing.T) {
	raw, err := os.ReadFile("../../plugins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var plugin struct {
		Spec struct {
			Platforms []struct {
				Selector struct{ MatchLabels map[string]string }
			}
		}
	}
	if err := yaml.Unmarshal(raw, &plugin); err != nil {
		t.Fatal(err)
	}
	var released []string
	for _, p := range plugin.Spec.Platforms {
		released = append(released, p.Selector.MatchLabels["os"]+"/"+p.Selector.MatchLabels["arch"])
	}
	if !slices.Equal(released, platforms()) {
		t.Errorf("plugins.yaml has %v, this program %v", released, platforms())
	}
}
