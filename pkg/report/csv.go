package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Tables are the names of the tables that CSV writes.
func Tables() []string { return []string{"patterns", "affected", "timeline", "matrix"} }

// CSV writes one table of the report (RFC 4180), the header first. A cell that
// a spreadsheet would take for a formula begins with an apostrophe
// (https://owasp.org/www-community/attacks/CSV_Injection).
func CSV(w io.Writer, r *Report, table string) error {
	rows, known := map[string]func(*Report) [][]string{
		"patterns": patternRows, "affected": affectedRows, "timeline": timelineRows, "matrix": matrixRows,
	}[table]
	if !known {
		return fmt.Errorf("no table %q: there are %s", table, strings.Join(Tables(), ", "))
	}
	out := csv.NewWriter(w)
	for _, row := range rows(r) {
		for i := range row {
			row[i] = unformula(escape(row[i]))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// formula is what begins a formula, in full width too, behind what spreadsheets
// leave out; and behind a semicolon, at which those of many countries part cells.
var formula = regexp.MustCompile(`(^|;)([\s"]*)([=+@|%＝＋－＠-])`)

// unformula keeps spreadsheets from computing what a cluster wrote.
func unformula(cell string) string {
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return formula.ReplaceAllString(cell, "$1$2'$3")
}

func patternRows(r *Report) [][]string {
	out := [][]string{{"id", "detector", "cause", "category", "severity", "tier", "title", "explainedBy", "pods", "workloads", "namespaces", "nodes",
		"occurrences", "firstSeen", "lastSeen", "ongoing", "probableCause", "confidence"}}
	for i := range r.Patterns {
		p := &r.Patterns[i]
		f := p.Frequency
		out = append(out, []string{p.ID, p.Detector, p.Cause, p.Category, p.Severity, p.Tier, p.Title, p.ExplainedBy, number(f.Pods), number(f.Workloads),
			number(f.Namespaces), number(f.Nodes), number(f.Occurrences), instant(p.FirstSeen), instant(p.LastSeen), strconv.FormatBool(p.Ongoing),
			p.ProbableCause.Text, p.ProbableCause.Confidence})
	}
	return out
}

func affectedRows(r *Report) [][]string {
	out := [][]string{{"pattern", "kind", "namespace", "name", "workloadKind", "workload", "node", "container", "image", "detail"}}
	for i := range r.Patterns {
		for _, a := range r.Patterns[i].Affected {
			out = append(out, []string{r.Patterns[i].ID, a.Kind, a.Namespace, a.Name, a.Workload.Kind, a.Workload.Name, a.Node, a.Container, a.Image, a.Detail})
		}
	}
	return out
}

func timelineRows(r *Report) [][]string {
	out := [][]string{{"time", "until", "kind", "subjectKind", "namespace", "name", "reason", "message", "count", "pattern"}}
	for _, e := range r.Timeline {
		out = append(out, []string{instant(&e.Time), instant(e.Until), e.Kind, e.Subject.Kind, e.Subject.Namespace, e.Subject.Name, e.Reason, e.Message, number(e.Count), e.Pattern})
	}
	return out
}

// matrixRows has a row for each cell: a sheet makes of it what it likes.
func matrixRows(r *Report) [][]string {
	out := [][]string{{"pattern", "attribute", "value", "unit", "affected", "affectedOf", "healthy", "healthyOf"}}
	for i, id := range r.Matrix.Rows {
		for j, c := range r.Matrix.Columns {
			if x := r.Matrix.Cells[i][j]; x.Of > 0 {
				out = append(out, []string{id, c.Attribute, c.Value, x.Unit, number(x.Affected), number(x.Of), number(x.Healthy), number(x.HealthyOf)})
			}
		}
	}
	return out
}

func number(n int) string { return strconv.Itoa(n) }

func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
