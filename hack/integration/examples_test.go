package integration

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
)

// scripts are the blocks that a reader copies into a shell.
var scripts = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// shownCommands are the command lines of the plugin in the blocks of the pages,
// each once: those that a cluster answers.
func shownCommands(t *testing.T) []string {
	t.Helper()
	pages := []string{"../../README.md", "../deploy/README.md"}
	for _, glob := range []string{"../../docs/*.md", "../../docs/commands/*.md"} {
		found, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	var out []string
	for _, page := range pages {
		raw, err := os.ReadFile(page) //nolint:gosec // our own pages
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range scripts.FindAllStringSubmatch(string(raw), -1) {
			for _, line := range strings.Split(strings.NewReplacer("\\\n", " ", "|\n", "| ").Replace(block[1]), "\n") {
				line, _, _ = strings.Cut(strings.TrimSpace(line), "  #") // what is said of it
				line = strings.TrimSpace(line)
				if strings.Contains(line, "kubectl patterns ") && !strings.HasPrefix(line, "#") && !elsewhere.MatchString(line) && !slices.Contains(out, line) {
					out = append(out, line)
				}
			}
		}
	}
	if len(out) < 50 {
		t.Fatalf("%d examples", len(out))
	}
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

// elsewhere are the examples that need what is not here.
var elsewhere = regexp.MustCompile(`--prometheus|Invoke-Expression`)

// goesOn reports whether a command goes on until it is interrupted.
func goesOn(line string) bool {
	return strings.Contains(line, "--watch") || strings.Contains(line, "patterns record") && !strings.Contains(line, "--once")
}

// rank puts those first that write what others read.
func rank(line string) int {
	if strings.Contains(line, "patterns snapshot") || strings.Contains(line, "--save") {
		return 0
	}
	return 1
}

// examplesRun runs the examples of the pages in a shell: none is of wrong usage,
// and each ends with a code that is told of.
func examplesRun(t *testing.T, c *real) {
	home := t.TempDir()
	for _, dir := range []string{"bin", "dumps", ".krew/bin", ".config/fish/completions"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	const shim = "#!/bin/sh\nshift # patterns\nexec kubectl-patterns \"$@\"\n"
	if err := os.WriteFile(filepath.Join(home, "bin", "kubectl"), []byte(shim), 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	env := append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME=", "KUBECONFIG="+underMoreNames(t, c),
		"PATH="+filepath.Join(home, "bin")+":"+filepath.Dir(c.plugin)+":"+os.Getenv("PATH"))
	for _, name := range []string{"dump.json", "before.json", "after.json", "dumps/pods.json", "after.tar.gz"} {
		if _, errOut, code := c.run(t, "snapshot", filepath.Join(home, name), "-A"); code != 0 {
			t.Fatalf("exit code %d: %s", code, errOut)
		}
	}
	ran := map[int]int{}
	for _, line := range shownCommands(t) {
		if goesOn(line) {
			interruptedExample(t, home, env, line)
			continue
		}
		if rank(line) == 0 {
			_ = os.Remove(filepath.Join(home, "incident.tar.gz")) // several write it
		}
		errOut, code := shell(t, home, env, line)
		ran[code]++
		if code != 0 && code != 1 && code != 3 || strings.Contains(errOut, "unknown") || strings.Contains(errOut, "--help'") {
			t.Errorf("%s: exit code %d: %s", line, code, errOut)
		}
		if code == 1 && !absent.MatchString(line) {
			t.Errorf("%s fails: %s", line, errOut)
		}
	}
	t.Logf("examples by exit code: %v", ran)
}

// interruptedExample runs an example that goes on, in place of the shell, and
// interrupts it as soon as it has said something.
func interruptedExample(t *testing.T, dir string, env []string, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command, _, _ := strings.Cut(line, " | ")
	run := exec.CommandContext(ctx, "bash", "-c", "exec "+command) //nolint:gosec // our own pages
	said, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	run.Dir, run.Env, run.Stdout, run.Stderr = dir, env, writer, writer
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	first := make([]byte, 4096)
	n, err := said.Read(first)
	if err != nil {
		t.Fatalf("%s says nothing: %v", line, err)
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(said)
	_ = run.Wait()
	if code := run.ProcessState.ExitCode(); code == exitUsage || ctx.Err() != nil || strings.Contains(string(rest), "--help'") {
		t.Errorf("%s: exit code %d after %s%s", line, code, first[:n], rest)
	}
}

// exitUsage is how a command ends that was not understood.
const exitUsage = 2

// underMoreNames is a kubeconfig that has the cluster under the names of contexts
// that the examples use as well.
func underMoreNames(t *testing.T, c *real) string {
	t.Helper()
	config, err := clientcmd.LoadFromFile(c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"eu", "us", "prod-eu", "prod-us"} {
		config.Contexts[name] = config.Contexts[config.CurrentContext]
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// absent are the names in examples that no cluster of a test has: such a command
// says so, and ends with 1.
var absent = regexp.MustCompile(`worker-3|cart|payments|sts/db|oom|image-pull-auth-60b935|explain ID|rollout-cascade|staging|/data/|--at |history|system:`)

// shell runs a line. What is filtered by another program is not looked at.
func shell(t *testing.T, dir string, env []string, line string) (stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, "bash", "-o", "pipefail", "-c", line) //nolint:gosec // our own pages
	var errOut strings.Builder
	run.Dir, run.Env, run.Stderr = dir, env, &errOut
	err := run.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", line, err)
	}
	return errOut.String(), run.ProcessState.ExitCode()
}
