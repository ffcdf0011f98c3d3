package report

import (
	"slices"
	"strings"
)

// narrowest is how far a column is narrowed: of a name of which less is left
// nobody knows whose it is.
const narrowest = 16

// tableLayout is a table with the widths of its columns.
type tableLayout struct {
	header []string
	rows   [][]cell // that of the header first, if there is one
	widths []int
	whole  bool // nothing is cut: the last column wraps
}

// table prints rows in aligned columns, without those that are empty. When they
// do not fit, the widest column is narrowed until they do, its texts cut in the
// middle; where that is not enough, each row is told in words.
func (c *canvas) table(indent int, header []string, rows [][]cell) {
	c.columns(indent, tableLayout{header: header, rows: rows})
}

// listing is a table of which nothing is cut: texts of its last column wrap.
func (c *canvas) listing(indent int, header []string, rows [][]cell) {
	c.columns(indent, tableLayout{header: header, rows: rows, whole: true})
}

func (c *canvas) columns(indent int, t tableLayout) {
	if len(t.rows) == 0 {
		return
	}
	t.dropEmpty()
	t.measure(c)
	if !t.narrow(c.style.width() - indent) {
		for _, row := range t.rows {
			c.inWords(indent, t.header, row)
		}
		return
	}
	if len(t.header) > 0 {
		t.rows = append([][]cell{headers(t.header, c)}, t.rows...)
	}
	for _, row := range t.rows {
		c.row(indent, &t, row)
	}
}

// dropEmpty takes out columns in which no row has anything.
func (t *tableLayout) dropEmpty() {
	for i := len(t.rows[0]) - 1; i >= 0; i-- {
		if slices.ContainsFunc(t.rows, func(row []cell) bool { return row[i].text != "" }) {
			continue
		}
		if len(t.header) > 0 {
			t.header = slices.Delete(slices.Clone(t.header), i, i+1)
		}
		for k, row := range t.rows {
			t.rows[k] = slices.Delete(slices.Clone(row), i, i+1)
		}
	}
}

// measure sets the widths that the texts would have.
func (t *tableLayout) measure(c *canvas) {
	t.widths = make([]int, len(t.rows[0]))
	for i, h := range t.header {
		t.widths[i] = widthOf(h)
	}
	for _, row := range t.rows {
		for i, x := range row {
			t.widths[i] = max(t.widths[i], widthOf(c.clean(x.text)))
		}
	}
}

// narrow makes the table fit into a room, if it can.
func (t *tableLayout) narrow(room int) bool {
	total := 2 * (len(t.widths) - 1)
	for _, w := range t.widths {
		total += w
	}
	for ; total > room; total-- {
		widest := -1
		for i, w := range t.widths {
			if w > narrowest && (!t.whole || t.isLast(i)) && (widest < 0 || w+t.gives(i) > t.widths[widest]+t.gives(widest)) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		t.widths[widest]--
	}
	return true
}

func (t *tableLayout) isLast(i int) bool { return i == len(t.widths)-1 }

// gives makes the last column, which holds the longest text, give way before
// the others.
func (t *tableLayout) gives(i int) int {
	if t.isLast(i) {
		return 15
	}
	return 0
}

// row prints one row.
func (c *canvas) row(indent int, t *tableLayout, row []cell) {
	var out []cell
	last := len(row) - 1
	for i, x := range row[:last] {
		out = append(out, cell{pad(shorten(c.clean(x.text), t.widths[i]), t.widths[i]+2), x.paint})
	}
	lines := []string{shorten(c.clean(row[last].text), t.widths[last])}
	if t.whole {
		lines = wrap(c.clean(row[last].text), t.widths[last])
	}
	c.laid(indent, append(out, cell{lines[0], row[last].paint})...)
	before := t.widths[:last]
	for _, l := range lines[1:] {
		c.laid(indent+sum(before), cell{l, row[last].paint})
	}
}

// inWords tells a row that has no room: its first text, then each other under
// the name of its column.
func (c *canvas) inWords(indent int, header []string, row []cell) {
	c.beside(indent, "- ", row[0].paint, row[0].text, nil)
	var parts []string
	for i, x := range row[1:] {
		if x.text == "" {
			continue
		}
		name := ""
		if len(header) > 0 {
			name = strings.ToLower(header[i+1]) + " "
		}
		parts = append(parts, name+x.text)
	}
	c.paragraph(indent+2, 0, strings.Join(parts, "; "), nil)
}
