package contrast

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// fleet is a made cluster: workloads of some pods each, spread over nodes in
// zones, each workload with an image of its own, some with Secrets.
type fleet struct {
	workloads, replicas, nodes int
	secrets                    func(workload int) []string
	fails                      func(workload, replica, node int) bool
}

const (
	nodeColumn = iota
	zoneColumn
	kernelColumn
	imageColumn
	secretColumn
	teamColumn
)

// build makes a table and says which pods fail. Pods go round the nodes, each
// workload beginning at another one.
func (f fleet) build() (*Table, []bool) {
	t := &Table{Columns: []*Column{{Attribute: "node", Placement: true, Rank: 1}, {Attribute: "zone", Placement: true, Rank: 2},
		{Attribute: "kernelVersion", Placement: true, Rank: 2}, {Attribute: "image", Rank: 1}, {Attribute: "secret", Rank: 0}, {Attribute: "label:team", Rank: 5}}}
	var failing []bool
	add := func(column int, values ...string) { t.Columns[column].Add(t.Columns[column].Encode(values...)) }
	for w := range f.workloads {
		t.Revisions = append(t.Revisions, int32(w))
		add(imageColumn, fmt.Sprintf("image%d", w/2))
		var secrets []string
		if f.secrets != nil {
			secrets = f.secrets(w)
		}
		add(secretColumn, secrets...)
		add(teamColumn, fmt.Sprintf("team%d", w%5))
		for r := range f.replicas {
			node := (w*7 + r*3) % f.nodes
			t.Pods = append(t.Pods, int32(w))
			failing = append(failing, f.fails(w, r, node))
			add(nodeColumn, fmt.Sprintf("n%02d", node))
			add(zoneColumn, fmt.Sprintf("zone%d", node%3))
			add(kernelColumn, fmt.Sprintf("kernel%d", node%2))
		}
	}
	return t, failing
}

func (f fleet) ask() Answer {
	t, failing := f.build()
	return t.Ask(all(failing), failing)
}

func all(failing []bool) []bool {
	out := make([]bool, len(failing))
	for i := range out {
		out[i] = true
	}
	return out
}

func told(a Answer) []string {
	var out []string
	for _, f := range a.Findings {
		grade := "suggestive"
		if f.Strong {
			grade = "strong"
		}
		out = append(out, fmt.Sprintf("%s %v %d/%d %d/%d", grade, f.Values, f.Affected, f.AffectedOf, f.Healthy, f.HealthyOf))
	}
	return out
}

func vault(workloads ...int) func(int) []string {
	return func(w int) []string {
		for _, o := range workloads {
			if w == o {
				return []string{"db-creds", "db-ca"}
			}
		}
		if w%4 == 0 {
			return []string{"tls"}
		}
		return nil
	}
}

func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		fleet   fleet
		want    []string
		residue int
	}{
		"a Secret of nine workloads, and two that are broken of themselves": {fleet{100, 4, 20, vault(1, 3, 12, 25, 34, 47, 58, 69, 71),
			func(w, _, _ int) bool {
				return len(vault(1, 3, 12, 25, 34, 47, 58, 69, 71)(w)) == 2 || w == 80 || w == 90
			}},
			[]string{"strong [{secret db-ca}] 9/11 0/89"}, 2},
		"a node lights up its zone and kernel, and is named alone": {fleet{100, 4, 20, nil,
			func(_, _, node int) bool { return node == 7 }},
			[]string{"strong [{node n07}] 20/20 0/380"}, 0},
		"a zone, in part": {fleet{100, 4, 20, nil,
			func(w, r, node int) bool { return node%3 == 1 && (w+r)%3 == 0 }},
			[]string{"strong [{zone zone1}] 47/47 93/353"}, 0},
		"one broken workload of many replicas": {fleet{40, 12, 20, nil, func(w, _, _ int) bool { return w == 5 }}, nil, 1},
		"four broken ones that share nothing":  {fleet{40, 6, 20, nil, func(w, _, _ int) bool { return w%11 == 5 }}, nil, 4},
		"everything fails":                     {fleet{40, 3, 20, nil, func(int, int, int) bool { return true }}, nil, 40},
		"nothing fails":                        {fleet{40, 3, 20, nil, func(int, int, int) bool { return false }}, nil, 0},
		"nothing is there":                     {fleet{0, 0, 20, nil, nil}, nil, 0},
	} {
		got := c.fleet.ask()
		if diff := cmp.Diff(c.want, told(got)); diff != "" || got.Residue != c.residue {
			t.Errorf("%s: residue %d, want %d, of %d tested: %s", name, got.Residue, c.residue, got.Tested, diff)
		}
	}
}

// TestPair: only those of a Secret fail that are on a kernel.
func TestPair(t *testing.T) {
	has := func(w int) bool { return w%4 == 1 }
	f := fleet{120, 6, 20, func(w int) []string {
		if has(w) {
			return []string{"driver"}
		}
		return nil
	}, func(w, _, node int) bool { return has(w) && node%2 == 1 }}
	got := f.ask()
	if len(got.Findings) != 1 {
		t.Fatalf("found %q", told(got))
	}
	values := got.Findings[0].Values
	for _, want := range []Value{{"secret", "driver"}, {"kernelVersion", "kernel1"}} {
		if len(values) != 2 || (values[0] != want && values[1] != want) {
			t.Errorf("found %v, want %v in it", values, want)
		}
	}
}

func TestAliases(t *testing.T) {
	f := fleet{100, 4, 20, vault(1, 3, 12, 25, 34, 47), func(w, _, _ int) bool { return len(vault(1, 3, 12, 25, 34, 47)(w)) == 2 }}
	got := f.ask()
	if len(got.Findings) != 1 {
		t.Fatalf("found %q", told(got))
	}
	if diff := cmp.Diff([]Value{{"secret", "db-creds"}}, got.Findings[0].Aliases); diff != "" {
		t.Error(diff)
	}
}

// TestReplicasAreNoWitnesses: ten times as many replicas of what is broken
// add no claim and make none stronger.
func TestReplicasAreNoWitnesses(t *testing.T) {
	for seed := range 20 {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		broken := map[int]bool{r.IntN(40): true, r.IntN(40): true, r.IntN(40): true}
		few := fleet{40, 3, 12, nil, func(w, _, _ int) bool { return broken[w] }}
		many := few
		many.replicas = 30
		a, b := few.ask(), many.ask()
		if len(b.Findings) > len(a.Findings) {
			t.Errorf("seed %d: %q became %q", seed, told(a), told(b))
		}
	}
}

// TestOrderOfPods: the answer is the same in whatever order pods come.
func TestOrderOfPods(t *testing.T) {
	f := fleet{60, 4, 20, vault(1, 3, 12, 25, 34), func(w, r, node int) bool {
		return node == 7 || (w == 9 && r > 1) || len(vault(1, 3, 12, 25, 34)(w)) == 2
	}}
	table, failing := f.build()
	want := table.Ask(all(failing), failing)
	if len(want.Findings) == 0 {
		t.Fatal("found nothing")
	}
	for seed := range 5 {
		order := rand.New(rand.NewPCG(uint64(seed), 1)).Perm(len(failing))
		shuffled := &Table{Revisions: table.Revisions}
		marks := make([]bool, len(failing))
		for _, c := range table.Columns {
			n := &Column{Attribute: c.Attribute, Placement: c.Placement, Rank: c.Rank}
			if !c.Placement {
				n = c
			} else {
				for _, pod := range order {
					n.Add(n.Encode(c.names[c.row(int32(pod))[0]]))
				}
			}
			shuffled.Columns = append(shuffled.Columns, n)
		}
		for i, pod := range order {
			shuffled.Pods = append(shuffled.Pods, table.Pods[pod])
			marks[i] = failing[pod]
		}
		got := shuffled.Ask(all(marks), marks)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Finding{}, "Covered"), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("order %d: %s", seed, diff)
		}
	}
}

func TestLacks(t *testing.T) {
	for _, c := range []struct {
		answer Answer
		want   int
	}{
		{Answer{Units: 10, Broken: 10}, 0},             // nothing to compare with
		{Answer{Units: 150, Broken: 1, Tested: 20}, 1}, // 1/C(151,2) * 20 <= .05
		{Answer{Units: 150, Broken: 2, Tested: 20}, 0},
		{Answer{Units: 5, Broken: 1, Tested: 10}, 5}, // 10/C(9,5) > .05 > 10/C(10,6)
	} {
		if got := c.answer.Lacks(); got != c.want {
			t.Errorf("%+v lacks %d, want %d", c.answer, got, c.want)
		}
	}
}

// TestNull: where broken workloads share nothing but chance, strong claims
// are rare.
func TestNull(t *testing.T) {
	strong, weak := 0, 0
	for seed := range 300 {
		r := rand.New(rand.NewPCG(uint64(seed), 2))
		broken := map[int]bool{}
		for range []int{0, 1, 4, 8}[seed%4] {
			broken[r.IntN(100)] = true
		}
		noise := map[[2]int]bool{}
		for range 3 {
			noise[[2]int{r.IntN(100), r.IntN(5)}] = true
		}
		a := fleet{100, 5, 30, vault(r.IntN(100), r.IntN(100), r.IntN(100)),
			func(w, rep, _ int) bool { return broken[w] || noise[[2]int{w, rep}] }}.ask()
		for _, f := range a.Findings {
			if f.Strong {
				strong++
			} else {
				weak++
			}
		}
	}
	if strong > 6 || weak > 15 {
		t.Errorf("%d strong and %d suggestive findings in 300 clusters with nothing to find", strong, weak)
	}
	t.Logf("%d strong, %d suggestive", strong, weak)
}

// BenchmarkAsk is 100,000 pods with 40 attributes.
func BenchmarkAsk(b *testing.B) {
	f := fleet{10000, 10, 2000, vault(1, 3, 12, 25, 34), func(w, _, node int) bool { return node == 7 || w%997 == 3 }}
	table, failing := f.build()
	for len(table.Columns) < 40 {
		table.Columns = append(table.Columns, table.Columns[len(table.Columns)%6])
	}
	atRisk := all(failing)
	b.ReportAllocs()
	for b.Loop() {
		table.Ask(atRisk, failing)
	}
}

// TestFamilies: workloads that one operator makes alike are one witness, and
// make nothing strong.
func TestFamilies(t *testing.T) {
	shares := []int{1, 3, 12, 25, 34, 47}
	f := fleet{100, 4, 20, vault(shares...), func(w, _, _ int) bool { return len(vault(shares...)(w)) == 2 }}
	for families, want := range map[int]bool{1: false, 2: true} {
		table, failing := f.build()
		table.Families = make([]int32, 100)
		for w := range table.Families {
			table.Families[w] = int32(w + 10)
		}
		for i, w := range shares {
			table.Families[w] = int32(i % families)
		}
		got := table.Ask(all(failing), failing)
		if len(got.Findings) != 1 || got.Findings[0].Strong != want || got.Findings[0].Families != families {
			t.Errorf("of %d families: %q", families, told(got))
		}
	}
}

// TestWithin: what is compared within revisions alone is not found between
// workloads.
func TestWithin(t *testing.T) {
	old := func(w, r int) bool { return r%2 == 0 }
	for name, c := range map[string]struct {
		has   func(w, r int) bool
		found bool
	}{"the old replicas of each fail": {old, true}, "whole workloads that are old fail": {func(w, _ int) bool { return w < 8 }, false}} {
		f := fleet{40, 4, 20, nil, func(w, r, _ int) bool { return w < 8 && c.has(w, r) }}
		table, failing := f.build()
		age := &Column{Attribute: "age", Placement: true, Within: true, Range: true}
		for w := range 40 {
			for r := range 4 {
				value := "< 2h"
				if c.has(w, r) {
					value = ">= 2h"
				}
				age.Add(age.Encode(value))
			}
		}
		table.Columns = append(table.Columns, age)
		got := table.Ask(all(failing), failing)
		if found := len(got.Findings) > 0 && got.Findings[0].Values[0] == (Value{"age", ">= 2h"}); found != c.found {
			t.Errorf("%s: %q", name, told(got))
		}
	}
}
