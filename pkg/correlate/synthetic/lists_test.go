package synthetic_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
)

// read is what the plugin reads of a cluster that is written as kubectl does.
func read(t *testing.T, made *synthetic.Cluster) cluster.Parts {
	t.Helper()
	var saved bytes.Buffer
	if err := made.WriteLists(&saved); err != nil {
		t.Fatal(err)
	}
	files := collect.Files{Paths: []string{"-"}, Stdin: &saved, Now: made.At}
	parts, err := files.Read(t.Context(), made.Scope)
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

// What is made is read again as it was made: whatever is proven of parts holds
// for files.
func TestListsTellTheSame(t *testing.T) {
	for i, k := range append(tried(), played()...) {
		made := synthetic.New(uint64(i), k)
		itself := func(text string) string { return text }
		want, got := facts(tell(made.Parts), itself), facts(tell(read(t, made)), itself)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v: read from lists, it tells otherwise:\n%s", k, diff)
		}
		if k.Fault.Kind != "" && len(made.Hit) == 0 {
			t.Errorf("%+v: nothing is hit", k)
		}
	}
}

// played are incidents of the kinds that are more than pods that crash.
func played() []synthetic.Knobs {
	var out []synthetic.Knobs
	for _, fault := range append(synthetic.Faults(), synthetic.Fault{Kind: synthetic.ChainFault, Share: .7}) {
		if !fault.Kind.IsValue() {
			out = append(out, synthetic.Knobs{Workloads: 25, Broken: 2, Pinned: .2, Noise: .005, Fault: fault}, synthetic.Knobs{Workloads: 60, Broken: 2, Fault: fault})
		}
	}
	return out
}
