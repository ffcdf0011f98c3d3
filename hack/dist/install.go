package main

import (
	"maps"
	"path"
	"slices"
	"strings"
)

func cleanPath(name string) string { return path.Clean(strings.ReplaceAll(name, `\`, "/")) }

func isClean(name string) bool { return cleanPath(name) == name }

// escapes is stricter than cleaning the path and looking where it ends: krew
// refuses every archive with a ".." in a name.
func escapes(name string) bool {
	slashed := strings.ReplaceAll(name, `\`, "/")
	drive := len(name) > 1 && name[1] == ':'
	return drive || strings.HasPrefix(slashed, "/") || slices.Contains(strings.Split(slashed, "/"), "..")
}

func isPattern(name string) bool { return strings.ContainsAny(name, `*?[`) }

func anyPattern(files []fileOp) bool {
	return slices.ContainsFunc(files, func(op fileOp) bool { return isPattern(op.From) })
}

// installed maps what lies in the plugin's folder after krew installed it to
// the names of the archive it comes from.
func installed(files []fileOp, names []string) map[string]string {
	out := map[string]string{}
	if files == nil {
		files = []fileOp{{From: "*", To: "."}}
	}
	for _, op := range files {
		maps.Copy(out, op.apply(names))
	}
	return out
}

// apply moves what matches, whole folders too.
func (op fileOp) apply(names []string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		if to, ok := op.target(cleanPath(name)); ok {
			out[to] = name
		}
	}
	return out
}

// target tries the file and each folder above it, the topmost first, as
// krew matches against what lies on the disk.
func (op fileOp) target(name string) (string, bool) {
	parts := strings.Split(name, "/")
	for n := 1; n <= len(parts); n++ {
		top, rest := path.Join(parts[:n]...), path.Join(parts[n:]...)
		if cleanPath(op.From) == top && cleanPath(op.To) != "." {
			return path.Join(op.To, rest), true // renamed
		}
		if ok, err := path.Match(cleanPath(op.From), top); err == nil && ok {
			return path.Join(op.To, path.Base(top), rest), true
		}
	}
	return "", false
}

// isLicense knows the names that the validation of krew's index looks for.
func isLicense(name string) bool {
	switch strings.ToLower(path.Base(name)) {
	case "license", "license.txt", "license.md", "licenses", "licenses.txt", "licenses.md", "copying", "copying.txt":
		return true
	}
	return false
}

func joinKeys(m map[string]string) string {
	if len(m) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
