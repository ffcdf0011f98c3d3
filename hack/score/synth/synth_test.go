package synth

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAllIsDeterministic writes some of the incidents twice.
func TestAllIsDeterministic(t *testing.T) {
	first, second := All(Seed), All(Seed)
	for i := 0; i < len(first); i += 9 {
		a, b := t.TempDir(), t.TempDir()
		paths, err := first[i].Write(a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := second[i].Write(b); err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			rel, err := filepath.Rel(a, p)
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range texts(t, p) {
				if text == "" || text != texts(t, filepath.Join(b, rel))[name] {
					t.Errorf("%s: %s differs from run to run", first[i].Name, rel)
				}
			}
		}
	}
}

// texts are the contents of a file, or of the files of a folder.
func texts(t *testing.T, path string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(path, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		files = []string{path}
	}
	out := map[string]string{}
	for _, f := range files {
		out[filepath.Base(f)] = read(t, f)
	}
	return out
}

func read(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestIncidents holds what every incident must have: a name of its own, a
// population around it, and a truth that names things which exist.
func TestIncidents(t *testing.T) {
	seen := map[string]bool{}
	for _, in := range All(Seed) {
		if seen[in.Name] {
			t.Errorf("two incidents are called %s", in.Name)
		}
		seen[in.Name] = true
		if n := len(in.world.pods); n < 20 {
			t.Errorf("%s: only %d pods", in.Name, n)
		}
		known := map[string]bool{}
		for _, a := range in.world.apps {
			known[a.String()] = true
		}
		for _, p := range in.world.pods {
			known[p.Namespace+"/"+p.Name] = true
		}
		for _, j := range in.world.jobs {
			known[j.Namespace+"/"+j.Name] = true
		}
		for _, c := range in.world.cronJobs {
			known[c.Namespace+"/"+c.Name] = true
		}
		for _, r := range in.Truth.Roots {
			if len(r.Workloads)+len(r.Nodes) == 0 {
				t.Errorf("%s: a root of nothing", in.Name)
			}
			for _, w := range r.Workloads {
				if !known[w] {
					t.Errorf("%s: %s does not exist", in.Name, w)
				}
			}
		}
	}
}
