package redact_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/redact"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// TestSamePatterns: under other names the same is found: detectors, causes,
// tiers, counts and times.
func TestSamePatterns(t *testing.T) {
	all, err := filepath.Glob("../../hack/score/testdata/incidents/*/data.tar.gz")
	if err != nil || len(all) < 100 {
		t.Fatalf("%d recordings, %v", len(all), err)
	}
	step := 12
	if os.Getenv("KUBECTL_PATTERNS_LONG") != "" {
		step = 1
	}
	for i := 0; i < len(all); i += step {
		t.Run(filepath.Base(filepath.Dir(all[i])), func(t *testing.T) {
			s := read(t, all[i])
			var saved bytes.Buffer
			if err := archive.Write(&saved, redact.Snapshot(s), archive.Options{Redacted: true}); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "redacted.tar.gz")
			if err := os.WriteFile(path, saved.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			want, got := told(s), told(read(t, path))
			if !slices.Equal(want, got) {
				t.Errorf("under other names it is\n%s\nand was\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func read(t *testing.T, path string) *cluster.Snapshot {
	t.Helper()
	parts, err := (&collect.Files{Paths: []string{path}}).Read(context.Background(), cluster.Scope{AllNamespaces: true})
	if err != nil {
		t.Fatal(err)
	}
	return cluster.New(parts)
}

// told is what a story says beside names.
func told(s *cluster.Snapshot) []string {
	suite := detectors.Suite()
	symptoms := symptom.Recognise(s)
	patterns, skipped := detect.Run(suite, s, symptoms)
	story := correlate.Explain(nil, s, suite, symptoms, patterns, skipped)
	var out []string
	for _, p := range story.Patterns {
		out = append(out, fmt.Sprint(p.Detector, p.Cause, p.Severity, p.Tier, " ", len(p.Tally.Pods), len(p.Tally.Workloads), len(p.Tally.Nodes), p.Tally.First.UTC(), p.Tally.Last.UTC(), p.ExplainedBy == ""))
	}
	slices.Sort(out)
	return out
}
