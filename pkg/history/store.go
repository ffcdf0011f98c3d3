package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Store is one file of history.
type Store struct {
	path   string
	db     *sql.DB
	names  *names
	packer *packer
}

var (
	errForeign = errors.New("it is a database of another program")
	errDamaged = errors.New("it is damaged or no history")
)

// patience is how long one process waits for another that writes.
const patience = 15 * time.Second

// Open opens a file to be written, and makes it with its folder where there
// is none. A file of an older schema is brought to the newest. Errors name the
// file.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, migrations)
}

func open(ctx context.Context, path string, steps []string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err // names operation and path
	}
	// What is kept tells of a cluster's inside: it is its owner's alone.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	s := &Store{path: path, names: newNames()}
	// Looked at before anything is set: what is not ours stays as it is.
	if err := foreign(ctx, path, len(steps)); err != nil {
		return nil, s.failed(err)
	}
	// auto_vacuum comes first: it is decided when a file is made. NORMAL syncs
	// at checkpoints: a killed process loses nothing, a power cut the last batches.
	s.db, err = sql.Open("sqlite", dsn(path, "_txlock=immediate", pragma("busy_timeout", patience.Milliseconds()), pragma("auto_vacuum", 2),
		pragma("journal_mode", "wal"), pragma("synchronous", "normal"), pragma("journal_size_limit", 1<<24), pragma("cache_size", -16384)))
	if err != nil {
		return nil, s.failed(err)
	}
	s.db.SetMaxOpenConns(1) // one writer; a second would wait for the first
	if err := migrate(ctx, s.db, steps); err != nil {
		_ = s.db.Close() // the first error says why
		return nil, s.failed(err)
	}
	return s, nil
}

// foreign is an error when a file is another program's, or a newer one's. What
// else may be wrong with it shows when it is opened.
func foreign(ctx context.Context, path string, known int) error {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return err
	}
	db, err := sql.Open("sqlite", dsn(path, "mode=ro", pragma("busy_timeout", patience.Milliseconds())))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // only read from
	version, err := versionOf(ctx, db)
	switch {
	case errors.Is(err, errForeign):
		return err
	case err == nil && version > known:
		return newerError(version, known)
	}
	return nil
}

// OpenRead opens a file to be read, while others may write to it.
func OpenRead(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s, err := openRead(ctx, path, "mode=ro")
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CANTOPEN { // no right to write beside it: nobody does
		s, err = openRead(ctx, path, "immutable=1")
	}
	return s, err
}

func openRead(ctx context.Context, path, how string) (*Store, error) {
	s := &Store{path: path, names: newNames()}
	var err error
	s.db, err = sql.Open("sqlite", dsn(path, how, pragma("busy_timeout", patience.Milliseconds()), pragma("cache_size", -16384)))
	if err != nil {
		return nil, s.failed(err)
	}
	version, err := versionOf(ctx, s.db)
	switch {
	case err == nil && version > len(migrations):
		err = newerError(version, len(migrations))
	case err == nil && version == 0:
		err = errors.New("it is empty: nothing was recorded yet")
	case err == nil && version < len(migrations):
		err = fmt.Errorf("it has schema %d and this program reads %d: 'kubectl patterns record' brings it up to date", version, len(migrations))
	}
	if err != nil {
		_ = s.db.Close() // the first error says why
		return nil, s.failed(err)
	}
	return s, nil
}

// dsn names a file and how to open it. A path may hold what means something
// in a URI.
func dsn(path string, query ...string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: strings.Join(query, "&")}).String()
}

func pragma(name string, value any) string {
	return "_pragma=" + url.QueryEscape(fmt.Sprintf("%s(%v)", name, value))
}

// Path is the file's.
func (s *Store) Path() string { return s.path }

// Copy writes one consistent moment of the history into a new file, while
// others may write to it. The file is there whole or not at all: SQLite leaves a
// part of it where it is interrupted.
func (s *Store) Copy(ctx context.Context, to string) (err error) {
	if Exists(to) {
		return fmt.Errorf("%s exists already", to)
	}
	dir, err := os.MkdirTemp(filepath.Dir(to), ".kubectl-patterns-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	written := filepath.Join(dir, "history.db")
	if _, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, written); err != nil {
		return s.failed(err)
	}
	if err := os.Chmod(written, 0o600); err != nil {
		return err
	}
	return os.Rename(written, to)
}

// Close ends the use of the file.
func (s *Store) Close() error { return s.failed(s.db.Close()) }

// failed names the file in an error, and says what SQLite's codes mean to
// whoever has to do something.
func (s *Store) failed(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var named *fileError
	if errors.As(err, &named) {
		return err
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			err = fmt.Errorf("%w (%w): move it away; 'kubectl patterns record' begins a new one", errDamaged, err)
		case sqlite3.SQLITE_FULL:
			err = fmt.Errorf("the disk is full: %w", err)
		case sqlite3.SQLITE_BUSY:
			err = fmt.Errorf("another process has kept it locked for %s: %w", patience, err)
		case sqlite3.SQLITE_INTERRUPT:
			return context.Canceled
		}
	}
	return &fileError{s.path, err}
}

// fileError is an error of one file.
type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string { return "history " + e.path + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// IsDamaged reports whether an error says that a file cannot be trusted.
func IsDamaged(err error) bool { return errors.Is(err, errDamaged) || errors.Is(err, errForeign) }

// Exists reports whether there is a file.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// micros is a time as it is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// moment is a stored time.
func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
