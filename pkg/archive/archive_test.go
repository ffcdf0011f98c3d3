package archive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
)

const recordings = "../../hack/score/testdata/incidents"

// TestReadBack: what is read of an archive is the snapshot that was written,
// and writing that gives the same bytes.
func TestReadBack(t *testing.T) {
	for _, folder := range sample(t) {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			first := read(t, filepath.Join(folder, "data.tar.gz"))
			once := write(t, first)
			second := readBytes(t, once)
			if a, b := plain(t, first), plain(t, second); !bytes.Equal(a, b) {
				t.Fatalf("the snapshot is another one: %s", firstDifference(a, b))
			}
			twice := write(t, second) // now the sources are of the archive
			if thrice := write(t, readBytes(t, twice)); !bytes.Equal(twice, thrice) {
				t.Error("writing it again gives other bytes")
			}
		})
	}
}

// sample is every tenth recording; all of them where a long run is asked for.
func sample(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(recordings, "*"))
	if err != nil || len(all) < 100 {
		t.Fatalf("%d recordings, %v", len(all), err)
	}
	if os.Getenv("KUBECTL_PATTERNS_LONG") != "" {
		return all
	}
	var out []string
	for i := 0; i < len(all); i += 10 {
		out = append(out, all[i])
	}
	return out
}

func read(t *testing.T, paths ...string) *cluster.Snapshot {
	t.Helper()
	f := &collect.Files{Paths: paths}
	parts, err := f.Read(context.Background(), cluster.Scope{AllNamespaces: true})
	if err != nil {
		t.Fatal(err)
	}
	return cluster.New(parts)
}

func write(t *testing.T, s *cluster.Snapshot) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := archive.Write(&out, s, archive.Options{MadeBy: "test"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readBytes(t *testing.T, raw []byte) *cluster.Snapshot {
	t.Helper()
	path := filepath.Join(t.TempDir(), "saved.tar.gz")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

// plain is a snapshot as JSON. Sums of values are numbered in the order in
// which they come, as it is their equality that is kept, and the names of files
// are left out.
func plain(t *testing.T, s *cluster.Snapshot) []byte {
	t.Helper()
	scope := []any{s.Scope.AllNamespaces, s.Scope.Namespaces, s.Scope.Selector, s.Scope.MatchPod != nil} // functions are no JSON
	raw, err := json.Marshal(struct {
		cluster.Parts
		Scope any
	}{s.Parts, scope})
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	sums := map[json.Number]int{}
	out, err := json.MarshalIndent(prune(tree, sums), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func prune(x any, sums map[json.Number]int) any {
	switch x := x.(type) {
	case string:
		if at, err := time.Parse(time.RFC3339, x); err == nil { // in whatever zone
			return at.UTC().Format(time.RFC3339Nano)
		}
	case []any:
		if len(x) == 0 {
			return nil
		}
		for i := range x {
			x[i] = prune(x[i], sums)
		}
	case map[string]any:
		if len(x) == 0 {
			return nil
		}
		for _, k := range []string{"Sum", "Command"} {
			if n, ok := x[k].(json.Number); ok && n != "0" {
				if sums[n] == 0 {
					sums[n] = len(sums) + 1
				}
				x[k] = sums[n]
			}
		}
		if _, source := x["Objects"]; source {
			delete(x, "From")
		}
		for _, k := range slices.Sorted(maps.Keys(x)) {
			x[k] = prune(x[k], sums)
		}
	}
	return x
}

func firstDifference(a, b []byte) string {
	x, y := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range x {
		if i >= len(y) || !bytes.Equal(x[i], y[i]) {
			from := max(0, i-12)
			return string(bytes.Join(x[from:min(i+3, len(x))], []byte("\n"))) + "\n--- read back:\n" + string(bytes.Join(y[from:min(i+3, len(y))], []byte("\n")))
		}
	}
	return "one is longer"
}
