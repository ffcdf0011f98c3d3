package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// unpackLimit is far above any binary of ours; what is larger is no archive
// of ours.
const unpackLimit = 512 << 20

// unpack goes by the content, as krew does, not by the name.
func unpack(data []byte) ([]entry, error) {
	switch kind := http.DetectContentType(data); kind {
	case "application/zip":
		return readZip(data)
	case "application/x-gzip":
		return readTar(data)
	default:
		return nil, fmt.Errorf("neither a .tar.gz nor a .zip: the content looks like %s", kind)
	}
}

func readTar(data []byte) ([]entry, error) {
	gz, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	defer gz.Close()
	var out []entry
	tr := tar.NewReader(gz)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("tar: %w", err)
		}
		content, err := readLimited(tr)
		if err != nil {
			return nil, fmt.Errorf("tar: %s: %w", h.Name, err)
		}
		out = append(out, entry{h.Name, h.FileInfo().Mode(), content})
	}
}

func readZip(data []byte) ([]entry, error) {
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	var out []entry
	for _, f := range zr.File {
		content, err := readZipFile(f)
		if err != nil {
			return nil, fmt.Errorf("zip: %s: %w", f.Name, err)
		}
		out = append(out, entry{f.Name, f.Mode(), content})
	}
	return out, nil
}

func readZipFile(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readLimited(r)
}

func readLimited(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, unpackLimit+1))
	if err != nil {
		return nil, err
	}
	if len(b) > unpackLimit {
		return nil, fmt.Errorf("larger than %d bytes", unpackLimit)
	}
	return b, nil
}
