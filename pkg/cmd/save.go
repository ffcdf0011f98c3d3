package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/redact"
)

// saving says where a snapshot goes.
type saving struct {
	file      string
	overwrite bool
	redact    bool
}

func (s *saving) addTo(c *cobra.Command) {
	c.Flags().StringVar(&s.file, "save", "", "Save what this scan reads in a file, such as snapshot.tar.gz, that -f reads again")
	s.addHow(c)
}

// addHow adds the flags that the command snapshot has as well.
func (s *saving) addHow(c *cobra.Command) {
	c.Flags().BoolVar(&s.redact, "redact", false, "Write what is saved, and the evidence, under other names: of namespaces, workloads, pods, nodes, images, hosts, addresses, values of labels")
	c.Flags().BoolVar(&s.overwrite, "overwrite", false, "Write the snapshot over a file that exists")
}

// check refuses before anything is read what would fail after it.
func (s *saving) check() error {
	if s.file == "" || s.file == "-" {
		return nil
	}
	info, err := os.Lstat(s.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s exists and is no file: name another one for the snapshot", s.file)
	case !s.overwrite:
		return fmt.Errorf("%w; --overwrite replaces it", s.exists())
	}
	return nil
}

func (s *saving) exists() error { return fmt.Errorf("%s exists already", s.file) }

// named is a snapshot under the names by which it is kept.
func (s *saving) named(snapshot *cluster.Snapshot) (*cluster.Snapshot, error) {
	if !s.redact {
		return snapshot, nil
	}
	other := redact.Snapshot(snapshot)
	return other, other.Scope.Select(other.Scope.Selector)
}

// save writes a snapshot, readable by the user alone. The file is there whole
// or not at all.
func (s *saving) save(ctx context.Context, snapshot *cluster.Snapshot, out io.Writer) error {
	how := archive.Options{MadeBy: "kubectl-patterns " + buildVersion().version, Redacted: s.redact}
	if s.file == "-" {
		return archive.Write(out, snapshot, how)
	}
	f, err := os.CreateTemp(filepath.Dir(s.file), "."+filepath.Base(s.file)+"-*") // of mode 0600
	if err != nil {
		return fmt.Errorf("saving the snapshot: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // it has got its name by then, or is not wanted
	err = archive.Write(heeding{ctx, f}, snapshot, how)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return s.publish(f.Name())
}

// publish gives a file its name. A link fails where there is a file already,
// in one step with looking; not all file systems have links.
func (s *saving) publish(written string) error {
	if s.overwrite {
		return os.Rename(written, s.file)
	}
	err := os.Link(written, s.file)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return s.exists()
	}
	if err := s.check(); err != nil {
		return err
	}
	return os.Rename(written, s.file)
}
