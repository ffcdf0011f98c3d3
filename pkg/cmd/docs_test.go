package cmd

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the outputs in README.md and docs")

// docs are the pages with examples; those below docs/commands are written from
// the help, whose examples TestExamples parses.
func docs(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(found) < 5 {
		t.Fatalf("found %v, %v", found, err)
	}
	return append(found, "../../README.md", "../../hack/deploy/README.md")
}

// fence is a fenced block.
var fence = regexp.MustCompile("(?ms)^```(console|sh)\n(.*?)^```$")

// TestExamplesInDocs runs every block of class console, which shows commands
// behind a "$ " with what they print, and compares the output. They read the
// recordings in docs/testdata, by paths from the root of the repository. Blocks
// of class sh show what needs a cluster or writes files: of these each command line
// of the plugin must be understood.
func TestExamplesInDocs(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	t.Setenv("KUBECONFIG", "/dev/null")
	local := time.Local
	time.Local = time.UTC //nolint:gosmopolitan // pages say the same everywhere
	t.Cleanup(func() { time.Local = local })
	ran, parsed := 0, 0
	for _, page := range docs(t) {
		raw, err := os.ReadFile(page) //nolint:gosec // our own pages
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		again := fence.ReplaceAllStringFunc(text, func(block string) string {
			kind, body, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(block, "```"), "```"), "\n")
			if kind == "sh" {
				parsed += parsesAll(t, body)
				return block
			}
			ran++
			return "```console\n" + played(t, page, body) + "```"
		})
		if again == text {
			continue
		}
		if *update {
			if err := os.WriteFile(page, []byte(again), 0o644); err != nil { //nolint:gosec // a page to read
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s does not show what is printed; run 'make update' and read the difference (-page +printed):\n%s", page, cmp.Diff(text, again))
	}
	if ran < 8 || parsed < 20 {
		t.Errorf("only %d blocks were run and %d lines parsed", ran, parsed)
	}
}

// played is a block with the output of its commands as it is now.
func played(t *testing.T, page, body string) string {
	t.Helper()
	var out strings.Builder
	for _, line := range strings.Split(body, "\n") {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue // printed by the one before
		}
		if out.Len() > 0 {
			out.WriteString("\n")
		}
		out.WriteString(line + "\n" + printed(t, page, command))
	}
	if !strings.HasPrefix(body, "$ ") {
		t.Errorf("%s: a console block begins with a command: %.60q", page, body)
	}
	return out.String()
}

// printed is what a command prints, through the head and tail behind it.
func printed(t *testing.T, page, command string) string {
	t.Helper()
	pipe := strings.Split(command, " | ")
	words, ok := strings.CutPrefix(pipe[0], "kubectl patterns")
	if !ok {
		t.Fatalf("%s: only the plugin is run in console blocks, not %q", page, command)
	}
	args := strings.Fields(words)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	out, errOut, code := run(t, "", args...)
	t.Chdir(here)
	if code != exitOK || errOut != "" {
		t.Fatalf("%s: %s: exit code %d, standard error %q", page, command, code, errOut)
	}
	for _, filter := range pipe[1:] {
		out = filtered(t, out, strings.Fields(filter))
	}
	return out
}

// filtered is text through head -n N or tail -n N.
func filtered(t *testing.T, text string, filter []string) string {
	t.Helper()
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:len(lines)-1]
	if len(filter) == 3 && filter[1] == "-n" {
		if n, err := strconv.Atoi(filter[2]); err == nil && n <= len(lines) {
			switch filter[0] {
			case "head":
				return strings.Join(lines[:n], "")
			case "tail":
				return strings.Join(lines[len(lines)-n:], "")
			}
		}
	}
	t.Fatalf("a console block knows head -n N and tail -n N (of %d lines), not %q", len(lines), filter)
	return ""
}

// parsesAll parses the plugin's command lines of a script.
func parsesAll(t *testing.T, script string) int {
	t.Helper()
	n := 0
	for _, line := range strings.Split(strings.ReplaceAll(script, "\\\n", " "), "\n") {
		line, _, _ = strings.Cut(line, " #")
		words, ok := strings.CutPrefix(line, "kubectl patterns")
		if !ok || strings.Contains(words, "'") { // quotes are the shell's to read
			continue
		}
		n++
		parses(t, words)
	}
	return n
}
