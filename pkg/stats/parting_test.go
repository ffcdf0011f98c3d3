package stats

import (
	"math"
	"testing"
)

func TestPartings(t *testing.T) {
	for _, c := range []struct {
		n, k int
		want float64
	}{{0, 0, 1}, {2, 1, 2}, {6, 3, 20}, {6, 6, 1}, {10, 2, 45}, {10, 8, 45}, {3, 4, 0}, {3, -1, 0}, {52, 5, 2598960}} {
		if got := Partings(c.n, c.k); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("%d of %d: got %g, want %g", c.k, c.n, got, c.want)
		}
	}
}
