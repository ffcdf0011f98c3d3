package collect

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// mostManifest bounds what is read of a manifest. That of a live reading has
// some tens of lines.
const mostManifest = 16 << 20

// restored is one snapshot that was saved by this plugin. What its manifest
// tells stands for what else is concluded from files: the moment, whose
// failures were asked for, and what could not be read.
type restored struct {
	manifest *archive.Manifest
	*reading
	past cluster.Past
}

// manifest reads a file that may be the manifest of a snapshot. Other files of
// that name are none; what was read of them is returned.
func (r *reading) manifest(file string, in io.Reader) (s *restored, raw []byte) {
	raw, err := io.ReadAll(io.LimitReader(in, mostManifest))
	if err != nil || !archive.IsManifest(raw) {
		return nil, raw
	}
	m, err := archive.ParseManifest(raw)
	if err != nil {
		r.fail(file, fmt.Errorf("%s: %w", archive.ManifestFile, err))
		m = nil
	}
	s = &restored{manifest: m, reading: r.fresh()}
	s.seen, s.others = r.seen, r.others // what was read before counts
	if m != nil {
		r.restored = append(r.restored, s)
	}
	return s, raw
}

// isManifest reports whether a file is called as manifests are.
func isManifest(name string) bool { return path.Base(filepath.ToSlash(name)) == archive.ManifestFile }

// unpack reads the rest of an archive whose manifest was read.
func (s *restored) unpack(in *tar.Reader) {
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = s.countEntries(1)
		}
		if err != nil {
			s.fail(s.file, err)
			return
		}
		if h.Typeflag == tar.TypeReg {
			s.entry(h.Name, in)
		}
	}
}

// entry reads one file of a snapshot.
func (s *restored) entry(name string, in io.Reader) {
	if path.Base(name) != archive.PastFile {
		if isData(name) {
			s.stream(name, in)
		}
		return
	}
	raw, err := io.ReadAll(&bounded{r: in, left: mostPast})
	if err == nil {
		s.past, err = archive.ParsePast(raw)
	}
	if err != nil {
		s.fail(s.file, fmt.Errorf("%s: %w", archive.PastFile, err))
	}
}

// mostPast bounds the file of the past, which is held whole.
const mostPast = 1 << 30

// unpacked reads a snapshot that somebody unpacked into a folder; false if it
// is none.
func (r *reading) unpacked(folder string) (bool, error) {
	for _, root := range []string{folder, filepath.Join(folder, archive.Folder)} {
		f, err := os.Open(filepath.Join(root, archive.ManifestFile)) //nolint:gosec // in the folder that the user names
		if err != nil {
			continue
		}
		s, _ := r.manifest(folder, f)
		if err := f.Close(); err != nil {
			return false, err
		}
		if s != nil {
			return true, s.folder(root, func(path, name string) error { return s.open(path, func(in io.Reader) { s.entry(name, in) }) })
		}
	}
	return false, nil
}

// parts is the snapshot as it was, with what of it is broken now.
func (s *restored) parts() *bucket {
	s.measure()
	told := s.manifest.Parts(s.file)
	s.b.Sources, s.b.Gaps = told.Sources, told.Gaps
	for _, err := range s.places() {
		s.b.Gaps = append(s.b.Gaps, cluster.Gap{Reason: err.Error()})
		s.b.Sources = append(s.b.Sources, brokenSource(err))
	}
	return s.b
}

// restore adds the snapshots that were read to everything else, and takes over
// what they tell of themselves. Several, or one among other files, are of
// several moments: then only what they hold counts.
func (r *reading) restore(out *cluster.Parts) error {
	for _, s := range r.restored {
		r.b.merge(s.parts())
		r.b.Past = r.b.Past.Merge(s.past)
		r.b.Namespaces = append(r.b.Namespaces, s.manifest.Namespaces...)
		if s.manifest.At.After(out.At) {
			out.At = s.manifest.At
		}
	}
	if !r.isOneSnapshot() {
		return nil
	}
	told := r.restored[0].manifest.Parts(r.file)
	out.Identity = told.Identity
	return narrow(&out.Scope, &told.Scope)
}

// isOneSnapshot reports whether nothing was read but one snapshot.
func (r *reading) isOneSnapshot() bool { return len(r.restored) == 1 && len(r.objects) == 0 }

// narrow makes the scope that which was asked for when the snapshot was taken,
// but for what is asked for now.
func narrow(now, then *cluster.Scope) error {
	if len(now.Namespaces) == 0 {
		now.AllNamespaces, now.Namespaces, now.AsRead = then.AllNamespaces, then.Namespaces, then.AsRead
	} else {
		now.AsRead = then.AsRead && slices.Equal(now.Namespaces, then.Namespaces)
	}
	if now.Selector != "" || then.Selector == "" {
		return nil
	}
	if err := now.Select(then.Selector); err != nil {
		return fmt.Errorf("%s: the selector %q: %w", archive.ManifestFile, then.Selector, err)
	}
	return nil
}

// brokenSource is a file that could not be read whole.
func brokenSource(err error) cluster.Source {
	file, _, _ := strings.Cut(err.Error(), ": ")
	return cluster.Source{From: file, Gap: err.Error()}
}
