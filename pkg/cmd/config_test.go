package cmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// TestMain keeps the configuration of whoever runs the tests out of them.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kubectl-patterns-test-")
	if err != nil {
		panic(err)
	}
	_ = os.Setenv("XDG_CONFIG_HOME", dir) // fails for invalid names only
	_ = os.Unsetenv(configVariable)
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code) //nolint:forbidigo // how a TestMain ends
}

// configured writes a configuration and returns its path.
func configured(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func ids(r *report.Report) (out []string) {
	for i := range r.Patterns {
		out = append(out, r.Patterns[i].ID)
	}
	return out
}

func TestConfigMistakesNameTheLine(t *testing.T) {
	for _, c := range []struct{ name, text, line, says string }{
		{"unknown key", "default:\n  utc: true\n", "1", `unknown key "default" in the file; did you mean "defaults"?; there are defaults, ignore`},
		{"unknown flag", "defaults:\n  utc: true\n  outptu: wide\n", "3", `unknown key "outptu" in defaults; did you mean "output"?`},
		{"flag of kubectl", "defaults:\n  context: prod\n", "2", `unknown key "context" in defaults`},
		{"flag of one run", "defaults:\n  filename: dump.json\n", "2", `unknown key "filename" in defaults`},
		{"twice", "defaults:\n  utc: true\n  utc: false\n", "3", `"utc" stands in line 2 already`},
		{"no bool", "defaults:\n  utc: sometimes\n", "2", "utc must be true or false"},
		{"no value", "defaults:\n  since:\n", "2", "since has no value"},
		{"value", "defaults:\n\n  since: yesterday\n", "3", `--since "yesterday": must be a duration`},
		{"document", "defaults: {output: html}\n", "1", "output must be one of text, wide, json, yaml"},
		{"severity", "defaults:\n  min-severity: fatal\n", "2", "must be one of info, warning, critical"},
		{"no YAML", "defaults:\n  utc: [\n", "2", "not YAML"},
		{"two documents", "defaults: {utc: true}\n---\nignore: []\n", "2", "one document only"},
		{"list", "- a\n", "1", "the file must be a mapping"},
		{"rule without condition", "ignore:\n- reason: noise\n", "2", "a rule needs one of pattern, detector"},
		{"rule key", "ignore:\n- detector: oom\n  untl: 2026-01-01\n", "3", `unknown key "untl" in a rule; did you mean "until"?`},
		{"detector", "ignore:\n- detector: ooom\n", "2", `detector "ooom" does not exist`},
		{"cause", "ignore:\n- detector: probe\n  cause: liveliness\n", "2", `no detector of the rule has the cause "liveliness"; there are liveness, readiness, startup; did you mean "liveness"?`},
		{"date", "ignore:\n- detector: oom\n  until: Friday\n", "3", "must be a date such as 2026-12-31"},
		{"selector", "ignore:\n- selector: a=(b\n", "2", "selector"},
		{"wildcard", "ignore:\n- namespace: 'ci-['\n", "2", "wildcards are"},
		{"no list", "ignore:\n  detector: oom\n", "2", "ignore must be a list of rules"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := configured(t, c.text)
			out, errOut, code := run(t, "", "-f", recording("registry-auth"), "--config", path)
			if code != exitUsage || out != "" || !strings.HasPrefix(errOut, "error: "+path+":"+c.line+": ") || !strings.Contains(errOut, c.says) {
				t.Errorf("exit code %d, printed %d bytes, standard error: %s", code, len(out), errOut)
			}
		})
	}
}

func TestConfigIsFound(t *testing.T) {
	found := func(args ...string) bool {
		out, errOut, code := run(t, "", append([]string{"-f", recording("registry-auth")}, args...)...)
		if code != exitOK {
			t.Fatalf("%v: exit code %d: %s", args, code, errOut)
		}
		return strings.HasPrefix(out, "{")
	}
	if found() {
		t.Fatal("there is no file yet")
	}
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	folder := filepath.Join(home, "kubectl-patterns")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte("defaults: {output: json}"), 0o600); err != nil {
		t.Fatal(err)
	}
	yaml, nothing := configured(t, "defaults: {output: yaml}"), configured(t, "# nothing\n")
	if !found() || found("--no-config") || found("--config", yaml) || found("-o", "text") {
		t.Error("the file of the user's folder is read, unless --no-config, --config or the flag itself say otherwise")
	}
	t.Setenv(configVariable, yaml)
	if found() || found("--config", nothing) {
		t.Errorf("%s comes before the user's folder, --config before it", configVariable)
	}
	t.Setenv(configVariable, filepath.Join(home, "none.yaml"))
	if _, errOut, code := run(t, "", "-f", recording("registry-auth")); code != exitFailed || !strings.Contains(errOut, "none.yaml: no such file") {
		t.Errorf("a file that was named and is not there: exit code %d: %s", code, errOut)
	}
	if _, _, code := run(t, "", "version"); code != exitOK {
		t.Error("version needs no configuration")
	}
}

func TestTypedFlagsComeBeforeDefaults(t *testing.T) {
	path := configured(t, "defaults:\n  detector: [image-pull, oom]\n  color: always\n  min-severity: warning\n")
	hidden := func(args ...string) int {
		return scan(t, append([]string{"-f", recording("registry-auth"), "--config", path}, args...)...).Hidden
	}
	if all, one := hidden("--detector", "image-pull,rollout-failure"), hidden(); all >= one || one == 0 {
		t.Errorf("%d patterns are hidden by what was typed, %d by the defaults", all, one)
	}
	colored := func(args ...string) bool {
		out, _, _ := run(t, "", append([]string{"-f", recording("registry-auth"), "--config", path}, args...)...)
		return strings.Contains(out, "\x1b[")
	}
	if !colored() || colored("--color", "never") {
		t.Error("color: always is a default")
	}
	t.Setenv("NO_COLOR", "1")
	if colored() || !colored("--color", "always") {
		t.Error("the environment comes before the file, and after what was typed")
	}
}

// A default that cannot go with what was typed gives way instead of failing.
func TestDefaultsGiveWay(t *testing.T) {
	t.Setenv("KUBECONFIG", "/dev/null")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	path := configured(t, "defaults:\n  all-namespaces: true\n  no-history: true\n  exit-code: true\n  prometheus: http://127.0.0.1:1\n  prometheus-label: {cluster: prod}\n")
	for _, args := range [][]string{{"rollout", "deploy/a"}, {"--watch"}, {"record"}, {"-n", "shop"}, {"--prometheus", ""}} {
		if _, errOut, code := run(t, "", append(args, "--config", path)...); code != exitFailed || !strings.Contains(errOut, "there is no kubeconfig") {
			t.Errorf("%v: exit code %d: %s", args, code, errOut)
		}
	}
	r := scan(t, "-f", recording("registry-auth"), "-n", "shop", "--exit-code=false", "--config", path)
	for _, s := range r.Sources {
		if strings.Contains(s.From, "127.0.0.1") {
			t.Errorf("a Prometheus of the defaults was asked about saved data: %+v", s)
		}
	}
	if !slices.Equal(r.Scope.Namespaces, []string{"shop"}) {
		t.Errorf("-n was typed: %+v", r.Scope)
	}
}

func TestIgnoredPatterns(t *testing.T) {
	whole := ids(scan(t, "-f", recording("registry-auth")))
	path := configured(t, "ignore:\n- detector: image-pull\n  cause: auth\n  until: 2026-11-22\n  reason: registry moves\n")
	r := scan(t, "-f", recording("registry-auth"), "--config", path)
	if len(r.Ignored) != 1 || len(r.Patterns)+1 != len(whole) || slices.Contains(ids(r), r.Ignored[0].ID) || r.Hidden != 0 {
		t.Fatalf("of %v are told %v, ignored %+v, hidden %d", whole, ids(r), r.Ignored, r.Hidden)
	}
	i := r.Ignored[0]
	if i.Rule != "detector image-pull; cause auth ("+path+":2)" || i.Reason != "registry moves" || i.Until == nil || len(i.Explains) == 0 {
		t.Errorf("%+v", i)
	}
	// It explains all the same.
	for _, id := range i.Explains {
		if at := slices.Index(ids(r), id); at < 0 || r.Patterns[at].ExplainedBy != i.ID {
			t.Errorf("%s is said to follow from %s", id, i.ID)
		}
	}
	for _, format := range []string{"text", "wide", "markdown", "html"} {
		out, errOut, _ := run(t, "", "-f", recording("registry-auth"), "--config", path, "-o", format)
		out = oneLine(strings.ReplaceAll(out, "\\", ""))
		if !strings.Contains(out, "1 pattern ignored by config: "+i.ID+" (until 2026-11-22; registry moves;") || !strings.Contains(out, "the config ignores 1") {
			t.Errorf("-o %s does not say it: …%s", format, out[max(0, len(out)-500):])
		}
		if errOut != "" {
			t.Errorf("-o %s: standard error: %s", format, errOut)
		}
	}
	if _, errOut, _ := run(t, "", "-f", recording("registry-auth"), "--config", path, "-o", "csv"); !strings.Contains(errOut, "1 pattern ignored by config: "+i.ID) {
		t.Errorf("-o csv: standard error: %s", errOut)
	}
	for _, view := range []string{"timeline", "matrix"} {
		out, _, _ := run(t, "", view, "-f", recording("registry-auth"), "--config", path)
		if !strings.Contains(out, "1 pattern ignored by config") {
			t.Errorf("%s does not say it: …%s", view, out[max(0, len(out)-500):])
		}
	}
}

func TestRulesCoverAllOrNothing(t *testing.T) {
	auth := "image-pull-auth-60b935" // of billing, crm and ads
	for _, c := range []struct {
		rule    string
		ignores bool
	}{
		{"pattern: " + auth, true},
		{"pattern: image-pull-*", true},
		{"pattern: image-pull", false},
		{"namespace: billing", false},
		{"namespace: [billing, crm, ads]", true},
		{"namespace: '*'", true},
		{"{namespace: '*', detector: oom}", false},
		{"selector: 'app in (invoicer,contacts,bidder)'", true},
		{"selector: app=invoicer", false},
		{"{pattern: '*', until: 2026-11-21}", false},
		{"{pattern: '*', until: '2026-11-22T19:00:00Z'}", false},
		{"{pattern: '*', until: 2026-11-22}", true},
	} {
		path := configured(t, "ignore:\n- "+c.rule+"\n")
		r := scan(t, "-f", recording("registry-auth"), "--config", path)
		if got := !slices.Contains(ids(r), auth); got != c.ignores {
			t.Errorf("%s: ignored is %v, told are %v", c.rule, got, ids(r))
		}
	}
}

func TestExpiredRulesAreTold(t *testing.T) {
	path := configured(t, "ignore:\n- detector: probe\n  until: 2026-11-01\n- detector: oom\n  until: 2027-01-01\n")
	_, errOut, code := run(t, "", "-f", recording("registry-auth"), "--config", path)
	if want := "warning: " + path + ":2: this rule ended at 2026-11-01T23:59:59Z and ignores nothing any more: detector probe\n"; code != exitOK || errOut != want {
		t.Errorf("exit code %d, standard error %q, want %q", code, errOut, want)
	}
}

func TestConsequencesAreIgnoredWhereTheRuleSaysSo(t *testing.T) {
	path := configured(t, "ignore:\n- {detector: image-pull, consequences: true}\n")
	out, _, code := run(t, "", "-f", recording("registry-auth"), "--config", path, "--exit-code")
	if code != exitOK || !strings.Contains(oneLine(out), "No failure pattern found but 6 that the config ignores. 4 of 25 pods failing now.") {
		t.Errorf("exit code %d: %.300s", code, out)
	}
	path = configured(t, "ignore:\n- detector: image-pull\n")
	if _, _, code := run(t, "", "-f", recording("registry-auth"), "--config", path, "--exit-code"); code != exitFound {
		t.Errorf("what follows is told, and found: exit code %d", code)
	}
}

// TestNothingIsARootForARuleInTheMiddle: what follows from an ignored pattern is
// told beneath the one that this follows from.
func TestNothingIsARootForARuleInTheMiddle(t *testing.T) {
	path := configured(t, "ignore:\n- detector: network\n")
	r := scan(t, "-f", recording("rollout-dependants"), "--config", path)
	if len(r.Patterns) != 2 || len(r.Ignored) != 1 {
		t.Fatalf("%d patterns, %d ignored", len(r.Patterns), len(r.Ignored))
	}
	root, exits := &r.Patterns[0], &r.Patterns[1]
	if root.ExplainedBy != "" || exits.ExplainedBy != root.ID || !slices.Contains(root.Explains, exits.ID) {
		t.Errorf("%s follows from %q; %s explains %v", exits.ID, exits.ExplainedBy, root.ID, root.Explains)
	}
	if slices.Contains(advised(r), exits.ID) || !slices.Contains(advised(r), root.ID) {
		t.Errorf("advice for %v", advised(r))
	}
}

// TestAdviceForWhatFollowsFromAnIgnoredRoot: nothing else would say what to do.
func TestAdviceForWhatFollowsFromAnIgnoredRoot(t *testing.T) {
	path := configured(t, "ignore:\n- detector: image-pull\n")
	r := scan(t, "-f", recording("registry-auth"), "--config", path)
	for i := range r.Patterns {
		p := &r.Patterns[i]
		if p.ExplainedBy != "" && !slices.Contains(ids(r), p.ExplainedBy) && len(p.Recommendations) > 0 && !slices.Contains(advised(r), p.ID) {
			t.Errorf("no advice for %s", p.ID)
		}
	}
	if len(advised(r)) == 0 {
		t.Error("no advice at all")
	}
}

// advised are the patterns that something is to be done about.
func advised(r *report.Report) []string {
	var out []string
	for _, advice := range r.Recommendations {
		if advice.Urgency != "monitoring" {
			out = append(out, advice.Patterns...)
		}
	}
	return out
}

func TestExplainTellsAnIgnoredPattern(t *testing.T) {
	path := configured(t, "ignore:\n- {detector: image-pull, reason: known}\n")
	out, errOut, code := run(t, "", "explain", "image-pull-auth", "-f", recording("registry-auth"), "--config", path, "--exit-code")
	if code != exitOK || !strings.Contains(out, "image-pull-auth-60b935") || !strings.Contains(errOut, path+":2 ignores it (detector image-pull: known)") {
		t.Errorf("exit code %d, standard error %s\n%.300s", code, errOut, out)
	}
}

func TestDifferencesIgnoreOnBothSides(t *testing.T) {
	path := configured(t, "ignore:\n- {detector: image-pull, until: 2026-11-22}\n")
	out, errOut, code := run(t, "", "diff", recording("registry-auth"), recording("registry-auth"), "--config", path, "-o", "json")
	if code != exitOK || strings.Contains(out, `"detector": "image-pull"`) || strings.Count(out, `"rule"`) != 2 {
		t.Errorf("exit code %d: %s%.500s", code, errOut, out)
	}
}
