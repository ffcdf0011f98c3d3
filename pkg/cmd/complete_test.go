package cmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
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

// completed are the words that a shell is offered; nothing else may be printed
// but cobra's own line for people who debug completion.
func completed(t *testing.T, args ...string) []string {
	t.Helper()
	out, errOut, code := run(t, "", append([]string{"__complete"}, args...)...)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != exitOK || !strings.HasPrefix(lines[len(lines)-1], ":") || strings.Count(errOut, "\n") != 1 || !strings.HasPrefix(errOut, "Completion ended with directive: ") {
		t.Errorf("%q: exit code %d, %q, standard error %q", args, code, out, errOut)
	}
	return lines[:len(lines)-1]
}

func TestCompletionFromFiles(t *testing.T) {
	t.Setenv("KUBECONFIG", "/dev/null")
	registry := recording("registry-auth")
	for _, c := range []struct{ typed, want string }{
		{"node|", "node-1 node-2"},
		{"node node-1|", ""},
		{"rollout|", "deployment/ statefulset/ daemonset/"},
		{"rollout -n crm|deploy/", "deploy/contacts"},
		{"rollout -n crm deployments.apps|", "contacts"},
		{"rollout -n crm|sts/", ""},
		{"rollout|pod/", ""},
		{"--namespace|b", "ads billing crm kube-system ops platform shop tools"},
	} {
		before, typed, _ := strings.Cut(c.typed, "|")
		got := completed(t, append(strings.Fields(before), "-f", registry, typed)...)
		if strings.HasPrefix(c.typed, "--namespace") {
			got = completed(t, "-f", registry, before, "")
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.typed, got, c.want)
		}
	}
	if got := completed(t, "explain", "-f", registry, "image-pull-a"); len(got) == 0 || !strings.HasPrefix(got[0], "image-pull-auth-60b935\t3 pods in 3 namespaces") {
		t.Errorf("IDs: %q", got)
	}
}

func TestCompletionOfLists(t *testing.T) {
	got := completed(t, "--detector", "oom,probe,s")
	if !slices.Contains(got, "oom,probe,scheduling") || slices.Contains(got, "oom,probe,oom") {
		t.Errorf("%q", got)
	}
	if got := completed(t, "detectors", "node-p"); !slices.Contains(got, "node-pressure\tnodes short of disk, memory or process IDs, and the pods they evicted") {
		t.Errorf("%q", got)
	}
}

// What fails or hangs completes nothing, says nothing and does not take long.
func TestCompletionOfWhatFails(t *testing.T) {
	hanging := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	defer server.Close()
	defer close(hanging)
	t.Setenv("KUBECONFIG", "/dev/null")
	begin := time.Now()
	for _, args := range [][]string{
		{"node", ""}, // no kubeconfig
		{"node", "-f", "no-such-file.json", ""},
		{"node", "-f", "-", ""},
		{"explain", "-f", "no-such-file.json", ""},
		{"node", "--config", "no-such-file.yaml", "-f", recording("registry-auth"), ""},
		{"node", "--server", "http://127.0.0.1:1", ""},
		{"node", "--server", server.URL, ""},
	} {
		if got := completed(t, args...); len(got) != 0 {
			t.Errorf("%q: %q", args, got)
		}
	}
	if took := time.Since(begin); took > 2*namesPatience {
		t.Errorf("whoever pressed Tab waited %s", took)
	}
}

func TestCompletionOfALiveCluster(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := map[string]string{"/api/v1/nodes": "worker-1", "/api/v1/namespaces": "shop", "/apis/apps/v1/namespaces/shop/deployments": "cart"}[r.URL.Path]
		if name == "" || r.URL.Query().Get("limit") == "" {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","items":[{"metadata":{"name":"`+name+`"}}]}`)
	}))
	defer server.Close()
	t.Setenv("KUBECONFIG", "/dev/null")
	for _, c := range []struct{ typed, want string }{
		{"node", "worker-1"},
		{"--namespace", "shop"},
		{"rollout -n shop deploy", "cart"},
	} {
		args := append([]string{"--server", server.URL}, strings.Fields(c.typed)...)
		if got := completed(t, append(args, "")...); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %q, want %q", c.typed, got, c.want)
		}
	}
}

func TestCompletionOfKubeconfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := "apiVersion: v1\nkind: Config\ncontexts:\n- {name: prod, context: {cluster: c, user: u}}\n- {name: lab, context: {cluster: c, user: u}}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := completed(t, "--kubeconfig", path, "--context", ""); !slices.Equal(got, []string{"lab", "prod"}) {
		t.Errorf("%q", got)
	}
}

func TestCompletionScripts(t *testing.T) {
	for kind, want := range map[string]string{
		"bash": "complete -o default -F __start_kubectl-patterns kubectl-patterns", "zsh": "#compdef kubectl-patterns",
		"fish": "complete -c kubectl-patterns", "powershell": "Register-ArgumentCompleter -CommandName 'kubectl-patterns'",
		"kubectl": `__complete`,
	} {
		if out, errOut, code := run(t, "", "completion", kind); code != exitOK || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d, %s, no %q", kind, code, errOut, want)
		}
	}
	if _, errOut, code := run(t, "", "completion", "fsh"); code != exitUsage || !strings.Contains(errOut, `did you mean "fish"?`) {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	if kubectlCompletion("linux") == kubectlCompletion("windows") {
		t.Error("Windows runs no shell scripts")
	}
}
