package cmd

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
)

const hostileName = "\x1b[2J\u202egnp\u009b31m\u200b\r\U000e0041"

// writeTar writes an archive of files, each named before its content.
func writeTar(t *testing.T, namesAndContents ...string) string {
	t.Helper()
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	for i := 0; i < len(namesAndContents); i += 2 {
		content := namesAndContents[i+1]
		if err := w.WriteHeader(&tar.Header{Name: namesAndContents[i], Size: int64(len(content)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "dump.tar", raw.String())
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// hostileKubeconfig has contexts of which one is named by somebody else.
func hostileKubeconfig(t *testing.T) string {
	t.Helper()
	return writeFile(t, "config", fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": %[1]s,
"contexts": [{"name": %[1]s, "context": {"cluster": "c", "user": %[1]s}}, {"name": "$(reboot)", "context": {"cluster": "c"}}, {"name": "prod/eu", "context": {"cluster": "c"}}],
"clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}], "users": [{"name": %[1]s, "user": {"token": "x"}}]}`, strconv.QuoteToASCII(hostileName))) // which is YAML too
}

// TestErrorsActOnNoTerminal: what is told of files, kinds and contexts is
// somebody's text.
func TestErrorsActOnNoTerminal(t *testing.T) {
	pod := `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "n"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}`
	evidence := filepath.Join(t.TempDir(), hostileName)
	for name, args := range map[string][]string{
		"broken files of an archive":   {"-f", writeTar(t, hostileName+".json", `{"kind":`, "a.json", `{"kind":`)},
		"a broken file beside another": {"-f", writeTar(t, hostileName+".json", `{"kind":`, "a.json", pod)},
		"another kind":                 {"-f", writeTar(t, "a.json", `{"apiVersion": "v1", "kind": "Pod\u001b[2J\u202e", "metadata": {"name": "p"}}`)},
		"a missing file":               {"-f", hostileName},
		"a missing side":               {"diff", hostileName, hostileName},
		"a missing history":            {"history", "--history", hostileName},
		"a missing configuration":      {"-f", writeTar(t, "a.json", pod), "--config", hostileName},
		"contexts":                     {"--kubeconfig", hostileKubeconfig(t), "--all-contexts"},
		"a missing context":            {"--kubeconfig", hostileKubeconfig(t), "--context", hostileName + "x"},
		"a folder of evidence":         {"-f", writeTar(t, "a.json", pod), "--evidence-dir", evidence},
		"a snapshot":                   {"snapshot", filepath.Join(t.TempDir(), hostileName), "-f", writeTar(t, "a.json", pod)},
	} {
		t.Run(name, func(t *testing.T) {
			out, errOut, _ := run(t, "", args...)
			if why := acts(args, out) + acts(args, errOut); why != "" || out+errOut == "" {
				t.Errorf("%s: %q %q", why, out, errOut)
			}
		})
	}
	_, errOut, _ := run(t, "", "-f", writeTar(t, "a.json", `{"kind":`, "b.json", `{"kind":`))
	if strings.Count(errOut, "\n") != 2 {
		t.Errorf("errors of two files are not in two lines: %q", errOut)
	}
}

// TestCompletionIsTypeable: shells put a completion on the command line as it is,
// and older ones evaluate it before.
func TestCompletionIsTypeable(t *testing.T) {
	dump := writeTar(t, "a.json", `{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "$(reboot)"}},
{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}, {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "\u001b[2J"}}]}`)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-f", dump, "node", ""}, "node-1\n:4\n"},
		{[]string{"--kubeconfig", hostileKubeconfig(t), "--context", ""}, "prod/eu\n:4\n"},
		{[]string{"--kubeconfig", hostileKubeconfig(t), "--contexts", ""}, "prod/eu\n:6\n"},
		{[]string{"--kubeconfig", hostileKubeconfig(t), "--user", ""}, ":4\n"},
	} {
		if out, _, _ := run(t, "", append([]string{"__complete"}, c.args...)...); out != c.want {
			t.Errorf("%q: %q", c.args, out)
		}
	}
}

// TestWarningsOfServersAreEscaped: what an API server warns of is anybody's text.
func TestWarningsOfServersAreEscaped(t *testing.T) {
	var out bytes.Buffer
	plainWarnings{rest.NewWarningWriter(&out, rest.WarningWriterOptions{})}.HandleWarningHeader(299, "-", "old\x1b[2J\u202eAPI")
	if text := out.String(); !strings.Contains(text, "API") || strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("%q", text)
	}
}
