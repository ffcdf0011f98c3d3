package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Of a terminal's picture: the size of a cell and of the border, and how many
// lines are shown.
const (
	cellWidth  = 8.4
	lineHeight = 19
	border     = 16
	mostLines  = 100
)

// sgr are the sequences that set colours; the plugin prints no others.
var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// gaps part what is drawn by itself: SVG makes one space of several.
var gaps = regexp.MustCompile(`^ +| {2,}| +$`)

// look is how text is painted.
type look struct {
	color string
	bold  bool
	faint bool
}

// drawn is a terminal in which a command printed a text, as SVG without script,
// font or image of its own.
func drawn(command, text string) []byte {
	lines := strings.Split(strings.TrimRight("\x1b[1m$ "+command+"\x1b[0m\n\n"+text, "\n"), "\n")
	if len(lines) > mostLines {
		lines = append(lines[:mostLines-1:mostLines-1], "…")
	}
	columns := 80
	for _, l := range lines {
		columns = max(columns, runewidth.StringWidth(sgr.ReplaceAllString(l, "")))
	}
	width, height := int(float64(columns)*cellWidth)+2*border, len(lines)*lineHeight+2*border
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n", width, height, width, height, escaped(command))
	b.WriteString(`<rect width="100%" height="100%" rx="8" fill="#1b1f27"/>` + "\n")
	b.WriteString(`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="#d8dee9" xml:space="preserve">` + "\n")
	at := look{}
	for i, l := range lines {
		at = drawLine(&b, l, border+(i+1)*lineHeight-5, at)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

// drawLine draws one line, from the look that the line before left.
func drawLine(b *bytes.Buffer, line string, y int, at look) look {
	column := 0
	put := func(text string) {
		from := 0
		for _, gap := range append(gaps.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
			if part := text[from:gap[0]]; part != "" {
				fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>`+"\n", border+float64(column+runewidth.StringWidth(text[:from]))*cellWidth, y,
					float64(runewidth.StringWidth(part))*cellWidth, at.attributes(), escaped(part))
			}
			from = gap[1]
		}
		column += runewidth.StringWidth(text)
	}
	for {
		where := sgr.FindStringSubmatchIndex(line)
		if where == nil {
			put(line)
			return at
		}
		put(line[:where[0]])
		at = at.with(line[where[2]:where[3]])
		line = line[where[1]:]
	}
}

func (l look) attributes() string {
	out := ""
	if l.color != "" {
		out += ` fill="` + l.color + `"`
	}
	if l.bold {
		out += ` font-weight="bold"`
	}
	if l.faint {
		out += ` opacity=".65"`
	}
	return out
}

// with is the look after a sequence.
func (l look) with(codes string) look {
	colors := map[string]string{"31": "#ff6b6b", "32": "#8fce72", "33": "#f0c35e", "34": "#6fa8ff", "35": "#d69ae8", "36": "#5fd0d8",
		"90": "#8a93a3", "91": "#ff8787", "92": "#a5dd8b", "93": "#ffd67a", "94": "#8fbcff", "95": "#e3b3f2", "96": "#86dfe5"}
	for _, c := range strings.Split(codes, ";") {
		switch c {
		case "", "0":
			l = look{}
		case "1":
			l.bold = true
		case "2":
			l.faint = true
		case "22":
			l.bold, l.faint = false, false
		case "39":
			l.color = ""
		default:
			if color, known := colors[c]; known {
				l.color = color
			}
		}
	}
	return l
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // into memory: does not fail
	return b.String()
}
