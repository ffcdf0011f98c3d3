package scenario

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func library(texts map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestLoadPlaysIncludedOnce(t *testing.T) {
	lib := library(map[string]string{
		"base/scenario.yaml": "description: d\nsteps: [{delay: 1s}]",
		"a/scenario.yaml":    "description: d\ninclude: [base]",
		"b/scenario.yaml":    "description: d\ninclude: [base]",
		"all/scenario.yaml":  "description: d\ninclude: [b, a]",
	})
	list, err := Load(lib, "all")
	if err != nil {
		t.Fatal(err)
	}
	if got := names(list); !slices.Equal(got, []string{"base", "b", "a", "all"}) {
		t.Errorf("got %v", got)
	}
}

func TestLoadFolderIncludesLibraryAndNeighbour(t *testing.T) {
	lib := library(map[string]string{"base/scenario.yaml": "description: d"})
	root := t.TempDir()
	for folder, include := range map[string]string{"mine": "base, ../other", "other": "base"} {
		if err := os.Mkdir(filepath.Join(root, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		text := "description: d\ninclude: [" + include + "]"
		if err := os.WriteFile(filepath.Join(root, folder, fileName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Load(lib, filepath.Join(root, "mine"))
	if err != nil {
		t.Fatal(err)
	}
	if got := names(list); !slices.Equal(got, []string{"base", "other", "mine"}) {
		t.Errorf("got %v", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"typo":            {"description: d\nsteps: [{aply: x}]", "unknown field"},
		"no description":  {"steps: [{delay: 1s}]", "no description"},
		"two actions":     {"description: d\nsteps: [{delay: 1s, kill-node: n}]", "exactly one"},
		"no action":       {"description: d\nsteps: [{say: hello}]", "exactly one"},
		"missing file":    {"description: d\nsteps: [{apply: gone.yaml}]", "gone.yaml"},
		"manifest":        {"description: d\nsteps: [{apply: bad.yaml}]", "no kind"},
		"two waits":       {"description: d\nsteps: [{wait: {rollouts: {}, node: {name: n}}}]", "exactly one"},
		"count":           {"description: d\nsteps: [{wait: {pods: {ready: true}}}]", "either exactly or at-least"},
		"selector":        {"description: d\nsteps: [{wait: {pods: {selector: '=,', exactly: 1}}}]", "selector"},
		"annotate what":   {"description: d\nsteps: [{annotate: {set: {a: b}}}]", "either pods or node"},
		"unknown include": {"description: d\ninclude: [nowhere]", "no scenario"},
		"unknown path":    {"description: d\ninclude: [x/y]", "no scenario"},
	} {
		t.Run(name, func(t *testing.T) {
			lib := library(map[string]string{"s/scenario.yaml": test.text, "s/bad.yaml": "metadata: {name: x}"})
			_, err := Load(lib, "s")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func names(list []*Scenario) []string {
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	return names
}
