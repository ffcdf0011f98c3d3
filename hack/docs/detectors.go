package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
)

const detectorsHead = written + `# Detectors

Each detector recognises one sort of pattern. The same text is in
` + "`kubectl patterns detectors NAME`" + `. A detector whose needs could not be read is
reported as skipped, never as clean. An upper-case cause stands for an open set.

| Detector | Category | What |
|---|---|---|
`

// detectorPages are the index and a page for each detector.
func detectorPages() []page {
	var b bytes.Buffer
	b.WriteString(detectorsHead)
	out := []page{{}}
	for _, d := range detectors.Suite() {
		file := "detectors/" + d.Name + ".md"
		fmt.Fprintf(&b, "| [%s](%s) | %s | %s |\n", d.Name, file, d.Category, d.Title())
		out = append(out, page{file, detectorPage(d)})
	}
	out[0] = page{"detectors.md", b.Bytes()}
	return out
}

func detectorPage(d *detect.Detector) []byte {
	var b bytes.Buffer
	title := d.Title()
	needs := make([]string, len(d.Needs))
	for i, n := range d.Needs {
		needs[i] = string(n)
	}
	fmt.Fprintf(&b, "%s# %s\n\n**%s%s.**\n\n", written, d.Name, strings.ToUpper(title[:1]), title[1:])
	for _, p := range d.Paragraphs() {
		for _, opening := range detect.Openings {
			if rest, ok := strings.CutPrefix(p, opening); ok {
				p = "*" + opening + "*" + rest
			}
		}
		fmt.Fprintf(&b, "%s\n\n", p)
	}
	fmt.Fprintf(&b, "* Category: %s\n* Causes: %s\n* Needs: %s\n\n[All detectors](../detectors.md)\n", d.Category, code(d.Causes), code(needs))
	return b.Bytes()
}

func code(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }
