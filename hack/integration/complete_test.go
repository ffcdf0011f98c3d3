package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// completes checks what kubectl's own completion says of the plugin, by way of
// the executable that `completion kubectl` prints.
func completes(t *testing.T, c *real) {
	script, _, code := c.run(t, "completion", "kubectl")
	if code != 0 {
		t.Fatalf("exit code %d", code)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kubectl_complete-patterns"), []byte(script), 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	if err := os.Symlink(c.plugin, filepath.Join(dir, "kubectl-patterns")); err != nil {
		t.Fatal(err)
	}
	command := []string{filepath.Join(dir, "kubectl_complete-patterns")}
	if kubectl, err := exec.LookPath("kubectl"); err == nil {
		command = []string{kubectl, "__complete", "patterns"}
	} else {
		t.Log("there is no kubectl: its script is run without it")
	}
	for _, x := range []struct{ typed, want string }{
		{"node |", "gke-core"},
		{"rollout -n vcs deploy/|", "deploy/vcs-"},
		{"--namespace |", "vcs"},
		{"explain -A |", "image-pull-auth-"},
		{"time|", "timeline\t"},
		{"-o |", "html"},
	} {
		args := strings.Split(strings.TrimSuffix(x.typed, "|"), " ")
		run := exec.Command(command[0], append(command[1:], args...)...) //nolint:gosec // as above
		run.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "KUBECONFIG="+c.kubeconfig)
		if out, err := run.Output(); err != nil || !strings.Contains("\n"+string(out), "\n"+x.want) {
			t.Errorf("%s: %v, %q", x.typed, err, out)
		}
	}
}
