package stats

import "math"

// EvenGaps tells how even the gaps between sorted points are: their
// coefficient of variation (the standard deviation over the mean), and the
// chance that points which fall at random have gaps that are as even.
//
// The gaps of a Poisson process are, as shares of their sum, uniform on a
// simplex, and the coefficient is the distance from its centre (Greenwood,
// JRSS 109, 1946). So the chance is the part of the simplex that a ball around
// the centre takes: exact while the ball does not reach the faces, a bound
// that is too large beyond. P is 1 for fewer than two gaps.
func EvenGaps(points []float64) (cv, p float64) {
	g := len(points) - 1
	if g < 2 {
		return 0, 1
	}
	mean := (points[g] - points[0]) / float64(g)
	if mean <= 0 {
		return 0, 1
	}
	sum := 0.0
	for i := range g {
		d := (points[i+1]-points[i])/mean - 1
		sum += d * d
	}
	cv = math.Sqrt(sum / float64(g))
	return cv, ballInSimplex(g, cv)
}

// ballInSimplex is the volume of the ball of radius cv/√g in the g-1
// dimensions of the simplex, over the volume √g/(g-1)! of that.
func ballInSimplex(g int, cv float64) float64 {
	if cv <= 0 {
		return 0
	}
	dims, size := float64(g-1), float64(g)
	half, _ := math.Lgamma(dims/2 + 1)
	log := dims/2*math.Log(math.Pi) - half + dims*math.Log(cv/math.Sqrt(size)) + logFactorial(g-1) - math.Log(size)/2
	return min(1, math.Exp(log))
}
