package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

// write puts the data and the truth of an incident into its folder.
func write(folder string, files map[string][]byte, t truth.Truth) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // part of the source tree
		return err
	}
	data, err := archive(files)
	if err != nil {
		return err
	}
	story, err := yaml.Marshal(t)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(folder, "data.tar.gz"), data, 0o644), //nolint:gosec // part of the source tree
		os.WriteFile(filepath.Join(folder, "truth.yaml"), story, 0o644), //nolint:gosec // part of the source tree
	)
}

// archive packs files so that the same files give the same bytes.
func archive(files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(packed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &tar.Header{
			Name: name, Mode: 0o644, Size: int64(len(files[name])),
			ModTime: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.Close(), packed.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
