package synthetic_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// faults are those that are tried. Beside each incident none, two or eight
// workloads are broken on their own, and one pod of 200 crashes.
var faults = []synthetic.Fault{
	{Kind: synthetic.NodeFault, Share: .9},
	{Kind: synthetic.ZoneFault, Share: .15},
	{Kind: synthetic.KernelFault, Share: .2},
	{Kind: synthetic.RegistryFault, Share: .4},
	{Kind: synthetic.ImageFault, Share: .9},
	{Kind: synthetic.ConfigMapFault, Share: 1},
	{Kind: synthetic.PairFault, Share: .8},
}

// incidentsOfAKind is how many are tried of each fault and size.
const incidentsOfAKind = 12

// score counts incidents, and what was claimed of them. The same factor told
// of several patterns is one claim.
type score struct {
	incidents, detectable int
	found, first          int // of the detectable ones
	claims, right         map[detect.Tier]int
	near, extra           int // near: not the truth, and not false; extra: all but the first right one
	silent, rightlySilent int // of those that are not detectable: without a wrong claim
}

func (s *score) add(made *synthetic.Cluster, said []claim) {
	s.incidents++
	found, first, mistaken := false, false, false
	for i, c := range said {
		s.claims[c.tier]++
		v := judge(made, c)
		switch v {
		case right:
			s.right[c.tier]++
			first = first || i == 0
		case near:
			s.near++
		case wrong:
			mistaken = true
		}
		if v != right || found {
			s.extra++
		}
		found = found || v == right
	}
	if !isDetectable(made) {
		s.silent++
		s.rightlySilent += one(!mistaken)
		return
	}
	s.detectable++
	s.found += one(found)
	s.first += one(first)
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func newScore() *score {
	return &score{claims: map[detect.Tier]int{}, right: map[detect.Tier]int{}}
}

// share is a/b, and 1 of nothing.
func share(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func (s *score) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %.2f | %.2f | %d/%d | %d/%d | %d | %.2f | %d/%d |", name, s.incidents, s.detectable,
		share(s.found, s.detectable), share(s.first, s.detectable), s.right[detect.Strong], s.claims[detect.Strong],
		s.right[detect.Suggestive], s.claims[detect.Suggestive], s.near, share(s.extra, s.incidents), s.rightlySilent, s.silent)
}

func (s *score) include(o *score) {
	s.incidents, s.detectable = s.incidents+o.incidents, s.detectable+o.detectable
	s.found, s.first = s.found+o.found, s.first+o.first
	s.near, s.extra = s.near+o.near, s.extra+o.extra
	s.silent, s.rightlySilent = s.silent+o.silent, s.rightlySilent+o.rightlySilent
	for tier, n := range o.claims {
		s.claims[tier] += n
		s.right[tier] += o.right[tier]
	}
}

// distinct leaves one of the claims that name the same.
func distinct(said []claim) []claim {
	seen := map[string]bool{}
	var out []claim
	for _, c := range said {
		if key := fmt.Sprint(c.values); !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}

func scoreFault(workloads int, fault synthetic.Fault) *score {
	out := newScore()
	var mu sync.Mutex
	each(incidentsOfAKind, func(seed uint64) {
		made := synthetic.New(seed, synthetic.Knobs{Workloads: workloads, Broken: []int{0, 2, 8}[seed%3], Pinned: .2, Noise: .005, Fault: fault})
		said := distinct(claims(tell(made.Parts), detect.Strong, detect.Suggestive))
		mu.Lock()
		defer mu.Unlock()
		out.add(made, said)
	})
	return out
}

// What is to blame is found where it stands out, and little else is claimed.
func TestIncidents(t *testing.T) {
	total := newScore()
	table := []string{"| fault, workloads | incidents | detectable | recall | first | strong right | suggestive right | near | extra | silent |"}
	for _, size := range []int{25, 150} {
		for _, fault := range faults {
			s := scoreFault(size, fault)
			total.include(s)
			table = append(table, s.row(fmt.Sprintf("%s, %d", fault.Kind, size)))
		}
	}
	t.Log("\n" + strings.Join(append(table, total.row("all")), "\n"))
	for _, gate := range []struct {
		name       string
		got, least float64
	}{
		{"precision of strong claims", share(total.right[detect.Strong], total.claims[detect.Strong]), .95},
		{"precision of suggestive claims", share(total.right[detect.Suggestive], total.claims[detect.Suggestive]), .75},
		{"recall of the detectable", share(total.found, total.detectable), .90},
		{"first claim right, of the detectable", share(total.first, total.detectable), .85},
		{"right silence, of the others", share(total.rightlySilent, total.silent), .97},
		{"one less extra claims an incident", 1 - share(total.extra, total.incidents), .9},
	} {
		if gate.got < gate.least {
			t.Errorf("%s: %.3f, should be at least %.2f", gate.name, gate.got, gate.least)
		}
	}
}
