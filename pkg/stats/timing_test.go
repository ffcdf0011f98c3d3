package stats

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

func within(t *testing.T, name string, got, want, by float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > by {
		t.Errorf("%s: got %.6g, want %.6g", name, got, want)
	}
}

// TestBinomialTail adds up the terms in arbitrary precision.
func TestBinomialTail(t *testing.T) {
	for _, n := range []int{1, 2, 5, 12, 60, 300} {
		for _, p := range []float64{0.001, 0.03, 0.3, 0.5, 0.97} {
			exact := new(big.Float).SetPrec(400)
			for k := n; k >= 1; k-- {
				term := new(big.Float).SetPrec(400).SetInt(new(big.Int).Binomial(int64(n), int64(k)))
				for range k {
					term.Mul(term, big.NewFloat(p))
				}
				q := new(big.Float).SetPrec(400).Sub(big.NewFloat(1), big.NewFloat(p))
				for range n - k {
					term.Mul(term, q)
				}
				exact.Add(exact, term)
				want, _ := exact.Float64()
				if got := BinomialTail(k, n, p); math.Abs(got-want) > 1e-11*want+1e-300 {
					t.Fatalf("k=%d n=%d p=%g: got %g, want %g", k, n, p, got, want)
				}
			}
		}
	}
	for _, c := range []struct {
		k, n    int
		p, want float64
	}{{0, 5, .1, 1}, {6, 5, .1, 0}, {3, 5, 0, 0}, {3, 5, 1, 1}, {-1, 0, .5, 1}} {
		within(t, "edge", BinomialTail(c.k, c.n, c.p), c.want, 0)
	}
}

// TestRateTail: how many are needed after so many before (the smallest k2 with
// p at most .01), computed anew by adding up Pascal's triangle.
func TestRateTail(t *testing.T) {
	for _, c := range []struct{ ratio, before, need int }{{1, 0, 7}, {1, 1, 10}, {1, 5, 17}, {4, 0, 3}, {4, 2, 5}, {24, 0, 2}, {24, 5, 3}} {
		t1 := float64(c.ratio)
		if p := RateTail(c.before, t1, c.need, 1); p > .01 {
			t.Errorf("%+v: p %g is too large", c, p)
		}
		if p := RateTail(c.before, t1, c.need-1, 1); p <= .01 {
			t.Errorf("%+v: one less is enough, p %g", c, p)
		}
	}
	within(t, "no time", RateTail(3, 0, 4, 1), 1, 0)
}

// TestRateInterval: Garwood's table of 1936.
func TestRateInterval(t *testing.T) {
	for k, want := range map[int][2]float64{0: {0, 3.689}, 1: {0.025, 5.572}, 5: {1.623, 11.668}, 10: {4.795, 18.390}, 50: {37.111, 65.919}} {
		low, high := RateInterval(k)
		within(t, "low", low, want[0], 6e-4)
		within(t, "high", high, want[1], 6e-4)
	}
}

// TestEvenGaps: critical values at .001, and what random gaps do.
func TestEvenGaps(t *testing.T) {
	for g, want := range map[int]float64{3: .029, 4: .085, 5: .148, 6: .204, 8: .293, 10: .355} {
		within(t, "critical value", ballInSimplex(g, want), .001, 1e-4)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, g := range []int{4, 6, 9} {
		const runs = 40000
		at := map[float64]int{}
		limits := []float64{.2, .3, 1 / math.Sqrt(float64(g-1))}
		for range runs {
			points := []float64{0}
			for range g {
				points = append(points, points[len(points)-1]+rng.ExpFloat64())
			}
			cv, _ := EvenGaps(points)
			for _, l := range limits {
				if cv <= l {
					at[l]++
				}
			}
		}
		for _, l := range limits {
			want := ballInSimplex(g, l)
			sd := math.Sqrt(want * (1 - want) / runs)
			within(t, "share of random gaps that are as even", float64(at[l])/runs, want, 4*sd+1e-5)
		}
	}
	cv, p := EvenGaps([]float64{0, 10, 20, 30, 40.5})
	within(t, "cv", cv, 0.0214, 1e-3)
	if p > 1e-4 {
		t.Errorf("even gaps: p %g", p)
	}
	if _, p := EvenGaps([]float64{0, 1}); p != 1 {
		t.Error("one gap says nothing")
	}
	if _, p := EvenGaps([]float64{1, 1, 1}); p != 1 {
		t.Error("no time says nothing")
	}
}

// TestInversions counts the orders of few things.
func TestInversions(t *testing.T) {
	for n := 2; n <= 7; n++ {
		counts := make([]int, n*(n-1)/2+1)
		total := 0
		permute(n, func(order []float64) {
			total++
			counts[Rise(seq(n), order).Discordant]++
		})
		sum := 0
		for k, p := range inversions(n) {
			sum += counts[k]
			within(t, "inversions", p, float64(sum)/float64(total), 1e-12)
		}
	}
	within(t, "eight with two swaps", inversions(8)[2], 8.68e-4, 1e-6)
	within(t, "six", inversions(6)[0], .0014, 2e-5)
}

func seq(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

func permute(n int, visit func([]float64)) {
	items := seq(n)
	var at func(int)
	at = func(k int) {
		if k == n {
			visit(items)
			return
		}
		for i := k; i < n; i++ {
			items[k], items[i] = items[i], items[k]
			at(k + 1)
			items[k], items[i] = items[i], items[k]
		}
	}
	at(0)
}

func TestRise(t *testing.T) {
	// Ten pairs, by hand.
	within(t, "slope", Rise([]float64{1, 2, 3, 4, 5}, []float64{1.26, 1.27, 1.12, 1.16, 1.03}).Slope, -.05625, 1e-9)
	flat := Rise(seq(8), make([]float64, 8))
	if flat.P < 1 || flat.Discordant != 28 {
		t.Errorf("what does not move does not rise: %+v", flat)
	}
	line := Rise(seq(10), []float64{0, 2, 4, 6, 8, 10, 12, 14, 16, 18})
	within(t, "slope of a line", line.Slope, 2, 1e-12)
	within(t, "p of a line", line.P, 1/3628800., 1e-15)
	if line.Low != 2 || line.High != 2 {
		t.Errorf("interval %g to %g", line.Low, line.High)
	}
	if few := Rise(seq(3), seq(3)); !math.IsInf(few.Low, -1) || !math.IsInf(few.High, 1) {
		t.Error("three samples give no interval")
	}
	if one := Rise(seq(1), seq(1)); one.P != 1 {
		t.Error("one sample is no trend")
	}
}

// TestRiseCovers: the interval holds the true slope 19 times of 20 at least.
func TestRiseCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	held := 0
	const runs = 2000
	for range runs {
		values := seq(10)
		for i := range values {
			values[i] = .3*values[i] + rng.NormFloat64()
		}
		if r := Rise(seq(10), values); r.Low <= .3 && .3 <= r.High {
			held++
		}
	}
	if held < runs*94/100 {
		t.Errorf("only %d of %d intervals hold the slope", held, runs)
	}
}

// TestScan sets the sliding windows against a count of every window.
func TestScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	widths := []float64{1, 2, 5, 10}
	for range 300 {
		points := make([]float64, 3+rng.IntN(20))
		for i := range points {
			points[i] = rng.Float64() * 60
		}
		slices.Sort(points)
		want := 1.0
		for i, from := range points {
			for _, w := range widths {
				k := 0
				for _, p := range points[i:] {
					if p <= from+w {
						k++
					}
				}
				if k > 1 {
					want = min(want, float64(len(points)*4)*BinomialTail(k-1, len(points)-1, w/60))
				}
			}
		}
		within(t, "p", Scan(points, 60, widths).P, want, 1e-12)
	}
	if got := Scan([]float64{5, 30, 30.5, 31, 31.5, 32, 59}, 60, widths); got.First != 1 || got.Count != 5 || got.Width != 2 {
		t.Errorf("peak %+v", got)
	}
	if got := Scan([]float64{5}, 60, widths); got.P != 1 || got.Count != 0 {
		t.Errorf("one point is no peak: %+v", got)
	}
	if got := Scan([]float64{0, 0, 1}, 5, []float64{5, 10}); got.P != 1 {
		t.Errorf("no window is below the length: %+v", got)
	}
}

// TestScanIsSafe: points that fall at random are rarely called a peak.
func TestScanIsSafe(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	alarms := 0
	const runs = 5000
	for range runs {
		points := make([]float64, 10+rng.IntN(40))
		for i := range points {
			points[i] = rng.Float64() * 60
		}
		slices.Sort(points)
		if Scan(points, 60, []float64{1, 2, 5, 10}).P <= .01 {
			alarms++
		}
	}
	if alarms > runs/100 {
		t.Errorf("%d false alarms in %d runs", alarms, runs)
	}
}

func TestCircularScan(t *testing.T) {
	day := NewCover([]Interval{{0, 24 * 10}}, 24)
	if got := CircularScan([]float64{.2, 6, 13, 23.8, 23.9}, day, []float64{.25, .5, 1}); got.First != 3 || got.Count != 3 || got.Width != .5 {
		t.Errorf("an arc over midnight: %+v", got)
	}
	// The table of four of four, and four of five, within an hour of a day.
	within(t, "4 of 4", CircularScan([]float64{3, 3.1, 3.3, 3.9}, day, []float64{1, 2, 3, 4}).P, 1.16e-3, 1e-4)
	within(t, "4 of 5", CircularScan([]float64{3, 3.1, 3.3, 3.9, 12}, day, []float64{1, 2, 3, 4}).P, 5.6e-3, 3e-4)
	// Who looks at night only sees nothing by day.
	night := NewCover([]Interval{{2, 4}, {26, 28}, {50, 52}}, 24)
	if got := CircularScan([]float64{2.2, 2.5, 2.7, 3.2, 3.5}, night, []float64{1}); got.P < .05 {
		t.Errorf("all that could be seen lies there: %+v", got)
	}
}

// TestCircularScanIsSafe where days are watched in parts.
func TestCircularScanIsSafe(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	var watched []Interval
	for d := range 10 {
		watched = append(watched, Interval{float64(d) * 24, float64(d)*24 + 6}, Interval{float64(d)*24 + 10, float64(d)*24 + 10 + float64(d)})
	}
	cover := NewCover(watched, 24)
	alarms := 0
	const runs = 5000
	for range runs {
		var phases []float64
		for range 8 + rng.IntN(20) {
			phases = append(phases, cover.Phase(somewhere(rng, watched)))
		}
		slices.Sort(phases)
		if CircularScan(phases, cover, []float64{.25, .5, 1, 2}).P <= .01 {
			alarms++
		}
	}
	if alarms > runs/100 {
		t.Errorf("%d false alarms in %d runs", alarms, runs)
	}
}

func somewhere(rng *rand.Rand, in []Interval) float64 {
	total := 0.0
	for _, i := range in {
		total += i.To - i.From
	}
	at := rng.Float64() * total
	for _, i := range in {
		if at < i.To-i.From {
			return i.From + at
		}
		at -= i.To - i.From
	}
	return in[0].From
}

// TestCover counts what is watched hour by hour.
func TestCover(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		var watched []Interval
		at := float64(rng.IntN(30))
		for range 1 + rng.IntN(6) {
			to := at + float64(1+rng.IntN(60))
			watched = append(watched, Interval{at, to})
			at = to + float64(1+rng.IntN(20))
		}
		hours := make([]int, 24)
		total := 0
		for _, w := range watched {
			for h := int(w.From); h < int(w.To); h++ {
				hours[h%24]++
				total++
			}
		}
		c := NewCover(watched, 24)
		within(t, "total", c.Total(), float64(total), 1e-9)
		for from := range 24 {
			for width := 1; width < 24; width++ {
				n := 0
				for h := range width {
					n += hours[(from+h)%24]
				}
				within(t, "share", c.Share(float64(from), float64(width)), float64(n)/float64(total), 1e-9)
			}
		}
	}
	if c := NewCover(nil, 24); c.Share(1, 2) != 0 || c.Total() != 0 {
		t.Error("nothing was watched")
	}
}

// TestRecency: the last end of things that end at random is uniform on the
// scale, however often they do.
func TestRecency(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for _, rate := range []float64{.1, .5, 8} {
		below := 0
		const runs = 20000
		seen := 0
		for range runs {
			since := rng.ExpFloat64() / rate
			if u := Recency(since, rate, 1); u <= 1 {
				seen++
				if u <= .25 {
					below++
				}
			}
		}
		if seen > 0 {
			within(t, "a quarter", float64(below)/float64(seen), .25, .04)
		}
	}
}
