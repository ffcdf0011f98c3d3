// Command docs writes docs/detectors.md from the detectors themselves, or
// checks with -check that what stands there is what it would write.
//
//	go run ./hack/docs [-check] [-o FILE]
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
)

func main() {
	file := flag.String("o", "docs/detectors.md", "the page")
	check := flag.Bool("check", false, "change nothing; fail when the page is not up to date")
	flag.Parse()
	if err := run(*file, *check); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(file string, check bool) error {
	page := Page(detectors.Suite())
	if !check {
		return os.WriteFile(file, page, 0o644) //nolint:gosec // a page to read
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(old, page) {
		return fmt.Errorf("%s is not what the detectors say; run 'make docs' and commit it", file)
	}
	return nil
}

const head = `<!-- Written by 'make docs' from the detectors. Do not edit. -->
# Detectors

Each detector recognises one sort of pattern. The same text is in
` + "`kubectl patterns detectors NAME`" + `. A detector whose needs could not be read is
reported as skipped, never as clean. An upper-case cause stands for an open set.

| Detector | Category | What |
|---|---|---|
`

// Page is the documentation of a suite in Markdown.
func Page(suite detect.Suite) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	for _, d := range suite {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", d.Name, d.Name, d.Category, d.Title())
	}
	for _, d := range suite {
		section(&b, d)
	}
	return b.Bytes()
}

func section(b *bytes.Buffer, d *detect.Detector) {
	title := d.Title()
	needs := make([]string, len(d.Needs))
	for i, n := range d.Needs {
		needs[i] = string(n)
	}
	fmt.Fprintf(b, "\n## %s\n\n**%s%s.**\n\n", d.Name, strings.ToUpper(title[:1]), title[1:])
	for _, p := range d.Paragraphs() {
		for _, opening := range detect.Openings {
			if rest, ok := strings.CutPrefix(p, opening); ok {
				p = "*" + opening + "*" + rest
			}
		}
		fmt.Fprintf(b, "%s\n\n", p)
	}
	fmt.Fprintf(b, "* Category: %s\n* Causes: %s\n* Needs: %s\n", d.Category, code(d.Causes), code(needs))
}

func code(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }
