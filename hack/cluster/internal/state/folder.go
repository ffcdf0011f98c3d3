// Package state knows what a cluster keeps in its folder, and whether one is up.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Folder is the folder of one cluster, absolute. Nothing of a cluster is
// anywhere else.
type Folder string

// Config is what a cluster was started with. Its file also marks a folder as
// ours, so that `down` never removes another one.
type Config struct {
	Executable string        `json:"executable"`
	Supervisor int           `json:"supervisor"` // process id; 0 until started
	Ports      Ports         `json:"ports"`
	Lifetime   time.Duration `json:"lifetime"`
	EventTTL   time.Duration `json:"eventTTL"`
	Bare       bool          `json:"bare,omitempty"` // etcd and the API server alone
	APIArgs    []string      `json:"apiArgs,omitempty"`
	KCMArgs    []string      `json:"kcmArgs,omitempty"`
	Started    time.Time     `json:"started"`
}

// At returns the folder at path, which need not exist.
func At(path string) (Folder, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("resolve folder %s: %w", path, err)
	}
	return Folder(abs), nil
}

// Path joins elements to the folder.
func (f Folder) Path(elements ...string) string {
	return filepath.Join(append([]string{string(f)}, elements...)...)
}

// Kubeconfig is the path of the file for the users of the cluster.
func (f Folder) Kubeconfig() string { return f.Path("kubeconfig") }

// Log is the path of a part's output.
func (f Folder) Log(component string) string { return f.Path("logs", component+".log") }

// Failure is where the supervisor says why it gave up.
func (f Folder) Failure() string { return f.Path("failure") }

func (f Folder) config() string { return f.Path("cluster.json") }

// Create makes the folder with everything that files are put into.
func (f Folder) Create() error {
	for _, sub := range []string{"pki", "logs", "etcd", "config", "home"} {
		if err := os.MkdirAll(f.Path(sub), 0o700); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
	}
	return nil
}

// Load reads the config. The error is fs.ErrNotExist where there is no cluster.
func (f Folder) Load() (Config, error) {
	data, err := os.ReadFile(f.config())
	if err != nil {
		return Config{}, err
	}
	var config Config
	if err := json.Unmarshal(data, &config); err != nil {
		return Config{}, fmt.Errorf("read %s: %w", f.config(), err)
	}
	return config, nil
}

// Claim makes the folder ours: it fails where another cluster is, be it up or
// only left over.
func (f Folder) Claim(config Config) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	file, err := os.OpenFile(f.config(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("claim folder: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("claim folder: %w", err)
	}
	return f.Save(config)
}

// Save writes the config in one step: a reader sees the old or the new one.
func (f Folder) Save(config Config) error {
	data, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return fmt.Errorf("encode config: %w", err)
	}
	temporary := f.config() + ".new"
	if err := os.WriteFile(temporary, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	if err := os.Rename(temporary, f.config()); err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	return nil
}

// Played returns the names of the scenarios that were played here.
func (f Folder) Played() ([]string, error) {
	data, err := os.ReadFile(f.Path("played"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(data)), err
}

// AddPlayed remembers that a scenario was played here.
func (f Folder) AddPlayed(name string) error {
	file, err := os.OpenFile(f.Path("played"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("remember scenario: %w", err)
	}
	_, err = fmt.Fprintln(file, name)
	return errors.Join(err, file.Close())
}

// Remove deletes the folder, and its parent when that is our default one and
// empty by now. It refuses a folder that holds no cluster.
func (f Folder) Remove() error {
	if _, err := os.Stat(f.config()); err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look into %s: %w", f, err)
		}
		return f.removeIfEmpty()
	}
	if err := os.RemoveAll(string(f)); err != nil {
		return fmt.Errorf("remove %s: %w", f, err)
	}
	return f.removeDefaultParent()
}

func (f Folder) removeIfEmpty() error {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look into %s: %w", f, err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty and holds no cluster: not removed", f)
	}
	return os.Remove(string(f))
}

func (f Folder) removeDefaultParent() error {
	parent := filepath.Dir(string(f))
	if filepath.Base(parent) != filepath.Dir(DefaultDir) {
		return nil
	}
	// Another cluster may live there: then the folder is not empty, and stays.
	_ = os.Remove(parent)
	return nil
}

// DefaultDir is the folder of a cluster that was given none.
const DefaultDir = ".cluster/default"
