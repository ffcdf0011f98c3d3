package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// real is a running cluster with the plugin beside it.
type real struct {
	kubeconfig string
	plugin     string
	dir        string // all that the cluster keeps
}

// start brings a cluster up and plays a scenario on it. It is taken down
// when the test ends, and ends by itself should the test be killed. More
// arguments are of `cluster up`.
func start(t *testing.T, scenario string, more ...string) *real {
	t.Helper()
	plugin, tool := os.Getenv("KUBECTL_PATTERNS_BIN"), os.Getenv("KUBECTL_PATTERNS_CLUSTER")
	if plugin == "" || tool == "" {
		t.Skip("SKIPPED: KUBECTL_PATTERNS_BIN and KUBECTL_PATTERNS_CLUSTER are not set; `make test` sets them")
	}
	dir := filepath.Join(t.TempDir(), "cluster")
	t.Cleanup(func() {
		if out, err := exec.Command(tool, "down", "--dir", dir).CombinedOutput(); err != nil { //nolint:gosec // our own tool
			t.Errorf("taking the cluster down: %v\n%s", err, out)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var out, errOut bytes.Buffer
	c := exec.CommandContext(ctx, tool, append([]string{"up", "--scenario", scenario, "--dir", dir, "--lifetime", "20m"}, more...)...) //nolint:gosec // our own tool
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Run(); err != nil {
		t.Fatalf("starting scenario %s: %v\n%s", scenario, err, errOut.String())
	}
	return &real{kubeconfig: strings.TrimSpace(out.String()), plugin: plugin, dir: dir}
}

// run runs the plugin and returns what it printed and its exit code.
func (r *real) run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, errOut bytes.Buffer
	c := exec.CommandContext(ctx, r.plugin, append([]string{"--kubeconfig", r.kubeconfig}, args...)...) //nolint:gosec // our own binary
	c.Stdout, c.Stderr = &out, &errOut
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("running the plugin: %v\n%s", err, errOut.String())
	}
	return out.String(), errOut.String(), c.ProcessState.ExitCode()
}

// report runs a scan and reads its JSON.
func (r *real) report(t *testing.T, args ...string) *report.Report {
	t.Helper()
	out, errOut, code := r.run(t, append(args, "-o", "json")...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	var rep report.Report
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatalf("reading the report: %v\n%s", err, out)
	}
	return &rep
}

// roots are the patterns of severity warning or above that nothing explains.
func roots(r *report.Report) []*report.Pattern {
	var out []*report.Pattern
	for i := range r.Patterns {
		if p := &r.Patterns[i]; p.ExplainedBy == "" && p.Severity != "info" {
			out = append(out, p)
		}
	}
	return out
}

// only asserts that there is one root, of a detector and cause.
func only(t *testing.T, r *report.Report, detector, cause string) *report.Pattern {
	t.Helper()
	all := roots(r)
	if len(all) != 1 {
		t.Fatalf("want one root, got %d: %s", len(all), titles(all))
	}
	return is(t, all[0], detector, cause)
}

func is(t *testing.T, p *report.Pattern, detector, cause string) *report.Pattern {
	t.Helper()
	if p.Detector != detector || p.Cause != cause {
		t.Fatalf("got %s/%s (%s), want %s/%s", p.Detector, p.Cause, p.Title, detector, cause)
	}
	return p
}

func find(t *testing.T, r *report.Report, detector, cause string) *report.Pattern {
	t.Helper()
	for _, p := range roots(r) {
		if p.Detector == detector && p.Cause == cause {
			return p
		}
	}
	var gaps []string
	for _, s := range r.Sources {
		if s.Gap != "" {
			gaps = append(gaps, s.Resource+": "+s.Gap)
		}
	}
	t.Fatalf("no root %s/%s among: %s (not read: %s)", detector, cause, titles(roots(r)), strings.Join(gaps, "; "))
	return nil
}

func titles(ps []*report.Pattern) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Title)
	}
	return strings.Join(out, "; ")
}

// podsByWorkload counts the affected pods of each workload.
func podsByWorkload(p *report.Pattern) map[string]int {
	out := map[string]int{}
	seen := map[string]bool{}
	for _, a := range p.Affected {
		if a.Kind == "Pod" && !seen[a.Namespace+"/"+a.Name] {
			seen[a.Namespace+"/"+a.Name] = true
			out[a.Namespace+"/"+a.Workload.Name]++
		}
	}
	return out
}

func hasFactor(p *report.Pattern, attribute, value string) bool {
	return slices.ContainsFunc(p.SharedFactors, func(f report.SharedFactor) bool {
		return f.Attribute == attribute && f.Value == value
	})
}

func hasChange(p *report.Pattern, kind, namespace, name string) bool {
	return slices.ContainsFunc(p.PrecedingChanges, func(c report.PrecedingChange) bool {
		return c.Kind == kind && c.Namespace == namespace && c.Name == name
	})
}
