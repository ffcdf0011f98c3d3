package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// entry is one file of an archive.
type entry struct {
	name string
	mode fs.FileMode
	data []byte
}

// archiveTime is when every file of an archive was "changed", so that the
// same files give the same bytes. zip knows no earlier date.
func archiveTime() time.Time { return time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC) }

// pack makes the archive that the name asks for.
func pack(name string, files []entry) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	var buf bytes.Buffer
	write := writeTar
	switch {
	case strings.HasSuffix(name, ".zip"):
		write = writeZip
	case !strings.HasSuffix(name, ".tar.gz"):
		return nil, fmt.Errorf("pack %s: neither .tar.gz nor .zip", name)
	}
	if err := write(&buf, sorted); err != nil {
		return nil, fmt.Errorf("pack %s: %w", name, err)
	}
	return buf.Bytes(), nil
}

func writeTar(w io.Writer, files []entry) error {
	gz, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	tw := tar.NewWriter(gz)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: int64(f.mode.Perm()), Size: int64(len(f.data)),
			ModTime: archiveTime(), Format: tar.FormatUSTAR} // owner 0, group 0, no names of them
		if err := tw.WriteHeader(h); err != nil {
			return err
		}
		if _, err := tw.Write(f.data); err != nil {
			return err
		}
	}
	if err := tw.Close(); err != nil {
		return err
	}
	return gz.Close()
}

func writeZip(w io.Writer, files []entry) error {
	zw := zip.NewWriter(w)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: archiveTime()}
		h.SetMode(f.mode)
		fw, err := zw.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := fw.Write(f.data); err != nil {
			return err
		}
	}
	return zw.Close()
}
