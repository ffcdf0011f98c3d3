package main

import (
	"fmt"
	"math"
)

// tierNames in the order of what they claim.
var tierNames = []string{"stated", "strong", "suggestive"}

// blameScore sums verdicts up, as the rules of the board say.
type blameScore struct {
	incidents           int
	found, first, three fraction // of the detectable
	everFound           fraction // of all
	reciprocal          float64  // 1/rank, summed up over the detectable
	claims              map[string]fraction
	near, extra         int
	silent              fraction // those that are not detectable, without a false claim
	audit               audit
}

func blameScoreOf(incidents []blamed) blameScore {
	out := blameScore{claims: map[string]fraction{}}
	for i := range incidents {
		out.add(&incidents[i].result)
	}
	return out
}

func (s *blameScore) add(v *verdicts) {
	s.incidents++
	s.everFound.count(v.rank > 0)
	s.near += v.near
	s.extra += v.extra
	s.audit.add(v.audit)
	for tier, f := range v.claims {
		sum := s.claims[tier]
		sum.add(f)
		s.claims[tier] = sum
	}
	if !v.detectable {
		s.silent.count(!v.mistaken)
		return
	}
	s.found.count(v.rank > 0)
	s.first.count(v.rank == 1)
	s.three.count(v.rank > 0 && v.rank <= 3)
	if v.rank > 0 {
		s.reciprocal += 1 / float64(v.rank)
	}
}

// meanReciprocal is the mean of 1/rank over the detectable incidents.
func (s *blameScore) meanReciprocal() float64 {
	if s.found.of == 0 {
		return 1
	}
	return s.reciprocal / float64(s.found.of)
}

func (s *blameScore) extraEach() float64 { return float64(s.extra) / float64(max(s.incidents, 1)) }

// wilson is the interval that holds the true share with 95 % (Wilson 1927).
func (f fraction) wilson() (low, high float64) {
	const z = 1.959964
	if f.of == 0 {
		return 0, 1
	}
	n, p := float64(f.of), f.share()
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (mid-half)/(1+z*z/n)), min(1, (mid+half)/(1+z*z/n))
}

// gate is what a figure has to reach.
type gate struct {
	name  string
	got   float64
	least float64
	text  string // the figure as it is told
}

// gates of algorithms that compare: how often they have to be right.
func (s *blameScore) gates() []gate {
	out := []gate{
		{"recall of the detectable", s.found.share(), .90, s.found.percent()},
		{"first answer right, of the detectable", s.first.share(), .85, s.first.percent()},
		{"right among the first three, of the detectable", s.three.share(), .95, s.three.percent()},
		{"right silence, of the others", s.silent.share(), .97, s.silent.percent()},
		{"one less extra claims an incident", 1 - s.extraEach(), .9, fmt.Sprintf("%.3f (%d extra)", 1-s.extraEach(), s.extra)},
		{"claims with all of their numbers", s.audit.complete.share(), 1, s.audit.complete.percent()},
		{"sentences within their tier", s.audit.within().share(), 1, s.audit.within().percent()},
	}
	for i, least := range []float64{.99, .95, .75} {
		f := s.claims[tierNames[i]]
		out = append(out, gate{"precision of " + tierNames[i] + " claims", f.share(), least, f.percent()})
	}
	return out
}

// within counts the sentences that say no more than their tier allows.
func (a *audit) within() fraction { return fraction{a.sentences - a.misworded, a.sentences} }

// chainGates are how often the root of a cascade has to be named first, by how
// much of who needs whom is known.
var chainGates = []float64{.95, .75, .45}

func gatesOfChains(incidents []blamed) []gate {
	var out []gate
	for i, group := range byName(incidents) {
		s := blameScoreOf(group)
		out = append(out, gate{"root of a cascade first, " + group[0].name + " of the dependencies known", s.first.share(), chainGates[i], s.first.percent()})
	}
	return out
}
