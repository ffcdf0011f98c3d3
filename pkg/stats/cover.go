package stats

import (
	"math"
	"slices"
)

// Cover is how long each part of a recurring period was watched.
type Cover struct {
	period float64
	edges  []float64 // where the depth changes, the first at 0
	depths []float64 // how often the part from that edge on was watched
	before []float64 // what was watched before that edge, over all rounds
	total  float64
}

// Interval is a part of a line, From included and To not.
type Interval struct{ From, To float64 }

// NewCover folds the intervals that were watched on a period. They do not
// overlap; their numbers count from where the period's phase is 0.
func NewCover(watched []Interval, period float64) *Cover {
	depth := map[float64]float64{0: 0}
	for _, w := range watched {
		rounds := math.Floor((w.To - w.From) / period)
		depth[0] += rounds
		from, rest := phase(w.From, period), w.To-w.From-rounds*period
		if rest <= 0 {
			continue
		}
		depth[from]++
		if to := from + rest; to < period {
			depth[to]--
		} else {
			depth[0]++ // it goes on from the beginning of the period
			depth[to-period]--
		}
	}
	c := &Cover{period: period}
	for edge := range depth {
		c.edges = append(c.edges, edge)
	}
	slices.Sort(c.edges)
	held := 0.0
	for i, edge := range c.edges {
		held += depth[edge]
		c.depths = append(c.depths, held)
		c.before = append(c.before, c.total)
		end := period
		if i+1 < len(c.edges) {
			end = c.edges[i+1]
		}
		c.total += held * (end - edge)
	}
	return c
}

// phase of a point in a period, from 0 to below it.
func phase(at, period float64) float64 {
	p := math.Mod(at, period)
	if p < 0 {
		p += period
	}
	return p
}

// Phase of a point in the cover's period.
func (c *Cover) Phase(at float64) float64 { return phase(at, c.period) }

// Total is how long was watched, over all rounds.
func (c *Cover) Total() float64 { return c.total }

// Share is the part of all that was watched that an arc holds, which may go on
// past the period's end: the chance of a point to fall into it.
func (c *Cover) Share(from, width float64) float64 {
	if c.total == 0 {
		return 0
	}
	from = phase(from, c.period)
	to := from + width
	held := c.upTo(min(to, c.period)) - c.upTo(from)
	if to > c.period {
		held += c.upTo(to - c.period)
	}
	return held / c.total
}

// upTo is what was watched from the period's beginning to a phase.
func (c *Cover) upTo(at float64) float64 {
	i, found := slices.BinarySearch(c.edges, at)
	if !found {
		i--
	}
	return c.before[i] + c.depths[i]*(at-c.edges[i])
}
