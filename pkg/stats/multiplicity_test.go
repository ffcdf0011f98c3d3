package stats

import (
	"slices"
	"testing"
)

// TestFalseDiscovery is the example of Benjamini and Hochberg's paper: at .05
// four of fifteen are claimed.
func TestFalseDiscovery(t *testing.T) {
	p := []float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1}
	want := []float64{.0015, .003, .0095, .035625, .0603, .0638571428571429, .0638571428571429, .0645, .0765, .486, .5811818181818181,
		.714875, .7532307692307693, .8132142857142857, 1}
	for i, q := range FalseDiscovery(p) {
		near(t, "q", q, want[i], 1e-12)
	}
	slices.Reverse(p)
	slices.Reverse(want)
	for i, q := range FalseDiscovery(p) {
		near(t, "q of the reversed", q, want[i], 1e-12)
	}
	if got := FalseDiscovery(nil); len(got) != 0 {
		t.Errorf("q of nothing: %v", got)
	}
}

func TestTestable(t *testing.T) {
	for _, c := range []struct {
		least []float64
		alpha float64
		want  []bool
	}{
		{nil, .05, nil},
		{[]float64{.01, .5, .2}, .05, []bool{true, false, false}},
		{[]float64{.04, .5}, .05, []bool{true, false}},              // of two, one is within reach: k = 1
		{[]float64{.04, .03, .5}, .05, []bool{false, false, false}}, // at k = 2 the bar is .025
		{[]float64{.02, .5, .001}, .05, []bool{true, false, true}},
		{[]float64{.01, .012, .013, .9}, .05, []bool{true, true, true, false}},
		{[]float64{.5, .5}, .05, []bool{false, false}},
	} {
		if got := Testable(c.least, c.alpha); !slices.Equal(got, c.want) {
			t.Errorf("%v at %g: got %v, want %v", c.least, c.alpha, got, c.want)
		}
	}
}
