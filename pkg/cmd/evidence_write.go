package cmd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// indexName is the file that says what a run wrote into a folder. It is
// written last.
const indexName = "index.json"

// evidenceIndex says what a run wrote, so that the next one replaces that and
// nothing else.
type evidenceIndex struct {
	APIVersion  string          `json:"apiVersion"`
	Kind        string          `json:"kind"`
	GeneratedAt time.Time       `json:"generatedAt"`
	Files       []evidenceEntry `json:"files"`
	// SHA256 is that of Files, so that an index is known to be as it was written.
	SHA256 string `json:"sha256"`
}

// evidenceEntry is one file. While files are being replaced, the index holds
// both what they were and what they become.
type evidenceEntry struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	Pattern string `json:"pattern,omitempty"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
}

const indexKind = "EvidenceIndex"

func (x *evidenceIndex) sum() (string, error) {
	raw, err := json.Marshal(x.Files)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// evidenceWriter writes files into a folder. All of them are written beside
// their places first, so that a run that fails or is interrupted leaves
// everything as it was; then they are moved, which takes no time and is not
// interrupted. The folder is an os.Root: no name leads out of it.
type evidenceWriter struct {
	dir  string
	at   time.Time
	warn func(string, ...any)

	root  *os.Root
	stage string // the folder within dir in which files are written first
	old   []evidenceEntry
}

func (w *evidenceWriter) write(ctx context.Context, files []report.File) (err error) {
	if _, there := os.Stat(w.dir); errors.Is(there, fs.ErrNotExist) {
		defer func() {
			if err != nil {
				_ = os.Remove(w.dir) // if it is empty, as it was made here
			}
		}()
	}
	if err := os.MkdirAll(w.dir, 0o750); err != nil {
		return err
	}
	if w.root, err = os.OpenRoot(w.dir); err != nil {
		return err
	}
	defer func() { _ = w.root.Close() }()
	unlock, err := w.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if w.old, err = w.readIndex(); err != nil {
		return err
	}
	if err := w.refuseForeign(files); err != nil {
		return err
	}
	w.stage = ".kubectl-patterns-" + strconv.FormatUint(rand.Uint64(), 36)
	if err := w.root.Mkdir(w.stage, 0o750); err != nil {
		return err
	}
	defer func() { _ = w.root.RemoveAll(w.stage) }()
	entries, err := w.prepare(ctx, files)
	if err != nil {
		return err
	}
	return w.commit(entries)
}

// readIndex is what an earlier run wrote; nil where there was none.
func (w *evidenceWriter) readIndex() ([]evidenceEntry, error) {
	raw, err := w.root.ReadFile(indexName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var x evidenceIndex
	if err := json.Unmarshal(raw, &x); err == nil && x.Kind == indexKind {
		if sum, err := x.sum(); err == nil && sum == x.SHA256 {
			return x.Files, nil
		}
	}
	return nil, fmt.Errorf("%s was not written by kubectl patterns, or was changed since: choose another folder", path.Join(w.dir, indexName))
}

// refuseForeign refuses to write over what no earlier run wrote, or what was
// changed since.
func (w *evidenceWriter) refuseForeign(files []report.File) error {
	for _, f := range files {
		if _, err := w.root.Lstat(f.Name); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		ours, err := w.wrote(f.Name)
		if err != nil {
			return err
		}
		if !ours {
			return fmt.Errorf("%s was not written by kubectl patterns, or was changed since: it stays as it is; move it away or choose another folder", path.Join(w.dir, f.Name))
		}
	}
	return nil
}

// wrote reports whether a file is just as an earlier run wrote it.
func (w *evidenceWriter) wrote(name string) (bool, error) {
	info, err := w.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	f, err := w.root.Open(name)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return false, err
	}
	is := hex.EncodeToString(sum.Sum(nil))
	return slices.ContainsFunc(w.old, func(e evidenceEntry) bool { return e.Name == name && e.SHA256 == is }), nil
}

// prepare writes all files into the stage.
func (w *evidenceWriter) prepare(ctx context.Context, files []report.File) ([]evidenceEntry, error) {
	out := make([]evidenceEntry, 0, len(files))
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e := evidenceEntry{Name: f.Name, About: f.About, Pattern: f.Pattern}
		var err error
		if e.Bytes, e.SHA256, err = w.put(f.Name, func(out io.Writer) error { return f.Write(heeding{ctx, out}) }); err != nil {
			return nil, fmt.Errorf("writing %s: %w", path.Join(w.dir, f.Name), err)
		}
		out = append(out, e)
	}
	return out, ctx.Err()
}

// put writes one file into the stage, through to the disk.
func (w *evidenceWriter) put(name string, content func(io.Writer) error) (size int64, sum string, err error) {
	f, err := w.root.OpenFile(path.Join(w.stage, name), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, "", err
	}
	hash := sha256.New()
	counted := &counter{w: io.MultiWriter(f, hash)}
	err = content(counted)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	return counted.n, hex.EncodeToString(hash.Sum(nil)), err
}

// counter counts what goes through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// commit moves all files to their places. In between, the index knows of each
// file what it was and what it becomes: a run that is killed here leaves only
// files that the next run knows for its own.
func (w *evidenceWriter) commit(entries []evidenceEntry) error {
	if err := w.index(slices.Concat(entries, w.old)); err != nil {
		return err
	}
	for _, e := range entries {
		if err := w.root.Rename(path.Join(w.stage, e.Name), e.Name); err != nil {
			return err
		}
	}
	if err := w.clear(entries); err != nil {
		return err
	}
	return w.index(entries)
}

func (w *evidenceWriter) index(entries []evidenceEntry) error {
	x := evidenceIndex{APIVersion: report.APIVersion, Kind: indexKind, GeneratedAt: w.at, Files: entries}
	var err error
	if x.SHA256, err = x.sum(); err != nil {
		return err
	}
	if _, _, err = w.put(indexName, func(out io.Writer) error { return report.Encode(out, "json", x) }); err != nil {
		return err
	}
	return w.root.Rename(path.Join(w.stage, indexName), indexName)
}

// clear removes what earlier runs wrote and this one does not, unless somebody
// changed it.
func (w *evidenceWriter) clear(entries []evidenceEntry) error {
	for _, e := range w.old {
		if slices.ContainsFunc(entries, func(n evidenceEntry) bool { return n.Name == e.Name }) {
			continue
		}
		ours, err := w.wrote(e.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case !ours:
			w.warn("%s of an earlier run was changed since, and stays", path.Join(w.dir, e.Name))
		default:
			if err := w.root.Remove(e.Name); err != nil {
				return err
			}
		}
	}
	return nil
}
