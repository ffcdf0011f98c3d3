// Package contrast finds what the failing have in common that the healthy
// have not: which values of which attributes failures concentrate on, beyond
// chance. It knows nothing of clusters; it counts rows of numbers.
//
// The method has the shape of DIFF (Abuzaid et al., PVLDB 12, 2018: support
// and ratio, explanations of at most two values) with the statistics of sound
// pattern discovery (Webb, Machine Learning 68, 2007: exact tests, productive
// refinements, all that was tried counted). Replicas are no independent
// witnesses (Hurlbert, Ecological Monographs 54, 1984), so the unit is the
// revision of a workload, and what differs between replicas is tested within
// revisions.
package contrast

import "slices"

// Table is what there is to compare: pods by number, each of a revision, each
// revision of a workload, and the values of both in columns. It is made once
// and asked many questions.
type Table struct {
	Pods      []int32 // the revision of each pod
	Revisions []int32 // the workload of each revision
	Columns   []*Column
	// Families are the family of each workload: those of one are made alike by
	// one operator, so that they are many workloads and one witness. Nil where
	// each is a family of its own.
	Families []int32
	// Tries is how many groups of failures are asked about: of many questions
	// some find something by chance, so each has to be answered so much more
	// surely before it is even suggestive. 0 is one.
	Tries int
}

// Column holds the values of one attribute: a row for each pod of a placement
// attribute, for each revision of a template attribute. A row may hold none or
// several values.
type Column struct {
	Attribute string
	// Placement is set on what may differ between replicas.
	Placement bool
	// Of is which row each pod of a placement attribute has, where many have one:
	// nil if each has its own.
	Of []int32
	// Within is set on a placement that is compared between the replicas of a
	// revision alone: workloads differ in it for reasons of their own.
	Within bool
	// Range is set where the values are ranges of a number (">= 256Mi"), which
	// say nothing beside a plain value of the same attribute.
	Range bool
	// Rank decides which of several names of the same pods is shown: the
	// lowest, that is what can be looked at and mended.
	Rank int

	names []string
	codes map[string]uint32
	start []uint32 // where each row begins in held
	held  []uint32
}

// Value of an attribute.
type Value struct{ Attribute, Value string }

// Encode gives values their numbers; empty and repeated ones are left out.
func (c *Column) Encode(values ...string) []uint32 {
	if c.codes == nil {
		c.codes = map[string]uint32{}
	}
	out := make([]uint32, 0, len(values))
	for i, v := range values {
		if v == "" || contains(values[:i], v) {
			continue
		}
		code, ok := c.codes[v]
		if !ok {
			code = uint32(len(c.names))
			c.codes[v] = code
			c.names = append(c.names, v)
		}
		out = append(out, code)
	}
	return out
}

func contains(list []string, v string) bool {
	for _, o := range list {
		if o == v {
			return true
		}
	}
	return false
}

// Add appends a row with values that were encoded by this column.
func (c *Column) Add(codes []uint32) {
	c.start = append(c.start, uint32(len(c.held)))
	c.held = append(c.held, codes...)
}

// row is what a pod or a revision holds.
func (c *Column) row(i int32) []uint32 {
	if int(i)+1 < len(c.start) {
		return c.held[c.start[i]:c.start[i+1]]
	}
	return c.held[c.start[i]:]
}

// ofPod is what a pod holds of a placement attribute.
func (c *Column) ofPod(pod int32) []uint32 {
	if c.Of != nil {
		pod = c.Of[pod]
	}
	return c.row(pod)
}

// of is what a pod holds, itself or by its revision.
func (t *Table) of(c *Column, pod int32) []uint32 {
	if c.Placement {
		return c.ofPod(pod)
	}
	return c.row(t.Pods[pod])
}

// holds reports for each pod whether it has a value.
func (t *Table) holds(v id) []bool {
	out := make([]bool, len(t.Pods))
	c := t.Columns[v.column]
	for pod := range out {
		for _, code := range t.of(c, int32(pod)) {
			out[pod] = out[pod] || code == v.code
		}
	}
	return out
}

// Holding reports for each pod whether it has a value; nobody has one that is
// not in the table.
func (t *Table) Holding(v Value) []bool {
	for i, c := range t.Columns {
		if code, ok := c.codes[v.Value]; ok && c.Attribute == v.Attribute {
			return t.holds(id{i, code})
		}
	}
	return make([]bool, len(t.Pods))
}

// Values are those that a pod has in a column.
func (t *Table) Values(c *Column, pod int) []string {
	var out []string
	for _, code := range t.of(c, int32(pod)) {
		out = append(out, c.names[code])
	}
	return out
}

// Gained are the values that a revision's template has and another one's has
// not, without ranges.
func (t *Table) Gained(revision, over int32) []Value {
	var out []Value
	for _, c := range t.Columns {
		if c.Placement || c.Range {
			continue
		}
		for _, code := range c.row(revision) {
			if !slices.Contains(c.row(over), code) {
				out = append(out, Value{c.Attribute, c.names[code]})
			}
		}
	}
	return out
}

// id of a value in a table.
type id struct {
	column int
	code   uint32
}

func (t *Table) value(v id) Value {
	c := t.Columns[v.column]
	return Value{c.Attribute, c.names[v.code]}
}
