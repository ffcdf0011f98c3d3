package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// TestExplainLeavesNothingOut: every affected object, factor, change, piece of
// evidence and command of the report stands in the text.
func TestExplainLeavesNothingOut(t *testing.T) {
	t.Setenv("COLUMNS", "100000") // no word is broken
	for recorded, id := range map[string]string{
		"evictions-two-nodes": "node-pressure-disk",
		"rollout-dependants":  "network-connection-refused",
		"registry-auth":       "image-pull-auth",
	} {
		r := scan(t, "explain", id, "-f", recording(recorded))
		p := r.Patterns[0]
		if !strings.HasPrefix(p.ID, id) || r.Explain == nil || r.Explain.ID != p.ID {
			t.Fatalf("asked for %s, told of %s", id, p.ID)
		}
		text, _, code := run(t, "", "explain", p.ID, "-f", recording(recorded), "--utc")
		if code != exitOK {
			t.Fatalf("exit code %d", code)
		}
		whole := strings.Join(strings.Fields(text), " ")
		var wants []string
		for _, a := range p.Affected {
			wants = append(wants, a.Name, a.Node)
		}
		for _, f := range p.SharedFactors {
			wants = append(wants, f.Text)
		}
		for _, c := range p.PrecedingChanges {
			wants = append(wants, c.Link, c.Name)
		}
		for _, e := range p.Evidence {
			wants = append(wants, e.Subject.Name, e.Text)
		}
		for _, c := range p.CounterEvidence {
			wants = append(wants, c.Text)
		}
		for _, c := range p.Investigation {
			wants = append(wants, c.Why)
		}
		for _, want := range append(wants, p.Title, p.ProbableCause.Text) {
			if !strings.Contains(whole, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: without %q", recorded, want)
			}
		}
	}
}

// TestExplainHoldsWhatFollows: the report is of the pattern and of what follows
// from it; what it follows from is named, with what decided.
func TestExplainHoldsWhatFollows(t *testing.T) {
	r := scan(t, "explain", "network", "-f", recording("rollout-dependants"))
	var held []string
	for _, p := range r.Patterns {
		held = append(held, p.Detector)
	}
	if !slices.Equal(held, []string{"network", "exit-code"}) {
		t.Errorf("holds %v", held)
	}
	up := r.Explain.FollowsFrom
	if len(up) != 1 || !strings.HasPrefix(up[0].ID, "rollout-cascade") {
		t.Fatalf("follows from %+v", up)
	}
	f := r.Patterns[0].Follows
	if f == nil || f.Unit != "pods" || f.Common != 4 || f.Of != 4 || f.LeadSeconds == nil {
		t.Errorf("decided by %+v", f)
	}
	if len(r.Explain.Following) != 1 || r.Explain.Following[0].Why == "" {
		t.Errorf("following %+v", r.Explain.Following)
	}
	logs := slices.ContainsFunc(scan(t, "explain", "exit-code", "-f", recording("rollout-dependants")).Explain.NotChecked, func(s report.Sentence) bool {
		return strings.Contains(s.Text, "what the containers wrote last")
	})
	if !logs {
		t.Error("does not say that logs were not read")
	}
}

func TestExplainOfWhatIsNotThere(t *testing.T) {
	registry := recording("registry-auth")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"explain"}, exitUsage, "explain needs the ID of one pattern"},
		{[]string{"explain", "image-pull", "-f", registry}, exitFailed, `"image-pull" fits 2 patterns: image-pull-auth-`},
		{[]string{"explain", "imagepull-not-found", "-f", registry}, exitFailed, `there is no pattern "imagepull-not-found"; there is image-pull-not-found-`},
		{[]string{"explain", "oom", "-f", registry, "-n", "crm"}, exitFailed, "-A looks at all namespaces"},
		{[]string{"explain", "oom", "-f", recording("healthy-quiet")}, exitFailed, "nor any other"},
	} {
		out, errOut, code := run(t, "", c.args...)
		if code != c.code || out != "" || !strings.Contains(errOut, c.says) {
			t.Errorf("%v: exit code %d, %q, %q", c.args, code, out, errOut)
		}
	}
}

func TestExplainCompletesIDsOfSavedData(t *testing.T) {
	t.Setenv("KUBECONFIG", "/dev/null")
	out, _, code := run(t, "", "__complete", "explain", "-f", recording("registry-auth"), "")
	if code != exitOK || !strings.Contains(out, "image-pull-auth-") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if live, _, _ := run(t, "", "__complete", "explain", ""); strings.Contains(live, "image-pull") {
		t.Errorf("reads something without files: %s", live)
	}
}
