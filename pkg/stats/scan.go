package stats

// Peak is the part of a time in which points lie closer together than
// anywhere else.
type Peak struct {
	First int     // position of its first point among those given
	Count int     // points in it
	Width float64 // of the window that holds them
	P     float64 // chance of such a peak anywhere, if points fall at random
}

// Scan finds the peak of points on a line: the most in any window of one of
// several widths, by how unlikely it is. Points are sorted, from 0 to length.
// P is a union bound over the windows that begin at a point and the widths
// tried, so it needs no simulation and is never too small (the scan statistic;
// Naus, JASA 77, 1982). Widths that are not below the length are not tried.
func Scan(points []float64, length float64, widths []float64) Peak {
	best := Peak{P: 1}
	n, tried := len(points), fewer(widths, length)
	for _, width := range widths {
		if width >= length {
			continue
		}
		end := 0
		for i := range points {
			for end < n && points[end] <= points[i]+width {
				end++
			}
			best = best.or(i, end-i, width, float64(n*tried)*BinomialTail(end-i-1, n-1, width/length))
		}
	}
	return best
}

// or is the peak, or another one that is less likely.
func (b Peak) or(first, count int, width, p float64) Peak {
	if count < 2 || p >= b.P {
		return b
	}
	return Peak{First: first, Count: count, Width: width, P: p}
}

// fewer counts the widths that are below a length.
func fewer(widths []float64, length float64) int {
	n := 0
	for _, w := range widths {
		if w < length {
			n++
		}
	}
	return n
}

// CircularScan finds the peak of points on a circle: phases of a recurring
// period such as the day (Wallenstein, Weinberg and Gould, Biometrics 45,
// 1989), with the union bound of Scan. Phases are sorted, from 0 to the
// period of the cover. A part that was watched less often than others holds
// fewer points by chance, one that was watched more often more. First may
// begin an arc that goes on past the end of the period.
func CircularScan(phases []float64, cover *Cover, widths []float64) Peak {
	n := len(phases)
	double := make([]float64, 0, 2*n) // so that no arc is cut by the period's end
	double = append(double, phases...)
	for _, p := range phases {
		double = append(double, p+cover.period)
	}
	best, tried := Peak{P: 1}, fewer(widths, cover.period)
	for _, width := range widths {
		if width >= cover.period {
			continue
		}
		end := 0
		for i := range n {
			for end < 2*n && end-i < n && double[end] <= double[i]+width {
				end++
			}
			if q := cover.Share(double[i], width); q > 0 && q < 1 {
				best = best.or(i, end-i, width, float64(n*tried)*BinomialTail(end-i-1, n-1, q))
			}
		}
	}
	return best
}
