package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// viewOf is what renders the view of one node or one rollout; nil for a scan.
func viewOf(r *report.Report) func(io.Writer, *report.Report, report.Style) error {
	switch {
	case r.Node != nil:
		return report.NodeText
	case r.Rollout != nil:
		return report.RolloutText
	}
	return nil
}

// TestClaimsOfViews reads what the views of nodes and rollouts say: of every
// recording a node that carries something affected, and a Deployment.
func TestClaimsOfViews(t *testing.T) {
	folders, err := filepath.Glob("testdata/incidents/*")
	if err != nil {
		t.Fatal(err)
	}
	incidents, err := recorded(folders)
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for i, in := range incidents {
		if i%4 != 0 { // a quarter, for the sake of time
			continue
		}
		files, err := in.put(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		scan, err := analyse(t.Context(), files, in.truth.At)
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range views(scan) {
			counted[args[0]]++
			for _, f := range files {
				args = append(args, "-f", f)
			}
			r := view(t, append(args, "--now", in.truth.At, "-o", "json"))
			for _, s := range append(sentences(r), renderings(t, r)...) {
				if why := wrong(s); why != "" {
					t.Errorf("%s, %v, %s: %s: %s", in.name, args, s.where, why, around(s.text))
				}
			}
		}
	}
	if counted["node"] < 20 || counted["rollout"] < 20 {
		t.Errorf("only %v were read", counted)
	}
}

// views are the first node and the first Deployment that a report names.
func views(r *report.Report) [][]string {
	var out [][]string
	node, rollout := false, false
	for i := range r.Patterns {
		for _, a := range r.Patterns[i].Affected {
			if a.Node != "" && !node {
				node = true
				out = append(out, []string{"node", a.Node})
			}
			if a.Workload.Kind == "Deployment" && !rollout {
				rollout = true
				out = append(out, []string{"rollout", "deployment/" + a.Workload.Name, "-n", a.Namespace})
			}
		}
	}
	return out
}

func view(t *testing.T, args []string) *report.Report {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := cmd.Main(t.Context(), args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut}); code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, errOut.String())
	}
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return &r
}
