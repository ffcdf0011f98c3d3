package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
)

const binaryMode = 0o755

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (vs *violations) checkArchives(p plugin, folder string) {
	for i, pl := range p.Spec.Platforms {
		vs.checkArchive(platformField(i), pl, folder)
	}
}

func (vs *violations) checkArchive(field string, p platform, folder string) {
	name := p.archiveName()
	if name == "" {
		return // told by checkURI
	}
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		vs.add(field+".uri", ruleArchive, "its archive cannot be read: %v", err)
		return
	}
	if got := digestOf(data); got != p.Sha256 {
		vs.add(field+".sha256", ruleDigest, "%s has %s, the manifest says %s", name, got, p.Sha256)
	}
	files, err := unpack(data)
	if err != nil {
		vs.add(field+".uri", ruleArchive, "%s: %v", name, err)
		return
	}
	vs.checkContents(field, p, files)
}

func (vs *violations) checkContents(field string, p platform, files []entry) {
	byName := map[string]entry{}
	var names []string
	for _, f := range files {
		vs.checkEntry(field+".uri", f)
		if f.mode.IsRegular() {
			byName[f.name] = f
			names = append(names, f.name)
		}
	}
	for i, op := range p.Files {
		if len(op.apply(names)) == 0 {
			vs.add(fmt.Sprintf("%s.files[%d].from", field, i), ruleFromMissing, "%q is not in the archive", op.From)
		}
	}
	got := installed(p.Files, names)
	vs.checkInstalled(field, p, got)
	if from, ok := got[cleanPath(p.Bin)]; ok {
		vs.checkBinary(field+".bin", p, byName[from])
	}
}

// checkEntry: krew unpacks files and folders, nothing else.
func (vs *violations) checkEntry(field string, f entry) {
	if escapes(f.name) {
		vs.add(field, ruleEscape, "the archive's entry %q leads out of its folder", f.name)
	}
	if !f.mode.IsRegular() && !f.mode.IsDir() {
		vs.add(field, ruleEntry, "the archive's entry %q is neither a file nor a folder (%s)", f.name, f.mode)
	}
}

// checkBinary: krew keeps the mode of the archive, and a binary of another
// platform would only show when somebody installs it.
func (vs *violations) checkBinary(field string, p platform, f entry) {
	if got := f.mode.Perm(); got != binaryMode {
		vs.add(field, ruleMode, "%s has the mode %04o in the archive, has to have %04o", f.name, got, binaryMode)
	}
	want, ok := onlyPair(p.Selector)
	if !ok {
		return // told by checkSelector
	}
	info, err := buildinfo.Read(bytes.NewReader(f.data))
	if err != nil {
		vs.add(field, ruleBinaryForeign, "%s is not a Go binary: %v", f.name, err)
		return
	}
	if got := builtFor(info); got != want {
		vs.add(field, ruleBinaryForeign, "%s is built for %s, the selector is for %s", f.name, got, want)
	}
}

func builtFor(info *debug.BuildInfo) osArch {
	var out osArch
	for _, s := range info.Settings {
		switch s.Key {
		case "GOOS":
			out.os = s.Value
		case "GOARCH":
			out.arch = s.Value
		}
	}
	return out
}
