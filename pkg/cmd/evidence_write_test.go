package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// file is one with a text for its content.
func file(name, text string) report.File {
	return report.File{Name: name, About: text, Write: func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}}
}

// writeTo writes files as a run does, and returns what it warned of.
func writeTo(ctx context.Context, dir string, files ...report.File) (string, error) {
	var warned strings.Builder
	w := evidenceWriter{dir: dir, warn: func(_ string, args ...any) { warned.WriteString(args[0].(string)) }}
	err := w.write(ctx, files)
	return warned.String(), err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fileNames(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }

func TestARunReplacesWhatAnEarlierOneWrote(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o600))
	_, err := writeTo(t.Context(), dir, file("a.json", "a"), file("b.json", "b"), file("c.json", "c"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "c.json"), []byte("mine too"), 0o600))
	warned, err := writeTo(t.Context(), dir, file("a.json", "A"), file("d.json", "d"))
	must(t, err)
	got := contents(t, dir)
	delete(got, indexName)
	if diff := cmp.Diff(map[string]string{"notes.txt": "mine", "a.json": "A", "c.json": "mine too", "d.json": "d"}, got); diff != "" {
		t.Error(diff)
	}
	if !strings.HasSuffix(warned, "c.json") {
		t.Errorf("warned of %q", warned)
	}
	if _, err := writeTo(t.Context(), dir, file("c.json", "C")); err == nil {
		t.Error("what was given up belongs to nobody's run any more, and was replaced")
	}
}

func TestNothingIsReplacedThatARunDidNotWrite(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"a file of another": func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "a.json"), []byte("mine"), 0o600))
		},
		"an index of another": func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, indexName), []byte(`{"kind":"EvidenceIndex","files":[{"name":"a.json","sha256":"x"}]}`), 0o600))
		},
		"a file that was changed": func(t *testing.T, dir string) {
			_, err := writeTo(t.Context(), dir, file("a.json", "a"))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "a.json"), []byte("a, and a note"), 0o600))
		},
		"a folder": func(t *testing.T, dir string) { must(t, os.Mkdir(filepath.Join(dir, "a.json"), 0o750)) },
		"a link": func(t *testing.T, dir string) {
			must(t, os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), filepath.Join(dir, "a.json")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			prepare(t, dir)
			before := contents(t, dir)
			_, err := writeTo(t.Context(), dir, file("a.json", "new"), file("b.json", "new"))
			if err == nil || !strings.Contains(err.Error(), "was not written by kubectl patterns") || !strings.Contains(err.Error(), dir) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A run that fails in the middle of a file, or is interrupted there, leaves
// everything as it was.
func TestARunThatFailsLeavesTheOldState(t *testing.T) {
	full := errors.New("no space left on device")
	ctx, cancel := context.WithCancel(t.Context())
	for name, breaks := range map[string]func(io.Writer) error{
		"a write fails": func(w io.Writer) error { return errors.Join(file("", "half").Write(w), full) },
		"interrupted":   func(w io.Writer) error { cancel(); return file("", "whole").Write(w) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := writeTo(t.Context(), dir, file("a.json", "a"), file("b.json", "b"))
			must(t, err)
			before := contents(t, dir)
			if _, err := writeTo(ctx, dir, file("a.json", "A"), report.File{Name: "b.json", Write: breaks}, file("c.json", "c")); err == nil {
				t.Error("no error")
			}
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Error(diff)
			}
			fresh := filepath.Join(t.TempDir(), "fresh")
			if _, err := writeTo(ctx, fresh, file("a.json", "A"), report.File{Name: "b.json", Write: breaks}); err == nil {
				t.Error("no error")
			}
			if _, err := os.Stat(fresh); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a folder with nothing in it is left: %v", err)
			}
		})
	}
}

// A run that was killed while it moved its files leaves what the next run
// knows for its own.
func TestARunAfterOneThatWasKilled(t *testing.T) {
	for moved := range 3 {
		dir := t.TempDir()
		_, err := writeTo(t.Context(), dir, file("a.json", "a"), file("b.json", "b"), file("old.json", "old"))
		must(t, err)
		root, err := os.OpenRoot(dir)
		must(t, err)
		w := evidenceWriter{dir: dir, root: root, stage: "stage"}
		w.old, err = w.readIndex()
		must(t, err)
		must(t, root.Mkdir("stage", 0o750))
		entries, err := w.prepare(t.Context(), []report.File{file("a.json", "A"), file("b.json", "B")})
		must(t, err)
		must(t, w.index(slices.Concat(entries, w.old)))
		for _, e := range entries[:moved] {
			must(t, root.Rename("stage/"+e.Name, e.Name))
		}
		must(t, root.RemoveAll("stage"))
		must(t, root.Close())
		_, err = writeTo(t.Context(), dir, file("a.json", "last"), file("b.json", "last"))
		must(t, err)
		if got := fileNames(contents(t, dir)); !slices.Equal(got, []string{"a.json", "b.json", indexName}) {
			t.Errorf("after %d moves: %v", moved, got)
		}
	}
}

func TestEvidenceThatCannotBeWritten(t *testing.T) {
	taken := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(taken, nil, 0o600))
	out, errOut, code := run(t, "", "-f", recording("registry-auth"), "--evidence-dir", taken)
	if code != exitFailed || out != "" || !strings.Contains(errOut, "--evidence-dir: ") || strings.Count(errOut, "\n") != 1 {
		t.Errorf("exit code %d, %q, %q", code, errOut, out)
	}
}

// One run at a time writes into a folder; the other says who does, and changes
// nothing. A lock that nobody holds any more keeps nobody out.
func TestOneRunAtATimeWritesEvidence(t *testing.T) {
	dir := t.TempDir()
	before := kept(t, dir, "-f", recording("registry-auth"))
	w := evidenceWriter{dir: dir}
	unlock, err := w.lock()
	if err != nil {
		t.Fatal(err)
	}
	out, errOut, code := run(t, "", "-f", recording("oom-one-limit"), "--evidence-dir", dir)
	if want := fmt.Sprintf("is being written by another run (process %d on ", os.Getpid()); code != exitFailed || out != "" || !strings.Contains(errOut, want) {
		t.Errorf("exit code %d, %q, %s", code, out, errOut)
	}
	unlock()
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(filepath.Join(dir, lockName), []byte("process 1 on a host that is gone\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept(t, dir, "-f", recording("oom-one-limit"))
	if _, err := os.Lstat(filepath.Join(dir, lockName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the lock is left: %v", err)
	}
}
