package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
)

// everyVariable names the variable of the environment that, when it is set, lets
// all recordings be tried, which takes minutes; else each twentieth is.
const everyVariable = "SCORE_EVERY_RECORDING"

// TestOrderOfInput: the same objects give the same bytes, in whatever order
// they come and on however many processors they are looked at.
func TestOrderOfInput(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	recordings, err := filepath.Glob(filepath.Join("testdata", "incidents", "*", "data.tar.gz"))
	if err != nil || len(recordings) < 12 {
		t.Fatalf("found %d recordings, %v", len(recordings), err)
	}
	every := 20
	if os.Getenv(everyVariable) != "" {
		every = 1
	}
	for i, recording := range recordings {
		if i%every != 0 {
			continue
		}
		name := filepath.Base(filepath.Dir(recording))
		for _, format := range []string{"json", "text"} {
			folder := t.TempDir()
			unpack(t, recording, folder, nil)
			want := tell(t, folder, format)
			for seed, n := range []int{1, 2, 8} {
				runtime.GOMAXPROCS(n)
				unpack(t, recording, folder, rand.New(rand.NewPCG(uint64(seed), 4))) //nolint:gosec // not for secrets
				if got := tell(t, folder, format); got != want {
					t.Errorf("%s as %s: shuffled, on %d processors it is told otherwise: %s", name, format, n, firstDifference(want, got))
				}
			}
		}
	}
}

// TestSameBytes: the same scan of the same data says the same, a thousand times
// in the long form.
func TestSameBytes(t *testing.T) {
	times := 10
	if os.Getenv("KUBECTL_PATTERNS_HARD") != "" {
		times = 1000
	}
	folder := t.TempDir()
	unpack(t, filepath.Join("testdata", "incidents", "rollout-dependants", "data.tar.gz"), folder, nil)
	for _, format := range []string{"json", "html"} {
		want := tell(t, folder, format)
		for n := range times {
			if got := tell(t, folder, format); got != want {
				t.Fatalf("as %s, time %d: %s", format, n, firstDifference(want, got))
			}
		}
	}
}

func tell(t *testing.T, folder, format string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	args := []string{"-f", folder, "-o", format, "--utc", "--color", "never"}
	if code := cmd.Main(t.Context(), args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut}); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	return out.String()
}

// unpack writes the files of a recording, the items of each list shuffled.
func unpack(t *testing.T, archive, folder string, shuffle *rand.Rand) {
	t.Helper()
	f, err := os.Open(archive) //nolint:gosec // our own testdata
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(h.Name)), shuffled(t, raw, shuffle), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func shuffled(t *testing.T, raw []byte, shuffle *rand.Rand) []byte {
	t.Helper()
	var list map[string]json.RawMessage
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(list["items"], &items); err != nil || len(items) == 0 {
		return raw
	}
	if shuffle != nil {
		shuffle.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	}
	var err error
	if list["items"], err = json.Marshal(items); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + " and " + y[i]
		}
	}
	return "one is longer"
}
