package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// pageFiles are the parts of the page. They are written by hand: what is drawn
// are rectangles, ticks and a tree, for which a charting library would be a
// hundred times the code and a chain of suppliers.
//
//go:embed page
var pageFiles embed.FS

// HTML writes the report as one page that stands by itself: it asks for
// nothing, neither from the network nor from disk, and can be read without its
// script. A policy in its head has the browser refuse everything else,
// whatever the cluster's text contains.
func HTML(w io.Writer, r *Report, s Style) error {
	clean, err := cleaned(r)
	if err != nil {
		return err
	}
	p, err := newPage(clean, s)
	if err != nil {
		return err
	}
	// Into memory first: half a page would pass for a whole one.
	var out bytes.Buffer
	if err := p.template.Execute(&out, p); err != nil {
		return fmt.Errorf("making the page: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// page is what the template sees.
type page struct {
	*Report
	CSS      template.CSS
	JS       template.JS
	Policy   string
	Timed    timed // what the script draws
	text     *text
	template *template.Template
}

func newPage(r *Report, s Style) (*page, error) {
	t := &text{canvas: newCanvas(io.Discard, Style{Zone: s.Zone}), r: r, number: map[string]int{}}
	t.numberPatterns()
	css, err := pageFiles.ReadFile("page/page.css")
	if err != nil {
		return nil, err
	}
	js, err := script("scale.js", "timeline.js", "filter.js", "page.js")
	if err != nil {
		return nil, err
	}
	p := &page{Report: r, CSS: template.CSS(css), JS: template.JS(js), text: t} // #nosec G203 -- both are ours
	p.Policy = "default-src 'none'; style-src " + digest(css) + "; script-src " + digest(js) + "; base-uri 'none'; form-action 'none'"
	p.Timed = p.timed()
	p.template, err = template.New("page.html").Funcs(p.functions()).ParseFS(pageFiles, "page/*.html")
	return p, err
}

// script joins files in a scope of their own.
func script(names ...string) ([]byte, error) {
	out := []byte("(() => {\n'use strict';\n")
	for _, name := range names {
		part, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return nil, err
		}
		out = append(append(out, part...), '\n')
	}
	return append(out, "})();\n"...), nil
}

// digest allows a script or style of just these bytes
// (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// functions are the words of the text rendering, lent to the page.
func (p *page) functions() template.FuncMap {
	t := p.text
	return template.FuncMap{
		"where": t.where, "verdict": p.verdict, "covered": t.covered, "sources": t.sources, "leftOut": t.leftOut,
		"number": func(id string) int { return t.number[id] }, "labels": func() map[string]string { return t.labels() },
		"isRoot": t.isRoot, "find": t.find, "seen": t.seen, "frequency": frequency, "subject": subject, "state": t.state,
		"path": path, "clock": t.clock, "stamp": t.stamp, "gaps": t.gapsByReason, "hasGaps": t.hasGaps,
		"refs": t.refs, "lag": lag, "percent": percent, "graph": p.graph, "heat": heat,
		"rfc3339": func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"span":    func(seconds int) string { return detect.Span(time.Duration(seconds) * time.Second) },
		"before":  t.beforeWords, "course": t.sparkWords, "test": testWords,
		"rivals": func(all []string) string { return rivals(all, len(all)) }, "oftenAtLeast": oftenAtLeast,
		"remedies": remedies, "ignored": IgnoredLine, "anchor": anchor, "firstEntries": firstEntries,
	}
}

// verdict is the one sentence that stands above all.
func (p *page) verdict() string {
	if len(p.text.number) == 0 {
		return p.text.nothing()
	}
	return p.text.verdict()
}

// anchor is a fragment for a pattern: IDs are made of words, and what else a
// cause may hold is left out.
func anchor(id string) string {
	return "pattern-" + strings.Map(func(r rune) rune {
		if r == '-' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, id)
}

// heat is the shade of a share, from 0 for none to 5 for all.
func heat(part, of int) int {
	switch {
	case of <= 0 || part <= 0:
		return 0
	case part >= of:
		return 5
	}
	return 1 + 4*part/of
}

// withoutScript is how many entries of the timeline can be read without the
// script, which tells them all.
const withoutScript = 200

func firstEntries(entries []Entry) []Entry { return entries[:min(len(entries), withoutScript)] }
