package main

import (
	"fmt"
	"slices"
	"strings"
)

// rule names what a manifest or an archive has to hold to.
type rule string

const (
	ruleStrict           rule = "strict"
	ruleAPIVersion       rule = "api-version"
	ruleKind             rule = "kind"
	ruleFileName         rule = "file-name"
	ruleSafeName         rule = "safe-name"
	ruleNameStyle        rule = "name-style"
	ruleVersion          rule = "version"
	ruleHomepage         rule = "homepage"
	ruleShortDescription rule = "short-description"
	ruleDescription      rule = "description"
	ruleLineLength       rule = "line-length"
	rulePlatforms        rule = "platforms"
	ruleSelector         rule = "selector"
	ruleOverlap          rule = "selector-overlap"
	ruleURI              rule = "uri"
	ruleURIVersion       rule = "uri-version"
	ruleURIUnique        rule = "uri-unique"
	ruleSha256           rule = "sha256"
	rulePlaceholder      rule = "sha256-placeholder"
	ruleBin              rule = "bin"
	ruleBinInstalled     rule = "bin-installed"
	ruleExe              rule = "windows-exe"
	ruleFiles            rule = "files"
	ruleEscape           rule = "path-escape"
	ruleLicense          rule = "license"

	ruleArchive       rule = "archive"
	ruleDigest        rule = "archive-digest"
	ruleEntry         rule = "archive-entry"
	ruleFromMissing   rule = "archive-from"
	ruleMode          rule = "binary-mode"
	ruleBinaryForeign rule = "binary-platform"
)

type violation struct {
	field string // where in the manifest; empty: the file as a whole
	rule  rule
	text  string
}

func (v violation) String() string {
	if v.field == "" {
		return fmt.Sprintf("%s [%s]", v.text, v.rule)
	}
	return fmt.Sprintf("%s: %s [%s]", v.field, v.text, v.rule)
}

// violations are collected, not returned one by one: whoever mends a
// manifest wants all of them at once.
type violations []violation

// add tells nothing twice: the manifest and its archive can break the same
// rule in the same place.
func (vs *violations) add(field string, r rule, format string, args ...any) {
	v := violation{field, r, fmt.Sprintf(format, args...)}
	if !slices.Contains(*vs, v) {
		*vs = append(*vs, v)
	}
}

// without leaves out what the source file may break until it is released.
func (vs violations) without(r rule) violations {
	var out violations
	for _, v := range vs {
		if v.rule != r {
			out = append(out, v)
		}
	}
	return out
}

// report is nil without violations, and otherwise an error that names all.
func (vs violations) report(file string) error {
	if len(vs) == 0 {
		return nil
	}
	lines := make([]string, len(vs))
	for i, v := range vs {
		lines[i] = "\n  " + v.String()
	}
	return fmt.Errorf("%s: violations found: %d%s", file, len(vs), strings.Join(lines, ""))
}
