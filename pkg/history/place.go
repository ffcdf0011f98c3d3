package history

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Folder is where histories are kept: in the user's data folder, by the
// conventions of the system. home and env are the user's.
func Folder() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) { // relative ones are to be ignored, says the specification
		return filepath.Join(dir, "kubectl-patterns", "history"), nil
	}
	if dir := os.Getenv("LocalAppData"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "kubectl-patterns", "history"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	data := filepath.Join(home, ".local", "share")
	if runtime.GOOS == "darwin" {
		data = filepath.Join(home, "Library", "Application Support")
	}
	return filepath.Join(data, "kubectl-patterns", "history"), nil
}

// extension of the files.
const extension = ".db"

// FileOf is the file of a cluster in a folder. A cluster is known by the UID
// of its namespace kube-system, which it keeps for life; where that may not be
// read, by the server's URL.
func FileOf(folder, clusterID string) string {
	for _, c := range clusterID {
		if !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyz-", c) {
			sum := sha256.Sum256([]byte(clusterID))
			return filepath.Join(folder, "server-"+hex.EncodeToString(sum[:8])+extension)
		}
	}
	return filepath.Join(folder, clusterID+extension)
}

// Files are the histories in a folder, by name; none where there is no folder.
func Files(folder string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(folder, "*"+extension))
	slices.Sort(found)
	return found, err
}
