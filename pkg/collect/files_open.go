package collect

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func (r *reading) path(path string, now time.Time) error {
	info, err := os.Stat(path)
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w", path, failed.Err) // that it was stat is nobody's concern
	}
	if err != nil {
		return err
	}
	r.printed = or(now, info.ModTime().UTC().Truncate(time.Second))
	if !info.IsDir() {
		return r.open(path, func(in io.Reader) { r.stream(withFolder(path, path), in) })
	}
	if found, err := r.unpacked(path); found || err != nil {
		return err
	}
	return r.folder(path, func(path, name string) error {
		if info, err := os.Stat(path); err == nil {
			r.printed = or(now, info.ModTime().UTC().Truncate(time.Second))
		}
		return r.open(path, func(in io.Reader) { r.stream(withFolder(path, name), in) })
	})
}

func or(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

// folder reads all files of a folder that may be data, each with its path and
// its name in the folder.
func (r *reading) folder(root string, read func(path, name string) error) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !isData(path) {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			name = path
		}
		return read(path, name)
	})
}

// isData reports whether a file of a folder is of a form that is read: notes
// and the like may lie beside them.
func isData(path string) bool {
	if _, ok := metricsFileOf(path); ok || isDumpedLog(path) {
		return true
	}
	if _, ok := containerLogOf(path); ok {
		return true
	}
	path = strings.TrimSuffix(strings.ToLower(path), ".gz")
	switch filepath.Ext(path) {
	case ".json", ".yaml", ".yml", ".tar", ".tgz", ".zip", ".txt":
		return !isForeign(path)
	}
	return false
}

func (r *reading) open(path string, read func(io.Reader)) error {
	f, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	read(f)
	return nil
}

// stream reads one file of whatever form, by its first bytes.
func (r *reading) stream(name string, in io.Reader) {
	if r.nested++; r.nested > mostNested {
		r.fail(name, errNested)
		return
	}
	around := r.budget
	r.budget = &budget{&interruptible{r.ctx, in}, mostOfObject}
	defer func() { r.nested, r.budget = r.nested-1, around }()
	br := bufio.NewReaderSize(r.budget, 1<<16)
	if r.packed(name, in, br) {
		return
	}
	if read := r.logReader(name); read != nil {
		r.unbounded(br)
		if err := read(br); err != nil {
			r.fail(name, err)
		}
		return
	}
	if m, ok := metricsFileOf(name); ok {
		r.metrics(m, br)
		return
	}
	read := r.documents
	if isTable(headOf(br)) {
		read = r.tableRead
	} else if filepath.Ext(name) == ".txt" && name != strings.TrimSuffix(r.file, ".gz") {
		return // a note that lies among data
	}
	if err := read(name, br); err != nil {
		r.fail(name, err)
	}
}

// packed reads a stream that is compressed or an archive; false if it is
// neither. br is what buffers in.
func (r *reading) packed(name string, in io.Reader, br *bufio.Reader) bool {
	head, _ := br.Peek(262) // what there is of it
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		gz, err := gzip.NewReader(br)
		if err != nil {
			r.fail(name, err)
			return true
		}
		r.stream(strings.TrimSuffix(name, ".gz"), r.unbounded(gz))
	case isZip(head):
		r.zip(name, in, r.unbounded(br))
	case len(head) == 262 && string(head[257:]) == "ustar":
		r.archive(name, tar.NewReader(r.unbounded(br)))
	default:
		return false
	}
	return true
}

// unbounded lets a stream go on: what lies in an archive has a bound of its
// own.
func (r *reading) unbounded(br io.Reader) io.Reader {
	r.budget.left = 1 << 62
	return br
}

func (r *reading) archive(name string, in *tar.Reader) {
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = r.countEntries(1)
		}
		if err != nil {
			r.fail(name, err)
			return
		}
		if h.Typeflag != tar.TypeReg || !isData(h.Name) {
			continue
		}
		if !isManifest(h.Name) {
			r.printed = or(h.ModTime.UTC(), r.printed)
			r.stream(h.Name, in)
			continue
		}
		s, raw := r.manifest(name, in)
		if s != nil {
			s.unpack(in)
			return
		}
		r.stream(h.Name, io.MultiReader(bytes.NewReader(raw), in))
	}
}
