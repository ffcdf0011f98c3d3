package report

import (
	"strings"
	"time"
	"unicode/utf8"
)

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// grid is a table whose first column are names, and which is told in several
// blocks where its columns do not fit beside each other. The tail is told
// with each block.
type grid struct {
	corner       string
	header, tail []string
	names        []string
	cells, tails [][]cell // by name
}

// grid prints a grid.
func (c *canvas) grid(indent int, g grid) {
	widths, tail := g.widths(g.header, g.cells), g.widths(g.tail, g.tails)
	room := c.style.width() - indent
	for _, w := range tail {
		room -= w + 2
	}
	names, first := make([]string, len(g.names)), widthOf(g.corner)
	for i, n := range g.names {
		names[i] = c.clean(n)
		first = max(first, widthOf(names[i]))
	}
	first = min(first, max(room-sum(widths), room/2))
	texts := append([]string{g.corner}, distinguishable(names, first)...)
	for from := 0; from < len(g.header); {
		to := fitting(widths, from, room-first)
		if from > 0 {
			c.blank()
		}
		c.block(indent, g, block{texts, first, widths, tail, from, to})
		from = to
	}
}

// block is the part of a grid's columns that is told at once.
type block struct {
	names        []string // that of the header first
	first        int
	widths, tail []int
	from, to     int
}

func (c *canvas) block(indent int, g grid, b block) {
	for i, name := range b.names {
		row, tail := headers(g.header, c), headers(g.tail, c)
		paint := c.palette.dim
		if i > 0 {
			row, tail, paint = g.cells[i-1], g.tails[i-1], nil
		}
		out := []cell{{pad(name, b.first), paint}}
		for k := b.from; k < b.to; k++ {
			out = append(out, cell{"  ", nil}, cell{pad(row[k].text, b.widths[k]), row[k].paint})
		}
		for k, x := range tail {
			out = append(out, cell{"  ", nil}, cell{pad(x.text, b.tail[k]), x.paint})
		}
		c.laid(indent, out...)
	}
}

func headers(texts []string, c *canvas) []cell {
	out := make([]cell, len(texts))
	for i, t := range texts {
		out[i] = cell{t, c.palette.dim}
	}
	return out
}

// widths of columns, by their headers and cells.
func (g *grid) widths(header []string, cells [][]cell) []int {
	out := make([]int, len(header))
	for i, h := range header {
		out[i] = widthOf(h)
		for _, row := range cells {
			if i < len(row) {
				out[i] = max(out[i], widthOf(row[i].text))
			}
		}
	}
	return out
}

// sum of columns with the gaps before them.
func sum(widths []int) int {
	n := 0
	for _, w := range widths {
		n += w + 2
	}
	return n
}

// fitting is the column after the last that has room, at least one further.
func fitting(widths []int, from, room int) int {
	to := from + 1
	for used := widths[from] + 2; to < len(widths); to++ {
		if used += widths[to] + 2; used > room {
			break
		}
	}
	return to
}

// distinguishable shortens names in the middle, more of the end kept than of
// the beginning. Names that would be alike are told from where they differ.
func distinguishable(names []string, width int) []string {
	out := make([]string, len(names))
	by := map[string][]int{}
	for i, n := range names {
		out[i] = shortenKeepingEnd(n, width)
		by[out[i]] = append(by[out[i]], i)
	}
	for i := range out {
		alike, from := by[out[i]], 0
		for _, j := range alike {
			if names[j] != names[i] {
				from = max(from, commonStart(names[i], names[j]))
			}
		}
		if from > 0 {
			out[i] = shorten("…"+names[i][from:], width)
		}
	}
	return out
}

// commonStart is how many bytes two texts begin with alike, in whole runes,
// less the last few: a little of what is alike tells where one is.
func commonStart(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	if i := strings.LastIndexAny(a[:n], "-/. "); i > 0 && n-i < 8 {
		return i + 1
	}
	return n
}
