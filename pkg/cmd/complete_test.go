package cmd

import (
	"io"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"
)

func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"__complete", "m"}, "matrix"},
		{[]string{"__complete", "time"}, "timeline"},
		{[]string{"__complete", "matrix", "--output", ""}, "yaml"},
		{[]string{"__complete", "timeline", "--min-severity", ""}, "critical"},
		{[]string{"__complete", "--detector", "node-"}, "node-pressure"},
		{[]string{"__complete", "--category", ""}, "infrastructure"},
		{[]string{"__complete", "--color", ""}, "always"},
	} {
		out, _, code := run(t, "", c.args...)
		if code != exitOK || !strings.Contains(out, c.want) {
			t.Errorf("%v: exit code %d, no %q in %q", c.args, code, c.want, out)
		}
	}
}

func TestHelpOfTheMatrixAndTheTimeline(t *testing.T) {
	for name, want := range map[string]string{"matrix": "kubectl patterns matrix -A --detector rollout-failure", "timeline": "kubectl patterns timeline -n shop --watch"} {
		if out, _, code := run(t, "", name, "--help"); code != exitOK || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d:\n%s", name, code, out)
		}
	}
}

// TestEveryCommandHasExamples: whoever asks for help is shown what to type.
func TestEveryCommandHasExamples(t *testing.T) {
	root := NewRoot(genericiooptions.IOStreams{Out: io.Discard, ErrOut: io.Discard})
	for _, c := range append(root.Commands(), root) {
		if c.Short == "" || !strings.Contains(c.Example, "kubectl patterns") {
			t.Errorf("%s: %q, examples %q", c.Name(), c.Short, c.Example)
		}
	}
}
