package detect

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Chance writes a chance of being wrong: "1 in 40", "2e-05", or that Kubernetes
// says so itself.
func Chance(p float64) string {
	switch {
	case math.IsNaN(p):
		return "stated by Kubernetes"
	case p >= 0.001:
		return fmt.Sprintf("%.1g %%", p*100)
	}
	return fmt.Sprintf("%.0e", p)
}

// Failures names what streams hold: "crashes", or "failures" where they differ.
func Failures(n int, streams []*symptom.Stream) string {
	word := [2]string{"failures", "failure"}
	if one, known := failures[streams[0].Kind]; known && !slices.ContainsFunc(streams, func(s *symptom.Stream) bool { return s.Kind != streams[0].Kind }) {
		word = one
	}
	if n == 1 {
		return word[1]
	}
	return word[0]
}

// Whom names those that streams are of: the one, or how many there are.
func Whom(streams []*symptom.Stream) string {
	var of []cluster.Ref
	kinds := map[bool]int{}
	for _, group := range ByWorkload(streams) {
		of = append(of, group[0].Of)
		kinds[group[0].Of.Kind == "Node"]++
	}
	if len(of) == 1 {
		return of[0].String()
	}
	var parts []string
	if n := kinds[false]; n > 0 {
		parts = append(parts, Count(n, "workload"))
	}
	if n := kinds[true]; n > 0 {
		parts = append(parts, Count(n, "node"))
	}
	return strings.Join(parts, " and ")
}

// Nodes among those that streams are of.
func Nodes(streams []*symptom.Stream) []string {
	var out []string
	for _, s := range streams {
		if s.Of.Kind == "Node" && !slices.Contains(out, s.Of.Name) {
			out = append(out, s.Of.Name)
		}
	}
	return out
}

// Minute is a moment's hour and minute in UTC, as titles have it.
func Minute(t time.Time) string { return t.UTC().Format("15:04") }

// Even is a period as it is said: "5m", "1h30m", "2d".
func Even(d time.Duration) string {
	if day := 24 * time.Hour; d >= 2*day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	if d >= time.Hour {
		d = d.Round(time.Minute)
	}
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
