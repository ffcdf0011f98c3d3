package collect

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// mostOfInnerZip are the bytes of a zip archive that is no file of its own, and so is
// held: its directory is at the end, and says what it likes of where each file
// begins.
const mostOfInnerZip = 128 << 20

var (
	errOverlap   = errors.New("files of the archive share bytes, as those of a bomb do: it is not read")
	errEncrypted = errors.New("the file is encrypted; unpack the archive first")
)

// isZip reports whether a stream begins as zip archives do, empty ones too.
func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// zip reads a zip archive: a file where it lies, anything else held in memory,
// for the directory is at its end.
func (r *reading) zip(name string, in, rest io.Reader) {
	at, size, err := seekable(in, rest)
	if err != nil {
		r.fail(name, err)
		return
	}
	archive, err := zip.NewReader(at, size)
	if err == nil {
		err = r.countEntries(len(archive.File))
	}
	if err == nil {
		err = soundZip(archive.File)
	}
	if err != nil {
		r.fail(name, fmt.Errorf("zip: %w", err))
		return
	}
	if s, at := r.zippedManifest(name, archive.File); s != nil {
		for _, f := range slices.Delete(archive.File, at, at+1) {
			s.zipped(f, s.entry)
		}
		return
	}
	for _, f := range archive.File {
		r.printed = or(f.Modified.UTC(), r.printed)
		if isData(f.Name) {
			r.zipped(f, r.stream)
		}
	}
}

// seekable is the whole of a stream, of which rest was not yet looked at.
func seekable(in, rest io.Reader) (io.ReaderAt, int64, error) {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return f, info.Size(), nil
		}
	}
	raw, err := io.ReadAll(io.LimitReader(rest, mostOfInnerZip+1))
	if err == nil && len(raw) > mostOfInnerZip {
		err = fmt.Errorf("a zip archive within another, or piped, may have %d MiB: unpack it", mostOfInnerZip>>20)
	}
	return bytes.NewReader(raw), int64(len(raw)), err
}

// soundZip refuses archives that are small and unpack to endless data, since
// many of their files are the same bytes.
func soundZip(files []*zip.File) error {
	type extent struct{ from, to int64 }
	extents := make([]extent, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil {
			return err
		}
		extents = append(extents, extent{from, from + int64(min(f.CompressedSize64, 1<<62-1<<40))}) //nolint:gosec // bounded
	}
	slices.SortFunc(extents, func(a, b extent) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(extents); i++ {
		if extents[i].from < extents[i-1].to {
			return errOverlap
		}
	}
	return nil
}

// zippedManifest finds the manifest of a snapshot, and where it is.
func (r *reading) zippedManifest(name string, files []*zip.File) (s *restored, at int) {
	for i, f := range files {
		if isManifest(f.Name) {
			if r.zipped(f, func(_ string, in io.Reader) { s, _ = r.manifest(name, in) }); s != nil {
				return s, i
			}
		}
	}
	return nil, 0
}

// zipped reads one file of an archive. Folders and links hold no data.
func (r *reading) zipped(f *zip.File, read func(name string, in io.Reader)) {
	const encrypted = 1 // of the flags (APPNOTE.TXT 4.4.4)
	switch {
	case !f.Mode().IsRegular():
		return
	case f.Flags&encrypted != 0:
		r.fail(f.Name, errEncrypted)
		return
	}
	in, err := f.Open()
	if err != nil {
		r.fail(f.Name, err)
		return
	}
	defer func() { _ = in.Close() }() // only read from
	read(f.Name, in)
}
