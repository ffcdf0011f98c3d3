package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// totals are the scores over a set of incidents.
type totals struct {
	incidents, healthy         int
	recall, precision, first   fraction
	factor, change             fraction
	audit                      audit
	falseAlarms, falselyAlarms int // patterns told of healthy clusters; clusters they were told of
}

func sum(results []result) totals {
	var t totals
	for i := range results {
		r := &results[i]
		t.incidents++
		t.recall.add(r.found())
		t.precision.add(fraction{r.right, r.told})
		t.factor.add(r.factors)
		t.change.add(r.changes)
		t.audit.add(r.audit)
		if r.hasRoots {
			t.first.count(r.first)
			continue
		}
		t.healthy++
		t.falseAlarms += len(r.falseAlarms)
		if len(r.falseAlarms) > 0 {
			t.falselyAlarms++
		}
	}
	return t
}

const head = `<!-- Written by 'make score'. Do not edit. -->
# Scoreboard

How often the plugin is right, measured on incidents whose truth is known.
*Recorded* incidents (` + "`hack/score/testdata/incidents`" + `) were made in real
clusters. *Synthetic* ones (` + "`hack/score/synth`" + `) are generated with a fixed seed
from what the components of Kubernetes write, so that they cover every cause, in
the wordings of several versions and runtimes, under names that nothing can
match. All of them go through the plugin's command line.

* **recall**: roots found of roots stated. A root counts as found when a pattern
  of warning or above that nothing explains has its detector, its cause and all
  its workloads and nodes.
* **precision**: stated or tolerated roots of all roots told.
* **first**: incidents whose first pattern is a stated root.
* **factor**, **change**: stated ones that were told.
* **wording**: sentences that claim no more than their tier allows. **numbers**:
  patterns whose claims carry how many of how many, of what they are compared
  with, and among how much was looked.
* **false alarms**: patterns at warning or above in healthy clusters, and in how many of
  these.

`

// board is the page: totals, causes, incidents, and what went wrong.
func board(recorded, synthetic []result, blamed *blameBoard) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	a, s := sum(recorded), sum(synthetic)
	table(&b, totalRows(&a, &s))
	if blamed != nil {
		blamed.write(&b)
	}
	b.WriteString("\n## By cause\n\nRoots found of roots stated.\n\n")
	table(&b, causeRows(recorded, synthetic))
	b.WriteString("\n## Recorded incidents\n\n")
	table(&b, incidentRows(recorded))
	faults(&b, recorded)
	b.WriteString("\n## Synthetic incidents\n\n")
	table(&b, incidentRows(synthetic))
	faults(&b, synthetic)
	return b.Bytes()
}

func totalRows(sets ...*totals) [][]string {
	rows := [][]string{{"", "recorded", "synthetic"}}
	add := func(name string, cell func(*totals) string) {
		row := []string{name}
		for _, t := range sets {
			row = append(row, cell(t))
		}
		rows = append(rows, row)
	}
	add("incidents", func(t *totals) string { return fmt.Sprintf("%d, healthy %d", t.incidents, t.healthy) })
	add("recall", func(t *totals) string { return t.recall.percent() })
	add("precision", func(t *totals) string { return t.precision.percent() })
	add("first", func(t *totals) string { return t.first.percent() })
	add("factor", func(t *totals) string { return t.factor.percent() })
	add("change", func(t *totals) string { return t.change.percent() })
	add("wording", func(t *totals) string { return t.audit.within().percent() })
	add("numbers", func(t *totals) string { return t.audit.complete.percent() })
	add("false alarms", func(t *totals) string {
		return fmt.Sprintf("%d, in %d of %d", t.falseAlarms, t.falselyAlarms, t.healthy)
	})
	return rows
}

func (f fraction) String() string { return fmt.Sprintf("%d/%d", f.part, f.of) }

func (f fraction) percent() string {
	if f.of == 0 {
		return "none stated"
	}
	return fmt.Sprintf("%.3f (%s)", f.share(), f)
}

// causeRows break the roots down by detector and cause.
func causeRows(sets ...[]result) [][]string {
	type key struct{ detector, cause string }
	found := map[key][]fraction{}
	for n, results := range sets {
		for i := range results {
			for _, root := range results[i].roots {
				k := key{root.detector, root.cause}
				if found[k] == nil {
					found[k] = make([]fraction, len(sets))
				}
				found[k][n].count(root.found)
			}
		}
	}
	var rows [][]string
	for k, counts := range found {
		row := []string{k.detector, k.cause}
		for _, f := range counts {
			row = append(row, orDash(f))
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return append([][]string{{"detector", "cause", "recorded", "synthetic"}}, rows...)
}

func orDash(f fraction) string {
	if f.of == 0 {
		return "–"
	}
	return f.String()
}

func incidentRows(results []result) [][]string {
	rows := [][]string{{"incident", "roots", "right", "first", "factor", "change", "false alarms"}}
	for i := range results {
		r := &results[i]
		first, alarms := "–", "–"
		switch {
		case !r.hasRoots:
			alarms = fmt.Sprint(len(r.falseAlarms))
		case r.first:
			first = "yes"
		default:
			first = "no"
		}
		rows = append(rows, []string{r.name, orDash(r.found()), orDash(fraction{r.right, r.told}), first, orDash(r.factors), orDash(r.changes), alarms})
	}
	return rows
}

// faults tells what was missed and what was wrong, incident by incident.
func faults(b *bytes.Buffer, results []result) {
	for i := range results {
		r := &results[i]
		var lines []string
		for _, root := range r.roots {
			if !root.found {
				lines = append(lines, "missed: "+root.what)
			}
		}
		for _, w := range r.wrong {
			lines = append(lines, "wrong: "+w)
		}
		for _, w := range r.falseAlarms {
			lines = append(lines, "false alarm: "+w)
		}
		for _, u := range r.undetermined {
			lines = append(lines, "not told: "+u)
		}
		if len(lines) > 0 {
			fmt.Fprintf(b, "\n%s:\n\n* %s\n", r.name, strings.Join(lines, "\n* "))
		}
	}
}

// table writes a Markdown table whose columns are aligned, so that it reads
// well in a terminal too. The first row is the head.
func table(b *bytes.Buffer, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	for n, row := range rows {
		for i, cell := range row {
			fmt.Fprintf(b, "| %s%s ", cell, strings.Repeat(" ", width[i]-len([]rune(cell))))
		}
		b.WriteString("|\n")
		if n == 0 {
			for i := range row {
				fmt.Fprintf(b, "|%s", strings.Repeat("-", width[i]+2))
			}
			b.WriteString("|\n")
		}
	}
}
