package cmd

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

func everyCommand(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		everyCommand(sub, do)
	}
}

func silentRoot() *cobra.Command {
	return NewRoot(genericiooptions.IOStreams{Out: io.Discard, ErrOut: io.Discard})
}

// TestExamples: whoever asks for help of any command is shown what to type, in
// kubectl's manner, and what is shown is understood.
func TestExamples(t *testing.T) {
	everyCommand(silentRoot(), func(c *cobra.Command) {
		if c.Name() == "help" {
			return
		}
		if c.Short == "" || len(c.Short) > 65 || !strings.Contains(c.Example, "kubectl patterns") && c.Name() != "copy" {
			t.Errorf("%s: short %q, examples %q", c.CommandPath(), c.Short, c.Example)
		}
		for _, group := range strings.Split(c.Example, "\n\n") {
			lines := strings.Split(group, "\n")
			if !strings.HasPrefix(lines[0], "  # ") || len(lines) < 2 {
				t.Errorf("%s: an example begins with what it is for, and goes on with what to type: %q", c.CommandPath(), group)
			}
			for _, line := range lines {
				if !strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "   ") && !strings.HasPrefix(line, "    jq ") {
					t.Errorf("%s: %q is not indented by two", c.CommandPath(), line)
				}
				if command, ok := strings.CutPrefix(line, "  kubectl patterns"); ok {
					parses(t, command)
				}
			}
		}
	})
}

// parses checks that a command line, without what a shell makes of it, is
// understood as far as words and flags go.
func parses(t *testing.T, line string) {
	t.Helper()
	for _, end := range []string{" | ", " |", " > ", " && "} {
		line, _, _ = strings.Cut(line, end)
	}
	root := silentRoot()
	c, args, err := root.Find(strings.Fields(line))
	if err == nil {
		err = c.ParseFlags(args)
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err != nil {
		t.Errorf("kubectl patterns%s: %v", line, err)
	}
}

func TestHelpIsReadable(t *testing.T) {
	everyCommand(silentRoot(), func(c *cobra.Command) {
		path := strings.Fields(strings.TrimPrefix(c.CommandPath(), "kubectl patterns"))
		out, errOut, code := run(t, "", append(path, "--help")...)
		if code != exitOK || errOut != "" || !strings.HasPrefix(out, c.Long) {
			t.Errorf("%s: exit code %d, %s", c.CommandPath(), code, errOut)
		}
		for _, line := range strings.Split(out, "\n") {
			if len([]rune(line)) > 80 && !strings.Contains(c.Example, line) {
				t.Errorf("%s: wider than 80: %q", c.CommandPath(), line)
			}
		}
	})
}

func TestHelpGroupsFlags(t *testing.T) {
	for _, c := range []struct {
		args, inOrder, not string
	}{
		{"", "Usage:|Examples:|Look at what fails:|  node |Keep and compare:|  record |Others:|\nFlags:|--watch|\nFlags of every scan:|--all-namespaces|--namespace|--output|\nFlags for a Prometheus:|\nFlags of kubectl, told by 'kubectl options':|--as,", "  --as string"},
		{"history prune", "\nFlags:|--cluster string|--older-than|\nFlags of every scan:|--history", "--detector"},
		{"detectors", "\nFlags of every scan:|--output", "--namespace"},
		{"version", "\nFlags:|--help", "Flags of"},
	} {
		out, _, _ := run(t, "", append(strings.Fields(c.args), "--help")...)
		rest := out
		for _, want := range strings.Split(c.inOrder, "|") {
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Errorf("%s: no %q, or not in its place", c.args, want)
			}
			rest = after
		}
		if strings.Contains(out, c.not) {
			t.Errorf("%s: has %q", c.args, c.not)
		}
	}
}
