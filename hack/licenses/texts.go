package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are the licences that a binary may be given away under with no more
// than their texts beside it, by their SPDX names.
func allowed() []string { return []string{"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC"} }

// recognised is the share of a text, in percent, that has to be known licences:
// less of it, and something may have been added to one.
const recognised = 75

// licenceName is what licences and notices are called; besideName a licence of
// documentation or of a logo, which are in no binary.
var (
	licenceName = regexp.MustCompile(`(?i)^([a-z]+-)?(licen[cs]e|copying|notice)([-.].*)?$`)
	besideName  = regexp.MustCompile(`(?i)[-.](docs|logo)$`)
)

// read are texts that somebody read, since they are too much of their own to be
// recognised: by the checksum, so that what changes is read again.
func read() map[string][]string {
	return map[string][]string{
		// Notices of musl (MIT, parts BSD), Go, go-netdb and nixpkgs, with names of authors.
		"f597097efe3d97021f89170746bd3a0fb9a8b6fb26b82043ed68a4e0283bee6c": {"BSD-3-Clause", "MIT"}, // modernc.org/libc
		// The same, SQLite's (public domain) and a table of modules. It tells of MPL-2.0
		// too, for golang-lru, of which nothing is linked: the list of modules here shows it.
		"f4a00ade8f4057ab0ea49097d9c459df8559fcf10ca78da0c950343fb7428d37": {"BSD-3-Clause", "MIT"}, // modernc.org/sqlite
		// SQLite's dedication to the public domain.
		"8438c9c89b849131ead81d5435cb97fcf052df5b0b286dda8a2d4c29e6cb3fd0": {"blessing"},
	}
}

// text is one file of a module.
type text struct {
	name string
	body []byte
}

// textsOf are a module's licences and notices, by name.
func textsOf(m module) ([]text, error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Path, err)
	}
	var out []text
	for _, e := range entries {
		if e.IsDir() || !licenceName.MatchString(e.Name()) || besideName.MatchString(e.Name()) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		out = append(out, text{e.Name(), bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))})
	}
	return out, nil
}

// namesOf are the licences of a module. A notice is no licence, and comes along.
func namesOf(m module, texts []text) ([]string, error) {
	var out []string
	for _, t := range texts {
		if known := read()[checksum(t.body)]; known != nil {
			out = append(out, known...)
			continue
		}
		cover := licensecheck.Scan(t.body)
		if strings.HasPrefix(strings.ToLower(t.name), "notice") {
			continue
		}
		if cover.Percent < recognised {
			return nil, fmt.Errorf("%s %s: %.0f %% of %s is a licence that is known", m.Path, m.Version, cover.Percent, t.name)
		}
		for _, match := range cover.Match {
			if !slices.Contains(allowed(), match.ID) {
				return nil, fmt.Errorf("%s %s: %s in %s is not among the allowed licences (%s)",
					m.Path, m.Version, match.ID, t.name, strings.Join(allowed(), ", "))
			}
			out = append(out, match.ID)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s %s has no licence", m.Path, m.Version)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func checksum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

const head = `What kubectl-patterns is built from, and the licences of it.
Written by 'make licenses'. Do not edit.

`

// write lists the modules, then each text once, with those that it is of.
func write(w io.Writer, modules []module) error {
	var list, bodies bytes.Buffer
	owners, order := map[string][]string{}, []string(nil)
	var wrong []error // all of them: one run tells everything
	for _, m := range modules {
		texts, err := textsOf(m)
		if err != nil {
			return err
		}
		names, err := namesOf(m, texts)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		fmt.Fprintf(&list, "%s %s: %s\n", m.Path, m.Version, strings.Join(names, " AND "))
		for _, t := range texts {
			body := string(t.body)
			if owners[body] == nil {
				order = append(order, body)
			}
			owners[body] = append(owners[body], m.Path+" ("+t.name+")")
		}
	}
	for _, body := range order {
		fmt.Fprintf(&bodies, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(owners[body], "\n"), strings.TrimRight(body, "\n"))
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	_, err := io.WriteString(w, head+list.String()+bodies.String())
	return err
}
