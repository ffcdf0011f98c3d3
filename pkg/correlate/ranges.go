package correlate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
)

// Numbers are compared by ranges: at a few cuts, each pod has what lies below
// and what does not as values. They are cut where as many different numbers
// lie between one cut and the next.
const mostCuts = 8

// mostAgeCuts are fewer: ages are compared within every revision, and each cut
// makes two values of them to compare.
const mostAgeCuts = 4

// cut is a number at which a range begins, in the words of its attribute.
type cut struct {
	at    float64
	words string
}

// cutsOf cuts different numbers into parts of equal size. Each cut is put into
// words by the number below it and its own: anywhere between them it parts the
// same numbers.
func cutsOf(numbers []float64, most int, words func(below, at float64) cut) []cut {
	distinct := slices.Clone(numbers)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	var out []cut
	last := 0
	for i := 1; i <= most; i++ {
		at := i * len(distinct) / (most + 1)
		if len(distinct) <= most+1 {
			at = i
		}
		if at <= last || at >= len(distinct) {
			continue
		}
		last = at
		out = append(out, words(distinct[at-1], distinct[at]))
	}
	return out
}

// sides are the values of a number by how many cuts it reaches: on which side
// of each it lies.
func sides(c *contrast.Column, cuts []cut, of string) [][]uint32 {
	out := make([][]uint32, len(cuts)+1)
	for reached := range out {
		var values []string
		for i, cut := range cuts {
			side := ">="
			if i >= reached {
				side = "<"
			}
			values = append(values, of+side+" "+cut.words)
		}
		out[reached] = c.Encode(values...)
	}
	return out
}

// reached counts the cuts that a number reaches.
func reached(cuts []cut, number float64) int {
	n := 0
	for n < len(cuts) && number >= cuts[n].at {
		n++
	}
	return n
}

// amountsOf are the limits that are numbers: of the container of a pod that
// has the highest. A pod without the limit has no value.
var amountsOf = []struct {
	name string
	of   func(*cluster.ContainerSpec) string
}{
	{"memoryLimit", func(c *cluster.ContainerSpec) string { return c.MemoryLimit }},
	{"cpuLimit", func(c *cluster.ContainerSpec) string { return c.CPULimit }},
}

func (a *attributes) amounts(firsts []*cluster.Pod) {
	for _, at := range amountsOf {
		quantities := map[float64]string{} // in canonical form
		numbers, all := make([]float64, len(firsts)), []float64(nil)
		for i, p := range firsts {
			numbers[i] = highest(p.Template, at.of, quantities)
			if !math.IsNaN(numbers[i]) {
				all = append(all, numbers[i])
			}
		}
		cuts := cutsOf(all, mostCuts, func(_, at float64) cut { return cut{at, quantities[at]} })
		c := &contrast.Column{Attribute: at.name, Range: true, Rank: rankRange}
		codes := sides(c, cuts, "")
		for _, n := range numbers {
			if math.IsNaN(n) {
				c.Add(nil)
				continue
			}
			c.Add(codes[reached(cuts, n)])
		}
		a.table.Columns = append(a.table.Columns, c)
	}
}

// highest is the highest limit of a pod's containers, NaN for none.
func highest(t *cluster.Template, of func(*cluster.ContainerSpec) string, quantities map[float64]string) float64 {
	out := math.NaN()
	if t == nil {
		return out
	}
	for i := range t.Containers {
		text := of(&t.Containers[i])
		q, err := resource.ParseQuantity(text)
		if text == "" || err != nil {
			continue
		}
		n := q.AsApproximateFloat64()
		quantities[n] = text
		if math.IsNaN(out) || n > out {
			out = n
		}
	}
	return out
}

// ages compares how old nodes are, and pods, both among the replicas of a
// revision alone: pods that a rollout made are new, may sit on nodes that are,
// and fail for what was rolled out, which is no fault of their age.
func (a *attributes) ages(s *cluster.Snapshot) {
	nodes := make(map[string]float64, len(s.Nodes))
	all := make([]float64, 0, len(s.Nodes))
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if age, ok := ageOf(s, n.Created); ok {
			nodes[n.Name] = age
			all = append(all, age)
		}
	}
	a.age(s, "of the node ", all, func(p *cluster.Pod) (float64, bool) {
		age, ok := nodes[p.Node]
		return age, ok
	})
	all = make([]float64, 0, len(s.Pods))
	for i := range s.Pods {
		if age, ok := ageOf(s, s.Pods[i].Created); ok {
			all = append(all, age)
		}
	}
	a.age(s, "of the pod ", all, func(p *cluster.Pod) (float64, bool) { return ageOf(s, p.Created) })
}

func ageOf(s *cluster.Snapshot, created time.Time) (seconds float64, known bool) {
	age := s.At.Sub(created)
	return math.Floor(age.Seconds()), !created.IsZero() && age >= 0
}

func (a *attributes) age(s *cluster.Snapshot, of string, all []float64, age func(*cluster.Pod) (float64, bool)) {
	cuts := cutsOf(all, mostAgeCuts, roundAge)
	c := &contrast.Column{Attribute: "age", Placement: true, Within: true, Range: true, Rank: rankRange, Of: make([]int32, len(s.Pods))}
	rows := sides(c, cuts, of)
	for _, codes := range rows {
		c.Add(codes)
	}
	c.Add(nil) // of unknown age
	for i := range s.Pods {
		c.Of[i] = int32(len(rows))
		if n, ok := age(&s.Pods[i]); ok {
			c.Of[i] = int32(reached(cuts, n))
		}
	}
	a.table.Columns = append(a.table.Columns, c)
}

// roundAge is the roundest age above the one and not above the other: it parts
// the same, and one can say it.
func roundAge(below, at float64) cut {
	for _, unit := range []time.Duration{30 * 24 * time.Hour, 24 * time.Hour, 6 * time.Hour, time.Hour, 10 * time.Minute, time.Minute} {
		n := math.Floor(at / unit.Seconds())
		if round := n * unit.Seconds(); round > below {
			return cut{round, ageWords(round)}
		}
	}
	return cut{at, ageWords(at)}
}

func ageWords(seconds float64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
