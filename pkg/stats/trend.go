package stats

import (
	"math"
	"slices"
)

// Trend is how a value rises over time.
type Trend struct {
	Samples    int
	Discordant int     // pairs of samples that do not rise
	P          float64 // chance of as few of them in values without order
	// Slope is the median of the slopes of all pairs (Theil 1950; Sen, JASA 63,
	// 1968), in units of the value for a unit of time; Low and High are its
	// 95 % interval, infinite where the samples are too few for one.
	Slope, Low, High float64
}

// Pairs of samples.
func (t Trend) Pairs() int { return t.Samples * (t.Samples - 1) / 2 }

// Rise tests whether values rise over increasing times (Mann, Econometrica 13,
// 1945; Kendall), by the exact distribution of the number of pairs out of
// order, so few samples suffice. Equal values count as not risen, which is on
// the safe side. It takes time with the square of the number of samples.
func Rise(times, values []float64) Trend {
	n := len(values)
	t := Trend{Samples: n, P: 1, Low: math.Inf(-1), High: math.Inf(1)}
	if n < 2 {
		return t
	}
	slopes := make([]float64, 0, t.Pairs())
	for i := range n {
		for j := i + 1; j < n; j++ {
			if values[j] <= values[i] {
				t.Discordant++
			}
			slopes = append(slopes, (values[j]-values[i])/(times[j]-times[i]))
		}
	}
	slices.Sort(slopes)
	t.Slope = median(slopes)
	upTo := inversions(n)
	t.P = upTo[t.Discordant]
	if outside := mostBelow(upTo, 0.025); outside >= 0 {
		t.Low, t.High = slopes[outside], slopes[len(slopes)-1-outside]
	}
	return t
}

// mostBelow is the largest number of inversions whose chance, with that of all
// fewer, is at most so much; -1 if none.
func mostBelow(upTo []float64, most float64) int {
	d := -1
	for d+1 < len(upTo) && upTo[d+1] <= most {
		d++
	}
	return d
}

// median of sorted values.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// inversions is the chance of at most k pairs out of order among n things in
// random order, for each k: the thing that comes last into an order of i-1 is
// out of order with 0 to i-1 of them, all as likely.
func inversions(n int) []float64 {
	chance := []float64{1}
	for i := 2; i <= n; i++ {
		next := make([]float64, i*(i-1)/2+1)
		window := 0.0
		for k := range next {
			if k < len(chance) {
				window += chance[k]
			}
			if k >= i {
				window -= chance[k-i]
			}
			next[k] = window / float64(i)
		}
		chance = next
	}
	sum := 0.0
	for k, c := range chance {
		sum += c
		chance[k] = min(1, sum)
	}
	return chance
}
