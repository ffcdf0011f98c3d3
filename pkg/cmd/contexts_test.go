package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// threeContexts is a kubeconfig of servers that nobody can reach.
const threeContexts = `apiVersion: v1
kind: Config
current-context: left-behind
clusters:
- name: nowhere
  cluster: {server: "https://127.0.0.1:9"}
- name: nowhere-else
  cluster: {server: "https://127.0.0.1:10"}
contexts:
- name: prod-eu
  context: {cluster: nowhere, user: me}
- name: prod-us
  context: {cluster: nowhere-else, user: me, namespace: shop}
- name: staging
  context: {cluster: nowhere, user: me}
users:
- name: me
  user: {token: "not-a-real-one"}
`

func useThreeContexts(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(threeContexts), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", path)
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
}

func TestContextsThatCannotBeAsked(t *testing.T) {
	useThreeContexts(t)
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"--contexts prod-eu,prod-uk", exitUsage, `there is no context "prod-uk" in the kubeconfig; did you mean "prod-`},
		{"--contexts prod-eu --all-contexts", exitUsage, "none of the others can be"},
		{"--contexts prod-eu -f dump.json", exitUsage, "--filename is of one cluster: it does not go with --contexts"},
		{"--all-contexts --context prod-eu", exitUsage, "--context is of one cluster: it does not go with --all-contexts"},
		{"--all-contexts --watch", exitUsage, "--watch is of one cluster"},
		{"--all-contexts --save x.tar.gz", exitUsage, "--save is of one cluster"},
		{"--all-contexts -o html", exitUsage, "-o html is of one cluster: with --all-contexts there are text, wide, json, yaml"},
		{"node worker-1 --all-contexts", exitUsage, `--all-contexts is of a whole scan: leave "node" out`},
		{"explain oom --contexts prod-eu", exitUsage, `--contexts is of a whole scan: leave "explain" out`},
		{"--contexts prod-us,prod-eu,prod-us", exitFailed, "none of 2 contexts could be read: prod-us: cannot read the cluster at https://127.0.0.1:10"},
		{"-A --all-contexts", exitFailed, "none of 3 contexts could be read: prod-eu: cannot read the cluster at https://127.0.0.1:9"},
	} {
		out, errOut, code := run(t, "", strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(errOut, c.says) || out != "" || strings.Count(errOut, "\n") > 2 {
			t.Errorf("%s: exit code %d, %q, %q", c.args, code, errOut, out)
		}
	}
	t.Setenv("KUBECONFIG", "/dev/null")
	if _, errOut, code := run(t, "", "--all-contexts"); code != exitFailed || !strings.Contains(errOut, "there is no kubeconfig") {
		t.Errorf("exit code %d, %q", code, errOut)
	}
}

// TestInterruptedContexts: of several clusters those are told of that had come whole.
func TestInterruptedContexts(t *testing.T) {
	var out, errOut bytes.Buffer
	flags := newScanFlags(genericiooptions.IOStreams{Out: &out, ErrOut: &errOut})
	c := &cobra.Command{}
	flags.addTo(c)
	flags.files = []string{recording("registry-auth")}
	o, err := flags.options(c)
	if err != nil {
		t.Fatal(err)
	}
	story, _, err := o.analyse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	whole, broken := &oneCluster{name: "eu", options: o, story: story}, &oneCluster{name: "us", options: o, err: fmt.Errorf("reading pods: %w", ctx.Err())}
	err = o.tellRead(ctx, []*oneCluster{whole, broken})
	if !errors.Is(err, errInterrupted) || !strings.Contains(out.String(), "cannot pull from") || !strings.Contains(out.String(), "Not read: us: interrupted") {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := o.tellRead(ctx, []*oneCluster{broken}); err == nil || interrupted(err) != "interrupted" || out.Len() > 0 {
		t.Errorf("nothing was read: %v: %s", err, out.String())
	}
}

func TestContextsAreCompleted(t *testing.T) {
	useThreeContexts(t)
	if got := completed(t, "--contexts", ""); !slices.Equal(got, []string{"prod-eu", "prod-us", "staging"}) {
		t.Errorf("%q", got)
	}
	if got := completed(t, "--contexts", "prod-eu,"); !slices.Equal(got, []string{"prod-eu,prod-us", "prod-eu,staging"}) {
		t.Errorf("%q", got)
	}
}
