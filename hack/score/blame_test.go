package main

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// TestBlame: what is to blame is found where it stands out, little else is
// claimed, and every claim carries its numbers.
func TestBlame(t *testing.T) {
	b, err := blame(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range b.gates() {
		if g.got < g.least {
			t.Errorf("%s: %s, should be at least %.2f", g.name, g.text, g.least)
		}
	}
	if b.outputs != 1 {
		t.Errorf("%d different outputs of one input", b.outputs)
	}
	if t.Failed() {
		var out bytes.Buffer
		b.write(&out)
		t.Log(out.String())
	}
}

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		f         fraction
		low, high string
	}{
		{fraction{0, 0}, "0.000", "1.000"},
		{fraction{10, 10}, "0.722", "1.000"},
		{fraction{81, 263}, "0.255", "0.366"}, // Newcombe, Stat. Med. 17, 1998, table I
		{fraction{15, 148}, "0.062", "0.160"},
		{fraction{0, 20}, "0.000", "0.161"},
	} {
		low, high := c.f.wilson()
		if got := fmt.Sprintf("%.3f %.3f", low, high); got != c.low+" "+c.high {
			t.Errorf("%v: %s, want %s %s", c.f, got, c.low, c.high)
		}
	}
}

// TestVerdicts: the judge tells right from wrong. It is given the report of
// another incident, and reports that name other things than what is to blame.
func TestVerdicts(t *testing.T) {
	k := synthetic.Knobs{Workloads: 25, Fault: synthetic.Fault{Kind: synthetic.NodeFault, Share: .9}}
	made := synthetic.New(1, k)
	told, err := toldOf(t.Context(), made)
	if err != nil {
		t.Fatal(err)
	}
	if v := verdictsOn(made, k.Fault.Kind, told); v.rank != 1 || v.extra != 0 || v.mistaken || v.claims["strong"] != (fraction{1, 1}) {
		t.Fatalf("the truth is judged as %+v", v)
	}
	if v := verdictsOn(made, k.Fault.Kind, &report.Report{}); v.rank != 0 || !v.detectable {
		t.Errorf("silence is judged as %+v", v)
	}
	for i := range told.Patterns {
		for j := range told.Patterns[i].SharedFactors {
			told.Patterns[i].SharedFactors[j].Value = "node9999"
		}
	}
	if v := verdictsOn(made, k.Fault.Kind, told); v.rank != 0 || !v.mistaken || v.extra != 1 || v.claims["strong"].part != 0 || v.claims["stated"].share() == 1 {
		t.Errorf("another node is judged as %+v", v)
	}
	if v := verdictsOn(synthetic.New(2, k), k.Fault.Kind, told); v.claims["stated"].part > 0 {
		t.Errorf("another cluster's report is judged as %+v", v)
	}
}

func TestVerdictsOnCascades(t *testing.T) {
	k := synthetic.Knobs{Workloads: 30, MaxSize: 3, Fault: synthetic.Fault{Kind: synthetic.ChainFault, Share: .7}}
	made := synthetic.New(1, k)
	told, err := toldOf(t.Context(), made)
	if err != nil {
		t.Fatal(err)
	}
	if v := verdictsOn(made, k.Fault.Kind, told); v.rank != 1 {
		t.Errorf("the root is judged as %+v", v)
	}
	for i := range told.Patterns {
		told.Patterns[i].ExplainedBy = "" // a tool that follows no dependency
	}
	if v := verdictsOn(made, k.Fault.Kind, told); v.rank == 1 && len(made.Hit) > 6 {
		t.Errorf("without links the root of %d is judged as %+v", len(made.Hit), v)
	}
	made.Root.Name = "another"
	if v := verdictsOn(made, k.Fault.Kind, told); v.rank != 0 {
		t.Errorf("another root is judged as %+v", v)
	}
}
