package collect

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// entryOf is one entry of an archive that somebody made up.
type entryOf struct {
	name, link, content string
	typ                 byte
}

func archiveOf(t *testing.T, entries ...entryOf) string {
	t.Helper()
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	w := tar.NewWriter(packed)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Linkname: e.link, Typeflag: e.typ, Size: int64(len(e.content)), Mode: 0o600}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func readHostile(t *testing.T, text string) (cluster.Parts, error) {
	t.Helper()
	return (&Files{Paths: []string{"-"}, Stdin: strings.NewReader(text)}).Read(t.Context(), cluster.Scope{AllNamespaces: true})
}

// TestHostileArchives: links lead nowhere, names are names and no places, and
// archives within archives come to an end.
func TestHostileArchives(t *testing.T) {
	parts, err := readHostile(t, archiveOf(t, entryOf{name: "pods.json", link: "/etc/passwd", typ: tar.TypeSymlink},
		entryOf{name: "nodes.json", link: "pods.json", typ: tar.TypeLink}, entryOf{name: "../../../etc/x.json", content: podJSON, typ: tar.TypeReg}))
	if err != nil || len(parts.Pods) != 1 || len(parts.Gaps) == 0 {
		t.Errorf("%d pods, %v", len(parts.Pods), err)
	}
	deep := podJSON
	for range 8 {
		deep = archiveOf(t, entryOf{name: "x.tar", content: deep, typ: tar.TypeReg})
	}
	if _, err := readHostile(t, deep); err == nil || !strings.Contains(err.Error(), "archives in one another") {
		t.Errorf("an archive without an end: %v", err)
	}
	manifest := `{"apiVersion":"kubectl-patterns/v1alpha1","kind":"Snapshot","version":99,"madeBy":"kubectl-patterns v9"}`
	if _, err := readHostile(t, archiveOf(t, entryOf{name: "snapshot/manifest.json", content: manifest, typ: tar.TypeReg}, entryOf{name: "snapshot/pods.json", content: podJSON, typ: tar.TypeReg})); err == nil || !strings.Contains(err.Error(), "a newer one (kubectl-patterns v9) wrote it") {
		t.Errorf("a layout that is not known: %v", err)
	}
	whole := archiveOf(t, entryOf{name: "snapshot/manifest.json", content: `{"apiVersion":"kubectl-patterns/v1alpha1","kind":"Snapshot","version":1,"at":"2026-01-02T10:00:00Z"}`, typ: tar.TypeReg},
		entryOf{name: "snapshot/pods.json", content: podJSON, typ: tar.TypeReg}, entryOf{name: "snapshot/past.json", content: "{", typ: tar.TypeReg})
	if parts, err := readHostile(t, whole); err != nil || len(parts.Pods) != 1 || !hasGap(parts, "past.json: unexpected end") {
		t.Errorf("a broken file loses others, or is not told: %v, %v", err, parts.Gaps)
	}
}

func hasGap(p cluster.Parts, reason string) bool {
	for _, g := range p.Gaps {
		if strings.Contains(g.Reason, reason) {
			return true
		}
	}
	return false
}

// FuzzArchive: whatever is in an archive, reading it ends with data or an error.
func FuzzArchive(f *testing.F) {
	f.Add("snapshot/manifest.json", `{"apiVersion":"kubectl-patterns/v1alpha1","kind":"Snapshot","version":1,"at":"2026-01-02T10:00:00Z","scope":{"selector":"a=(b"}}`, "snapshot/past.json", `{"past":{"Events":[{}]}}`)
	f.Add("cluster-resources/pods/a.json", `[{"metadata":{"name":"a"}}, null, 1]`, "namespaces/a/pods/b/c/c/logs/previous.log", "x\n")
	f.Add("events.txt", "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n1m          Normal Foo      pod/x    y\n", "metrics-1/summary-n.json", "{}")
	f.Fuzz(func(t *testing.T, name, content, other, more string) {
		if len(name) > 90 || len(other) > 90 || strings.ContainsRune(name+other, 0) {
			return
		}
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		for _, e := range []entryOf{{name: name, content: content}, {name: other, content: more}} {
			if w.WriteHeader(&tar.Header{Name: e.name, Typeflag: tar.TypeReg, Size: int64(len(e.content)), Mode: 0o600}) != nil {
				return
			}
			_, _ = w.Write([]byte(e.content))
		}
		_ = w.Close()
		if parts, err := readHostile(t, out.String()); err == nil {
			cluster.New(parts)
		}
	})
}

// FuzzTable: a table gives objects or an error that names the line.
func FuzzTable(f *testing.F) {
	f.Add("NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE\na           web    1/1     Running   0          5m\n")
	f.Add("NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\na           1m (x3 over 5m)          Normal Foo      pod/x    y\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := newReading(t.Context(), "-")
		r.printed = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		r.stream("-", strings.NewReader(text))
		parts, err := r.finish(cluster.Scope{AllNamespaces: true}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		cluster.New(parts)
	})
}
