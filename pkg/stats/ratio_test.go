package stats

import (
	"math"
	"testing"
)

// Values from Katz's formula with half a unit added, computed by hand.
func TestRiskRatio(t *testing.T) {
	for _, c := range []struct {
		a, aOf, b, bOf int
		ratio          float64
	}{
		{9, 11, 0, 139, (9.5 / 10) / (2.5 / 142)},
		{3, 3, 5, 6, (3.5 / 9) / (0.5 / 2)},
		{0, 4, 0, 4, (0.5 / 1) / (4.5 / 9)},
		{0, 0, 0, 0, 1},
	} {
		ratio, low, high := RiskRatio(c.a, c.aOf, c.b, c.bOf)
		if math.Abs(ratio-c.ratio) > 1e-9 || low >= ratio || high <= ratio {
			t.Errorf("%v: got %.4f [%.4f, %.4f], want %.4f", c, ratio, low, high, c.ratio)
		}
	}
	if _, low, _ := RiskRatio(9, 11, 0, 139); low < 2 {
		t.Errorf("nine of eleven against none of 139: lower bound %g", low)
	}
}
