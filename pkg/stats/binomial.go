package stats

import "math"

// BinomialTail is the chance of at least k successes in n independent trials
// that succeed with chance p each. It is a sum of terms of one sign, so that
// a tiny chance is not lost in a difference.
func BinomialTail(k, n int, p float64) float64 {
	switch {
	case k <= 0 || p >= 1:
		return 1
	case k > n || p <= 0:
		return 0
	case float64(k) <= float64(n)*p: // the upper tail is the larger part
		return max(0, 1-binomialSum(k-1, n, p, -1))
	}
	return min(1, binomialSum(k, n, p, 1))
}

// binomialSum adds the chances of k, k+step, k+2 step …, which fall.
func binomialSum(k, n int, p float64, step int) float64 {
	term := math.Exp(logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	sum, odds := 0.0, p/(1-p)
	for ; k >= 0 && k <= n && term > sum*1e-17; k += step {
		sum += term
		if step > 0 {
			term *= float64(n-k) / float64(k+1) * odds
		} else {
			term *= float64(k) / float64(n-k+1) / odds
		}
	}
	return sum
}

func logChoose(n, k int) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

func logFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}

// RateTail is the chance that at least k2 of k1+k2 events fall into a time of
// t2 beside one of t1, if they come at one rate in both: the conditional test
// of two Poisson rates (Przyborowski and Wilenski, Biometrika 31, 1940). The
// times are in one unit. It is 1 where there is no time to compare with.
func RateTail(k1 int, t1 float64, k2 int, t2 float64) float64 {
	if t1 <= 0 || t2 <= 0 {
		return 1
	}
	return BinomialTail(k2, k1+k2, t2/(t1+t2))
}

// RateInterval is the 95 % interval of the number of events that a Poisson
// process makes in a time in which it made k (Garwood, Biometrika 28, 1936).
// Divided by the time it is that of the rate.
func RateInterval(k int) (low, high float64) {
	const each = 0.025
	if k > 0 {
		low = solve(func(mean float64) bool { return 1-poissonAtMost(k-1, mean) >= each }, float64(k))
	}
	high = solve(func(mean float64) bool { return poissonAtMost(k, mean) <= each }, float64(k)+20+10*math.Sqrt(float64(k)+1))
	return low, high
}

// solve finds by bisection where a condition that holds from some point on
// begins to hold, between 0 and most.
func solve(holds func(float64) bool, most float64) float64 {
	low, high := 0.0, most
	for range 100 {
		if mid := (low + high) / 2; holds(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// poissonAtMost is the chance of at most k events of a mean number.
func poissonAtMost(k int, mean float64) float64 {
	if mean <= 0 {
		return 1
	}
	sum := 0.0
	for i := 0; i <= k; i++ {
		sum += math.Exp(float64(i)*math.Log(mean) - mean - logFactorial(i))
	}
	return min(1, sum)
}

// Recency is where in its look-back the last of a renewing thing's ends lies,
// between 0 (now) and 1 (a whole look-back ago), on a scale on which it is
// uniform if they come at random: of a container that restarts often the last
// end is always recent, which is no burst. Rate is its ends in a unit of time,
// since how long ago the last one was, window the look-back, in the same
// unit. Whatever is older than the look-back is above 1.
func Recency(since, rate, window float64) float64 {
	if rate*window < 1e-9 {
		return since / window
	}
	return math.Expm1(-rate*since) / math.Expm1(-rate*window)
}
