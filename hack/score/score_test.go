package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// told are the recordings whose kinds of failure have detectors: of these
// every root must be found, with its factor and change.
var told = []string{
	"cpu-throttling", "healthy-after-start", "oom-one-limit", "registry-auth",
	"rollout-dependants", "rollout-dependants-after",
}

func TestRecordings(t *testing.T) {
	folders, err := filepath.Glob("recordings/*")
	if err != nil || len(folders) < 12 {
		t.Fatalf("found %d recordings, %v", len(folders), err)
	}
	results, err := scoreAll(t.Context(), folders)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		t.Run(r.name, func(t *testing.T) {
			if len(r.wrong) > 0 {
				t.Errorf("told what is not true: %s", strings.Join(r.wrong, "; "))
			}
			if !slices.Contains(told, r.name) {
				return
			}
			if len(r.missed) > 0 {
				t.Errorf("missed: %s", strings.Join(r.missed, "; "))
			}
			if r.hasRoots && !r.firstRight {
				t.Error("the first pattern is no stated root")
			}
			if r.factorFound != r.factors || r.changeFound != r.changes {
				t.Errorf("factors %d of %d, changes %d of %d", r.factorFound, r.factors, r.changeFound, r.changes)
			}
		})
	}
	// A floor that only rises.
	found := 0
	for _, r := range results {
		found += r.rootsFound
	}
	if found < 9 {
		t.Errorf("%d roots found over all recordings, want at least 9", found)
	}
}

func TestPrintNamesWhatIsMissed(t *testing.T) {
	var out bytes.Buffer
	err := print(&out, []result{{name: "x", roots: 2, rootsFound: 1, told: 1, hasRoots: true, missed: []string{"oom"}, wrong: []string{"a title"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"missed: oom", "wrong:  a title", "recall 1/2  precision 0/1  first 0/1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in:\n%s", want, out.String())
		}
	}
}
