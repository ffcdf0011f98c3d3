package collect

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// poured are data that nobody holds: they are made while they are read.
func poured(t *testing.T, write func(io.Writer) error) io.Reader {
	t.Helper()
	out, in := io.Pipe()
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = out.Close() // of what is not read any more
		<-done
	})
	go func() {
		defer close(done)
		_ = in.CloseWithError(write(in))
	}()
	return out
}

// repeated writes a text again and again, so many bytes in all.
func repeated(w io.Writer, text string, bytes int) error {
	block := strings.Repeat(text, 1<<16/len(text))
	for ; bytes > 0; bytes -= len(block) {
		if _, err := io.WriteString(w, block); err != nil {
			return err
		}
	}
	return nil
}

// packedTar writes entries into an archive, until there are so many.
func packedTar(w io.Writer, entries int, name, content string) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	for i := range entries {
		h := &tar.Header{Name: fmt.Sprintf(name, i), Typeflag: tar.TypeReg, Size: int64(len(content)), Mode: 0o600}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.WriteString(out, content); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), packed.Close())
}

const mib = 1 << 20

// TestEnormousInput: whatever its size, reading ends, with what is right of it and
// an error or gap that names the place, and holds little.
func TestEnormousInput(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(io.Writer) error
		pods  int
		says  string // of the error where there are no pods, else of a gap
		most  int    // MiB that it may take while it reads
		hard  bool   // takes long, or gigabytes
	}{
		{"a message of 100 MB", func(w io.Writer) error {
			_, err := io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"x"},"status":{"phase":"Failed","message":"`)
			err = errors.Join(err, repeated(w, "password=hunter2 ", 100*mib))
			_, more := io.WriteString(w, `"}},`+podJSON+`]}`)
			return errors.Join(err, more)
		}, 2, "", 1000, false},
		{"a bomb of one object", func(w io.Writer) error {
			packed := gzip.NewWriter(w)
			_, err := io.WriteString(packed, podJSON+`{"kind":"Pod","metadata":{"name":"`)
			return errors.Join(err, repeated(packed, "a", 1024*mib), packed.Close())
		}, 1, "an object or document is longer than 512 MiB", 2500, true},
		{"a bomb of white space in a bomb", func(w io.Writer) error {
			outer := gzip.NewWriter(w)
			inner := gzip.NewWriter(outer)
			_, err := io.WriteString(inner, podJSON)
			return errors.Join(err, repeated(inner, " ", 64*mib), inner.Close(), outer.Close())
		}, 1, "more than 4 MiB of white space in one place", 100, false},
		{"a message of blanks", func(w io.Writer) error {
			_, err := io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"x"},"status":{"message":"`)
			err = errors.Join(err, repeated(w, " ", 2*mib))
			_, more := io.WriteString(w, `"}},`+podJSON+`]}`)
			return errors.Join(err, more)
		}, 2, "", 100, false},
		{"a text that YAML has many times", func(w io.Writer) error {
			_, err := io.WriteString(w, "kind: Pod\napiVersion: v1\na: &a "+strings.Repeat("x", 200_000)+"\nb: ["+strings.Repeat("*a,", 20_000)+"]\n")
			return err
		}, 0, "aliases make more than 64 MiB of the document", 100, false},
		{"a text that YAML has in itself", func(w io.Writer) error {
			_, err := io.WriteString(w, "kind: Pod\na: &a ["+strings.Repeat("x, *a, ", 20_000)+"]\n")
			return err
		}, 0, "neither JSON nor YAML", 100, false},
		{"a number without an end", func(w io.Writer) error {
			_, err := io.WriteString(w, `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","generation":`+strings.Repeat("9", 1_000_000)+"}}")
			return err
		}, 0, "99…", 100, false},
		{"UTF-16", func(w io.Writer) error { _, err := io.WriteString(w, "\xff\xfe{\x00}\x00"); return err }, 0, "save it as UTF-8", 100, false},
		{"an archive of a million broken files", func(w io.Writer) error { return packedTar(w, 1_000_000, "x/%d.json", `{"kind":`) }, 0,
			"999900 more places: cannot be read either", 200, true},
		{"an archive of thousands of broken files", func(w io.Writer) error { return packedTar(w, 10_000, "x/%d.json", `{"kind":`) }, 0,
			"9900 more places: cannot be read either", 200, false},
		{"an archive of millions of entries", func(w io.Writer) error { return packedTar(w, 3_000_000, "x/%d.md", "") }, 0,
			"standard input: the archive has more than 1048576 entries", 100, true},
	} {
		if c.hard && os.Getenv("KUBECTL_PATTERNS_HARD") == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			before := taken()
			parts, err := (&Files{Paths: []string{"-"}, Stdin: poured(t, c.write)}).Read(t.Context(), cluster.Scope{AllNamespaces: true})
			after := taken()
			if len(parts.Pods) != c.pods || (err == nil) != (c.pods > 0) {
				t.Fatalf("%d pods, %v", len(parts.Pods), err)
			}
			if c.pods == 0 && !strings.Contains(err.Error(), c.says) || c.pods > 0 && !hasGap(parts, c.says) {
				t.Errorf("gaps %.500v, error %.500v", parts.Gaps, err)
			}
			if err != nil && len(err.Error()) > 100*mostOfReason {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			if len(parts.Gaps) > 200 || len(parts.Sources) > 200 {
				t.Errorf("%d gaps, %d sources", len(parts.Gaps), len(parts.Sources))
			}
			for i := range parts.Pods {
				if m := parts.Pods[i].Message; len(m) > mostOfText+8 || strings.Contains(m, "hunter2") {
					t.Errorf("a message of %d bytes: %.100s", len(m), m)
				}
			}
			if took := (after - before) / mib; took > c.most {
				t.Errorf("it took %d MiB, more than %d", took, c.most)
			}
			t.Logf("%d MiB", (after-before)/mib)
		})
	}
}

// TestBrokenFilesOfASnapshot: of these, too, more are counted than are named.
func TestBrokenFilesOfASnapshot(t *testing.T) {
	var saved bytes.Buffer
	if err := archive.Write(&saved, cluster.New(cluster.Parts{At: time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)}), archive.Options{}); err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewReader(&saved)
	if err != nil {
		t.Fatal(err)
	}
	const blocks, ofEnd = 512, 1024 // a tar ends with two blocks of zeros (POSIX pax), behind which nothing is read
	whole, err := io.ReadAll(packed)
	if err != nil || len(whole)%blocks != 0 {
		t.Fatal(len(whole), err)
	}
	more := poured(t, func(w io.Writer) error {
		return packedTar(w, mostBroken+50, archive.Folder+"/namespaces/shop/%d.json", `{"kind":`)
	})
	rest, err := gzip.NewReader(more)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := (&Files{Paths: []string{"-"}, Stdin: io.MultiReader(bytes.NewReader(whole[:len(whole)-ofEnd]), rest)}).Read(t.Context(), cluster.Scope{})
	if err != nil || !hasGap(parts, "50 more places: cannot be read either") || !hasGap(parts, "99.json") {
		t.Errorf("%v: %d gaps", err, len(parts.Gaps))
	}
}

// taken is what was taken of the system, of which nothing is given back soon.
func taken() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapSys) //nolint:gosec // far less
}
