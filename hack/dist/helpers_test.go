package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// source is the manifest of the repository.
const source = "../../plugins.yaml"

// realPlugin is the source with checksums that look real.
func realPlugin(t *testing.T) plugin {
	t.Helper()
	p, found, err := readPlugin(source)
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	for i := range p.Spec.Platforms {
		p.Spec.Platforms[i].Sha256 = digestOf([]byte{byte(i)})
	}
	return p
}

// rules are the names of what was found, each once.
func rules(found violations) []rule {
	var out []rule
	for _, v := range found {
		out = append(out, v.rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func wantRules(t *testing.T, found violations, want ...rule) {
	t.Helper()
	slices.Sort(want)
	if got := rules(found); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v:\n%v", got, want, found.report("manifest"))
	}
}

func write(t *testing.T, file string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// command runs the program as from the command line.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(t.Context(), args, &out, &errOut)
	return code, out.String(), errOut.String()
}

func wantText(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}
