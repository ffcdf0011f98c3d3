// Package stats is the arithmetic of the tool.
package stats

// Partings is in how many ways k of n things can be picked: where k of n pods
// fail, all that have something and none that have not, chance alone parts
// them so once in that many times. It is 0 when k of n cannot be.
func Partings(n, k int) float64 {
	if k < 0 || k > n {
		return 0
	}
	k = min(k, n-k)
	out := 1.0
	for i := 1; i <= k; i++ {
		out *= float64(n-k+i) / float64(i)
	}
	return out
}

// Unlikely is from how many partings on a division is no chance: one in
// twenty.
const Unlikely = 20
