package stats

// Tail is the chance that at least x of the drawn are marked, where drawn of
// total things are picked at random and marked of them are: the upper tail of
// the hypergeometric distribution, which is Fisher's exact test, one-sided
// (Fisher, The Design of Experiments, 1935, chapter 2). It is 1 where the
// counts can make no table.
func Tail(x, drawn, marked, total int) float64 {
	d := hypergeometric(drawn, marked, total)
	if d == nil {
		return 1
	}
	return d.tail(x)
}

// Least is the smallest that Tail can become with these margins, whatever the
// data: what cannot be found even if it were so (Tarone, Biometrics 46, 1990).
func Least(drawn, marked, total int) float64 {
	return Tail(min(drawn, marked), drawn, marked, total)
}

// Stratum is one table of several: of Total units, Marked failed and Drawn
// hold a value; Both did both.
type Stratum struct{ Total, Marked, Drawn, Both int }

// StratifiedTail is the chance that the values are held by at least as many
// failed units as they are, over all strata together, where within each
// stratum chance alone decides: the exact conditional test of
// Cochran-Mantel-Haenszel (Mehta, Patel and Gray, JASA 80, 1985), by
// convolution. A stratum in which all or none failed, or all or none hold the
// value, says nothing and changes nothing. It is 1 without strata.
func StratifiedTail(strata []Stratum) float64 {
	need := 0 // how many more than the fewest possible
	var mixed []*distribution
	for _, s := range strata {
		if d := hypergeometric(s.Drawn, s.Marked, s.Total); d != nil && len(d.weights) > 1 {
			need += s.Both - d.low
			mixed = append(mixed, d)
		}
	}
	return atLeast(need, mixed)
}

// LeastStratified is the smallest that StratifiedTail can become with these
// margins.
func LeastStratified(strata []Stratum) float64 {
	p := 1.0
	for _, s := range strata {
		p *= Least(s.Drawn, s.Marked, s.Total)
	}
	return p
}

// Mixed reports whether a stratum says anything: some but not all failed, and
// some but not all hold the value.
func (s Stratum) Mixed() bool {
	return s.Marked > 0 && s.Marked < s.Total && s.Drawn > 0 && s.Drawn < s.Total
}

// negligible is a mass that no sum is followed from: floating point numbers
// below it lose their digits, and processors their speed.
const negligible = 1e-300

// atLeast is the chance that the sum of independent counts, each taken from
// its own lowest, reaches need. Only sums below it are kept apart; what has
// reached it stays there, so that a tiny chance is a sum of tiny terms and
// never a difference of large ones.
func atLeast(need int, parts []*distribution) float64 {
	if need <= 0 {
		return 1
	}
	below, next, reached := make([]float64, need), make([]float64, need), 0.0
	below[0] = 1
	from, to := 0, 1 // the sums that can have been made so far
	for _, d := range parts {
		reached += d.reach(need, below[:to])
		wider := min(need, to+len(d.weights)-1)
		clear(next[from:wider])
		for i, w := range d.weights {
			add(next[min(from+i, need):], below[from:to], w/d.sum)
		}
		below, next, to = next, below, wider
		for from < to-1 && below[from] < negligible {
			from++
		}
	}
	return min(1, reached)
}

// add adds a part of some masses to others, as far as these go.
func add(to, masses []float64, part float64) {
	n := min(len(to), len(masses))
	to, masses = to[:n], masses[:n]
	for i, m := range masses {
		to[i] += m * part
	}
}

// reach is the chance to get from sums below need to it with one more count.
func (d *distribution) reach(need int, below []float64) float64 {
	out := 0.0
	for sum := max(0, need-len(d.weights)+1); sum < len(below); sum++ {
		out += below[sum] * d.tail(d.low+need-sum)
	}
	return out
}

// distribution of a count: the weights of low, low+1, … and their sum.
type distribution struct {
	low     int
	weights []float64
	tails   []float64 // sums of the weights from each on
	sum     float64
}

// hypergeometric distribution of how many of the drawn are marked, by the
// ratio of neighbours from the likeliest count outward, so that no factorial
// is needed and no term is lost in one. Nil where the counts make no table.
func hypergeometric(drawn, marked, total int) *distribution {
	if drawn < 0 || marked < 0 || drawn > total || marked > total {
		return nil
	}
	d := &distribution{low: max(0, drawn+marked-total)}
	high := min(drawn, marked)
	d.weights = make([]float64, high-d.low+1)
	mode := int(float64(drawn+1) * float64(marked+1) / float64(total+2))
	mode = min(max(mode, d.low), high)
	ratio := func(k int) float64 { // of the weight of k+1 to that of k
		return float64(marked-k) * float64(drawn-k) / (float64(k+1) * float64(total-marked-drawn+k+1))
	}
	d.weights[mode-d.low] = 1
	for k := mode; k < high; k++ {
		d.weights[k+1-d.low] = d.weights[k-d.low] * ratio(k)
	}
	for k := mode; k > d.low; k-- {
		d.weights[k-1-d.low] = d.weights[k-d.low] / ratio(k-1)
	}
	d.tails = make([]float64, len(d.weights)+1)
	for i := len(d.weights) - 1; i >= 0; i-- {
		d.tails[i] = d.tails[i+1] + d.weights[i]
	}
	d.sum = d.tails[0]
	return d
}

// tail is the chance of at least x.
func (d *distribution) tail(x int) float64 {
	switch i := x - d.low; {
	case i <= 0:
		return 1
	case i >= len(d.weights):
		return 0
	default:
		return d.tails[i] / d.sum
	}
}
