package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// ownBinary is a Go binary of this platform that is there anyway.
func ownBinary(t *testing.T) []byte {
	t.Helper()
	file, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hostPlatform() platform {
	return platform{
		Selector: selectorFor(osArch{runtime.GOOS, runtime.GOARCH}),
		Bin:      "tool",
		Files:    []fileOp{{"tool", "."}, {"LICENSE", "."}},
	}
}

func TestContents(t *testing.T) {
	own := ownBinary(t)
	tool, license := entry{"tool", 0o755, own}, entry{"LICENSE", 0o644, nil}
	foreign := osArch{"windows", "386"}
	for name, c := range map[string]struct {
		files []entry
		edit  func(*platform)
		want  []rule
	}{
		"right":            {[]entry{tool, license}, nil, nil},
		"all files":        {[]entry{tool, license}, func(p *platform) { p.Files = nil }, nil},
		"folder by glob":   {[]entry{{"x-1/tool", 0o755, own}, {"x-1/LICENSE", 0o644, nil}}, func(p *platform) { p.Files = []fileOp{{"*/*", "."}} }, nil},
		"renamed":          {[]entry{{"a", 0o755, own}, license}, func(p *platform) { p.Files[0] = fileOp{"a", "tool"} }, nil},
		"no license":       {[]entry{tool}, nil, []rule{ruleFromMissing, ruleLicense}},
		"no binary":        {[]entry{license}, nil, []rule{ruleFromMissing, ruleBinInstalled}},
		"mode":             {[]entry{{"tool", 0o644, own}, license}, nil, []rule{ruleMode}},
		"no Go binary":     {[]entry{{"tool", 0o755, []byte("#!/bin/sh")}, license}, nil, []rule{ruleBinaryForeign}},
		"foreign binary":   {[]entry{tool, license}, func(p *platform) { p.Selector = selectorFor(foreign) }, []rule{ruleBinaryForeign}},
		"entry above":      {[]entry{tool, license, {"../x", 0o644, nil}}, nil, []rule{ruleEscape}},
		"absolute entry":   {[]entry{tool, license, {"/x", 0o644, nil}}, nil, []rule{ruleEscape}},
		"symbolic link":    {[]entry{tool, license, {"x", fs.ModeSymlink, nil}}, nil, []rule{ruleEntry}},
		"folders are fine": {[]entry{tool, license, {"x", fs.ModeDir | 0o755, nil}}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := hostPlatform()
			if c.edit != nil {
				c.edit(&p)
			}
			var found violations
			found.checkContents("platform", p, c.files)
			wantRules(t, found, c.want...)
		})
	}
}

func TestPackAndUnpack(t *testing.T) {
	files := []entry{{"tool", 0o755, []byte("binary")}, {"LICENSE", 0o644, []byte("text")}}
	for _, name := range []string{"a.tar.gz", "a.zip"} {
		first, err := pack(name, files)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // were the clock inside, the bytes would differ
		second, err := pack(name, []entry{files[1], files[0]})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s: the order of the files changes the archive", name)
		}
		got, err := unpack(first)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0].name != "LICENSE" || got[1].mode != 0o755 || string(got[1].data) != "binary" {
			t.Errorf("%s: unpacked %+v", name, got)
		}
	}
	if _, err := pack("a.rar", files); err == nil {
		t.Error("packed a .rar")
	}
	if _, err := unpack([]byte("text")); err == nil {
		t.Error("unpacked a text")
	}
}

func TestArchiveMissingOrBroken(t *testing.T) {
	p := realPlugin(t)
	p.Spec.Platforms = p.Spec.Platforms[:1]
	folder := t.TempDir()
	var found violations
	found.checkArchives(p, folder)
	wantRules(t, found, ruleArchive)

	write(t, filepath.Join(folder, p.Spec.Platforms[0].archiveName()), []byte("text"))
	found = nil
	found.checkArchives(p, folder)
	wantRules(t, found, ruleArchive, ruleDigest)
}

func TestWrittenManifest(t *testing.T) {
	p := realPlugin(t)
	p.Spec.Description = "one: two # three\n\n  indented\n"
	p.Spec.Platforms[0].Sha256 = strings.Repeat("1", 64) // a number, were it not quoted
	b, err := encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("placeholder")) {
		t.Error("a comment of the source got through")
	}
	last := -1
	for _, field := range []string{"apiVersion:", "kind:", "metadata:", "version:", "homepage:", "shortDescription:",
		"description:", "caveats:", "platforms:", "selector:", "uri:", "sha256:", "bin:", "files:"} {
		at := bytes.Index(b, []byte("\n"+field))
		if at < 0 {
			at = bytes.Index(b, []byte(" "+field))
		}
		if field != "apiVersion:" && at < last {
			t.Errorf("%s is out of order:\n%s", field, b)
		}
		last = at
	}
	p.Spec.Description = " begins with a blank\n"
	if _, err := encode(p); err == nil {
		t.Error("wrote a text that does not read back")
	}
}
