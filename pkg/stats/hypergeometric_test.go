package stats

import (
	"math"
	"math/big"
	"math/bits"
	"testing"
)

func near(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if math.Abs(got-want) > relative*math.Abs(want) {
		t.Errorf("%s: got %.15g, want %.15g", what, got, want)
	}
}

// TestTailPublished holds the tail against what is in print.
func TestTailPublished(t *testing.T) {
	near(t, "tea, all four (Fisher 1935)", Tail(4, 4, 4, 8), 1.0/70, 1e-13)
	near(t, "tea, three of four", Tail(3, 4, 4, 8), 17.0/70, 1e-13)
	// Fisher 1962, 1970: convictions of criminals' twins, as in the
	// documentation of R's fisher.test.
	near(t, "twins", Tail(10, 13, 12, 30), 0.0004652, 1e-4)
	for _, c := range [][4]int{{-3, 2, 2, 4}, {0, 2, 2, 4}, {1, 3, 2, 4}, {1, 5, 2, 4}, {1, 2, 5, 4}, {1, -1, 2, 4}, {0, 0, 0, 0}} {
		if got := Tail(c[0], c[1], c[2], c[3]); got != 1 {
			t.Errorf("Tail(%v): got %g, want 1", c, got)
		}
	}
	if got := Tail(3, 2, 2, 4); got != 0 {
		t.Errorf("more than can be: %g", got)
	}
	// 1 - CDF would be 0 here: 1/C(100,50).
	near(t, "far out", Tail(50, 50, 50, 100), 9.911653021418e-30, 1e-10)
}

// TestTailBruteForce looks at every way to draw from up to twelve.
func TestTailBruteForce(t *testing.T) {
	for total := range 13 {
		for marked := range total + 1 {
			ways := make([][]int, total+1) // by drawn, then marked among them
			for i := range ways {
				ways[i] = make([]int, total+1)
			}
			for pick := range 1 << total {
				ways[bits.OnesCount(uint(pick))][bits.OnesCount(uint(pick)&(1<<marked-1))]++
			}
			for drawn := range total + 1 {
				least := 1.0
				everything := sumFrom(ways[drawn], 0)
				for x := range min(drawn, marked) + 1 {
					want := float64(sumFrom(ways[drawn], x)) / float64(everything)
					near(t, "tail", Tail(x, drawn, marked, total), want, 1e-12)
					least = want
				}
				near(t, "least", Least(drawn, marked, total), least, 1e-12)
			}
		}
	}
}

func sumFrom(counts []int, from int) int {
	sum := 0
	for _, c := range counts[from:] {
		sum += c
	}
	return sum
}

// TestStratifiedPublished: penicillin and rabbits (Mantel 1963), in the
// documentation of R's mantelhaen.test, whose exact two-sided p is 0.03994;
// the distribution is symmetric, so one side has half of it.
func TestStratifiedPublished(t *testing.T) {
	rabbits := []Stratum{{11, 0, 6, 0}, {12, 3, 6, 3}, {12, 8, 6, 6}, {12, 11, 6, 5}, {7, 7, 2, 2}}
	got := StratifiedTail(rabbits)
	if math.Abs(got-0.01997) > 5e-6 {
		t.Errorf("rabbits: got %.6f, want 0.01997", got)
	}
	near(t, "as one stratum", StratifiedTail([]Stratum{{30, 12, 13, 10}}), Tail(10, 13, 12, 30), 1e-13)
	if got := StratifiedTail(nil); got != 1 {
		t.Errorf("nothing: %g", got)
	}
	silent := append(rabbits, Stratum{9, 9, 4, 4}, Stratum{9, 0, 4, 0}, Stratum{9, 4, 9, 4}, Stratum{9, 4, 0, 0})
	near(t, "strata that say nothing", StratifiedTail(silent), got, 1e-13)
	for _, s := range silent[5:] {
		if s.Mixed() {
			t.Errorf("%v says nothing", s)
		}
	}
}

// TestStratifiedBruteForce adds up the chances of all pairs and triples of
// tables, as exact fractions.
func TestStratifiedBruteForce(t *testing.T) {
	var strata []Stratum
	for total := 1; total <= 4; total++ {
		for marked := range total + 1 {
			for drawn := range total + 1 {
				for both := max(0, drawn+marked-total); both <= min(drawn, marked); both++ {
					strata = append(strata, Stratum{total, marked, drawn, both})
				}
			}
		}
	}
	for i, a := range strata {
		for j, b := range strata {
			three := []Stratum{a, b, strata[(i*7+j*3)%len(strata)]}
			want, _ := exactTail(three, a.Both+b.Both+three[2].Both).Float64()
			near(t, "three strata", StratifiedTail(three), want, 1e-12)
			top := 0
			for _, s := range three {
				top += min(s.Drawn, s.Marked)
			}
			want, _ = exactTail(three, top).Float64()
			near(t, "least of three", LeastStratified(three), want, 1e-12)
		}
	}
}

func exactTail(strata []Stratum, need int) *big.Rat {
	if len(strata) == 0 {
		if need <= 0 {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	}
	s, sum := strata[0], new(big.Rat)
	for x := max(0, s.Drawn+s.Marked-s.Total); x <= min(s.Drawn, s.Marked); x++ {
		chance := big.NewRat(choose(s.Marked, x)*choose(s.Total-s.Marked, s.Drawn-x), choose(s.Total, s.Drawn))
		sum.Add(sum, chance.Mul(chance, exactTail(strata[1:], need-x)))
	}
	return sum
}

func choose(n, k int) int64 { return new(big.Int).Binomial(int64(n), int64(k)).Int64() }
