// Command docs writes the pages of documentation that say what the program
// says itself: one for each command, from its help, and one for each detector,
// with indexes of them, and the pages of man(1). With -check it checks that what stands there is what it
// would write.
//
//	go run ./hack/docs [-check] [-o FOLDER]
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	folder := flag.String("o", "docs", "the folder of the pages")
	check := flag.Bool("check", false, "change nothing; fail when a page is not up to date")
	flag.Parse()
	if err := run(*folder, *check); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// page is one file below the folder.
type page struct {
	file string
	text []byte
}

// written is how every page begins that nobody edits.
const written = "<!-- Written by 'make docs'. Do not edit. -->\n"

func run(folder string, check bool) error {
	commands := commandPages()
	man, err := manPages()
	if err != nil {
		return err
	}
	pages := slices.Concat(detectorPages(), commands, []page{indexPage(commands)}, rolePages(), man)
	for _, p := range pages {
		path := filepath.Join(folder, p.file)
		if check {
			if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, p.text) { //nolint:gosec // our own pages
				return fmt.Errorf("%s is not what the program says; run 'make docs' and commit it", path)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // pages to read
			return err
		}
		if err := os.WriteFile(path, p.text, 0o644); err != nil { //nolint:gosec // a page to read
			return err
		}
	}
	return leftOver(folder, pages, check)
}

// leftOver removes pages of what is there no more, or complains of them.
func leftOver(folder string, pages []page, check bool) error {
	for _, sub := range []string{"commands", "detectors", "man"} {
		entries, err := os.ReadDir(filepath.Join(folder, sub))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range entries {
			file := sub + "/" + e.Name()
			if slices.ContainsFunc(pages, func(p page) bool { return p.file == file }) {
				continue
			}
			if check {
				return fmt.Errorf("%s is of nothing that there is; run 'make docs' and commit it", filepath.Join(folder, file))
			}
			if err := os.Remove(filepath.Join(folder, file)); err != nil {
				return err
			}
		}
	}
	return nil
}
