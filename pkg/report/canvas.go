package report

import (
	"io"
	"strings"

	"github.com/fatih/color"
)

// canvas lays text out in plain runes and paints it last, so that colours
// never disturb the layout. Everything that is put on it is escaped.
type canvas struct {
	w       io.Writer
	style   Style
	palette palette
	err     error
}

func newCanvas(w io.Writer, s Style) *canvas {
	return &canvas{w: w, style: s, palette: newPalette(s.Color)}
}

// cell is a piece of text with its paint.
type cell struct {
	text  string
	paint *color.Color
}

func (c *canvas) print(s string) {
	if c.err == nil {
		_, c.err = io.WriteString(c.w, s)
	}
}

// clean makes text from a cluster safe, and fit for the terminal.
func (c *canvas) clean(text string) string {
	if text = escape(text); c.style.ASCII {
		return ascii(text)
	}
	return text
}

// cleanCommand is the same of a command, in which each blank counts.
func (c *canvas) cleanCommand(command string) string {
	if command = escaped(command, true); c.style.ASCII {
		return ascii(command)
	}
	return command
}

func (c *canvas) blank() { c.print("\n") }

// line prints cells beside each other, escaped but not laid out.
func (c *canvas) line(indent int, cells ...cell) {
	for i := range cells {
		cells[i].text = c.clean(cells[i].text)
	}
	c.laid(indent, cells...)
}

// laid prints cells that are escaped and laid out already.
func (c *canvas) laid(indent int, cells ...cell) {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", indent))
	for _, x := range cells {
		if c.style.ASCII {
			x.text = asciiDrawn(x.text)
		}
		text := strings.TrimRight(x.text, " ")
		if x.paint != nil && text != "" {
			text = x.paint.Sprint(text)
		}
		b.WriteString(text + x.text[len(strings.TrimRight(x.text, " ")):])
	}
	c.print(strings.TrimRight(b.String(), " ") + "\n")
}

func (c *canvas) heading(text string) {
	c.blank()
	c.title(text)
}

// title is a heading that nothing stands above.
func (c *canvas) title(text string) { c.paragraph(0, 2, text, c.palette.bold) }

// remark says what a command below it is for.
func (c *canvas) remark(indent int, why string) {
	c.beside(indent, "# ", c.palette.dim, comment(why), c.palette.dim)
}

// comment is a text fit to stand behind "#" before a command, with which it is
// pasted: zsh, where it is asked by hand, knows no comments, and a quotation that
// began in one would end in that of a name.
func comment(why string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("'\"`$\\;|&<>!", r) {
			return -1
		}
		return r
	}, why)
}

// paragraph wraps text; lines after the first are indented by hang more.
func (c *canvas) paragraph(indent, hang int, text string, paint *color.Color) {
	for i, l := range wrap(c.clean(text), c.style.width()-indent-hang) {
		c.laid(indent+min(i, 1)*hang, cell{l, paint})
	}
}

// labelWidth is the width of the column of labels of fields.
const labelWidth = 11

// field prints a label and, beside it, wrapped text.
func (c *canvas) field(indent int, label, text string, paint *color.Color) {
	c.beside(indent, pad(label, labelWidth), c.palette.dim, text, paint)
}

// bullet prints wrapped text behind a mark.
func (c *canvas) bullet(indent int, mark, text string, paint *color.Color) {
	c.beside(indent, mark+" ", paint, text, nil)
}

// beside prints wrapped text beside a label, which is ours and laid out.
func (c *canvas) beside(indent int, label string, labelPaint *color.Color, text string, paint *color.Color) {
	width := widthOf(label)
	for i, l := range wrap(c.clean(text), c.style.width()-indent-width) {
		if i > 0 {
			label = strings.Repeat(" ", width)
		}
		c.laid(indent, cell{label, labelPaint}, cell{l, paint})
	}
}

// wrap breaks text at blanks into lines of at most width columns; a word
// that is longer is broken.
func wrap(text string, width int) []string {
	width = max(width, 16)
	var lines []string
	current := ""
	for _, word := range strings.Fields(text) {
		for head := headOf(word, width); len(head) < len(word); head = headOf(word, width) {
			if current != "" {
				lines = append(lines, current)
				current = ""
			}
			lines, word = append(lines, head), word[len(head):]
		}
		switch {
		case current == "":
			current = word
		case widthOf(current)+1+widthOf(word) > width:
			lines = append(lines, current)
			current = word
		default:
			current += " " + word
		}
	}
	if current != "" || len(lines) == 0 {
		lines = append(lines, current)
	}
	return lines
}
