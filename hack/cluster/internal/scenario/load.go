package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// fileName is what makes a folder a scenario.
const fileName = "scenario.yaml"

// errNone says that there is no scenario in a place. That a scenario lacks one
// of its manifests is another matter.
var errNone = errors.New("no scenario here")

// List returns all scenarios of a library in the order of their names.
func List(library fs.FS) ([]*Scenario, error) {
	entries, err := fs.ReadDir(library, ".")
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var all []*Scenario
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		s, err := fromLibrary(library, entry.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Load returns the scenario with all that it includes, in the order in which
// they have to be played. A name is looked up in the library first; anything
// else is a folder.
func Load(library fs.FS, name string) ([]*Scenario, error) {
	l := loader{library: library, seen: map[string]bool{}}
	if err := l.add(name, ""); err != nil {
		return nil, err
	}
	return l.list, nil
}

// loader collects scenarios, each once.
type loader struct {
	library fs.FS
	seen    map[string]bool
	list    []*Scenario
}

// add puts a scenario on the list, behind those that it includes. Folders are
// relative to the folder of the scenario that includes them.
func (l *loader) add(name, base string) error {
	s, folder, err := l.find(name, base)
	if err != nil {
		return err
	}
	key := s.Name + "\x00" + folder
	if l.seen[key] {
		return nil
	}
	l.seen[key] = true
	for _, included := range s.Include {
		if err := l.add(included, folder); err != nil {
			return fmt.Errorf("scenario %s includes: %w", s.Name, err)
		}
	}
	l.list = append(l.list, s)
	return nil
}

func (l *loader) find(name, base string) (*Scenario, string, error) {
	if !strings.ContainsRune(name, filepath.Separator) {
		s, err := fromLibrary(l.library, name)
		if !errors.Is(err, errNone) {
			return s, "", err
		}
	}
	folder := name
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(base, folder)
	}
	s, err := read(os.DirFS(folder), filepath.Base(folder))
	if errors.Is(err, errNone) {
		return nil, "", fmt.Errorf("no scenario %q: it is neither built in (see `cluster scenarios`) nor a folder with a %s", name, fileName)
	}
	return s, folder, err
}

func fromLibrary(library fs.FS, name string) (*Scenario, error) {
	if !fs.ValidPath(name) {
		return nil, errNone
	}
	sub, err := fs.Sub(library, name)
	if err != nil {
		return nil, err
	}
	return read(sub, name)
}

func read(files fs.FS, name string) (*Scenario, error) {
	data, err := fs.ReadFile(files, fileName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNone
	}
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	s := &Scenario{Name: name, Files: files}
	if err := yaml.UnmarshalStrict(data, s); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	return s, nil
}
