package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lockName is the file by which one run at a time writes into a folder. The
// system lets go of the lock when the process ends, however it ends.
const lockName = ".kubectl-patterns.lock"

// lock keeps other runs out of the folder until the returned function is called.
func (w *evidenceWriter) lock() (unlock func(), err error) {
	path := filepath.Join(w.dir, lockName)
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file: move it away or choose another folder", path)
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !held || !isStill(lock, path) {
		_ = lock.Close()
		return nil, fmt.Errorf("%s is being written by another run (%s): wait for it or choose another folder", w.dir, holder(path))
	}
	host, _ := os.Hostname() // without it the process alone is named
	told := fmt.Sprintf("process %d on %s, since %s\n", os.Getpid(), host, time.Now().Format(time.RFC3339))
	if err := os.WriteFile(path, []byte(told), 0o600); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return func() {
		_ = os.Remove(path) // while it is held: nobody else's is removed. Windows keeps it, which does no harm
		_ = lock.Close()
	}, nil
}

// isStill reports whether the file that was locked is the one that others would
// lock: whoever held it before has removed it.
func isStill(lock *flock.Flock, path string) bool {
	locked, err := lock.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(locked, there)
}

// holder is who holds a lock, as they say.
func holder(path string) string {
	raw, err := os.ReadFile(path) //nolint:gosec // a file of our own name in the user's folder
	said := strings.TrimSpace(string(raw))
	if errors.Is(err, fs.ErrNotExist) || said == "" {
		return "which has just begun or ended"
	}
	return strings.Trim(fmt.Sprintf("%.200q", said), `"`)
}
