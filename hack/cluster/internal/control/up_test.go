package control

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/component"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

func silent(string, ...any) {}

func TestClaimRefusesARunningCluster(t *testing.T) {
	folder := state.Folder(t.TempDir())
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a shell")
	}
	shell, err = filepath.EvalSymlinks(shell)
	if err != nil {
		t.Fatal(err)
	}
	supervisor := exec.Command(shell, "-c", "read line", "sh", string(folder))
	if _, err := supervisor.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := supervisor.Start(); err != nil {
		t.Fatal(err)
	}
	config := state.Config{Executable: shell, Supervisor: supervisor.Process.Pid}
	// The command line of a process that has only just begun may not be there yet.
	for end := time.Now().Add(5 * time.Second); !folder.Alive(config); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the supervisor is not seen")
		}
	}
	if err := folder.Claim(config); err != nil {
		t.Fatal(err)
	}
	if err := claim(folder, config, silent); err == nil || !strings.Contains(err.Error(), "already up") {
		t.Errorf("got %v, want a refusal", err)
	}
	if err := supervisor.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = supervisor.Wait()
	if err := claim(folder, config, silent); err != nil {
		t.Errorf("what an ended cluster left is in the way: %v", err)
	}
}

func TestPrepareWritesWhatThePartsRead(t *testing.T) {
	folder := state.Folder(t.TempDir())
	config := state.Config{Ports: state.Ports{APIServer: 20002}}
	if err := Prepare(folder, config); err != nil {
		t.Fatal(err)
	}
	client, err := clientcmd.BuildConfigFromFlags("", folder.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	if client.Host != "https://127.0.0.1:20002" {
		t.Errorf("kubeconfig leads to %s", client.Host)
	}
	for _, name := range component.Names() {
		for _, arg := range arguments(name, folder, config) {
			_, path, _ := strings.Cut(arg, "=")
			if !strings.HasPrefix(path, string(folder)) {
				continue
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s reads %v", name, err)
			}
		}
	}
}

func TestLastLines(t *testing.T) {
	if got := string(lastLines([]byte("a\nb\nc\n"), 2)); got != "b\nc" {
		t.Errorf("got %q", got)
	}
	if got := string(lastLines([]byte("a"), 2)); got != "a" {
		t.Errorf("got %q", got)
	}
}
