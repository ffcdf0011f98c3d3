package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// result is how one incident was told.
type result struct {
	name                 string
	roots, rootsFound    int
	told, right          int // roots of severity warning or above; of them stated or tolerated
	firstRight           bool
	hasRoots             bool
	factors, factorFound int
	changes, changeFound int
	missed, wrong        []string
}

func scoreAll(ctx context.Context, folders []string) ([]result, error) {
	var out []result
	for _, f := range folders {
		t, err := readTruth(f)
		if err != nil {
			return nil, err
		}
		r, err := analyse(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, score(filepath.Base(f), t, r))
	}
	return out, nil
}

// analyse runs the plugin itself, by its command line.
func analyse(ctx context.Context, folder string) (*report.Report, error) {
	data := filepath.Join(folder, "data.tar.gz")
	if _, err := os.Stat(data); err != nil {
		data = filepath.Join(folder, "data")
	}
	var out, errOut bytes.Buffer
	code := cmd.Main(ctx, []string{"-f", data, "-o", "json"}, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut})
	if code != 0 {
		return nil, fmt.Errorf("analysing %s: exit code %d: %s", folder, code, errOut.String())
	}
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return nil, fmt.Errorf("reading the report of %s: %w", folder, err)
	}
	return &r, nil
}

func score(name string, t truth, r *report.Report) result {
	res := result{name: name, roots: len(t.Roots), hasRoots: len(t.Roots) > 0}
	var told []*report.Pattern
	for i := range r.Patterns {
		if p := &r.Patterns[i]; p.ExplainedBy == "" && p.Severity != "info" {
			told = append(told, p)
		}
	}
	for i := range t.Roots {
		res.root(&t.Roots[i], told)
	}
	res.told = len(told)
	for i, p := range told {
		stated := slices.ContainsFunc(t.Roots, func(e expected) bool { return e.partOf(p) })
		tolerated := slices.ContainsFunc(t.Tolerated, func(e expected) bool { return e.matches(p) })
		if stated || tolerated {
			res.right++
		} else {
			res.wrong = append(res.wrong, p.Title)
		}
		if i == 0 {
			res.firstRight = stated
		}
	}
	return res
}

// partOf is a match in which the pattern may hold only some of the workloads.
func (e *expected) partOf(p *report.Pattern) bool {
	if !allowed(e.Detector, p.Detector) || !allowed(e.Cause, p.Cause) {
		return false
	}
	have := workloadsOf(p)
	return len(e.Workloads) == 0 || slices.ContainsFunc(e.Workloads, func(w string) bool { return slices.Contains(have, w) })
}

func (res *result) root(e *expected, told []*report.Pattern) {
	if e.Factor != nil {
		res.factors++
	}
	if e.Change != nil {
		res.changes++
	}
	i := slices.IndexFunc(told, e.matches)
	if i < 0 {
		res.missed = append(res.missed, fmt.Sprintf("%s/%s of %s", strings.Join(e.Detector, "|"), strings.Join(e.Cause, "|"), strings.Join(e.Workloads, ", ")))
		return
	}
	res.rootsFound++
	if e.Factor != nil && e.factorFound(told[i]) {
		res.factorFound++
	}
	if e.Change != nil && e.changeFound(told[i]) {
		res.changeFound++
	}
}

func print(w io.Writer, results []result) error {
	var sum result
	first, incidents := 0, 0
	for _, r := range results {
		if _, err := fmt.Fprintf(w, "%-26s roots %d/%d  right %d/%d\n", r.name, r.rootsFound, r.roots, r.right, r.told); err != nil {
			return err
		}
		for _, m := range r.missed {
			_, _ = fmt.Fprintf(w, "    missed: %s\n", m)
		}
		for _, m := range r.wrong {
			_, _ = fmt.Fprintf(w, "    wrong:  %s\n", m)
		}
		sum.roots += r.roots
		sum.rootsFound += r.rootsFound
		sum.told += r.told
		sum.right += r.right
		sum.factors += r.factors
		sum.factorFound += r.factorFound
		sum.changes += r.changes
		sum.changeFound += r.changeFound
		if r.hasRoots {
			incidents++
			if r.firstRight {
				first++
			}
		}
	}
	_, err := fmt.Fprintf(w, "\nrecall %s  precision %s  first %s  factor %s  change %s\n",
		share(sum.rootsFound, sum.roots), share(sum.right, sum.told), share(first, incidents),
		share(sum.factorFound, sum.factors), share(sum.changeFound, sum.changes))
	return err
}

func share(part, of int) string { return fmt.Sprintf("%d/%d", part, of) }
