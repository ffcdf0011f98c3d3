package report

// graph is a chain of dependencies laid out from left to right, in units of a
// drawing's own.
type graph struct {
	Width, Height int
	Nodes         []graphNode
	Edges         []graphEdge
}

type graphNode struct {
	X, Y, Width, Height int
	Name, Kind          string
	TextX, NameY, KindY int
}

type graphEdge struct {
	X1, Y1, X2, Y2 int
	MX             int // where the curve turns
	Class          string
	Label          string
	LabelX, LabelY int
	How            string
}

const (
	nodeHeight, rowHeight = 44, 64
	charWidth, edgeWidth  = 8, 190
	nameShown             = 34
)

// graph lays the chain of a pattern out: a column for each step from the
// origin, a row for each end.
func (p *page) graph(x *Pattern) *graph {
	if len(x.Chain) == 0 {
		return nil
	}
	l := &layout{at: map[Ref]int{}, depth: map[Ref]int{}, width: map[int]int{}}
	for _, h := range x.Chain {
		l.place(h)
	}
	return l.drawn(x.Chain)
}

// layout collects where everything stands.
type layout struct {
	nodes []Ref
	at    map[Ref]int // row
	depth map[Ref]int // column
	width map[int]int // of the widest name in a column
	rows  int
	told  map[Ref]bool
}

// place puts a hop's ends: the first that depends on something stands in its
// row, the others below.
func (l *layout) place(h Hop) {
	if l.told == nil {
		l.told = map[Ref]bool{}
	}
	if _, known := l.depth[h.From]; !known {
		l.put(h.From, 0, l.newRow())
	}
	if _, known := l.depth[h.To]; known {
		return
	}
	row := l.at[h.From]
	if l.told[h.From] {
		row = l.newRow()
	}
	l.told[h.From] = true
	l.put(h.To, l.depth[h.From]+1, row)
}

func (l *layout) newRow() int {
	l.rows++
	return l.rows - 1
}

func (l *layout) put(r Ref, depth, row int) {
	l.nodes = append(l.nodes, r)
	l.depth[r], l.at[r] = depth, row
	l.width[depth] = max(l.width[depth], charWidth*widthOf(nodeName(r))+24)
}

func nodeName(r Ref) string { return shortenKeepingEnd(path(r.Namespace, r.Name), nameShown) }

func (l *layout) drawn(hops []Hop) *graph {
	g := &graph{Height: l.rows*rowHeight + 8}
	left := make([]int, len(l.width))
	for d := range left {
		left[d] = g.Width + 4
		g.Width += l.width[d] + edgeWidth
	}
	g.Width -= edgeWidth - 8
	box := map[Ref]graphNode{}
	for _, r := range l.nodes {
		n := graphNode{X: left[l.depth[r]], Y: l.at[r]*rowHeight + 8, Width: l.width[l.depth[r]], Height: nodeHeight, Name: nodeName(r), Kind: r.Kind}
		n.TextX, n.KindY, n.NameY = n.X+12, n.Y+17, n.Y+35
		box[r] = n
		g.Nodes = append(g.Nodes, n)
	}
	for _, h := range hops {
		a, b := box[h.From], box[h.To]
		e := graphEdge{X1: a.X + a.Width, Y1: a.Y + nodeHeight/2, X2: b.X, Y2: b.Y + nodeHeight/2, Class: h.Edge.Class, Label: lag(h.LagSeconds), How: h.Edge.How}
		e.MX = (e.X1 + e.X2) / 2
		e.LabelX, e.LabelY = e.X2-edgeWidth/2, e.Y2-8
		g.Edges = append(g.Edges, e)
	}
	return g
}
