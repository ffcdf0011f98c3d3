package cmd

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// stuck is a terminal that does not scroll on, or a pipe that says nothing.
type stuck struct {
	reached, released chan struct{}
	once              sync.Once
}

func newStuck(t *testing.T) *stuck {
	t.Helper()
	s := &stuck{reached: make(chan struct{}), released: make(chan struct{})}
	t.Cleanup(func() { close(s.released) })
	return s
}

func (s *stuck) wait() (int, error) {
	s.once.Do(func() { close(s.reached) })
	<-s.released
	return 0, errors.New("gone")
}

func (s *stuck) Write([]byte) (int, error) { return s.wait() }
func (s *stuck) Read([]byte) (int, error)  { return s.wait() }

// TestAnInterruptedCommandIsLeft: what cannot be told to stop is left, and that is
// said.
func TestAnInterruptedCommandIsLeft(t *testing.T) {
	for name, args := range map[string][]string{
		"nobody reads what it prints":     {"-f", recording("registry-auth"), "-o", "json"},
		"nobody reads a copy":             {"history", "copy", "-", "--history", aHistory(t)},
		"standard input says nothing":     {"-f", "-"},
		"standard input of another view":  {"timeline", "-f", "-"},
		"a snapshot that nobody takes in": {"snapshot", "-", "-f", recording("registry-auth")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(t.Context())
			at := newStuck(t)
			var errOut bytes.Buffer
			code := make(chan int, 1)
			go func() { code <- Main(ctx, args, genericiooptions.IOStreams{In: at, Out: at, ErrOut: &errOut}) }()
			<-at.reached
			interrupt()
			if got := <-code; got != exitInterrupted || !strings.Contains(errOut.String(), "interrupted: it was left") {
				t.Errorf("exit code %d: %s", got, errOut.String())
			}
		})
	}
}

// aHistory is the file of an empty history.
func aHistory(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "history.db")
	store, err := history.Open(t.Context(), path)
	if err == nil {
		err = store.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNothingIsLeftInTheWriting: a command that writes files is left when these
// are whole or gone, and none that is left begins to.
func TestNothingIsLeftInTheWriting(t *testing.T) {
	l := &leaving{}
	begun, written, late := make(chan struct{}), make(chan struct{}), make(chan struct{})
	ctx, interrupt := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		left <- l.run(ctx, func(context.Context) error {
			done := l.writing()
			close(begun)
			<-written
			done()
			<-ctx.Done()
			l.writing() // for ever
			close(late)
			return nil
		})
	}()
	<-begun
	interrupt()
	select {
	case err := <-left:
		t.Fatal("left in the midst of writing:", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(written)
	if err := <-left; !errors.Is(err, errLeft) {
		t.Error(err)
	}
	if l.files.TryRLock() {
		t.Error("files may be written after it was left")
	}
	select {
	case <-late:
		t.Error("a file was begun")
	default:
	}
}

// TestAnInterruptedSnapshotIsGone: of what was being saved nothing stays.
func TestAnInterruptedSnapshotIsGone(t *testing.T) {
	dir := t.TempDir()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	err := (&saving{file: filepath.Join(dir, "s.tar.gz")}).save(ctx, cluster.New(cluster.Parts{}), nil)
	if left, there := os.ReadDir(dir); !errors.Is(err, context.Canceled) || there != nil || len(left) != 0 {
		t.Errorf("%v; left behind %v, %v", err, left, there)
	}
}

// TestAnInterruptedCommandTellsWhatItCan: who ends in time is not left.
func TestAnInterruptedCommandTellsWhatItCan(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	l, want := &leaving{parting: time.Hour}, errors.New("told")
	interrupt()
	if err := l.run(ctx, func(context.Context) error { return want }); !errors.Is(err, want) {
		t.Error(err)
	}
}
