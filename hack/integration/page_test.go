package integration

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the tables of docs/reliability.md")

// TestReliabilityPage: the tables of docs/reliability.md are those of the tests.
func TestReliabilityPage(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "reliability.md")
	raw, err := os.ReadFile(file) //nolint:gosec // our own
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for name, table := range map[string]string{"faults": faultsTable(), "further": furtherTable(), "record": recordTable(), "rights": rightsTable(), "counts": counts()} {
		page = between(t, page, "<!-- "+name+": written by TestReliabilityPage -->\n", "<!-- end of "+name+" -->\n", table)
	}
	if page == string(raw) {
		return
	}
	if !*update {
		t.Fatal("docs/reliability.md is not up to date: run `make update`")
	}
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestNamedTestsExist: each test that a promise names is there.
func TestNamedTestsExist(t *testing.T) {
	root := filepath.Join("..", "..")
	var tests strings.Builder
	err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(file) //nolint:gosec // our own
		tests.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"SECURITY.md", "docs/reliability.md"} {
		raw, err := os.ReadFile(filepath.Join(root, page)) //nolint:gosec // our own
		names := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)").FindAllSubmatch(raw, -1)
		if err != nil || len(names) < 5 {
			t.Fatalf("%v: %s names %d tests", err, page, len(names))
		}
		for _, name := range names {
			if !strings.Contains(tests.String(), "func "+string(name[1])+"(") {
				t.Errorf("%s names %s, which is not there", page, name[1])
			}
		}
	}
}

// between puts a text between two marks.
func between(t *testing.T, page, from, to, text string) string {
	t.Helper()
	before, rest, found := strings.Cut(page, from)
	_, after, foundToo := strings.Cut(rest, to)
	if !found || !foundToo {
		t.Fatalf("docs/reliability.md has no place between %q and %q", from, to)
	}
	return before + from + text + to + after
}

func counts() string {
	tried := len(faults()) + len(furtherFaults()) + len(recordFaults())
	return fmt.Sprintf("%d faults and %d sets of rights are tried by `make test`.\n", tried, len(partialRights()))
}

func faultsTable() string {
	return resultsOf(faults(), func(f *fault) (name, result string) { return f.name, f.result() })
}

// resultsOf is a table of faults and what each ends in.
func resultsOf[F any](all []F, of func(*F) (name, result string)) string {
	var out strings.Builder
	out.WriteString("| fault | result |\n|---|---|\n")
	for i := range all {
		name, result := of(&all[i])
		fmt.Fprintf(&out, "| %s | %s |\n", name, result)
	}
	return out.String()
}

// result is what a fault ends in, which its test asserts.
func (f *fault) result() string {
	switch {
	case f.says != "":
		return fmt.Sprintf("exit code 1, says “%s”", f.says)
	case f.warns != "":
		return fmt.Sprintf("whole, by the API server's clock; warns “%s”", f.warns)
	case f.breaks:
		return "each list is whole, or a gap"
	case len(f.gaps) == 0:
		return "whole: no object is missing or comes twice"
	case f.partial:
		return gapsOf(f.gaps) + "; no object is missing or comes twice"
	}
	return gapsOf(f.gaps)
}

func furtherTable() string {
	return resultsOf(furtherFaults(), func(f *furtherFault) (name, result string) {
		if f.isWhole() {
			return f.name, "whole"
		}
		return f.name, gapsOf(map[string]string{f.of: f.says})
	})
}

func recordTable() string {
	return resultsOf(recordFaults(), func(f *recordFault) (name, result string) {
		if f.says == "" {
			return f.name, "recovers, and follows everything"
		}
		return f.name, fmt.Sprintf("not followed: events (“%s”)", f.says)
	})
}

func rightsTable() string {
	var out strings.Builder
	out.WriteString("| rights | gaps, each with the rule that would close it | found |\n|---|---|---|\n")
	for _, p := range partialRights() {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", p.name, gapsOf(p.gaps), strings.Join(p.roots, ", "))
	}
	return out.String()
}

// gapsOf lists gaps by what is said of them.
func gapsOf(gaps map[string]string) string {
	named := map[string][]string{}
	for _, resource := range slices.Sorted(maps.Keys(gaps)) {
		name := resource
		if name == "*" {
			name = "all else that lacks"
		}
		named[gaps[resource]] = append(named[gaps[resource]], name)
	}
	var parts []string
	for _, says := range slices.Sorted(maps.Keys(named)) {
		part := "gap: " + strings.Join(named[says], ", ")
		if says != "" {
			part += fmt.Sprintf(" (“%s”)", strings.Trim(says, "; "))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
