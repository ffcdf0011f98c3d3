package stats

import "math"

// RiskRatio compares how often units with a value are affected with how often
// those without are, half a unit added to each count so that zeros do not make
// infinities, and gives the 95 % interval of its logarithm (Katz et al.,
// Biometrics 34, 1978). Affected of affectedOf hold the value, healthy of
// healthyOf do.
func RiskRatio(affected, affectedOf, healthy, healthyOf int) (ratio, low, high float64) {
	a, b := float64(affected)+.5, float64(healthy)+.5
	c, d := float64(affectedOf-affected)+.5, float64(healthyOf-healthy)+.5
	ratio = (a / (a + b)) / (c / (c + d))
	se := math.Sqrt(1/a - 1/(a+b) + 1/c - 1/(c+d))
	return ratio, ratio * math.Exp(-1.96*se), ratio * math.Exp(1.96*se)
}
