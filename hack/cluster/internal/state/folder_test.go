package state

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestClaimSaveRemove(t *testing.T) {
	folder := Folder(filepath.Join(t.TempDir(), ".cluster", "default"))
	if _, err := folder.Load(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of no cluster: got %v, want fs.ErrNotExist", err)
	}
	want := Config{Executable: "/bin/x", Ports: Ports{Etcd: 1}, Lifetime: time.Hour, APIArgs: []string{"--a"}}
	if err := folder.Claim(want); err != nil {
		t.Fatal(err)
	}
	if err := folder.Claim(want); err == nil {
		t.Error("a folder can be claimed twice")
	}
	got, err := folder.Load()
	if err != nil || got.Ports != want.Ports || got.Lifetime != want.Lifetime || !slices.Equal(got.APIArgs, want.APIArgs) {
		t.Errorf("Load: got %+v, %v, want %+v", got, err, want)
	}
	if err := folder.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(string(folder))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the default parent is still there: %v", err)
	}
	if err := folder.Remove(); err != nil {
		t.Errorf("removing nothing: %v", err)
	}
}

func TestRemoveRefusesForeignFolders(t *testing.T) {
	folder := Folder(t.TempDir())
	if err := os.WriteFile(folder.Path("thesis.txt"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := folder.Remove(); err == nil {
		t.Error("removed a folder that holds no cluster")
	}
}

func TestPlayed(t *testing.T) {
	folder := Folder(t.TempDir())
	for _, name := range []string{"one", "two"} {
		if err := folder.AddPlayed(name); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := folder.Played(); err != nil || !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestAliveAndTerminate uses a shell that waits as a supervisor.
func TestAliveAndTerminate(t *testing.T) {
	folder := Folder(t.TempDir())
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a shell")
	}
	shell, err = filepath.EvalSymlinks(shell)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(shell, "-c", "read line", "sh", string(folder))
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }()
	config := Config{Executable: shell, Supervisor: cmd.Process.Pid}
	// The command line of a process that has only just begun may not be there yet.
	for end := time.Now().Add(5 * time.Second); !folder.Alive(config); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the supervisor is not seen")
		}
	}
	if Folder("/elsewhere").Alive(config) {
		t.Error("the supervisor of another folder is taken for ours")
	}
	if folder.Alive(Config{Executable: "/bin/other", Supervisor: cmd.Process.Pid}) {
		t.Error("another program is taken for ours")
	}
	if err := folder.Terminate(config, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if folder.Alive(config) {
		t.Error("the supervisor outlived Terminate")
	}
}
