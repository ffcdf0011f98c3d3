package main

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// result is how one incident was told.
type result struct {
	name         string
	hasRoots     bool
	roots        []rootResult
	told, right  int // roots of severity warning or above; of them stated or tolerated
	first        bool
	factors      fraction
	changes      fraction
	wrong        []string // roots that are neither stated nor tolerated
	falseAlarms  []string // all patterns at warning or above of a healthy cluster
	audit        audit
	undetermined []string // what was stated and told, but lacks its factor or change
}

// rootResult is whether one stated root came out.
type rootResult struct {
	detector, cause string // as the truth names them first
	found           bool
	what            string
}

// fraction is a part of a whole.
type fraction struct{ part, of int }

func (f *fraction) add(g fraction) { f.part += g.part; f.of += g.of }

func (f *fraction) count(ok bool) {
	f.of++
	if ok {
		f.part++
	}
}

// share is 1 where there is nothing to count.
func (f fraction) share() float64 {
	if f.of == 0 {
		return 1
	}
	return float64(f.part) / float64(f.of)
}

// found counts the roots that came out.
func (r *result) found() fraction {
	var f fraction
	for _, root := range r.roots {
		f.count(root.found)
	}
	return f
}

// judge compares a report with the truth.
func judge(name string, t *truth.Truth, r *report.Report) result {
	res := result{name: name, hasRoots: len(t.Roots) > 0, audit: auditOf(r)}
	told := roots(r)
	for i := range t.Roots {
		res.root(&t.Roots[i], told)
	}
	for _, p := range told {
		res.told++
		if isAny(t.Roots, p) || isAny(t.Tolerated, p) {
			res.right++
		} else {
			res.wrong = append(res.wrong, describe(p))
		}
	}
	res.first = len(told) > 0 && told[0] == &r.Patterns[0] && isAny(t.Roots, told[0])
	if !res.hasRoots {
		res.alarms(t, r)
	}
	return res
}

// roots are the unexplained patterns of severity warning or above.
func roots(r *report.Report) []*report.Pattern {
	var out []*report.Pattern
	for i := range r.Patterns {
		if p := &r.Patterns[i]; p.ExplainedBy == "" && isLoud(p) {
			out = append(out, p)
		}
	}
	return out
}

func isLoud(p *report.Pattern) bool { return p.Severity != "info" }

// root looks for a stated root among those told. Where several fit, it is
// enough that one of them names the factor or change.
func (r *result) root(e *truth.Expected, told []*report.Pattern) {
	out := rootResult{detector: firstOf(e.Detector), cause: firstOf(e.Cause), what: expectation(e)}
	factor, change := false, false
	for _, p := range told {
		if matches(e, p) {
			out.found = true
			factor = factor || e.Factor != nil && hasFactor(p, e.Factor)
			change = change || e.Change != nil && hasChange(p, e.Change)
		}
	}
	if e.Factor != nil {
		r.factors.count(factor)
		if out.found && !factor {
			r.undetermined = append(r.undetermined, "factor "+e.Factor.Attribute+" "+e.Factor.Value)
		}
	}
	if e.Change != nil {
		r.changes.count(change)
		if out.found && !change {
			r.undetermined = append(r.undetermined, "change of "+e.Change.Namespace+"/"+e.Change.Name)
		}
	}
	r.roots = append(r.roots, out)
}

// alarms are false in a healthy cluster even when something explains them.
func (r *result) alarms(t *truth.Truth, told *report.Report) {
	for i := range told.Patterns {
		if p := &told.Patterns[i]; isLoud(p) && !isAny(t.Tolerated, p) {
			r.falseAlarms = append(r.falseAlarms, describe(p))
		}
	}
}

func describe(p *report.Pattern) string { return p.Detector + "/" + p.Cause + ": " + p.Title }

func expectation(e *truth.Expected) string {
	out := strings.Join(e.Detector, "|") + "/" + strings.Join(e.Cause, "|")
	if of := append(append([]string{}, e.Workloads...), e.Nodes...); len(of) > 0 {
		out += fmt.Sprintf(" of %s", strings.Join(of, ", "))
	}
	return out
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return "any"
	}
	return list[0]
}
