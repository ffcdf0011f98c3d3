package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSnapshotIsTheSameReport: what is told of an archive is what is told of
// what it was made of, but for the names of files.
func TestSnapshotIsTheSameReport(t *testing.T) {
	all, err := filepath.Glob(recording("*"))
	if err != nil || len(all) < 100 {
		t.Fatalf("%d recordings, %v", len(all), err)
	}
	step := 15
	if os.Getenv("KUBECTL_PATTERNS_LONG") != "" {
		step = 1
	}
	from := regexp.MustCompile(`"from": "[^"]*(json|gz|logs.txt)"`)
	for i := 0; i < len(all); i += step {
		data := all[i]
		t.Run(filepath.Base(filepath.Dir(data)), func(t *testing.T) {
			saved := filepath.Join(t.TempDir(), "saved.tar.gz")
			if _, errOut, code := run(t, "", "snapshot", saved, "-f", data); code != 0 || !strings.Contains(errOut, "saved ") {
				t.Fatalf("exit code %d: %s", code, errOut)
			}
			for _, output := range []string{"json", "wide"} {
				want, _, _ := run(t, "", "-f", data, "-o", output, "--utc")
				got, errOut, code := run(t, "", "-f", saved, "-o", output, "--utc")
				if code != 0 || errOut != "" {
					t.Fatalf("exit code %d: %s", code, errOut)
				}
				if from.ReplaceAllString(want, "") != from.ReplaceAllString(got, "") {
					t.Errorf("-o %s differs", output)
				}
			}
		})
	}
}

// TestSaveTakesCare: a file is there whole and for the user alone, and what was
// there before stays.
func TestSaveTakesCare(t *testing.T) {
	folder := t.TempDir()
	saved := filepath.Join(folder, "saved.tar.gz")
	data := recording("registry-auth")
	out, errOut, code := run(t, "", "-f", data, "--save", saved)
	if code != 0 || !strings.Contains(errOut, "saved 25 pods, 95 events and 2 nodes in "+saved) {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	if plain, _, _ := run(t, "", "-f", data); plain != out {
		t.Error("--save changes the report")
	}
	if info, err := os.Stat(saved); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(folder); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	first := readFile(t, saved)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"-f", data, "--save", saved}, saved + " exists already; --overwrite replaces it"},
		{[]string{"snapshot", saved, "-f", data}, saved + " exists already; --overwrite replaces it"},
		{[]string{"snapshot", folder, "-f", data, "--overwrite"}, "is no file"},
		{[]string{"snapshot", filepath.Join(folder, "no", "x.tar.gz"), "-f", data}, "no such file"},
		{[]string{"-f", data, "--redact"}, "it goes with --save, with --evidence-dir"},
		{[]string{"snapshot", "-f", data}, "needs the name of one file"},
		{[]string{"--watch", "--save", saved}, "--save goes with one reading"},
	} {
		if out, errOut, code := run(t, "", c.args...); code == 0 || out != "" || !strings.Contains(errOut, c.says) {
			t.Errorf("%v: exit code %d: %s%s", c.args, code, out, errOut)
		}
	}
	if readFile(t, saved) != first {
		t.Error("the file was touched")
	}
	if _, errOut, code := run(t, "", "snapshot", saved, "-f", recording("healthy-quiet"), "--overwrite"); code != 0 {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	if readFile(t, saved) == first {
		t.Error("the file was not replaced")
	}
	if piped, _, code := run(t, "", "snapshot", "-", "-f", data); code != 0 || piped != first {
		t.Error("standard output gets another archive than a file")
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestScopeOfSnapshot: an archive is asked what its reading was asked, unless
// something else is asked of it.
func TestScopeOfSnapshot(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved.tar.gz")
	data := recording("registry-auth")
	if _, errOut, code := run(t, "", "snapshot", saved, "-f", data, "-n", "ads"); code != 0 {
		t.Fatal(errOut)
	}
	narrow := scan(t, "-f", data, "-n", "ads")
	if got := scan(t, "-f", saved); len(got.Scope.Namespaces) != 1 || got.Scope.Namespaces[0] != "ads" || len(got.Patterns) != len(narrow.Patterns) {
		t.Errorf("scope %v, %d patterns, want those of ads", got.Scope, len(got.Patterns))
	}
	if got := scan(t, "-f", saved, "-n", "crm"); len(got.Scope.Namespaces) != 1 || got.Scope.Namespaces[0] != "crm" {
		t.Errorf("scope %v, want crm", got.Scope)
	}
}
