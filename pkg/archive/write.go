package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Options say how an archive is made.
type Options struct {
	// MadeBy names the plugin and its version.
	MadeBy string
	// Redacted is set when names were replaced before.
	Redacted bool
}

// fileMode lets the one who saved it read it, and nobody else.
const fileMode = 0o600

// mostBytes is how much of a list is held before a file of it is written; the
// rest of the list stands in further files.
const mostBytes = 16 << 20

// Write writes the archive of a snapshot. The same snapshot gives the same
// bytes.
func Write(out io.Writer, s *cluster.Snapshot, o Options) error {
	packed := gzip.NewWriter(out)
	w := &writer{tar: tar.NewWriter(packed), at: s.At.UTC().Truncate(time.Second)}
	if err := w.snapshot(s, o); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	if err := w.tar.Close(); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	return packed.Close()
}

// writer puts files into an archive.
type writer struct {
	tar *tar.Writer
	at  time.Time
}

func (w *writer) snapshot(s *cluster.Snapshot, o Options) error {
	if err := w.json(ManifestFile, manifestOf(s, o)); err != nil {
		return err
	}
	if err := w.lists(s); err != nil {
		return err
	}
	answers, err := measured(s)
	if err != nil {
		return err
	}
	for _, f := range append(answers, logs(s)...) {
		if err := w.file(f.name, f.content); err != nil {
			return err
		}
	}
	if isEmpty(&s.Past) {
		return nil
	}
	return w.json(PastFile, Past{APIVersion: APIVersion, Kind: PastKind, Past: s.Past})
}

// json writes one document in a form that people read.
func (w *writer) json(name string, x any) error {
	raw, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return w.file(name, append(raw, '\n'))
}

func (w *writer) file(name string, content []byte) error {
	err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: path.Join(Folder, name), Size: int64(len(content)), Mode: fileMode,
		ModTime: w.at, Format: tar.FormatPAX})
	if err == nil {
		_, err = w.tar.Write(content)
	}
	return err
}

// lists writes the objects: a list for each namespace and resource, an object
// to a line.
func (w *writer) lists(s *cluster.Snapshot) error {
	all := entries(s)
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].namespace == all[0].namespace && all[n].resource == all[0].resource {
			n++
		}
		if err := w.list(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// list writes one list, in several files where it is long.
func (w *writer) list(items []entry) error {
	var content bytes.Buffer
	part := 1
	for i := range items {
		raw, err := json.Marshal(items[i].object())
		if err != nil {
			return fmt.Errorf("%s in %s: %w", items[i].resource, items[i].namespace, err)
		}
		content.WriteString(separator(content.Len() == 0))
		content.Write(raw)
		if content.Len() < mostBytes && i < len(items)-1 {
			continue
		}
		content.WriteString("\n]}\n")
		if err := w.file(items[i].file(part), content.Bytes()); err != nil {
			return err
		}
		content.Reset()
		part++
	}
	return nil
}

func separator(first bool) string {
	if first {
		return `{"apiVersion":"v1","kind":"List","metadata":{},"items":[` + "\n"
	}
	return ",\n"
}

func (e *entry) file(part int) string {
	name := string(e.resource) + ".json"
	if part > 1 {
		name = fmt.Sprintf("%s-%d.json", e.resource, part)
	}
	if e.namespace == "" {
		return path.Join("cluster", name)
	}
	return path.Join("namespaces", e.namespace, name)
}
