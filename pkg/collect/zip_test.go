package collect

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// zipOf is a zip archive with files by name and content, in that order.
func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const manifestText = `{"apiVersion":"kubectl-patterns/v1alpha1","kind":"Snapshot","version":1,"at":"2026-01-02T10:00:00Z"}`

// TestZip reads zip archives: files, piped ones, in one another and in tar,
// and snapshots whose manifest comes last.
func TestZip(t *testing.T) {
	flat := zipOf(t, "notes.txt", "skip me", "shop/", "", "shop/pods.json", podJSON, "more.yaml", podYAML)
	path := filepath.Join(t.TempDir(), "dump.zip")
	write(t, path, flat)
	for name, f := range map[string]*Files{
		"file":     {Paths: []string{path}},
		"folder":   {Paths: []string{filepath.Dir(path)}},
		"piped":    {Paths: []string{"-"}, Stdin: strings.NewReader(flat)},
		"in zip":   {Paths: []string{"-"}, Stdin: strings.NewReader(zipOf(t, "inner.zip", flat))},
		"in tar":   {Paths: []string{"-"}, Stdin: strings.NewReader(archiveOf(t, entryOf{name: "inner.zip", content: flat, typ: '0'}))},
		"tar in":   {Paths: []string{"-"}, Stdin: strings.NewReader(zipOf(t, "x.tgz", archiveOf(t, entryOf{name: "p.json", content: podJSON, typ: '0'}), "y.yaml", podYAML))},
		"snapshot": {Paths: []string{"-"}, Stdin: strings.NewReader(zipOf(t, "snapshot/pods.json", podJSON, "snapshot/more.json", podNamed("z"), "snapshot/manifest.json", manifestText))},
	} {
		t.Run(name, func(t *testing.T) {
			parts, err := f.Read(t.Context(), cluster.Scope{AllNamespaces: true})
			if err != nil || len(parts.Pods) != 2 {
				t.Fatalf("%d pods, %v", len(parts.Pods), err)
			}
			if at := parts.At.Format("15:04"); (name == "snapshot") != (at == "10:00") {
				t.Errorf("judged from %s", at)
			}
		})
	}
}

// TestHostileZips: links and other places are not looked at, encrypted and
// broken files lose no others, and bombs are refused.
func TestHostileZips(t *testing.T) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	link := &zip.FileHeader{Name: "nodes.json"}
	link.SetMode(fs.ModeSymlink | 0o777)
	secret := &zip.FileHeader{Name: "secret.json"}
	for _, c := range []struct {
		h       *zip.FileHeader
		content string
	}{{link, "/etc/passwd"}, {secret, podNamed("y")}, {&zip.FileHeader{Name: "../../etc/x.json"}, podJSON}} {
		f, err := w.CreateHeader(c.h)
		if err == nil {
			_, err = f.Write([]byte(c.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	secret.Flags |= 1 // in the directory, which is written at the end
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	parts, err := readHostile(t, out.String())
	if err != nil || len(parts.Pods) != 1 || !hasGap(parts, "secret.json: the file is encrypted") || cluster.New(parts).Read(cluster.Nodes) {
		t.Errorf("%d pods, %v, %v", len(parts.Pods), err, parts.Gaps)
	}

	deep := podJSON
	for range 8 {
		deep = zipOf(t, "x.zip", deep)
	}
	for name, c := range map[string]struct{ text, says string }{
		"nested":    {deep, "archives in one another"},
		"overlap":   {overlapping(t), "share bytes"},
		"truncated": {zipOf(t, "pods.json", podJSON)[:60], "zip: "},
		"mere mark": {"PK\x03\x04", "zip: "},
		"empty":     {zipOf(t), "no Kubernetes objects"},
	} {
		if _, err := readHostile(t, c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// overlapping is an archive whose second file is the bytes of the first, as the
// directory tells it.
func overlapping(t *testing.T) string {
	t.Helper()
	raw := []byte(zipOf(t, "a.json", podJSON, "b.json", podNamed("b")))
	second := bytes.LastIndex(raw, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(raw[second+42:], 0) // where its local header is
	return string(raw)
}

// FuzzZip: whatever an archive says of itself, reading it ends with data or an
// error.
func FuzzZip(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add([]byte("PK\x03\x04"))
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if file, err := w.Create("pods.json"); err == nil {
		_, _ = file.Write([]byte(podJSON))
	}
	_ = w.Close()
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if parts, err := readHostile(t, string(raw)); err == nil {
			cluster.New(parts)
		}
	})
}
